// The text of `perf script`: one block per sample, blocks apart by an empty line.
//
//   java 1234/1240 [001] 4242.123456:     250000 cpu-clock:pppH:        comm, pid/tid, cpu, time, period, event
//   	    7f1c2b3d native_write_msr+0x6 ([kernel.kallsyms])               innermost frame first
//   	    7f1c2b3e main (/usr/bin/java)
//
// Each sample counts one: with a sampling frequency, that is how much time it stands for. The command's name is the outermost
// frame, as in stackcollapse-perf.
import type { Limits } from "../config.ts";
import { malformed } from "../lib/app-error.ts";
import type { Profile } from "../profile/profile.ts";
import { TextSamples } from "./text-samples.ts";
import { TextTree } from "./text-tree.ts";

/** Of a line: what is longer is no line of perf. */
const MOST_LINE_CHARS = 16_384;
const HEADER = /^(\S.*?)\s+(?:\d+\/)?\d+\s+(?:\[\d+\]\s+)?(?:[\w.]+\s+)?\d+\.\d+:\s/;
const FRAME = /^\s+[0-9a-f]+\s+(.*?)(?:\s+\(([^()]*(?:\([^()]*\)[^()]*)*)\))?\s*$/;
const UTF8 = new TextEncoder();

/** Whether the text begins with a sample of `perf script`. */
export function isPerfScript(text: string): boolean {
  const lines = text
    .slice(0, 4 * MOST_LINE_CHARS)
    .split("\n")
    .filter((line) => line.trim() !== "" && !line.startsWith("#"));
  const [first = "", second = ""] = lines;
  return HEADER.test(first.slice(0, MOST_LINE_CHARS)) && (lines.length === 1 || FRAME.test(second));
}

/** @throws AppError malformed_profile, profile_too_large */
export function decodePerfScript(bytes: Uint8Array, limits: Limits): Profile {
  const tree = new TextTree(limits);
  const samples = new TextSamples(limits);
  let command: string | null = null;
  let frames: string[] = [];
  const finish = (): void => {
    if (command !== null) samples.add(nodeOf(tree, [command, ...frames.reverse()]), 1n);
    command = null;
    frames = [];
  };
  let number = 0;
  for (const line of linesOf(bytes)) {
    number++;
    if (line.startsWith("#")) continue;
    if (line.trim() === "") {
      finish();
      continue;
    }
    const header = HEADER.exec(line);
    if (header) {
      finish();
      command = header[1] ?? "";
      continue;
    }
    const frame = FRAME.exec(line);
    if (command === null || frame === null) throw malformed(`perf script: line ${number} is no sample and no frame`);
    // Deeper ones would be cut off at the root's end, which the tree can't know: it keeps the root side.
    frames.push(frameName(frame[1] ?? "", frame[2] ?? ""));
  }
  finish();
  return samples.profile(tree);
}

function* linesOf(bytes: Uint8Array): Generator<string> {
  const decoder = new TextDecoder();
  for (let start = 0; start < bytes.length; ) {
    let end = bytes.indexOf(0x0a, start);
    if (end < 0) end = bytes.length;
    yield decoder.decode(bytes.subarray(start, Math.min(end, start + MOST_LINE_CHARS))).replace(/\r$/, "");
    start = end + 1;
  }
}

function frameName(symbol: string, module: string): string {
  const name = symbol.replace(/\+0x[0-9a-f]+$/, "");
  if (name !== "[unknown]" && name !== "") return name;
  const file = module.split("/").at(-1) ?? "";
  return file === "" || file === "[unknown]" ? "[unknown]" : file.startsWith("[") ? file : `[${file}]`;
}

function nodeOf(tree: TextTree, frames: readonly string[]): number {
  let node = 0;
  frames.forEach((frame, depth) => {
    const name = UTF8.encode(frame);
    node = tree.child(node, depth, name, 0, name.length);
  });
  return node;
}
