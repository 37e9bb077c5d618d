// The segment object, version 2: an immutable subtree of an app's segment tree, in R2.
//
//   "EFS2" | per rung, per tile: blocks | per rung, per tile: directory | head | head length (4 bytes LE) | "EFS2"
//
// Series are sorted by type, then labels, and named by their place. A TILE is a run of them, of one type. Each rung has for
// each tile a directory and blocks of its own, so that one pod of thousands costs its tile and not the app. What lies next
// to each other is read at once: a rung's directories are end to end, and so are its blocks, in the order of tiles.
//
//   head:       0x17 | packed:
//     texts: count, (bytes as in the one before, rest) … | label sets: count, (labels: count, (name, value's step) …) …
//     types: count, (id, series: count, (label set's step) …) … | tiles: count, (series) …
//     rungs: count, (width, flags, blocks offset, directories offset, per tile: (blocks length, directory length, directory?) …,
//       per type of several tiles: (directory length, directory?) …) …
//   directory:  packed: blocks: count, (packed length, raw length) …     none of these two in a totals-only rung
//     starts: count, (step, entries) …
//     columns, each with its length: series steps | uploads | divisor, totals ÷ divisor | vector lengths
//   block:      packed: vectors end to end, ordered start → series.
//
// A type of several tiles has one more directory, after those of the tiles: the sums of all its series, as if they were its first,
// without vectors. A timeline over thousands of pods reads it and nothing else. Names and values are places in the table of texts; steps are zigzag, against the one before (of the same name). A length
// of 0 for a directory says that the tile has nothing on this rung. Flags: 1 totals only (no vectors), 2 the directories are in
// the head and nowhere else. `packed` (lib/packed.ts) is deflate with a checksum. The catalog row carries the head, with
// the coarse directories inside: timelines open no object. A head of version 1 (segment-reader-v1.ts) is bare deflate, which
// can't begin with 0x17: its first block would be of the reserved kind.
import type { LabelSet } from "../profile/labels.ts";

export const SEGMENT_MAGIC = Uint8Array.of(0x45, 0x46, 0x53, 0x32);
export const HEAD_VERSION_2 = 0x17;
export const TRAILER_BYTES = 8;
/** Raw bytes after which a block is closed: small enough for one pod of thousands, large enough to compress. */
export const BLOCK_BYTES = 64 * 1024;
/** A rung's directories are inlined into the head, coarsest rung first, while all are at most this long together. */
export const INLINE_BYTES = 24 * 1024;
/** Series of a tile: the more, the more of the others' bytes one pod costs; the fewer, the less alike is in a block. */
export const TILE_SERIES = 64;
/** In segments of more tiles than this, what is inlined is also at most this part of all blocks: one pod reads the whole head. */
export const MANY_TILES = 16;
export const INLINE_SHARE = 1 / 100;

export const TOTALS_ONLY = 1;
export const INLINE = 2;

/** A run of places in the series table, all of one type. */
export interface Tile {
  readonly from: number;
  readonly until: number;
}

export interface SegmentSeries {
  /** Index into the head's types. */
  readonly type: number;
  /** One object for all series that have them. */
  readonly labels: LabelSet;
}

/** A tile of a rung. */
export interface TilePlace extends Tile {
  readonly blocksOffset: number;
  readonly directoryOffset: number;
  /** 0: nothing of the tile is on this rung. */
  readonly directoryLength: number;
  /** Not a tile, but the sums of a type. */
  readonly isSums: boolean;
  /** The packed directory, when the head carries it. */
  readonly inline: Uint8Array | null;
}

export interface RungPlace {
  readonly width: number;
  /** Sums without vectors: for timelines. */
  readonly totalsOnly: boolean;
  /** In the order of the series table. */
  readonly tiles: readonly TilePlace[];
  /** Type → the sums over all of its series, for types of several tiles. */
  readonly sums: ReadonlyMap<number, TilePlace>;
}

export interface SegmentHead {
  readonly version: 1 | 2;
  /** Profile type ids. */
  readonly types: readonly string[];
  readonly series: readonly SegmentSeries[];
  /** Finest first. */
  readonly rungs: readonly RungPlace[];
}

/** What a tile has on a rung: entries start → series, in parallel arrays. */
export interface TileDirectory {
  readonly slots: number;
  /** Unix seconds. Version 1 has all types in one tile: the same start then comes once for each type. */
  readonly slotStart: Float64Array;
  /** Its first entry; one item more than slots. */
  readonly slotFirst: Int32Array;
  readonly count: number;
  readonly series: Int32Array;
  readonly uploads: Int32Array;
  readonly totalLow: Float64Array;
  /** Null: all below 2^52. */
  readonly totalHigh: Float64Array | null;
  /** Null in a totals-only rung. */
  readonly vectors: VectorPlaces | null;
}

export interface VectorPlaces {
  /** Where each entry's vector begins in all blocks of the tile laid end to end; one item more than entries. */
  readonly at: Int32Array;
  readonly blocks: number;
  /** Place of each block in the object. */
  readonly blockOffset: Float64Array;
  readonly blockLength: Int32Array;
  /** Where each block begins in all of them laid end to end; one item more than blocks. */
  readonly blockAt: Int32Array;
}
