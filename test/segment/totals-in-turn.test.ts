// The sums of a merged segment of very many series: read and held a tile at a time, so that a question that is too large ends
// before much of it was read.
import { expect, it } from "vitest";
import { type SegmentEntry, type SeriesIdentity, segmentWriter, tilesOf } from "../../src/segment/segment-writer.ts";
import { everySeries } from "../../src/segment/series-collector.ts";
import { segmentCaches, segmentReads } from "../../src/storage/segment-reads.ts";
import { randomOf } from "../support/seeded.ts";
import { refOf, storeOf } from "./segment-bytes.ts";

const SERIES = 960;
const STARTS = 400;
const MOST_FETCHED = 1024 * 1024;

/** Totals that nothing makes smaller: some six bytes each. */
function sumsOnly() {
  const random = randomOf(5);
  const series = Array.from(
    { length: SERIES },
    (_, i): SeriesIdentity => ({
      typeId: "t",
      labels: [["pod", String(i).padStart(4, "0")]],
    }),
  );
  const tiles = tilesOf(series);
  const writer = segmentWriter(series, 0, [{ width: 600, totalsOnly: true }], tiles);
  const vector = new Uint8Array(0);
  let total = 0;
  for (const tile of tiles) {
    const entries: SegmentEntry[] = [];
    for (let k = 0; k < STARTS; k++) {
      for (let place = tile.from; place < tile.until; place++) {
        const lo = random(2 ** 30) * 4096 + 1;
        total += lo;
        entries.push({ series: place, start: k * 600, uploads: 1, total: { lo, hi: 0 }, vector });
      }
    }
    writer.addTile(600, tile, entries);
  }
  return { bytes: writer.finish().bytes, total };
}

const { bytes, total } = sumsOnly();
const starts = new Set(Array.from({ length: STARTS }, (_, k) => k * 600));
const wanted = new Uint8Array(SERIES).fill(1);

it.each([
  ["without caches", null],
  ["with caches that hold a few", segmentCaches({ heads: 1e6, directories: 1e6, blocks: 1e6 })],
])("comes a tile at a time, and all of it, %s", async (_, caches) => {
  const ref = refOf(bytes, 0, true);
  const { store, counts } = storeOf(bytes);
  const reads = segmentReads(store, caches);
  const head = await reads.head(ref);
  let sum = 0;
  let seen = 0;
  for await (const tile of reads.totals(ref, head, 600, starts, wanted)) {
    expect(tile.length).toBeLessThanOrEqual(64);
    // What was fetched ahead of what is seen.
    const share = (seen / SERIES) * bytes.length;
    expect(counts.bytes - share).toBeLessThan(MOST_FETCHED * 1.2);
    seen += tile.length;
    for (const { totalLow } of tile) for (const one of totalLow) sum += one;
  }
  expect([seen, sum]).toEqual([SERIES, total]);
  expect(counts.bytes).toBeGreaterThan(MOST_FETCHED * 1.3);
});

it("is given up when what must be kept apart is too much, before all of it was read", async () => {
  const ref = refOf(bytes, 0, true);
  const { store, counts } = storeOf(bytes);
  const reads = segmentReads(store, null);
  const head = await reads.head(ref);
  const collector = everySeries(50_000);
  const read = async () => {
    for await (const tile of reads.totals(ref, head, 600, starts, wanted)) collector.add(tile);
  };
  await expect(read()).rejects.toMatchObject({ code: "invalid_argument", facts: { limit: "sumsApart" } });
  expect(counts.bytes).toBeLessThan(MOST_FETCHED * 1.2);
});
