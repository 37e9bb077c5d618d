// A live chunk: all series of one node of the tree, as an object's database holds it. Two blobs, so
// that timelines read the small one alone.
//
//   directory: count, (series step, uploads, total, vector length) …   series ascending
//   vectors:   end to end, in the same order
import { ByteReader } from "../lib/byte-reader.ts";
import { ByteWriter } from "../lib/byte-writer.ts";
import type { WideTotal } from "./vector.ts";

export interface ChunkEntry {
  /** Id of the series within its object. */
  readonly series: number;
  readonly uploads: number;
  readonly total: WideTotal;
  /** Offset and length in the chunk's vectors. */
  readonly at: number;
  readonly length: number;
}

export interface Chunk {
  readonly directory: Uint8Array;
  readonly vectors: Uint8Array;
}

export class ChunkWriter {
  readonly #directory = new ByteWriter(256);
  readonly #vectors = new ByteWriter(4096);
  #count = 0;
  #lastSeries = 0;

  get byteLength(): number {
    return this.#directory.length + this.#vectors.length;
  }

  /** Series must come in ascending order. `write` appends the vector and returns its total. */
  add(series: number, uploads: number, write: (vectors: ByteWriter) => WideTotal): void {
    const before = this.#vectors.length;
    const total = write(this.#vectors);
    this.#directory.varint(series - this.#lastSeries);
    this.#lastSeries = series;
    this.#directory.varint(uploads);
    this.#directory.wide(total.lo, total.hi);
    this.#directory.varint(this.#vectors.length - before);
    this.#count++;
  }

  get isEmpty(): boolean {
    return this.#count === 0;
  }

  finish(): { directory: Uint8Array<ArrayBuffer>; vectors: Uint8Array<ArrayBuffer> } {
    const head = new ByteWriter(this.#directory.length + 5);
    head.varint(this.#count);
    head.raw(this.#directory.finish());
    return { directory: head.finish(), vectors: this.#vectors.finish() };
  }
}

export function readChunkDirectory(bytes: Uint8Array): ChunkEntry[] {
  const reader = new ByteReader(bytes);
  const entries: ChunkEntry[] = [];
  let series = 0;
  let at = 0;
  for (let left = reader.count(4); left > 0; left--) {
    series += reader.int();
    const uploads = reader.int();
    reader.wide();
    const total = { lo: reader.lo, hi: reader.hi };
    const length = reader.int();
    entries.push({ series, uploads, total, at, length });
    at += length;
  }
  return entries;
}
