// A packed piece of an object: raw deflate | CRC-32 of it, 4 bytes little endian. Deflate itself has no checksum: a bit
// that flipped in storage would be a wrong number in an answer. The sum is checked before anything is inflated.
import { crc32 } from "node:zlib";
import { corrupt } from "./app-error.ts";
import { deflate, inflate } from "./deflate.ts";

const SUM_BYTES = 4;

export function pack(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const deflated = deflate(bytes);
  const packed = new Uint8Array(deflated.length + SUM_BYTES);
  packed.set(deflated);
  new DataView(packed.buffer).setUint32(deflated.length, crc32(deflated), true);
  return packed;
}

/** @throws AppError corrupt_storage when the sum is another, or when it inflates to more than `mostBytes` */
export function unpack(packed: Uint8Array, mostBytes: number): Uint8Array {
  const end = packed.length - SUM_BYTES;
  if (end < 0) throw corrupt(`a packed piece of ${packed.length} bytes`);
  const deflated = packed.subarray(0, end);
  const sum = new DataView(packed.buffer, packed.byteOffset + end, SUM_BYTES).getUint32(0, true);
  if (crc32(deflated) !== sum) throw corrupt(`the checksum of a piece of ${packed.length} bytes does not match`);
  return inflate(deflated, mostBytes);
}
