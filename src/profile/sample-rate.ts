// Samples per second: what makes time of counts of samples.
import type { Profile } from "./profile.ts";

/** Of whoever says nothing. */
export const DEFAULT_RATE_HZ = 100;

const SECOND_IN: Readonly<Record<string, number>> = {
  nanoseconds: 1e9,
  microseconds: 1e6,
  milliseconds: 1e3,
  seconds: 1,
};

/** What some agents write as the period makes no rate; beyond these it is not believed. */
const RATES_HZ = { least: 1, most: 100_000 };

/** What the period says, which the profiler itself wrote; null when it is no time, or none that can be. */
export function rateOfPeriod({ period, periodType }: Pick<Profile, "period" | "periodType">): number | null {
  const second = SECOND_IN[periodType.unit];
  if (second === undefined || period <= 0n) return null;
  const rate = second / Number(period);
  return rate >= RATES_HZ.least && rate <= RATES_HZ.most ? Math.round(rate) : null;
}
