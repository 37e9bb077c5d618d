// Reads segment objects for queries and compaction: heads from the catalog row, directories and blocks by range, what lies
// close together in one read.
import { corrupt } from "../lib/app-error.ts";
import { fromBase64 } from "../lib/base64.ts";
import { type ByteCache, byteCache } from "../lib/byte-cache.ts";
import { gate } from "../lib/gate.ts";
import { type BlockPick, pickBlocks, type SeriesSums, sumsBySeries, sumsOfType } from "../segment/rung-read.ts";
import type { RungPlace, SegmentHead, TileDirectory, TilePlace, VectorPlaces } from "../segment/segment-format.ts";
import { readBlock, readDirectory, readHead, runsOf } from "../segment/segment-reader.ts";
import type { SegmentStore } from "./segment-store.ts";

/** Pieces this near each other are fetched in one read: a request costs more than a few kilobytes. */
const GAP_BYTES = 32 * 1024;
/** Where a question takes very many pieces, gaps up to this are read over. */
const MOST_GAP_BYTES = 256 * 1024;
/** The platform opens six connections at once; one is for what is asked of the catalog meanwhile. */
const OPEN_READS = 5;
/** Packed directories that are fetched before the first of them is looked at. A merged segment may have tens of megabytes. */
const DIRECTORY_BYTES = 1024 * 1024;

export interface SegmentRef {
  readonly objectKey: string;
  /** Unix seconds. */
  readonly start: number;
  readonly headOffset: number;
  readonly headLength: number;
  /** Base64, or null when it must be read from the object. */
  readonly head: string | null;
}

/** What never changes, by the object's key. */
export interface SegmentCaches {
  readonly heads: ByteCache<SegmentHead>;
  readonly directories: ByteCache<TileDirectory>;
  readonly blocks: ByteCache<Uint8Array>;
}

export const segmentCaches = (most: { heads: number; directories: number; blocks: number }): SegmentCaches => ({
  heads: byteCache<SegmentHead>(most.heads),
  directories: byteCache<TileDirectory>(most.directories),
  blocks: byteCache<Uint8Array>(most.blocks),
});

/** One vector. The object is used again for the next: take what is needed; `bytes` may be kept. */
export interface NodeEntry {
  /** Place in the head's series table. */
  series: number;
  /** Unix seconds. */
  start: number;
  uploads: number;
  totalLow: number;
  totalHigh: number;
  /** The vector is bytes[at, end). */
  bytes: Uint8Array;
  at: number;
  end: number;
}

export interface SegmentReads {
  head(segment: SegmentRef): Promise<SegmentHead>;
  /**
   * Calls `each` for every vector of the wanted series at the wanted starts of a rung, in no particular order.
   * @param wanted 1 for each series that is asked for, by place in the head's table
   */
  nodes(
    segment: SegmentRef,
    head: SegmentHead,
    width: number,
    starts: ReadonlySet<number>,
    wanted: Uint8Array,
    each: (entry: NodeEntry) => void,
  ): Promise<void>;
  /**
   * Sums only, by series: reads directories and no vectors, and so works on totals-only rungs as well. They come tile by tile,
   * each series once: no more is held than one tile's and what is fetched ahead.
   * @param startOf where on the timeline a node counts
   */
  totals(
    segment: SegmentRef,
    head: SegmentHead,
    width: number,
    starts: ReadonlySet<number>,
    wanted: Uint8Array,
    startOf?: (start: number) => number,
  ): AsyncIterable<readonly SeriesSums[]>;
  /**
   * The same, where nobody tells series apart: a type of very many series that is wanted whole comes as one, without labels.
   * Its sums are in the segment and cost next to nothing.
   */
  mergedTotals: SegmentReads["totals"];
}

