// What a seal writes: the chunks of an hour's live rungs, brought into the order of a segment.
import { type Chunk, readChunkDirectory } from "./chunk.ts";
import { mergeChunks } from "./chunk-build.ts";
import type { Tile } from "./segment-format.ts";
import { type SegmentEntry, type SeriesIdentity, seriesOrder, tilesOf } from "./segment-writer.ts";
import type { VectorSum } from "./vector-sum.ts";

export interface PlacedChunk extends Chunk {
  /** Unix seconds. */
  readonly start: number;
}

export interface SealContent {
  /** In table order. */
  readonly series: readonly SeriesIdentity[];
  readonly tiles: readonly Tile[];
  /** A tile's vectors on a rung, by start, then place in the table. */
  entries(width: number, tile: Tile): readonly SegmentEntry[];
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
  const tiles = tilesOf(series);
  const tileOf = tiles.flatMap((tile) => new Array<Tile>(tile.until - tile.from).fill(tile));
  const byWidth = new Map([...merged].map(([width, chunks]) => [width, entriesByTile(chunks, placeOf, tileOf)]));
  const finest = merged.get(Math.min(...rungs.keys()))!;
  return {
    series,
    tiles,
    entries: (width, tile) => byWidth.get(width)?.get(tile) ?? [],
    firstSlot: finest[0]!.start,
    lastSlot: finest.at(-1)!.start,
  };
}

function entriesByTile(
  chunks: readonly PlacedChunk[],
  placeOf: ReadonlyMap<number, number>,
  tileOf: readonly Tile[],
): Map<Tile, SegmentEntry[]> {
  const byTile = new Map<Tile, SegmentEntry[]>();
  for (const { start, directory, vectors } of chunks) {
    const entries = readChunkDirectory(directory).map((entry) => ({ ...entry, series: placeOf.get(entry.series)! }));
    for (const { series, uploads, total, ...vector } of entries.sort((a, b) => a.series - b.series)) {
      const tile = tileOf[series]!;
      let list = byTile.get(tile);
      if (list === undefined) {
        list = [];
        byTile.set(tile, list);
      }
      const bytes = vectors.subarray(vector.at, vector.at + vector.length);
      list.push({ series, start, uploads, total, vector: bytes });
    }
  }
  return byTile;
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
