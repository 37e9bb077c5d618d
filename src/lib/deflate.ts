// Raw deflate of our own blocks. Both runtimes have zlib; its synchronous form is the quickest for
// blocks of a few dozen kilobytes (measured: platform figures in docs/decisions/0004).
import { deflateRawSync, inflateRawSync } from "node:zlib";
import { corrupt } from "./app-error.ts";

export function deflate(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return new Uint8Array(deflateRawSync(bytes, { level: 6 }));
}

/** @throws AppError corrupt_storage when the bytes don't inflate to at most `mostBytes` */
export function inflate(bytes: Uint8Array, mostBytes: number): Uint8Array {
  try {
    return inflateRawSync(bytes, { maxOutputLength: Math.max(1, mostBytes) });
  } catch (error) {
    throw corrupt(
      `block of ${bytes.length} bytes does not inflate: ${error instanceof Error ? error.message : "unknown"}`,
    );
  }
}
