// Segment objects: what is written is read back, whole and in parts, of every version; damage never answers wrongly.
import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { AppError } from "../../src/lib/app-error.ts";
import { segmentWriter, tilesOf } from "../../src/segment/segment-writer.ts";
import { type SegmentRef, segmentCaches, segmentReads } from "../../src/storage/segment-reads.ts";
import {
  all,
  allStarts,
  byType,
  expectContent,
  expected,
  expectedByType,
  itemsOf,
  type Rows,
  readNodes,
  readTotals,
  refOf,
  storeOf,
  write,
} from "./segment-bytes.ts";
import { type ContentShape, EFS1_SHAPE, segmentContent } from "./segment-content.ts";

const anyShape: fc.Arbitrary<ContentShape> = fc.record({
  seed: fc.integer(),
  types: fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1, maxLength: 3 }),
  rungs: fc
    .array(fc.record({ starts: fc.integer({ min: 1, max: 40 }), totalsOnly: fc.boolean() }), {
      minLength: 1,
      maxLength: 3,
    })
    .map((rungs) => rungs.map((rung, k) => ({ ...rung, width: [60, 600, 3600][k]! }))),
  density: fc.integer({ min: 0, max: 100 }),
  mostPairs: fc.integer({ min: 1, max: 40 }),
  wide: fc.boolean(),
});

/** Any series, but now and then all of a type. */
function anyWanted(series: readonly { typeId: string }[], draw: () => boolean): Uint8Array {
  const whole = new Set([...new Set(series.map(({ typeId }) => typeId))].filter(draw));
  return Uint8Array.from(series, ({ typeId }) => (whole.has(typeId) || draw() ? 1 : 0));
}

const smallCaches = () => segmentCaches({ heads: 100_000, directories: 20_000, blocks: 100_000 });

describe("a segment", () => {
  it("gives back every entry, whatever its series, tiles and rungs, with caches and without", async () => {
    await fc.assert(
      fc.asyncProperty(anyShape, fc.integer({ min: 1, max: 40 }), fc.boolean(), async (shape, mostSeries, inRow) => {
        const content = segmentContent(shape);
        const { bytes } = write(content, mostSeries, shape.seed);
        const ref = refOf(bytes, content.start, inRow);
        const caches = smallCaches();
        await expectContent(content, ref, storeOf(bytes).store, null);
        await expectContent(content, ref, storeOf(bytes).store, caches);
        await expectContent(content, ref, storeOf(bytes).store, caches);
      }),
      { numRuns: 60 },
    );
  });

  it("gives back any part of them", async () => {
    await fc.assert(
      fc.asyncProperty(
        anyShape,
        fc.integer({ min: 1, max: 40 }),
        fc.infiniteStream(fc.boolean()),
        async (shape, mostSeries, draws) => {
          const content = segmentContent(shape);
          const { bytes } = write(content, mostSeries, shape.seed);
          const reads = segmentReads(storeOf(bytes).store, null);
          const draw = () => draws.next().value;
          for (const { width, totalsOnly } of content.rungs) {
            const wanted = anyWanted(content.series, draw);
            const starts = new Set([...allStarts(content, width)].filter(draw));
            const ref = refOf(bytes, content.start, true);
            expect(await readTotals(reads, ref, width, starts, wanted)).toEqual(
              expected(content, width, starts, wanted, false),
            );
            const merged = await all(reads.mergedTotals(ref, await reads.head(ref), width, starts, wanted));
            expect(byType(merged.flatMap(itemsOf))).toEqual(expectedByType(content, width, starts, wanted));
            if (totalsOnly) continue;
            expect(await readNodes(reads, ref, width, starts, wanted)).toEqual(
              expected(content, width, starts, wanted, true),
            );
          }
        },
      ),
      { numRuns: 60 },
    );
  });

  it("is the same bytes whatever the order in which tiles come", () => {
    const content = segmentContent({ ...EFS1_SHAPE, wide: false });
    expect(write(content, 7, 1).bytes).toEqual(write(content, 7, 2).bytes);
  });

  it("refuses what is out of order, out of its tile, or there twice", () => {
    const content = segmentContent(EFS1_SHAPE);
    const tiles = tilesOf(content.series, 8);
    const open = () => segmentWriter(content.series, content.start, [{ width: 60, totalsOnly: false }], tiles);
    const [one, two] = content.rungs[0]!.entries.filter(({ series }) => series < 8);
    expect(() => open().addTile(60, tiles[0]!, [two!, one!])).toThrow(/comes after/);
    expect(() => open().addTile(60, tiles[0]!, [one!, one!])).toThrow(/comes after/);
    expect(() => open().addTile(60, tiles[1]!, [one!])).toThrow(/outside its tile/);
    expect(() => open().addTile(60, { from: 0, until: 3 }, [one!])).toThrow(/is no tile/);
    expect(() => open().addTile(600, tiles[0]!, [one!])).toThrow(/no rung/);
    const writer = open();
    writer.addTile(60, tiles[0]!, [one!]);
    expect(() => writer.addTile(60, tiles[0]!, [one!])).toThrow(/twice/);
  });
});

