// Builds a segment object (segment-format.ts), tile by tile. What was added is kept packed, so that a writer needs little
// more room than its object.
import { ByteWriter } from "../lib/byte-writer.ts";
import { pack } from "../lib/packed.ts";
import type { LabelSet } from "../profile/labels.ts";
import { writeDirectory } from "./directory-codec.ts";
import { EntryColumns } from "./entry-columns.ts";
import {
  BLOCK_BYTES,
  INLINE_BYTES,
  INLINE_SHARE,
  MANY_TILES,
  SEGMENT_MAGIC,
  TILE_SERIES,
  type Tile,
  TRAILER_BYTES,
} from "./segment-format.ts";
import { firstOfSeveral, type PlacedRung, writeHead } from "./segment-head.ts";
import { StartSums } from "./start-sums.ts";
import type { WideTotal } from "./vector.ts";

/** A writer is done with one before it takes the next: it may be the same object again. */
export interface SegmentEntry {
  /** Place in the segment's series table. */
  readonly series: number;
  /** Unix seconds, a multiple of the rung's width. */
  readonly start: number;
  readonly uploads: number;
  readonly total: WideTotal;
  /** Ignored in a totals-only rung. */
  readonly vector: Uint8Array;
}

export interface SeriesIdentity {
  readonly typeId: string;
  readonly labels: LabelSet;
}

export interface RungShape {
  readonly width: number;
  readonly totalsOnly: boolean;
}

export interface SegmentObject {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly head: Uint8Array<ArrayBuffer>;
  /** Of the head in the object. */
  readonly headOffset: number;
}

export interface SegmentWriter {
  /** Tiles and rungs may come in any order, each (rung, tile) at most once; entries by start, then series. */
  addTile(width: number, tile: Tile, entries: Iterable<SegmentEntry>): void;
  /** Of what was added so far, packed: blocks and directories. */
  readonly byteLength: number;
  finish(): SegmentObject;
}

/** Equal for equal series, and in the order of the table. */
export const seriesKey = ({ typeId, labels }: SeriesIdentity): string => `${typeId}\u0000${JSON.stringify(labels)}`;

/** Sorts series for the table: by type id, then labels. Returns the order of the given indexes. */
export function seriesOrder(series: readonly SeriesIdentity[]): number[] {
  const keys = series.map(seriesKey);
  return series.map((_, i) => i).sort((a, b) => (keys[a]! < keys[b]! ? -1 : keys[a]! > keys[b]! ? 1 : 0));
}

/** Cuts the series table: each type into tiles of about the same size, at most `mostSeries`. */
export function tilesOf(series: readonly SeriesIdentity[], mostSeries: number = TILE_SERIES): Tile[] {
  const tiles: Tile[] = [];
  for (let from = 0; from < series.length; ) {
    let until = from + 1;
    while (until < series.length && series[until]!.typeId === series[from]!.typeId) until++;
    const pieces = Math.ceil((until - from) / mostSeries);
    for (let k = 0; k < pieces; k++) {
      const cut = (piece: number) => from + Math.floor(((until - from) * piece) / pieces);
      tiles.push({ from: cut(k), until: cut(k + 1) });
    }
    from = until;
  }
  return tiles;
}

interface WrittenTile {
  readonly blocks: readonly Uint8Array[];
  readonly blocksLength: number;
  readonly directory: Uint8Array;
}

/**
 * @param series in table order (seriesOrder)
 * @param segmentStart unix seconds; no entry is before it
 * @param rungs finest first
 */
export function segmentWriter(
  series: readonly SeriesIdentity[],
  segmentStart: number,
  rungs: readonly RungShape[],
  tiles: readonly Tile[] = tilesOf(series),
): SegmentWriter {
  const tileAt = new Map(tiles.map((tile, t) => [tile.from, t]));
  const severals = firstOfSeveral((place) => series[place]!.typeId, tiles);
  const written = new Map(
    rungs.map(({ width }) => {
      const sums = new Map(severals.map(({ from }) => [series[from]!.typeId, new StartSums()]));
      return [width, { tiles: new Array<WrittenTile | undefined>(tiles.length), sums }];
    }),
  );
  let byteLength = 0;
  return {
    addTile(width, tile, entries) {
      const rung = rungs.find((one) => one.width === width);
      const t = tileAt.get(tile.from);
      const row = written.get(width);
      if (rung === undefined || row === undefined) throw new Error(`the segment has no rung of ${width} s`);
      if (t === undefined || tiles[t]!.until !== tile.until) throw new Error(`${tile.from}..${tile.until} is no tile`);
      if (row.tiles[t] !== undefined) throw new Error(`tile ${tile.from}..${tile.until} of ${width} s comes twice`);
      const added = packTile(tile, segmentStart, rung, entries, row.sums.get(series[tile.from]!.typeId) ?? null);
      if (added === null) return;
      row.tiles[t] = added;
      byteLength += added.blocksLength + added.directory.length;
    },
    get byteLength() {
      return byteLength;
    },
    finish() {
      const finished = rungs.map((rung): WrittenRung => {
        const row = written.get(rung.width)!;
        const sums = severals.map(({ from }) => {
          const ofType = row.sums.get(series[from]!.typeId)!.sorted();
          const entries = new EntryColumns();
          for (const { start, uploads, total } of ofType) entries.add(from, start, uploads, total.lo, total.hi, 0);
          return entries.count === 0 ? NOTHING : pack(writeDirectory(from, segmentStart, rung.width, entries, null));
        });
        return { ...rung, tiles: row.tiles, sums };
      });
      return layOut(series, tiles, finished);
    },
  };
}

