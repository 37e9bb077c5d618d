// The segment object: an immutable subtree of an app's segment tree (an hour), in R2.
//
//   magic "EFS1" | blocks of the finest rung … blocks of the coarsest | rung directories | head | trailer
//
//   head (deflated):  types: count, id … | series: count, (type, labels: count, (name, value) …) …
//                     rungs: count, (width, blocks offset, directory offset, directory length, inline: 0 or 1 + directory) …
//   rung directory (deflated):
//                     blocks: count, (compressed length, raw length) …
//                     per type: slots: count, (slot step, entries: count, (series step, uploads, total, vector length) …) …
//   block (deflated): vectors end to end, in the order of the directory, which is type → slot → series.
//   trailer:          head length, 4 bytes little endian | "EFS1"
//
// A query of one profile type and neighbouring slots reads one run of blocks. A block ends where its
// type ends, or past BLOCK_BYTES. Series are sorted by type, then labels, and named by their place in
// the segment's own table, so that a segment needs nothing but the stack dictionary to be read.
// The catalog row carries the head, with the coarse directories inline: timelines open no object.
import type { LabelSet } from "../profile/labels.ts";

export const SEGMENT_MAGIC = Uint8Array.of(0x45, 0x46, 0x53, 0x31);
export const TRAILER_BYTES = 8;
/** Raw bytes after which a block is closed: small enough for one pod of thousands, large enough to compress. */
export const BLOCK_BYTES = 64 * 1024;
/** Directories are inlined into the head, coarsest first, while they are at most this long together. */
export const INLINE_BYTES = 24 * 1024;

export interface SegmentSeries {
  /** Index into the head's types. */
  readonly type: number;
  readonly labels: LabelSet;
}

export interface RungPlace {
  readonly width: number;
  readonly blocksOffset: number;
  readonly directoryOffset: number;
  readonly directoryLength: number;
  /** The deflated directory, when the head carries it. */
  readonly inline: Uint8Array | null;
}

export interface SegmentHead {
  /** Profile type ids. */
  readonly types: readonly string[];
  readonly series: readonly SegmentSeries[];
  /** Finest first. */
  readonly rungs: readonly RungPlace[];
}

/** One vector's place and sums; parallel arrays, ordered type → slot → series. */
export interface RungDirectory {
  readonly width: number;
  readonly count: number;
  /** Unix seconds. */
  readonly start: Float64Array;
  readonly series: Int32Array;
  readonly uploads: Float64Array;
  readonly totalLow: Float64Array;
  readonly totalHigh: Float64Array;
  /** Index of the block, offset and length within it after inflation. */
  readonly block: Int32Array;
  readonly at: Int32Array;
  readonly length: Int32Array;
  /** Place of each block in the object. */
  readonly blockOffset: Float64Array;
  readonly blockLength: Int32Array;
  readonly blockRawLength: Int32Array;
}
