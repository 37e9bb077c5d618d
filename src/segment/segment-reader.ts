// Reads the parts of a segment object (segment-format.ts). Nothing here fetches: bytes come in.
import { corrupt } from "../lib/app-error.ts";
import { ByteReader } from "../lib/byte-reader.ts";
import { inflate } from "../lib/deflate.ts";
import type { RungDirectory, RungPlace, SegmentHead, SegmentSeries } from "./segment-format.ts";

/** Our own directories are small; this only keeps a damaged one from filling the isolate. */
const MOST_BYTES = 64 * 1024 * 1024;

export function readHead(deflated: Uint8Array): SegmentHead {
  const reader = new ByteReader(inflate(deflated, MOST_BYTES));
  const types: string[] = [];
  for (let left = reader.count(); left > 0; left--) types.push(reader.text());
  const series: SegmentSeries[] = [];
  for (let left = reader.count(2); left > 0; left--) {
    const type = reader.int();
    if (type >= types.length) throw corrupt(`series of type ${type} of ${types.length}`);
    const labels: [string, string][] = [];
    for (let pairs = reader.count(2); pairs > 0; pairs--) labels.push([reader.text(), reader.text()]);
    series.push({ type, labels });
  }
  const rungs: RungPlace[] = [];
  for (let left = reader.count(5); left > 0; left--) {
    const width = reader.int();
    const blocksOffset = reader.varint();
    const directoryOffset = reader.varint();
    const directoryLength = reader.int();
    const inline = reader.byte() === 1 ? reader.take(directoryLength) : null;
    rungs.push({ width, blocksOffset, directoryOffset, directoryLength, inline });
  }
  return { types, series, rungs };
}

/** @param segmentStart unix seconds */
export function readDirectory(
  deflated: Uint8Array,
  head: SegmentHead,
  place: RungPlace,
  segmentStart: number,
): RungDirectory {
  const reader = new ByteReader(inflate(deflated, MOST_BYTES));
  const blocks = readBlockTable(reader, place.blocksOffset);
  // An entry takes at least four bytes.
  const most = (reader.left >> 2) + 1;
  const directory = {
    width: place.width,
    count: 0,
    start: new Float64Array(most),
    series: new Int32Array(most),
    uploads: new Float64Array(most),
    totalLow: new Float64Array(most),
    totalHigh: new Float64Array(most),
    block: new Int32Array(most),
    at: new Int32Array(most),
    length: new Int32Array(most),
    ...blocks,
  };
  // Vectors lie end to end through the blocks, none across two.
  const cursor = { block: 0, at: 0 };
  for (let type = 0; type < head.types.length; type++) {
    let start = segmentStart;
    for (let slots = reader.count(2); slots > 0; slots--) {
      start += reader.int() * place.width;
      let series = 0;
      for (let entries = reader.count(4); entries > 0; entries--) {
        series += reader.int();
        if (series >= head.series.length) throw corrupt(`entry of series ${series} of ${head.series.length}`);
        readEntry(reader, directory, cursor, start, series);
      }
    }
  }
  return directory;
}

function readBlockTable(reader: ByteReader, blocksOffset: number) {
  const blocks = reader.count(2);
  const blockOffset = new Float64Array(blocks);
  const blockLength = new Int32Array(blocks);
  const blockRawLength = new Int32Array(blocks);
  let offset = blocksOffset;
  for (let b = 0; b < blocks; b++) {
    blockOffset[b] = offset;
    blockLength[b] = reader.int();
    blockRawLength[b] = reader.int();
    offset += blockLength[b]!;
  }
  return { blockOffset, blockLength, blockRawLength };
}

function readEntry(
  reader: ByteReader,
  directory: { -readonly [key in keyof RungDirectory]: RungDirectory[key] },
  cursor: { block: number; at: number },
  start: number,
  series: number,
): void {
  const i = directory.count++;
  directory.start[i] = start;
  directory.series[i] = series;
  directory.uploads[i] = reader.int();
  reader.wide();
  directory.totalLow[i] = reader.lo;
  directory.totalHigh[i] = reader.hi;
  const length = reader.int();
  if (cursor.at === directory.blockRawLength[cursor.block]) {
    cursor.block++;
    cursor.at = 0;
  }
  const room = (directory.blockRawLength[cursor.block] ?? 0) - cursor.at;
  if (length > room) throw corrupt(`vector of ${length} bytes, ${room} left in block ${cursor.block}`);
  directory.block[i] = cursor.block;
  directory.at[i] = cursor.at;
  directory.length[i] = length;
  cursor.at += length;
}

/** Blocks that lie close together in an object. */
export interface BlockRun {
  readonly offset: number;
  readonly length: number;
  readonly blocks: readonly number[];
}

/** @param gapBytes blocks at most this far apart are one run: a request costs more than a few kilobytes */
export function blockRuns(directory: RungDirectory, wanted: ReadonlySet<number>, gapBytes: number): BlockRun[] {
  const runs: { offset: number; length: number; blocks: number[] }[] = [];
  for (const block of Int32Array.from(wanted).sort()) {
    const from = directory.blockOffset[block]!;
    const until = from + directory.blockLength[block]!;
    const last = runs.at(-1);
    if (last !== undefined && from - (last.offset + last.length) <= gapBytes) {
      last.length = until - last.offset;
      last.blocks.push(block);
    } else {
      runs.push({ offset: from, length: until - from, blocks: [block] });
    }
  }
  return runs;
}

/** Inflates the blocks of a run. */
export function* blocksOfRun(
  directory: RungDirectory,
  run: BlockRun,
  bytes: Uint8Array,
): Generator<[number, Uint8Array]> {
  for (const block of run.blocks) {
    const at = directory.blockOffset[block]! - run.offset;
    const rawLength = directory.blockRawLength[block]!;
    const raw = inflate(bytes.subarray(at, at + directory.blockLength[block]!), rawLength);
    if (raw.length !== rawLength) throw corrupt(`block inflates to ${raw.length} of ${rawLength} bytes`);
    yield [block, raw];
  }
}