interface WrittenRung extends RungShape {
  readonly tiles: readonly (WrittenTile | undefined)[];
  readonly sums: readonly Uint8Array[];
}

const NOTHING = new Uint8Array(0);

/** @returns null when there are no entries */
function packTile(
  tile: Tile,
  segmentStart: number,
  rung: RungShape,
  entries: Iterable<SegmentEntry>,
  sums: StartSums | null,
): WrittenTile | null {
  const blocks: Uint8Array[] = [];
  const rawLengths: number[] = [];
  const block = new ByteWriter(rung.totalsOnly ? 16 : BLOCK_BYTES * 2);
  const close = () => {
    if (block.length === 0) return;
    blocks.push(pack(block.finish()));
    rawLengths.push(block.length);
    block.reset();
  };
  const listed = new EntryColumns();
  const last = { start: Number.NEGATIVE_INFINITY, series: -1 };
  for (const { series, start, uploads, total, vector } of entries) {
    if (start < last.start || (start === last.start && series <= last.series)) {
      throw new Error(`entry (${start}, ${series}) comes after (${last.start}, ${last.series})`);
    }
    last.start = start;
    last.series = series;
    if (series < tile.from || series >= tile.until) throw new Error(`series ${series} is outside its tile`);
    // The vector goes to its block now: only sums are kept until the directory is written.
    if (!rung.totalsOnly) block.raw(vector);
    listed.add(series, start, uploads, total.lo, total.hi, vector.length);
    sums?.add(start, uploads, total.lo, total.hi);
    if (block.length >= BLOCK_BYTES) close();
  }
  close();
  if (listed.count === 0) return null;
  const table = rung.totalsOnly ? null : blocks.map((one, b) => ({ packed: one.length, raw: rawLengths[b]! }));
  const directory = pack(writeDirectory(tile.from, segmentStart, rung.width, listed, table));
  return { blocks, blocksLength: blocks.reduce((sum, one) => sum + one.length, 0), directory };
}

/** Rungs whose directories go into the head: the coarsest, while they are small. */
function inlineRungs(rungs: readonly WrittenRung[]): Set<number> {
  const inline = new Set<number>();
  let blocks = 0;
  for (const { tiles } of rungs) for (const tile of tiles) blocks += tile?.blocksLength ?? 0;
  const isLarge = (rungs[0]?.tiles.length ?? 0) > MANY_TILES;
  let left = isLarge ? Math.min(INLINE_BYTES, blocks * INLINE_SHARE) : INLINE_BYTES;
  for (const { width, tiles, sums } of rungs.toReversed()) {
    for (const tile of tiles) left -= tile?.directory.length ?? 0;
    for (const directory of sums) left -= directory.length;
    if (left < 0) break;
    inline.add(width);
  }
  return inline;
}

function layOut(
  series: readonly SeriesIdentity[],
  tiles: readonly Tile[],
  rungs: readonly WrittenRung[],
): SegmentObject {
  const inline = inlineRungs(rungs);
  const pieces: Uint8Array[] = [SEGMENT_MAGIC];
  let length = SEGMENT_MAGIC.length;
  const put = (piece: Uint8Array) => {
    pieces.push(piece);
    length += piece.length;
  };
  const blocksOffsets = rungs.map(({ tiles: row }) => {
    const offset = length;
    for (const tile of row) for (const block of tile?.blocks ?? []) put(block);
    return offset;
  });
  const placed = rungs.map(({ width, totalsOnly, tiles: row, sums }, k): PlacedRung => {
    const directoriesOffset = length;
    const isInline = inline.has(width);
    const places = Array.from(row, (tile) => ({
      blocksLength: tile?.blocksLength ?? 0,
      directory: tile?.directory ?? NOTHING,
    }));
    if (!isInline) for (const directory of [...places.map((place) => place.directory), ...sums]) put(directory);
    return { width, totalsOnly, isInline, blocksOffset: blocksOffsets[k]!, directoriesOffset, tiles: places, sums };
  });
  const head = writeHead(series, tiles, placed);
  const headOffset = length;
  const bytes = new Uint8Array(length + head.length + TRAILER_BYTES);
  let at = 0;
  for (const piece of [...pieces, head, new Uint8Array(Uint32Array.of(head.length).buffer), SEGMENT_MAGIC]) {
    bytes.set(piece, at);
    at += piece.length;
  }
  return { bytes, head, headOffset };
}
