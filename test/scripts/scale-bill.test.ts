// What a counted month is billed as.
import { describe, expect, it } from "vitest";
import { type CounterName, NO_COUNTS } from "../../bench/lib/counters.ts";
import { type Bill, billOf, totalOf, type Usage } from "../../scripts/scale/prices.ts";

const NOTHING: Usage = { counters: NO_COUNTS, cpuMs: 0, objectSeconds: 0, r2Bytes: 0, d1Bytes: 0, objectBytes: 0 };
const counted = (name: CounterName, amount: number): Usage => ({
  ...NOTHING,
  counters: { ...NO_COUNTS, [name]: amount },
});

describe("the bill", () => {
  it("is the plan alone when nothing happens", () => {
    expect(totalOf(billOf(NOTHING))).toBe(5);
  });

  it.each([
    ["a million requests beyond those of the plan", counted("requests", 11e6), "requests", 0.3],
    ["requests within the plan", counted("requests", 10e6), "requests", 0],
    ["a million calls and alarms of objects beyond the first", counted("alarms", 2e6), "object requests", 0.15],
    ["a million rows written beyond fifty", counted("objectRowsWritten", 51e6), "object rows", 1],
    ["rows that D1 writes, on their own allowance", counted("d1RowsWritten", 52e6), "D1 rows", 2],
    ["a million puts", counted("r2Puts", 1e6), "R2 operations", 4.5],
    ["a million gets", counted("r2Gets", 1e6), "R2 operations", 0.36],
    ["a terabyte in R2", { ...NOTHING, r2Bytes: 1e12 }, "R2 storage", 15],
    ["ten gigabytes in D1", { ...NOTHING, d1Bytes: 1e10 }, "D1 and object storage", 7.5],
    ["two objects in memory all month", { ...NOTHING, objectSeconds: 2 * 2_592_000 }, "object duration", 3.29],
  ] as const)("charges %s", (_name, usage: Usage, line: keyof Bill, dollars) => {
    const bill = billOf(usage);
    expect(bill[line]).toBeCloseTo(dollars, 2);
    expect(totalOf(bill)).toBeCloseTo(5 + dollars, 2);
  });
});