export function segmentReads(store: SegmentStore, caches: SegmentCaches | null): SegmentReads {
  const readRange = rangeReads(store);
  const eachDirectory = directoryReads(readRange, caches);
  return {
    async head(segment) {
      const found = caches?.heads.get(segment.objectKey);
      if (found !== undefined) return found;
      const bytes =
        segment.head !== null
          ? headOfRow(segment.objectKey, segment.head)
          : await readRange(segment, segment.headOffset, segment.headLength);
      const head = readHead(bytes);
      caches?.heads.set(segment.objectKey, head, bytes.length * 6 + 256);
      return head;
    },

    async nodes(segment, head, width, starts, wanted, each) {
      const rung = rungOf(segment, head, width);
      const missing: BlockEntries[] = [];
      for await (const directory of eachDirectory(segment, head, rung, tilesIn(rung, wanted))) {
        const { vectors } = directory;
        if (vectors === null) throw corrupt(`segment ${segment.objectKey} has only totals at ${width} s`);
        for (const pick of pickBlocks(directory, vectors, wanted, starts)) {
          const block = { directory, vectors, ...pick };
          const cached = caches?.blocks.get(blockKey(segment, block));
          if (cached !== undefined) eachOfBlock(block, cached, each);
          else missing.push(block);
        }
      }
      await Promise.all(
        runsOf(missing, GAP_BYTES, MOST_GAP_BYTES).map(async (run) => {
          const bytes = await readRange(segment, run.offset, run.length);
          for (const piece of run.pieces) {
            const at = piece.offset - run.offset;
            const raw = readBlock(bytes.subarray(at, at + piece.length), head, piece.vectors, piece.block);
            caches?.blocks.set(blockKey(segment, piece), raw, raw.length);
            eachOfBlock(piece, raw, each);
          }
        }),
      );
    },

    async *totals(segment, head, width, starts, wanted, startOf = (start) => start) {
      const rung = rungOf(segment, head, width);
      for await (const directory of eachDirectory(segment, head, rung, tilesIn(rung, wanted)))
        yield sumsBySeries(head, directory, wanted, starts, startOf);
    },

    async *mergedTotals(segment, head, width, starts, wanted, startOf = (start) => start) {
      const rung = rungOf(segment, head, width);
      const { whole, rest } = wholeTypes(head, rung, wanted);
      for await (const directory of eachDirectory(segment, head, rung, whole.filter(hasEntries))) {
        const sums = sumsOfType(head, directory, starts, startOf);
        if (sums !== null) yield [sums];
      }
      for await (const directory of eachDirectory(segment, head, rung, tilesIn(rung, rest)))
        yield sumsBySeries(head, directory, rest, starts, startOf);
    },
  };
}

type ReadRange = (segment: SegmentRef, offset: number, length: number) => Promise<Uint8Array>;

function rangeReads(store: SegmentStore): ReadRange {
  const inTurn = gate(OPEN_READS);
  return async (segment, offset, length) => {
    const bytes = await inTurn(() => store.read(segment.objectKey, offset, length));
    if (bytes === null) throw corrupt(`segment ${segment.objectKey} is missing`);
    if (bytes.length !== length) throw corrupt(`segment ${segment.objectKey} ends before ${offset + length}`);
    return bytes;
  };
}

/** Reads directories of a rung, one after the other: each is unpacked when its turn comes. */
function directoryReads(readRange: ReadRange, caches: SegmentCaches | null) {
  return async function* (
    segment: SegmentRef,
    head: SegmentHead,
    rung: RungPlace,
    tiles: readonly TilePlace[],
  ): AsyncGenerator<TileDirectory> {
    for (const some of runsUpTo(tiles, DIRECTORY_BYTES)) {
      // Held from here on: what is read meanwhile may drive it out of the cache.
      const known = new Map(some.map((tile) => [tile, caches?.directories.get(directoryKey(segment, rung, tile))]));
      const missing = some.filter((tile) => tile.inline === null && known.get(tile) === undefined);
      const packed = new Map<TilePlace, Uint8Array>();
      const places = missing.map((tile) => ({ tile, offset: tile.directoryOffset, length: tile.directoryLength }));
      await Promise.all(
        runsOf(places, GAP_BYTES, MOST_GAP_BYTES).map(async (run) => {
          const bytes = await readRange(segment, run.offset, run.length);
          for (const { tile, offset, length } of run.pieces)
            packed.set(tile, bytes.subarray(offset - run.offset, offset - run.offset + length));
        }),
      );
      for (const tile of some) {
        let directory = known.get(tile);
        if (directory === undefined) {
          const bytes = tile.inline ?? packed.get(tile) ?? NO_BYTES;
          directory = readDirectory(bytes, head, rung, tile, segment.start);
          caches?.directories.set(directoryKey(segment, rung, tile), directory, directoryBytes(directory));
        }
        yield directory;
      }
    }
  };
}

