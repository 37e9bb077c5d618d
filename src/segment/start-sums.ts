// Sums by start: what timelines are made of.
import { LIMB } from "../lib/wide-sums.ts";
import type { WideTotal } from "./vector.ts";

export interface StartSum {
  /** Unix seconds. */
  readonly start: number;
  readonly uploads: number;
  readonly total: Readonly<WideTotal>;
}

/** Of each start: itself, uploads, and the total's low and high part. */
const FIELDS = 4;
const FEW = 4;

/** There may be hundreds of thousands: they lie in one array. */
export class StartSums {
  readonly #placeOf = new Map<number, number>();
  #fields = new Float64Array(FIELDS * FEW);

  /** How many starts there are. */
  get size(): number {
    return this.#placeOf.size;
  }

  /** Adds hi * 2^52 + lo. */
  add(start: number, uploads: number, lo: number, hi: number): void {
    let at = this.#placeOf.get(start);
    if (at === undefined) {
      at = this.size * FIELDS;
      this.#placeOf.set(start, at);
      this.#makeRoom(at + FIELDS);
      this.#fields[at] = start;
    }
    const fields = this.#fields;
    const low = fields[at + 2]! + lo;
    const carry = low >= LIMB ? 1 : 0;
    fields[at + 1]! += uploads;
    fields[at + 2] = low - carry * LIMB;
    fields[at + 3]! += hi + carry;
  }

  /** By start. */
  sorted(): StartSum[] {
    const fields = this.#fields;
    return this.#places().map((at) => ({
      start: fields[at]!,
      uploads: fields[at + 1]!,
      total: { lo: fields[at + 2]!, hi: fields[at + 3]! },
    }));
  }

  /** As the columns of SeriesSums. */
  columns() {
    const fields = this.#fields;
    const places = this.#places();
    const column = (field: number) => Float64Array.from(places, (at) => fields[at + field]!);
    return { start: column(0), uploads: column(1), totalLow: column(2), totalHigh: column(3) };
  }

  #makeRoom(length: number): void {
    if (length <= this.#fields.length) return;
    const fields = new Float64Array(this.#fields.length * 2);
    fields.set(this.#fields);
    this.#fields = fields;
  }

  #places(): number[] {
    return [...this.#placeOf].sort(([a], [b]) => a - b).map(([, at]) => at);
  }
}
