// Writes segments of test content, and reads them back into rows that can be compared.
import { expect } from "vitest";
import { toBase64 } from "../../src/lib/base64.ts";
import { LIMB } from "../../src/lib/wide-sums.ts";
import type { SeriesSums } from "../../src/segment/rung-read.ts";
import { TRAILER_BYTES } from "../../src/segment/segment-format.ts";
import { segmentWriter, tilesOf } from "../../src/segment/segment-writer.ts";
import {
  type SegmentCaches,
  type SegmentReads,
  type SegmentRef,
  segmentReads,
} from "../../src/storage/segment-reads.ts";
import type { SegmentStore } from "../../src/storage/segment-store.ts";
import type { SegmentContent } from "./segment-content.ts";

/** Writes tiles in an order that the seed gives. */
export function write(content: SegmentContent, mostSeries: number, seed: number) {
  const tiles = tilesOf(content.series, mostSeries);
  const writer = segmentWriter(content.series, content.start, content.rungs, tiles);
  const order = content.rungs.flatMap((rung) => tiles.map((tile) => ({ rung, tile })));
  if (seed % 2 === 0) order.reverse();
  for (const { rung, tile } of order) {
    const entries = rung.entries.filter(({ series }) => series >= tile.from && series < tile.until);
    writer.addTile(rung.width, tile, entries);
  }
  return writer.finish();
}

/** A store of one object that counts what is read. */
export function storeOf(bytes: Uint8Array) {
  const counts = { reads: 0, bytes: 0, open: 0, mostOpen: 0 };
  const read: SegmentStore["read"] = async (_key, offset, length) => {
    counts.reads++;
    counts.bytes += length;
    counts.mostOpen = Math.max(counts.mostOpen, ++counts.open);
    await new Promise((resolve) => setImmediate(resolve));
    counts.open--;
    return bytes.subarray(offset, offset + length);
  };
  const store: SegmentStore = { read, put: async () => {}, readAll: async () => bytes, remove: async () => {} };
  return { store, counts };
}

export function refOf(bytes: Uint8Array, start: number, inRow: boolean): SegmentRef {
  const headLength = new DataView(bytes.buffer, bytes.byteOffset).getUint32(bytes.length - TRAILER_BYTES, true);
  const headOffset = bytes.length - TRAILER_BYTES - headLength;
  const head = inRow ? toBase64(bytes.subarray(headOffset, headOffset + headLength)) : null;
  return { objectKey: "k", start, headOffset, headLength, head };
}

export type Rows = Record<string, readonly (number | string)[]>;

const rowOf = (start: number, series: number) => `${start}/${series}`;

export async function readNodes(
  reads: SegmentReads,
  ref: SegmentRef,
  width: number,
  starts: Set<number>,
  wanted: Uint8Array,
): Promise<Rows> {
  const rows: Rows = {};
  await reads.nodes(ref, await reads.head(ref), width, starts, wanted, (entry) => {
    expect(rows[rowOf(entry.start, entry.series)]).toBeUndefined();
    const vector = Buffer.from(entry.bytes.subarray(entry.at, entry.end)).toString("hex");
    rows[rowOf(entry.start, entry.series)] = [entry.uploads, entry.totalLow, entry.totalHigh, vector];
  });
  return rows;
}

export async function all(tiles: AsyncIterable<readonly SeriesSums[]>): Promise<SeriesSums[]> {
  const found: SeriesSums[] = [];
  for await (const some of tiles) found.push(...some);
  return found;
}

export async function readTotals(
  reads: SegmentReads,
  ref: SegmentRef,
  width: number,
  starts: Set<number>,
  wanted: Uint8Array,
): Promise<Rows> {
  const head = await reads.head(ref);
  const rows: Rows = {};
  for (const one of await all(reads.totals(ref, head, width, starts, wanted))) {
    const place = head.series.findIndex(({ type, labels }) => head.types[type] === one.typeId && labels === one.labels);
    one.start.forEach((start, i) => {
      rows[rowOf(start, place)] = [one.uploads[i]!, one.totalLow[i]!, one.totalHigh[i]!];
    });
  }
  return rows;
}

export function expected(
  content: SegmentContent,
  width: number,
  starts: Set<number>,
  wanted: Uint8Array,
  vectors: boolean,
): Rows {
  const rows: Rows = {};
  for (const entry of content.rungs.find((rung) => rung.width === width)!.entries) {
    if (wanted[entry.series] !== 1 || !starts.has(entry.start)) continue;
    const sums = [entry.uploads, entry.total.lo, entry.total.hi];
    rows[rowOf(entry.start, entry.series)] = vectors ? [...sums, Buffer.from(entry.vector).toString("hex")] : sums;
  }
  return rows;
}

export const allStarts = (content: SegmentContent, width: number) =>
  new Set(content.rungs.find((rung) => rung.width === width)!.entries.map(({ start }) => start));

const exact = (lo: number, hi: number): bigint => BigInt(hi) * BigInt(LIMB) + BigInt(lo);

interface SumItem {
  readonly typeId: string;
  readonly start: number;
  readonly uploads: number;
  readonly total: bigint;
}

export function itemsOf({ typeId, start, uploads, totalLow, totalHigh }: SeriesSums): SumItem[] {
  const total = (i: number) => exact(totalLow[i]!, totalHigh[i]!);
  return Array.from(start, (at, i) => ({ typeId, start: at, uploads: uploads[i]!, total: total(i) }));
}

/** Sums by type and start. */
export function byType(items: readonly SumItem[]): Record<string, { uploads: number; total: bigint }> {
  const sums: Record<string, { uploads: number; total: bigint }> = {};
  for (const { typeId, start, uploads, total } of items) {
    const before = sums[`${typeId} ${start}`] ?? { uploads: 0, total: 0n };
    sums[`${typeId} ${start}`] = { uploads: before.uploads + uploads, total: before.total + total };
  }
  return sums;
}

export function expectedByType(content: SegmentContent, width: number, starts: Set<number>, wanted: Uint8Array) {
  const { entries } = content.rungs.find((rung) => rung.width === width)!;
  const chosen = entries.filter(({ start, series }) => starts.has(start) && wanted[series] === 1);
  return byType(
    chosen.map(({ series, start, uploads, total }) => ({
      typeId: content.series[series]!.typeId,
      start,
      uploads,
      total: exact(total.lo, total.hi),
    })),
  );
}

/** Reads everything, and compares with what was written. */
export async function expectContent(
  content: SegmentContent,
  ref: SegmentRef,
  store: SegmentStore,
  caches: SegmentCaches | null,
) {
  const reads = segmentReads(store, caches);
  const head = await reads.head(ref);
  const series = head.series.map(({ type, labels }) => ({ typeId: head.types[type], labels }));
  expect(series).toEqual(content.series.map(({ typeId, labels }) => ({ typeId, labels })));
  const everySeries = new Uint8Array(series.length).fill(1);
  for (const { width, totalsOnly } of content.rungs) {
    const starts = allStarts(content, width);
    expect(await readTotals(reads, ref, width, starts, everySeries)).toEqual(
      expected(content, width, starts, everySeries, false),
    );
    const merged = await all(reads.mergedTotals(ref, head, width, starts, everySeries));
    expect(byType(merged.flatMap(itemsOf))).toEqual(expectedByType(content, width, starts, everySeries));
    if (!totalsOnly) {
      expect(await readNodes(reads, ref, width, starts, everySeries)).toEqual(
        expected(content, width, starts, everySeries, true),
      );
    }
  }
}
