// A PNG of true colour, without alpha:
//
//   signature │ IHDR │ IDAT: deflate of (filter byte, row of RGB)* │ IEND          a chunk: length, kind, content, CRC-32
//
// Every row is written as its difference from the one above (filter 2): flat pictures become mostly zeros.
import { crc32, deflateSync } from "node:zlib";
import { joinPieces } from "./read-stream.ts";

export interface RgbImage {
  readonly width: number;
  readonly height: number;
  /** Three bytes a pixel, rows from the top. */
  readonly pixels: Uint8Array;
}

const SIGNATURE = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);
const FILTER_UP = 2;
/** 8 bits, RGB, deflate, adaptive filters, not interlaced. */
const FORMAT = [8, 2, 0, 0, 0] as const;

export function encodePng({ width, height, pixels }: RgbImage): Uint8Array<ArrayBuffer> {
  const header = new Uint8Array(13);
  const view = new DataView(header.buffer);
  view.setUint32(0, width);
  view.setUint32(4, height);
  header.set(FORMAT, 8);
  // Level 4: half the time of the default, and flat pictures hardly differ.
  const data = deflateSync(filtered(pixels, 3 * width, height), { level: 4 });
  return joinPieces([SIGNATURE, chunk("IHDR", header), chunk("IDAT", data), chunk("IEND", new Uint8Array(0))]);
}

function filtered(pixels: Uint8Array, rowBytes: number, height: number): Uint8Array {
  const rows = new Uint8Array((rowBytes + 1) * height);
  for (let y = 0, at = 0, to = 0; y < height; y++) {
    rows[to++] = FILTER_UP;
    for (let x = 0; x < rowBytes; x++, at++, to++) rows[to] = pixels[at]! - (y === 0 ? 0 : pixels[at - rowBytes]!);
  }
  return rows;
}

function chunk(kind: string, content: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(content.length + 12);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, content.length);
  for (let i = 0; i < 4; i++) bytes[4 + i] = kind.charCodeAt(i);
  bytes.set(content, 8);
  view.setUint32(8 + content.length, crc32(bytes.subarray(4, 8 + content.length)));
  return bytes;
}
