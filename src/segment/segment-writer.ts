// Builds a segment object (segment-format.ts), tile by tile. What was added is kept packed, so that a writer needs little
// more room than its object.
import { ByteWriter } from "../lib/byte-writer.ts";
import { pack } from "../lib/packed.ts";
import type { LabelSet } from "../profile/labels.ts";
import { writeDirectory } from "./directory-codec.ts";
import { BLOCK_BYTES, INLINE_BYTES, SEGMENT_MAGIC, TILE_SERIES, type Tile, TRAILER_BYTES } from "./segment-format.ts";
import { type PlacedRung, writeHead } from "./segment-head.ts";
import type { WideTotal } from "./vector.ts";

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

/** Sorts series for the table: by type id, then labels. Returns the order of the given indexes. */
export function seriesOrder(series: readonly SeriesIdentity[]): number[] {
  const keys = series.map(({ typeId, labels }) => `${typeId}\u0000${JSON.stringify(labels)}`);
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
  const written = new Map(rungs.map(({ width }) => [width, new Array<WrittenTile | undefined>(tiles.length)]));
  const tileAt = new Map(tiles.map((tile, t) => [tile.from, t]));
  let byteLength = 0;
  return {
    addTile(width, tile, entries) {
      const rung = rungs.find((one) => one.width === width);
      const t = tileAt.get(tile.from);
      const row = written.get(width);
      if (rung === undefined || row === undefined) throw new Error(`the segment has no rung of ${width} s`);
      if (t === undefined || tiles[t]!.until !== tile.until) throw new Error(`${tile.from}..${tile.until} is no tile`);
      if (row[t] !== undefined) throw new Error(`tile ${tile.from}..${tile.until} of ${width} s comes twice`);
      const added = packTile(tile, segmentStart, rung, entries);
      if (added === null) return;
      row[t] = added;
      byteLength += added.blocksLength + added.directory.length;
    },
    get byteLength() {
      return byteLength;
    },
    finish() {
      return layOut(
        series,
        tiles,
        rungs.map((rung) => ({ ...rung, tiles: written.get(rung.width)! })),
      );
    },
  };
}

/** @returns null when there are no entries */
function packTile(
  tile: Tile,
  segmentStart: number,
  rung: RungShape,
  entries: Iterable<SegmentEntry>,
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
  const listed: { series: number; start: number; uploads: number; total: WideTotal; length: number }[] = [];
  for (const { series, start, uploads, total, vector } of entries) {
    const last = listed.at(-1);
    if (last !== undefined && (start < last.start || (start === last.start && series <= last.series))) {
      throw new Error(`entry (${start}, ${series}) comes after (${last.start}, ${last.series})`);
    }
    if (series < tile.from || series >= tile.until) throw new Error(`series ${series} is outside its tile`);
    // The vector goes to its block now: only sums are kept until the directory is written.
    if (!rung.totalsOnly) block.raw(vector);
    listed.push({ series, start, uploads, total, length: vector.length });
    if (block.length >= BLOCK_BYTES) close();
  }
  close();
  if (listed.length === 0) return null;
  const table = rung.totalsOnly ? null : blocks.map((one, b) => ({ packed: one.length, raw: rawLengths[b]! }));
  const directory = pack(writeDirectory(tile.from, segmentStart, rung.width, listed, table));
  return { blocks, blocksLength: blocks.reduce((sum, one) => sum + one.length, 0), directory };
}

function layOut(
  series: readonly SeriesIdentity[],
  tiles: readonly Tile[],
  rungs: readonly (RungShape & { tiles: readonly (WrittenTile | undefined)[] })[],
): SegmentObject {
  const inline = new Set<number>();
  let inlineBytes = 0;
  for (const { width, tiles: row } of rungs.toReversed()) {
    for (const tile of row) inlineBytes += tile?.directory.length ?? 0;
    if (inlineBytes > INLINE_BYTES) break;
    inline.add(width);
  }
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
  const placed = rungs.map(({ width, totalsOnly, tiles: row }, k): PlacedRung => {
    const directoriesOffset = length;
    const isInline = inline.has(width);
    if (!isInline) for (const tile of row) if (tile !== undefined) put(tile.directory);
    const places = Array.from(row, (tile) => ({
      blocksLength: tile?.blocksLength ?? 0,
      directory: tile?.directory ?? new Uint8Array(0),
    }));
    return { width, totalsOnly, isInline, blocksOffset: blocksOffsets[k]!, directoriesOffset, tiles: places };
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