const NO_BYTES = new Uint8Array(0);

/** Neighbours whose directories are this long together; one alone may be longer. */
function* runsUpTo(tiles: readonly TilePlace[], most: number): Generator<readonly TilePlace[]> {
  let some: TilePlace[] = [];
  let length = 0;
  for (const tile of tiles) {
    if (some.length > 0 && length + tile.directoryLength > most) {
      yield some;
      some = [];
      length = 0;
    }
    some.push(tile);
    length += tile.directoryLength;
  }
  if (some.length > 0) yield some;
}

interface BlockEntries extends BlockPick {
  readonly directory: TileDirectory;
  readonly vectors: VectorPlaces;
}

function eachOfBlock(
  { directory, vectors, block, entries, starts }: BlockEntries,
  bytes: Uint8Array,
  each: (entry: NodeEntry) => void,
): void {
  const { series, uploads, totalLow, totalHigh } = directory;
  const blockAt = vectors.blockAt[block] ?? 0;
  const entry: NodeEntry = { series: 0, start: 0, uploads: 0, totalLow: 0, totalHigh: 0, bytes, at: 0, end: 0 };
  for (const [k, i] of entries.entries()) {
    entry.series = series[i] ?? 0;
    entry.start = starts[k] ?? 0;
    entry.uploads = uploads[i] ?? 0;
    entry.totalLow = totalLow[i] ?? 0;
    entry.totalHigh = totalHigh?.[i] ?? 0;
    entry.at = (vectors.at[i] ?? 0) - blockAt;
    entry.end = (vectors.at[i + 1] ?? 0) - blockAt;
    each(entry);
  }
}

function rungOf(segment: SegmentRef, head: SegmentHead, width: number): RungPlace {
  const rung = head.rungs.find((one) => one.width === width);
  if (rung === undefined) throw corrupt(`segment ${segment.objectKey} has no rung of ${width} s`);
  return rung;
}

function headOfRow(objectKey: string, text: string): Uint8Array {
  try {
    return fromBase64(text);
  } catch {
    throw corrupt(`the head of ${objectKey} in the catalog is not base64`);
  }
}

const hasEntries = ({ directoryLength }: TilePlace): boolean => directoryLength > 0;

const tilesIn = ({ tiles }: RungPlace, wanted: Uint8Array): TilePlace[] =>
  tiles.filter((tile) => hasEntries(tile) && wanted.subarray(tile.from, tile.until).includes(1));

/** The types that have sums and are wanted whole, and what is wanted besides. */
function wholeTypes(head: SegmentHead, { sums }: RungPlace, wanted: Uint8Array) {
  const isPartial = new Set<number>();
  for (const [place, { type }] of head.series.entries()) if (wanted[place] !== 1) isPartial.add(type);
  const whole = [...sums].filter(([type]) => !isPartial.has(type));
  const types = new Set(whole.map(([type]) => type));
  const rest =
    types.size === 0 ? wanted : wanted.map((one, place) => (types.has(head.series[place]?.type ?? -1) ? 0 : one));
  return { whole: whole.map(([, place]) => place), rest };
}

const directoryKey = ({ objectKey }: SegmentRef, { width }: RungPlace, { from, isSums }: TilePlace): string =>
  `${objectKey}@${width}/${isSums ? "sums " : ""}${from}`;

const blockKey = ({ objectKey }: SegmentRef, { offset }: BlockPick): string => `${objectKey}#${offset}`;

/** What a directory takes on the heap. */
const directoryBytes = ({ count, slots, totalHigh, vectors }: TileDirectory): number =>
  count * (totalHigh === null ? 20 : 28) + slots * 12 + (vectors === null ? 0 : vectors.blocks * 16) + 512;
