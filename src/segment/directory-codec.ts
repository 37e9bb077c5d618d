// A tile's directory on a rung (segment-format.ts): sums, and where the vectors lie. Columns, because neighbours of one kind
// are alike: a divisor takes the sampling period out of a CPU profile's totals, and what is left takes a byte or two.
import { corrupt } from "../lib/app-error.ts";
import { ByteReader } from "../lib/byte-reader.ts";
import { ByteWriter } from "../lib/byte-writer.ts";
import { unpack } from "../lib/packed.ts";
import { LIMB } from "../lib/wide-sums.ts";
import type { EntryColumns } from "./entry-columns.ts";
import type { RungPlace, TileDirectory, TilePlace, VectorPlaces } from "./segment-format.ts";

/** Our own directories are small; this only keeps a damaged one from filling the isolate. */
const MOST_BYTES = 64 * 1024 * 1024;

/** @param blocks null in a totals-only rung */
export function writeDirectory(
  firstSeries: number,
  segmentStart: number,
  width: number,
  { count, series, start, uploads, low, high, length }: EntryColumns,
  blocks: readonly { packed: number; raw: number }[] | null,
): Uint8Array {
  const out = new ByteWriter(count * 6 + 64);
  if (blocks !== null) {
    out.varint(blocks.length);
    for (const { packed, raw } of blocks) {
      out.varint(packed);
      out.varint(raw);
    }
  }
  const firsts: number[] = [];
  for (let i = 0; i < count; i++) if (i === 0 || start[i] !== start[i - 1]) firsts.push(i);
  out.varint(firsts.length);
  let previousStart = segmentStart;
  for (const [k, first] of firsts.entries()) {
    out.varint((start[first]! - previousStart) / width);
    out.varint((firsts[k + 1] ?? count) - first);
    previousStart = start[first]!;
  }
  const column = new ByteWriter(count * 2 + 16);
  const close = () => {
    out.blob(column.finish());
    column.reset();
  };
  for (let i = 0; i < count; i++) {
    const isFirst = i === 0 || start[i] !== start[i - 1];
    column.varint(series[i]! - (isFirst ? firstSeries : series[i - 1]! + 1));
  }
  close();
  for (let i = 0; i < count; i++) column.varint(uploads[i]!);
  close();
  const divisor = divisorOf(low, high, count);
  column.varint(divisor);
  for (let i = 0; i < count; i++) column.wide(low[i]! / divisor, high[i]!);
  close();
  if (blocks !== null) {
    for (let i = 0; i < count; i++) column.varint(length[i]!);
    close();
  }
  return out.finish();
}

/** What all totals can be divided by; 1 when one of them is wide. */
function divisorOf(low: Float64Array, high: Float64Array, count: number): number {
  let divisor = 0;
  for (let i = 0; i < count; i++) {
    if (high[i]! > 0) return 1;
    let rest = low[i]!;
    while (rest !== 0) [divisor, rest] = [rest, divisor % rest];
    if (divisor === 1) return 1;
  }
  return Math.max(1, divisor);
}

/** Of version 2. @param segmentStart unix seconds */
export function readDirectoryV2(
  packed: Uint8Array,
  rung: RungPlace,
  tile: TilePlace,
  segmentStart: number,
): TileDirectory {
  const reader = new ByteReader(unpack(packed, MOST_BYTES));
  const hasVectors = !rung.totalsOnly && !tile.isSums;
  const blocks = hasVectors ? readBlockTable(reader, tile.blocksOffset) : null;
  const { slotStart, slotFirst, count } = readStarts(reader, segmentStart, rung.width);
  const series = readSeriesColumn(new ByteReader(reader.blob()), tile, slotFirst);
  if (tile.isSums && count !== slotStart.length) throw corrupt(`${count} sums at ${slotStart.length} starts`);
  const uploads = readInts(new ByteReader(reader.blob()), count);
  const totals = readTotals(new ByteReader(reader.blob()), count);
  const vectors = blocks === null ? null : { ...blocks, at: readPlaces(new ByteReader(reader.blob()), count, blocks) };
  return { slots: slotStart.length, slotStart, slotFirst, count, series, uploads, ...totals, vectors };
}

export function readBlockTable(reader: ByteReader, blocksOffset: number): Omit<VectorPlaces, "at"> {
  const blocks = reader.count(2);
  const blockOffset = new Float64Array(blocks);
  const blockLength = new Int32Array(blocks);
  const blockAt = new Int32Array(blocks + 1);
  let offset = blocksOffset;
  let at = 0;
  for (let b = 0; b < blocks; b++) {
    blockOffset[b] = offset;
    blockLength[b] = reader.int();
    offset += blockLength[b]!;
    blockAt[b] = at;
    at += reader.int();
  }
  if (at > 0x7fffffff) throw corrupt(`blocks of ${at} bytes in all`);
  blockAt[blocks] = at;
  return { blocks, blockOffset, blockLength, blockAt };
}

function readStarts(reader: ByteReader, segmentStart: number, width: number) {
  const slots = reader.count(2);
  const slotStart = new Float64Array(slots);
  const slotFirst = new Int32Array(slots + 1);
  let start = segmentStart;
  let count = 0;
  for (let s = 0; s < slots; s++) {
    start += reader.int() * width;
    slotStart[s] = start;
    slotFirst[s] = count;
    count += reader.int();
    // An entry takes at least three bytes, in columns that follow.
    if (count > reader.left) throw corrupt(`${count} entries in ${reader.left} bytes`);
  }
  slotFirst[slots] = count;
  return { slotStart, slotFirst, count };
}

function readSeriesColumn(reader: ByteReader, tile: TilePlace, slotFirst: Int32Array): Int32Array {
  const series = new Int32Array(slotFirst[slotFirst.length - 1]!);
  for (let s = 0; s + 1 < slotFirst.length; s++) {
    let next = tile.from;
    for (let i = slotFirst[s]!; i < slotFirst[s + 1]!; i++) {
      next += reader.int();
      if (next >= tile.until) throw corrupt(`series ${next} in the tile ${tile.from}..${tile.until}`);
      series[i] = next++;
    }
  }
  return series;
}

function readInts(reader: ByteReader, count: number): Int32Array {
  const values = new Int32Array(count);
  for (let i = 0; i < count; i++) values[i] = reader.int();
  return values;
}

function readTotals(reader: ByteReader, count: number): { totalLow: Float64Array; totalHigh: Float64Array | null } {
  const divisor = reader.varint();
  const totalLow = new Float64Array(count);
  let totalHigh: Float64Array | null = null;
  for (let i = 0; i < count; i++) {
    reader.wide();
    totalLow[i] = reader.lo * divisor;
    if (totalLow[i]! >= LIMB) throw corrupt(`a total of ${reader.lo} times ${divisor}`);
    if (reader.hi === 0) continue;
    totalHigh ??= new Float64Array(count);
    totalHigh[i] = reader.hi;
  }
  return { totalLow, totalHigh };
}

/** Vectors lie end to end through the blocks, none across two. */
function readPlaces(reader: ByteReader, count: number, table: Omit<VectorPlaces, "at">): Int32Array {
  const at = new Int32Array(count + 1);
  let end = 0;
  let block = 0;
  for (let i = 0; i < count; i++) {
    at[i] = end;
    end += reader.int();
    while (block < table.blocks && at[i]! >= table.blockAt[block + 1]!) block++;
    if (end > at[i]! && (block === table.blocks || end > table.blockAt[block + 1]!)) {
      throw corrupt(`vector ${i} of ${count} lies across blocks`);
    }
  }
  at[count] = end;
  return at;
}
