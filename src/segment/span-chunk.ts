// Spans of a 10 s slot as an object's database holds them, besides the chunks of series (chunk.ts): the same two blobs, with
// what each vector stands for in the directory.
//
//   directory: length, (chunk directory, whose series are the places of the list that follows) | (series id, key (24 bytes)) …
//   vectors:   end to end, in the same order
//
// A span comes once for each series it has samples in; a very large one may come several times, and adds up.
import { corrupt } from "../lib/app-error.ts";
import { ByteReader } from "../lib/byte-reader.ts";
import { ByteWriter } from "../lib/byte-writer.ts";
import { fromHex, toHex } from "../lib/hex.ts";
import { SPAN_KEY_BYTES, type SpanKey } from "../profile/spans.ts";
import { type Chunk, type ChunkEntry, readChunkDirectory } from "./chunk.ts";
import { buildChunks, type Incoming } from "./chunk-build.ts";
import type { VectorSum } from "./vector-sum.ts";

/** One upload's vector of a span. */
export interface IncomingSpan extends Incoming {
  /** Id in the object. */
  readonly series: number;
  readonly span: SpanKey;
}

export interface SpanEntry extends ChunkEntry {
  readonly span: SpanKey;
}

/** What a span's id adds to a directory entry is four times as long as the smallest entry and vector. */
const GROWTH = 5;

/** @param mostBytes of either blob */
export function* buildSpanChunks(
  incoming: readonly IncomingSpan[],
  sum: VectorSum,
  mostBytes: number,
): Generator<Chunk> {
  const sorted = incoming.toSorted((a, b) => a.series - b.series || (a.span < b.span ? -1 : a.span > b.span ? 1 : 0));
  const first: IncomingSpan[] = [];
  const byPlace = new Map<number, IncomingSpan[]>();
  for (const one of sorted) {
    const last = first.at(-1);
    if (last === undefined || last.series !== one.series || last.span !== one.span)
      byPlace.set(first.push(one) - 1, [one]);
    else byPlace.get(first.length - 1)!.push(one);
  }
  for (const { directory, vectors } of buildChunks(byPlace, sum, Math.floor(mostBytes / GROWTH))) {
    const entries = readChunkDirectory(directory);
    const out = new ByteWriter(directory.length + entries.length * (SPAN_KEY_BYTES + 2) + 8);
    out.blob(directory);
    for (const { series: place } of entries) {
      out.varint(first[place]!.series);
      out.raw(fromHex(first[place]!.span));
    }
    yield { directory: out.finish(), vectors };
  }
}

/** @throws AppError corrupt_storage */
export function readSpanDirectory(bytes: Uint8Array): SpanEntry[] {
  const reader = new ByteReader(bytes);
  const entries = readChunkDirectory(reader.blob());
  if (reader.left < entries.length * (SPAN_KEY_BYTES + 1)) throw corrupt("a directory of spans is cut off");
  return entries.map((entry) => ({ ...entry, series: reader.int(), span: toHex(reader.take(SPAN_KEY_BYTES)) }));
}
