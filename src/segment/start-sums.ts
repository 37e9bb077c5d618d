// Sums over series, by start.
import { LIMB } from "../lib/wide-sums.ts";
import type { WideTotal } from "./vector.ts";

interface StartSum {
  readonly start: number;
  uploads: number;
  readonly total: WideTotal;
}

export interface StartSums {
  add(start: number, uploads: number, low: number, high: number): void;
  /** By start, as entries of one series. */
  entries(series: number): (StartSum & { readonly series: number; readonly length: number })[];
}

export function startSums(): StartSums {
  const sums = new Map<number, StartSum>();
  return {
    add(start, uploads, low, high) {
      let sum = sums.get(start);
      if (sum === undefined) {
        sum = { start, uploads: 0, total: { lo: 0, hi: 0 } };
        sums.set(start, sum);
      }
      sum.uploads += uploads;
      sum.total.lo += low;
      sum.total.hi += high;
      if (sum.total.lo >= LIMB) {
        sum.total.lo -= LIMB;
        sum.total.hi++;
      }
    },
    entries: (series) =>
      [...sums.values()].sort((a, b) => a.start - b.start).map((sum) => ({ ...sum, series, length: 0 })),
  };
}
