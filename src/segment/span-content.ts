// What a seal writes of an hour's spans: a segment of its own, of 10 s nodes, in which each series comes once for each of its
// spans, with the span's ids among its labels. They are labels of that object alone: no table lists them.

import { SLOT_SECONDS } from "../config.ts";
import { ByteWriter } from "../lib/byte-writer.ts";
import { type SpanKey, withSpan } from "../profile/spans.ts";
import type { PlacedChunk } from "./seal-content.ts";
import {
  type SegmentEntry,
  type SegmentObject,
  type SeriesIdentity,
  segmentWriter,
  seriesOrder,
  tilesOf,
} from "./segment-writer.ts";
import { readSpanDirectory } from "./span-chunk.ts";
import type { VectorSum } from "./vector-sum.ts";

interface Part {
  readonly start: number;
  readonly uploads: number;
  readonly total: SegmentEntry["total"];
  readonly vector: Uint8Array;
}

/** @returns null when there are none */
export function spanSegment(
  hour: number,
  chunks: readonly PlacedChunk[],
  seriesOf: (id: number) => SeriesIdentity,
  sum: VectorSum,
): SegmentObject | null {
  const found = new Map<string, { readonly series: number; readonly span: SpanKey; readonly parts: Part[] }>();
  for (const { start, directory, vectors } of chunks) {
    for (const { series, span, uploads, total, at, length } of readSpanDirectory(directory)) {
      const key = `${series}/${span}`;
      let one = found.get(key);
      if (one === undefined) {
        one = { series, span, parts: [] };
        found.set(key, one);
      }
      one.parts.push({ start, uploads, total, vector: vectors.subarray(at, at + length) });
    }
  }
  if (found.size === 0) return null;
  const unsorted = [...found.values()].map(({ series, span, parts }) => {
    const { typeId, labels } = seriesOf(series);
    return { typeId, labels: withSpan(labels, span), parts };
  });
  const sorted = seriesOrder(unsorted).map((i) => unsorted[i]!);
  const tiles = tilesOf(sorted);
  const writer = segmentWriter(sorted, hour, [{ width: SLOT_SECONDS, totalsOnly: false }], tiles);
  for (const tile of tiles) {
    const entries: SegmentEntry[] = [];
    for (let series = tile.from; series < tile.until; series++)
      for (const part of onePerStart(sorted[series]!.parts, sum)) entries.push({ series, ...part });
    entries.sort((a, b) => a.start - b.start || a.series - b.series);
    writer.addTile(SLOT_SECONDS, tile, entries);
  }
  return writer.finish();
}

/** Several folds of a slot, and parts of a very large vector, become one. */
function* onePerStart(parts: readonly Part[], sum: VectorSum): Generator<Part> {
  for (const [start, same] of Map.groupBy(parts, (part) => part.start)) {
    if (same.length === 1) {
      yield same[0]!;
      continue;
    }
    for (const { vector } of same) sum.addEncoded(vector, 0, vector.length);
    const out = new ByteWriter(256);
    const total = sum.flush(out);
    yield { start, uploads: same.reduce((count, one) => count + one.uploads, 0), total, vector: out.finish() };
  }
}