describe("a segment of version 1", () => {
  it("reads as what it was written from", async () => {
    const bytes = new Uint8Array(readFileSync("test/fixtures/segments/hour.efs1.seg"));
    const content = segmentContent(EFS1_SHAPE);
    for (const inRow of [true, false]) {
      await expectContent(content, refOf(bytes, content.start, inRow), storeOf(bytes).store, smallCaches());
    }
    const head = await segmentReads(storeOf(bytes).store, null).head(refOf(bytes, content.start, true));
    expect(head.rungs.map(({ tiles }) => tiles.map(({ inline }) => inline !== null))).toEqual([
      [false],
      [true],
      [true],
    ]);
  });
});

describe("a damaged segment", () => {
  const content = segmentContent({
    seed: 5,
    types: [12, 3],
    rungs: [
      { width: 60, starts: 30, totalsOnly: false },
      { width: 600, starts: 3, totalsOnly: true },
    ],
    density: 80,
    mostPairs: 20,
    wide: false,
  });

  async function readAll(bytes: Uint8Array, ref: SegmentRef): Promise<Rows[]> {
    const reads = segmentReads(storeOf(bytes).store, null);
    const all = new Uint8Array((await reads.head(ref)).series.length).fill(1);
    const fine = allStarts(content, 60);
    return [
      await readNodes(reads, ref, 60, fine, all),
      await readTotals(reads, ref, 60, fine, all),
      await readTotals(reads, ref, 600, allStarts(content, 600), all),
    ];
  }

  const flip = fc.record({ at: fc.nat({ max: 2 ** 30 }), bit: fc.nat({ max: 7 }) });
  const damage = fc.array(flip, { minLength: 1, maxLength: 4 });

  it("says so or answers rightly, whichever bits flipped", async () => {
    const { bytes } = write(content, 5, 1);
    const ref = refOf(bytes, content.start, false);
    const right = await readAll(bytes, ref);
    let refused = 0;
    await fc.assert(
      fc.asyncProperty(damage, async (flips) => {
        const damaged = bytes.slice();
        for (const { at, bit } of flips) damaged[at % bytes.length]! ^= 1 << bit;
        const answer = await readAll(damaged, ref).catch((error: unknown) => error);
        if (answer instanceof AppError) {
          expect(answer.code).toBe("corrupt_storage");
          refused++;
        } else expect(answer).toEqual(right);
      }),
      { numRuns: 300 },
    );
    expect(refused).toBeGreaterThan(200);
  });

  it("says so when it is cut short or gone", async () => {
    const { bytes } = write(content, 5, 1);
    const ref = refOf(bytes, content.start, false);
    await expect(readAll(bytes.subarray(0, 1000), ref)).rejects.toMatchObject({ code: "corrupt_storage" });
    const gone = segmentReads({ ...storeOf(bytes).store, read: async () => null }, null);
    await expect(gone.head(ref)).rejects.toThrow(/missing/);
    await expect(gone.head({ ...ref, head: "no base64" })).rejects.toMatchObject({ code: "corrupt_storage" });
  });

  it("of version 1, which has no checksums, never ends in anything but an answer or corrupt_storage", async () => {
    const bytes = new Uint8Array(readFileSync("test/fixtures/segments/hour.efs1.seg"));
    const first = segmentContent(EFS1_SHAPE);
    const ref = refOf(bytes, first.start, false);
    await fc.assert(
      fc.asyncProperty(damage, async (flips) => {
        const damaged = bytes.slice();
        for (const { at, bit } of flips) damaged[ref.headOffset + (at % ref.headLength)]! ^= 1 << bit;
        const reads = segmentReads(storeOf(damaged).store, null);
        try {
          const head = await reads.head(ref);
          const all = new Uint8Array(head.series.length).fill(1);
          for (const { width } of head.rungs)
            await reads.nodes(ref, head, width, new Set([first.start]), all, () => {});
        } catch (error) {
          expect(error).toMatchObject({ code: "corrupt_storage" });
        }
      }),
      { numRuns: 200 },
    );
  });
});

