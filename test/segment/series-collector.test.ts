import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { SeriesSums } from "../../src/segment/rung-read.ts";
import {
  everySeries,
  heaviestSeries,
  seriesCollector,
  someLabels,
  wholeSeries,
} from "../../src/segment/series-collector.ts";

const anySeries: fc.Arbitrary<SeriesSums> = fc
  .record({
    pod: fc.constantFrom("a", "b", "c", null),
    zone: fc.constantFrom("x", "y"),
    sums: fc.array(fc.tuple(fc.nat(20), fc.nat(5), fc.nat(2 ** 50), fc.nat(3)), { maxLength: 8 }),
  })
  .map(({ pod, zone, sums }) => ({
    typeId: "t",
    labels: [...(pod === null ? [] : [["pod", pod] as const]), ["zone", zone] as const],
    start: Float64Array.from(sums, ([start]) => start),
    uploads: Float64Array.from(sums, ([, uploads]) => uploads),
    totalLow: Float64Array.from(sums, ([, , lo]) => lo),
    totalHigh: Float64Array.from(sums, ([, , , hi]) => hi),
  }));

/** (pod, start) → [uploads, exact sum]. */
function tableOf(series: readonly SeriesSums[], byPod: boolean): Record<string, [number, bigint]> {
  const table: Record<string, [number, bigint]> = {};
  for (const one of series) {
    const pod = byPod ? (one.labels.find(([name]) => name === "pod")?.[1] ?? "-") : "all";
    one.start.forEach((start, i) => {
      const [uploads, sum] = table[`${pod} ${start}`] ?? [0, 0n];
      const value = BigInt(one.totalHigh[i]!) * 2n ** 52n + BigInt(one.totalLow[i]!);
      table[`${pod} ${start}`] = [uploads + one.uploads[i]!, sum + value];
    });
  }
  return table;
}

it.each([[["pod"]], [[]]])("keeps every group's sums exact when it no longer holds series apart (by %j)", (keep) => {
  fc.assert(
    fc.property(fc.array(anySeries, { maxLength: 30 }), fc.nat(40), (series, most) => {
      const collector = seriesCollector(someLabels(keep), most);
      collector.add(series.slice(0, 7));
      collector.add(series.slice(7));
      expect(tableOf(collector.finish(), keep.length > 0)).toEqual(tableOf(series, keep.length > 0));
    }),
  );
});

it("holds few series apart from one another", () => {
  const one = { typeId: "t", uploads: Float64Array.of(1), totalLow: Float64Array.of(2), totalHigh: Float64Array.of(0) };
  const collector = seriesCollector(someLabels(["zone"]), 100);
  for (let i = 0; i < 5000; i++) {
    const labels = [["pod", `p${i}`] as const, ["zone", i % 2 === 0 ? "x" : "y"] as const];
    collector.add([{ ...one, labels, start: Float64Array.of(10) }]);
  }
  expect(collector.finish().map(({ labels, uploads }) => [labels, [...uploads]])).toEqual([
    [[["zone", "x"]], [2500]],
    [[["zone", "y"]], [2500]],
  ]);
});

const grid = (pods: number, steps: number): SeriesSums[] =>
  Array.from({ length: pods }, (_, i) => ({
    typeId: "t",
    labels: [["pod", `p${i}`] as const, ["region", `r${i % 3}`] as const, ["zone", `z${i % 2}`] as const],
    start: Float64Array.from({ length: steps }, (_, k) => k * 10),
    uploads: new Float64Array(steps).fill(1),
    totalLow: new Float64Array(steps).fill(5),
    totalHigh: new Float64Array(steps),
  }));

it("tells groups by several labels apart, however many series there are", () => {
  const collector = seriesCollector(someLabels(["zone", "region"]), 100);
  collector.add(grid(600, 4));
  const groups = collector.finish();
  expect(groups.map(({ labels }) => labels.map(([, value]) => value).join(" ")).sort()).toEqual([
    "r0 z0",
    "r0 z1",
    "r1 z0",
    "r1 z1",
    "r2 z0",
    "r2 z1",
  ]);
  expect(groups.map(({ uploads }) => [...uploads])).toEqual(Array(6).fill(Array(4).fill(100)));
});

it("refuses groups that are too many to be held, and takes as many series as there are in few groups", () => {
  const byPod = seriesCollector(someLabels(["pod"]), 100, 1000);
  byPod.add(grid(99, 10));
  expect(() => byPod.add(grid(400, 10))).toThrow(
    expect.objectContaining({
      code: "invalid_argument",
      facts: expect.objectContaining({ limit: "sumsTogether", allowed: 1000 }),
    }),
  );
  const byZone = seriesCollector(someLabels(["zone"]), 100, 1000);
  for (let i = 0; i < 50; i++) byZone.add(grid(400, 10));
  expect(byZone.finish().map(({ uploads }) => uploads[9])).toEqual([10_000, 10_000]);
});

it("keeps whole series apart where it is told to, each once", () => {
  fc.assert(
    fc.property(fc.array(anySeries, { maxLength: 30 }), (series) => {
      const collector = seriesCollector(wholeSeries, 5);
      collector.add(series);
      const finished = collector.finish();
      expect(tableOf(finished, true)).toEqual(tableOf(series, true));
    }),
  );
});

describe("of series that are wanted whole", () => {
  const one = (weight: number, sums: number): SeriesSums => ({
    typeId: "t",
    labels: [["pod", `p${weight}`]],
    start: Float64Array.from({ length: sums }, (_, i) => i * 10),
    uploads: new Float64Array(sums).fill(1),
    totalLow: Float64Array.from({ length: sums }, (_, i) => (i === 0 ? weight : 0)),
    totalHigh: new Float64Array(sums),
  });
  const many = (count: number, sums: number) => Array.from({ length: count }, (_, i) => one(i + 1, sums));
  const TOO_MANY = expect.objectContaining({
    code: "invalid_argument",
    facts: expect.objectContaining({ limit: "sumsApart" }),
  });

  it("all are kept, or the question is refused", () => {
    const collector = everySeries(2000);
    collector.add(many(10, 100));
    collector.add(many(5, 100));
    expect(collector.finish().length).toBe(15);
    expect(() => collector.add(many(5, 100))).toThrow(TOO_MANY);
  });

  it("many small items are too many as well: each holds its labels", () => {
    expect(() => everySeries(2000).add(many(1000, 1))).toThrow(TOO_MANY);
  });

  it("the heaviest are kept while they have room, whenever they come", () => {
    const collector = heaviestSeries(10, 1000);
    for (const item of many(500, 20)) collector.add([item]);
    expect(collector.finish().map(({ totalLow }) => totalLow[0])).toEqual([
      500, 499, 498, 497, 496, 495, 494, 493, 492, 491,
    ]);
    expect(() => heaviestSeries(10, 1000).add(many(500, 100))).toThrow(TOO_MANY);
  });
});
