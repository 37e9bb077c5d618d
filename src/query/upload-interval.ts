// How often a series is uploaded, seen from the slots it has data in. A timeline with narrower steps
// would draw gaps where there are none.

import { SLOT_SECONDS } from "../config.ts";
import type { SeriesSums } from "../segment/rung-read.ts";

/** Pauses longer than this many times the usual distance are pauses, not the rhythm. */
const PAUSE = 3;

/** Seconds, at least 10: the interval of the middle series, weighted by its slots. */
export function uploadInterval(series: readonly SeriesSums[]): number {
  const startsOf = new Map<string, Set<number>>();
  for (const { labels, start } of series) {
    const key = JSON.stringify(labels);
    let starts = startsOf.get(key);
    if (starts === undefined) {
      starts = new Set();
      startsOf.set(key, starts);
    }
    for (const at of start) starts.add(at);
  }
  const rhythms: { interval: number; weight: number }[] = [];
  for (const set of startsOf.values()) {
    if (set.size < 3) continue;
    const starts = Float64Array.from(set).sort();
    const gaps = starts
      .subarray(1)
      .map((start, i) => start - (starts[i] ?? start))
      .sort();
    const usual = gaps[gaps.length >> 1] ?? SLOT_SECONDS;
    const steady = gaps.filter((gap) => gap <= usual * PAUSE);
    rhythms.push({ interval: steady.reduce((a, b) => a + b, 0) / steady.length, weight: set.size });
  }
  if (rhythms.length === 0) return SLOT_SECONDS;
  rhythms.sort((a, b) => a.interval - b.interval);
  let half = rhythms.reduce((sum, { weight }) => sum + weight, 0) / 2;
  const middle = rhythms.find(({ weight }) => {
    half -= weight;
    return half <= 0;
  });
  return Math.max(SLOT_SECONDS, middle?.interval ?? SLOT_SECONDS);
}
