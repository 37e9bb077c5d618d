// Raw deflate of our own blocks. Both runtimes have zlib; its synchronous form is the quickest for
// blocks of a few dozen kilobytes.
import { deflateRawSync, inflateRawSync } from "node:zlib";
import { corrupt } from "./app-error.ts";

export function deflate(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return new Uint8Array(deflateRawSync(bytes, { level: 6 }));
}

/** workerd gives up when the output fills the limit exactly, before it sees that the stream has ended. */
const ROOM_FOR_THE_END_BYTES = 64 * 1024;

/** @throws AppError corrupt_storage when the bytes don't inflate, or to more than `mostBytes` */
export function inflate(bytes: Uint8Array, mostBytes: number): Uint8Array {
  const inflated = inflateBelow(bytes, mostBytes + ROOM_FOR_THE_END_BYTES);
  if (inflated.length > mostBytes) throw corrupt(`block of ${bytes.length} bytes inflates to over ${mostBytes}`);
  return inflated;
}

function inflateBelow(bytes: Uint8Array, maxOutputLength: number): Uint8Array {
  try {
    return inflateRawSync(bytes, { maxOutputLength });
  } catch (error) {
    const why = error instanceof Error ? error.message : "unknown";
    throw corrupt(`block of ${bytes.length} bytes does not inflate: ${why}`);
  }
}
