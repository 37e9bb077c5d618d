// What a seal writes: the chunks of an hour's live rungs, brought into the order of a segment.
import { type Chunk, readChunkDirectory } from "./chunk.ts";
import { mergeChunks } from "./chunk-build.ts";
import { type SegmentEntry, type SeriesIdentity, seriesOrder } from "./segment-writer.ts";
import type { VectorSum } from "./vector-sum.ts";

export interface PlacedChunk extends Chunk {
  /** Unix seconds. */
  readonly start: number;
}

export interface SealContent {
  /** In table order. */
  readonly series: readonly SeriesIdentity[];
  /** Each type's vectors on a rung, by start, then place in the table. */
  entries(width: number, typeId: string): readonly SegmentEntry[];
  readonly firstSlot: number;
  readonly lastSlot: number;
}

/**
 * @param rungs width → chunks by start; the widest adds up to the hour's own node
 * @param seriesOf identity of a series id of the chunks
 */
export function sealContent(
  hour: number,
  rungs: ReadonlyMap<number, readonly PlacedChunk[]>,
  seriesOf: (id: number) => SeriesIdentity & { readonly id: number },
  sum: VectorSum,
): SealContent {
  const merged = new Map([...rungs].map(([width, chunks]) => [width, oneChunkPerStart(chunks, sum)]));
  const widest = merged.get(Math.max(...rungs.keys()))!;
  merged.set(3600, place([...mergeChunks(widest, sum, Number.MAX_SAFE_INTEGER)], hour));

  const ids = new Set(
    merged.get(3600)!.flatMap(({ directory }) => readChunkDirectory(directory).map((entry) => entry.series)),
  );
  const unsorted = [...ids].map(seriesOf);
  const series = seriesOrder(unsorted).map((i) => unsorted[i]!);
  const placeOf = new Map(series.map(({ id }, at) => [id, at]));
  const byWidth = new Map([...merged].map(([width, chunks]) => [width, entriesByType(chunks, series, placeOf)]));
  const finest = merged.get(Math.min(...rungs.keys()))!;
  return {
    series,
    entries: (width, typeId) => byWidth.get(width)?.get(typeId) ?? [],
    firstSlot: finest[0]!.start,
    lastSlot: finest.at(-1)!.start,
  };
}

function entriesByType(
  chunks: readonly PlacedChunk[],
  series: readonly SeriesIdentity[],
  placeOf: ReadonlyMap<number, number>,
): Map<string, SegmentEntry[]> {
  const byType = new Map<string, SegmentEntry[]>();
  for (const { start, directory, vectors } of chunks) {
    const entries = readChunkDirectory(directory).map((entry) => ({ ...entry, series: placeOf.get(entry.series)! }));
    for (const { series: at, uploads, total, ...vector } of entries.sort((a, b) => a.series - b.series)) {
      const { typeId } = series[at]!;
      let list = byType.get(typeId);
      if (list === undefined) {
        list = [];
        byType.set(typeId, list);
      }
      const bytes = vectors.subarray(vector.at, vector.at + vector.length);
      list.push({ series: at, start, uploads, total, vector: bytes });
    }
  }
  return byType;
}

/** Several chunks of one node, from several folds, become one: a series then has one vector per node. */
function oneChunkPerStart(chunks: readonly PlacedChunk[], sum: VectorSum): PlacedChunk[] {
  const merged: PlacedChunk[] = [];
  for (let at = 0; at < chunks.length; ) {
    const { start } = chunks[at]!;
    let end = at + 1;
    while (end < chunks.length && chunks[end]!.start === start) end++;
    const same = chunks.slice(at, end);
    merged.push(...(same.length === 1 ? same : place([...mergeChunks(same, sum, Number.MAX_SAFE_INTEGER)], start)));
    at = end;
  }
  return merged;
}

const place = (chunks: readonly Chunk[], start: number): PlacedChunk[] => chunks.map((chunk) => ({ ...chunk, start }));
