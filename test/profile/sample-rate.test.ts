// The rate that a profile's period says.
import { expect, it } from "vitest";
import { rateOfPeriod } from "../../src/profile/sample-rate.ts";

it.each([
  [10_000_000n, "nanoseconds", 100],
  [52_631_578n, "nanoseconds", 19],
  [10_000n, "microseconds", 100],
  [10n, "milliseconds", 100],
  [1n, "seconds", 1],
  [10_000n, "nanoseconds", 100_000],
  // No rate that anything samples at.
  [9_000n, "nanoseconds", null],
  [1n, "nanoseconds", null],
  [2n, "seconds", null],
  [2n ** 63n - 1n, "nanoseconds", null],
  // No time.
  [524_288n, "bytes", null],
  [1n, "count", null],
  [100n, "", null],
  [0n, "nanoseconds", null],
  [-10_000_000n, "nanoseconds", null],
])("a sample each %d %s is %s Hz", (period, unit, rate) => {
  expect(rateOfPeriod({ period, periodType: { type: "cpu", unit } })).toBe(rate);
});
