// Sums of non-negative 64-bit integers, exact, in float arrays.
//
// value(i) = hi[i] * 2^52 + lo[i]. An upload's values fit int64; sums of uploads may pass it. Adding to `lo` alone is exact while it stays below 2^53, so the
// hot loops add floats and the caller says how much at most went in: only then is anything carried.

export const LIMB = 4503599627370496; // 2^52
const LIMB_BIG = 1n << 52n;

export class WideSums {
  readonly length: number;
  readonly lo: Float64Array;
  /** Absent until a carry is needed, which for nearly every range is never. */
  hi: Float64Array | null = null;
  /**
   * Of tracked sums: where they are not zero, each place once, in order of arrival; the first `touchedCount` count. Few values
   * among very many places then cost no pass over all places.
   */
  touched: Int32Array | null;
  touchedCount = 0;
  /** No lo[i] is above this. */
  #bound = 0;

  constructor(length: number, tracking: "tracked" | "untracked" = "untracked") {
    this.length = length;
    this.lo = new Float64Array(length);
    this.touched = tracking === "tracked" ? new Int32Array(Math.min(length, 256)) : null;
  }

  /** Makes room for so many more places in `touched`. @returns it */
  touchable(more: number): Int32Array | null {
    if (this.touched === null) return null;
    const needed = Math.min(this.length, this.touchedCount + more);
    if (needed > this.touched.length) {
      const wider = new Int32Array(Math.min(this.length, Math.max(needed, this.touched.length * 2)));
      wider.set(this.touched);
      this.touched = wider;
    }
    return this.touched;
  }

  /** Where the sums are not zero, each place once; ascending, unless they are tracked. */
  nonZero(): Int32Array {
    if (this.touched !== null) return this.touched.subarray(0, this.touchedCount);
    let count = 0;
    for (let i = 0; i < this.length; i++) if (!this.isZero(i)) count++;
    const places = new Int32Array(count);
    count = 0;
    for (let i = 0; i < this.length; i++) if (!this.isZero(i)) places[count++] = i;
    return places;
  }

  /** Call before adding values whose sum is at most `sum` (< 2^52) to `lo` directly. */
  makeRoom(sum: number): void {
    if (this.#bound + sum >= Number.MAX_SAFE_INTEGER) this.#carry();
    this.#bound += sum;
  }

  #carry(): void {
    const { lo } = this;
    if (this.hi === null) this.hi = new Float64Array(this.length);
    const hi = this.hi;
    for (let i = 0; i < lo.length; i++) {
      if (lo[i]! >= LIMB) {
        lo[i] = lo[i]! - LIMB;
        hi[i] = hi[i]! + 1;
      }
    }
    this.#bound = LIMB;
  }

  /** Adds hi * 2^52 + lo at i, one at a time. lo < 2^52. */
  add(i: number, lo: number, hi: number): void {
    let sum = this.lo[i]!;
    if (sum === 0 && this.touched !== null && lo + hi > 0 && this.isZero(i))
      this.touchable(1)![this.touchedCount++] = i;
    let carry = 0;
    // What was added directly may stand above the limb: with `lo` on top it could pass 2^53.
    if (sum >= LIMB) {
      sum -= LIMB;
      carry = 1;
    }
    sum += lo;
    if (sum >= LIMB) {
      sum -= LIMB;
      carry++;
    }
    this.lo[i] = sum;
    if (hi !== 0 || carry !== 0) {
      if (this.hi === null) this.hi = new Float64Array(this.length);
      this.hi[i] = this.hi[i]! + hi + carry;
      if (this.#bound < LIMB) this.#bound = LIMB;
    } else if (sum > this.#bound) this.#bound = sum;
  }

  addBig(i: number, value: bigint): void {
    this.add(i, Number(value & (LIMB_BIG - 1n)), Number(value >> 52n));
  }

  isZero(i: number): boolean {
    return this.lo[i] === 0 && (this.hi === null || this.hi[i] === 0);
  }

  exact(i: number): bigint {
    const lo = BigInt(this.lo[i]!);
    return this.hi === null ? lo : BigInt(this.hi[i]!) * LIMB_BIG + lo;
  }

  /** The nearest double: exact below 2^53. Monotonic, so good enough to compare. */
  approx(i: number): number {
    return this.hi === null ? this.lo[i]! : this.hi[i]! * LIMB + this.lo[i]!;
  }

  /** Sum of all, exact. */
  total(): bigint {
    const sum = new WideSums(1);
    for (let i = 0; i < this.length; i++) {
      const lo = this.lo[i]!;
      const over = lo >= LIMB ? 1 : 0;
      sum.add(0, lo - over * LIMB, (this.hi === null ? 0 : this.hi[i]!) + over);
    }
    return sum.exact(0);
  }
}
