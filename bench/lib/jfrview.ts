// npm's only reader of JFR, jfrview: WebAssembly of one in Rust. It gives the stacks of method samples, and no other event.
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { initSync, interpret_jfr } from "jfrview";

initSync({ module: readFileSync(fileURLToPath(import.meta.resolve("jfrview/jfrview_bg.wasm"))) });

/**
 * @param isRead whether the frames' names are taken out of its memory; else its samples stay handles of that
 * @returns frames
 */
export function readJfrview(bytes: Uint8Array, isRead: boolean): number {
  let count = 0;
  for (const sample of interpret_jfr(bytes, true)) {
    if (isRead)
      for (const frame of sample.frames) {
        count += frame.name.length > 0 ? 1 : 0;
        frame.free();
      }
    sample.free();
  }
  return count;
}
