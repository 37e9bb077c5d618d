import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { SeriesSums } from "../../src/segment/rung-read.ts";
import {
  everySeries,
  heaviestSeries,
  oneLabel,
  seriesCollector,
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

it.each([["pod"], [null]])("keeps every group's sums exact when it no longer holds series apart (by %s)", (keep) => {
  fc.assert(
    fc.property(fc.array(anySeries, { maxLength: 30 }), fc.nat(40), (series, most) => {
      const collector = seriesCollector(oneLabel(keep), most);
      collector.add(series.slice(0, 7));
      collector.add(series.slice(7));
      expect(tableOf(collector.finish(), keep !== null)).toEqual(tableOf(series, keep !== null));
    }),
  );
});

it("holds few series apart from one another", () => {
  const one = { typeId: "t", uploads: Float64Array.of(1), totalLow: Float64Array.of(2), totalHigh: Float64Array.of(0) };
  const collector = seriesCollector(oneLabel("zone"), 100);
  for (let i = 0; i < 5000; i++) {
    const labels = [["pod", `p${i}`] as const, ["zone", i % 2 === 0 ? "x" : "y"] as const];
    collector.add([{ ...one, labels, start: Float64Array.of(10) }]);
  }
  expect(collector.finish().map(({ labels, uploads }) => [labels, [...uploads]])).toEqual([
    [[["zone", "x"]], [2500]],
    [[["zone", "y"]], [2500]],
  ]);
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
