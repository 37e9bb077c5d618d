// Reads a PNG as its specification says, and refuses what is wrong with it: what draws ours knows nothing of this.
import { crc32, inflateSync } from "node:zlib";

export interface ReadPng {
  readonly width: number;
  readonly height: number;
  /** `#rrggbb` */
  at(x: number, y: number): string;
}

export function readPng(png: Uint8Array): ReadPng {
  const bytes = Buffer.from(png);
  if (bytes.subarray(0, 8).toString("latin1") !== "\x89PNG\r\n\x1a\n") throw new Error("no signature");
  const chunks = new Map<string, Buffer>();
  for (let at = 8; at < bytes.length; ) {
    const length = bytes.readUInt32BE(at);
    const kind = bytes.toString("latin1", at + 4, at + 8);
    if (bytes.readUInt32BE(at + 8 + length) !== crc32(bytes.subarray(at + 4, at + 8 + length)))
      throw new Error(`the sum of ${kind} is wrong`);
    chunks.set(kind, bytes.subarray(at + 8, at + 8 + length));
    at += 12 + length;
  }
  if ([...chunks.keys()].join() !== "IHDR,IDAT,IEND") throw new Error(`chunks: ${[...chunks.keys()]}`);
  const header = chunks.get("IHDR")!;
  const [width, height] = [header.readUInt32BE(0), header.readUInt32BE(4)];
  if (header.subarray(8).join() !== "8,2,0,0,0") throw new Error("not RGB of 8 bits");
  const rows = inflateSync(chunks.get("IDAT")!);
  const rowBytes = 3 * width;
  if (rows.length !== (rowBytes + 1) * height) throw new Error(`${rows.length} bytes of rows`);
  const pixels = new Uint8Array(rowBytes * height);
  for (let y = 0; y < height; y++) {
    if (rows[y * (rowBytes + 1)] !== 2) throw new Error("a filter that is not expected");
    for (let x = 0; x < rowBytes; x++) {
      const above = y === 0 ? 0 : pixels[(y - 1) * rowBytes + x]!;
      pixels[y * rowBytes + x] = rows[y * (rowBytes + 1) + 1 + x]! + above;
    }
  }
  const hex = (value: number) => value.toString(16).padStart(2, "0");
  return {
    width,
    height,
    at: (x, y) => `#${[0, 1, 2].map((channel) => hex(pixels[y * rowBytes + 3 * x + channel]!)).join("")}`,
  };
}
