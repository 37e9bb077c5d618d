// Segment objects of version 1, which are in users' stores: all types of a rung are in one directory and one row of blocks.
// They read as rungs of one tile that spans the whole table.
//
//   "EFS1" | blocks of the finest rung … blocks of the coarsest | rung directories | head | head length (4 bytes LE) | "EFS1"
//
//   head:       types: count, id … | series: count, (type, labels: count, (name, value) …) …
//               rungs: count, (width, blocks offset, directory offset, directory length, inline: 0 or 1 + directory) …
//   directory:  blocks: count, (deflated length, raw length) …
//               per type: slots: count, (slot step, entries: count, (series step, uploads, total, vector length) …) …
//   block:      vectors end to end, in the order of the directory, which is type → slot → series.
//
// Head, directories and blocks are bare deflate, without checksums.
import { corrupt } from "../lib/app-error.ts";
import { ByteReader } from "../lib/byte-reader.ts";
import { inflate } from "../lib/deflate.ts";
import { readBlockTable } from "./directory-codec.ts";
import type { RungPlace, SegmentHead, SegmentSeries, TileDirectory } from "./segment-format.ts";

const MOST_BYTES = 64 * 1024 * 1024;

export function readHeadV1(deflated: Uint8Array): SegmentHead {
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
    const places = { blocksOffset, directoryOffset, directoryLength, inline };
    const tile = { from: 0, until: series.length, isSums: false, ...places };
    rungs.push({ width, totalsOnly: false, tiles: [tile], sums: new Map() });
  }
  return { version: 1, types, series, rungs };
}

export function readDirectoryV1(
  deflated: Uint8Array,
  head: SegmentHead,
  width: number,
  blocksOffset: number,
  segmentStart: number,
): TileDirectory {
  const reader = new ByteReader(inflate(deflated, MOST_BYTES));
  const table = readBlockTable(reader, blocksOffset);
  // An entry takes at least four bytes, a slot two.
  const most = (reader.left >> 2) + 1;
  const [series, uploads, at] = [new Int32Array(most), new Int32Array(most), new Int32Array(most + 1)];
  const [totalLow, totalHigh] = [new Float64Array(most), new Float64Array(most)];
  const slotStart: number[] = [];
  const slotFirst: number[] = [];
  let count = 0;
  let end = 0;
  let block = 0;
  for (let type = 0; type < head.types.length; type++) {
    let start = segmentStart;
    for (let slots = reader.count(2); slots > 0; slots--) {
      start += reader.int() * width;
      slotStart.push(start);
      slotFirst.push(count);
      let place = 0;
      for (let entries = reader.count(4); entries > 0; entries--) {
        place += reader.int();
        if (place >= head.series.length) throw corrupt(`entry of series ${place} of ${head.series.length}`);
        series[count] = place;
        uploads[count] = reader.int();
        reader.wide();
        totalLow[count] = reader.lo;
        totalHigh[count] = reader.hi;
        at[count] = end;
        end += reader.int();
        while (block < table.blocks && at[count]! >= table.blockAt[block + 1]!) block++;
        if (block === table.blocks || end > table.blockAt[block + 1]!) throw corrupt(`vector ${count} across blocks`);
        count++;
      }
    }
  }
  at[count] = end;
  slotFirst.push(count);
  return {
    slots: slotStart.length,
    slotStart: Float64Array.from(slotStart),
    slotFirst: Int32Array.from(slotFirst),
    count,
    series,
    uploads,
    totalLow,
    totalHigh,
    vectors: { at, ...table },
  };
}
