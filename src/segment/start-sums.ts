// Sums by start: what timelines are made of.
import { LIMB } from "../lib/wide-sums.ts";
import type { WideTotal } from "./vector.ts";

export interface StartSum {
  /** Unix seconds. */
  readonly start: number;
  readonly uploads: number;
  readonly total: Readonly<WideTotal>;
}

export class StartSums {
  readonly #sums = new Map<number, { readonly start: number; uploads: number; readonly total: WideTotal }>();

  /** How many starts there are. */
  get size(): number {
    return this.#sums.size;
  }

  /** Adds hi * 2^52 + lo. */
  add(start: number, uploads: number, lo: number, hi: number): void {
    let sum = this.#sums.get(start);
    if (sum === undefined) {
      sum = { start, uploads: 0, total: { lo: 0, hi: 0 } };
      this.#sums.set(start, sum);
    }
    sum.uploads += uploads;
    sum.total.lo += lo;
    sum.total.hi += hi;
    if (sum.total.lo >= LIMB) {
      sum.total.lo -= LIMB;
      sum.total.hi++;
    }
  }

  /** By start. */
  sorted(): StartSum[] {
    return [...this.#sums.values()].sort((a, b) => a.start - b.start);
  }

  /** As the columns of SeriesSums. */
  columns() {
    const sums = this.sorted();
    return {
      start: Float64Array.from(sums, ({ start }) => start),
      uploads: Float64Array.from(sums, ({ uploads }) => uploads),
      totalLow: Float64Array.from(sums, ({ total }) => total.lo),
      totalHigh: Float64Array.from(sums, ({ total }) => total.hi),
    };
  }
}