describe("reading", () => {
  const content = segmentContent({
    seed: 9,
    types: [400, 40],
    rungs: [{ width: 60, starts: 60, totalsOnly: false }],
    density: 100,
    mostPairs: 30,
    wide: false,
  });
  const { bytes } = write(content, 50, 1);
  const ref = refOf(bytes, content.start, true);
  const starts = allStarts(content, 60);
  const one = (place: number) => Uint8Array.from(content.series, (_, i) => (i === place ? 1 : 0));

  it("of one series takes two requests and its tile's bytes", async () => {
    const { store, counts } = storeOf(bytes);
    const rows = await readNodes(segmentReads(store, null), ref, 60, starts, one(7));
    expect(Object.keys(rows)).toHaveLength(60);
    expect(counts.reads).toBe(2);
    expect(counts.bytes / bytes.length).toBeLessThan(0.15);
  });

  it("of everything takes one request for the directories and one for the blocks", async () => {
    const { store, counts } = storeOf(bytes);
    const all = new Uint8Array(content.series.length).fill(1);
    await readNodes(segmentReads(store, null), ref, 60, starts, all);
    expect(counts.reads).toBe(2);
  });

  it("of a type's totals takes one request of a few bytes, however many its series", async () => {
    const { store, counts } = storeOf(bytes);
    const reads = segmentReads(store, null);
    const head = await reads.head(ref);
    const firstType = Uint8Array.from(head.series, ({ type }) => (type === 0 ? 1 : 0));
    const [sums, ...others] = await all(reads.mergedTotals(ref, head, 60, starts, firstType));
    expect(others).toEqual([]);
    expect(sums?.labels).toEqual([]);
    expect(sums?.uploads).toHaveLength(60);
    expect(counts.reads).toBe(1);
    expect(counts.bytes).toBeLessThan(1000);
  });

  it("never has more than five requests open, the sixth being for the catalog, and asks the store nothing that a cache has", async () => {
    const { store, counts } = storeOf(bytes);
    const reads = segmentReads(store, segmentCaches({ heads: 1e7, directories: 1e7, blocks: 1e8 }));
    const places = [3, 60, 110, 160, 210, 260, 310, 360, 399, 420];
    const ask = () => Promise.all(places.map((place) => readNodes(reads, ref, 60, starts, one(place))));
    const cold = await ask();
    expect(counts.mostOpen).toBe(5);
    const { reads: before } = counts;
    expect(await ask()).toEqual(cold);
    expect(counts.reads).toBe(before);
  });
});
