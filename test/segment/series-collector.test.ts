import fc from "fast-check";
import { expect, it } from "vitest";
import type { SeriesSums } from "../../src/segment/rung-read.ts";
import { oneLabel, seriesCollector, wholeSeries } from "../../src/segment/series-collector.ts";

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
