// Reads the parts of a segment object of any version (segment-format.ts). Nothing here fetches: bytes come in. Whatever is
// wrong with them is corrupt_storage: they are our own.
import { AppError, corrupt } from "../lib/app-error.ts";
import { inflate } from "../lib/deflate.ts";
import { unpack } from "../lib/packed.ts";
import { readDirectoryV2 } from "./directory-codec.ts";
import {
  HEAD_VERSION_2,
  type RungPlace,
  type SegmentHead,
  type TileDirectory,
  type TilePlace,
  type VectorPlaces,
} from "./segment-format.ts";
import { readHeadV2 } from "./segment-head.ts";
import { readDirectoryV1, readHeadV1 } from "./segment-reader-v1.ts";

export const readHead = (bytes: Uint8Array): SegmentHead =>
  asCorrupt(() => (bytes[0] === HEAD_VERSION_2 ? readHeadV2(bytes) : readHeadV1(bytes)));

/** @param segmentStart unix seconds */
export const readDirectory = (
  bytes: Uint8Array,
  head: SegmentHead,
  rung: RungPlace,
  tile: TilePlace,
  segmentStart: number,
): TileDirectory =>
  asCorrupt(() =>
    head.version === 1
      ? readDirectoryV1(bytes, head, rung.width, tile.blocksOffset, segmentStart)
      : readDirectoryV2(bytes, rung, tile, segmentStart),
  );

/** A block, inflated. */
export function readBlock(bytes: Uint8Array, head: SegmentHead, { blockAt }: VectorPlaces, block: number): Uint8Array {
  const length = blockAt[block + 1]! - blockAt[block]!;
  const raw = head.version === 1 ? inflate(bytes, length) : unpack(bytes, length);
  if (raw.length !== length) throw corrupt(`block inflates to ${raw.length} of ${length} bytes`);
  return raw;
}

/** Pieces that lie close together in an object: one read. */
export interface Run<T> {
  readonly offset: number;
  readonly length: number;
  readonly pieces: readonly T[];
}

/** Runs beyond this many are not worth a request each: wider gaps are read over. */
const MOST_RUNS = 12;
/** Of a run of several pieces: it is held whole, and five are under way at once. */
const RUN_BYTES = 4 * 1024 * 1024;

/**
 * @param pieces by offset
 * @param gapBytes pieces at most this far apart are one run: a request costs more than a few kilobytes
 * @param mostGapBytes up to which gaps are read over rather than made another of very many requests
 */
export function runsOf<T extends { readonly offset: number; readonly length: number }>(
  pieces: readonly T[],
  gapBytes: number,
  mostGapBytes: number,
): Run<T>[] {
  const runs: { offset: number; length: number; pieces: T[] }[] = [];
  for (const piece of pieces) {
    const last = runs.at(-1);
    const length = piece.offset + piece.length - (last?.offset ?? 0);
    if (last !== undefined && piece.offset - (last.offset + last.length) <= gapBytes && length <= RUN_BYTES) {
      last.length = length;
      last.pieces.push(piece);
    } else {
      runs.push({ offset: piece.offset, length: piece.length, pieces: [piece] });
    }
  }
  const gaps = runs.filter(({ offset }, i) => i > 0 && offset > endOf(runs[i - 1]!)).length;
  if (gaps < MOST_RUNS || gapBytes * 2 > mostGapBytes) return runs;
  return runsOf(pieces, gapBytes * 2, mostGapBytes);
}

const endOf = ({ offset, length }: { readonly offset: number; readonly length: number }): number => offset + length;

/** The byte reader blames who sent the bytes. */
function asCorrupt<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof AppError && error.code !== "corrupt_storage") throw corrupt(error.message);
    throw error;
  }
}
