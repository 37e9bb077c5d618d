// Sums of non-negative 64-bit integers, exact, in float arrays.
//
// value(i) = hi[i] * 2^52 + lo[i]. Adding to `lo` alone is exact while it stays below 2^53, so the
// hot loops add floats and the caller says how much at most went in: only then is anything carried.

export const LIMB = 4503599627370496; // 2^52
const LIMB_BIG = 1n << 52n;

export class WideSums {
  readonly length: number;
  readonly lo: Float64Array;
  /** Absent until a carry is needed, which for nearly every range is never. */
  hi: Float64Array | null = null;
  /** No lo[i] is above this. */
  #bound = 0;

  constructor(length: number) {
    this.length = length;
    this.lo = new Float64Array(length);
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
    const sum = this.lo[i]! + lo;
    if (hi !== 0 || sum >= LIMB) {
      if (this.hi === null) this.hi = new Float64Array(this.length);
      const carry = sum >= LIMB ? Math.floor(sum / LIMB) : 0;
      this.lo[i] = sum - carry * LIMB;
      this.hi[i] = this.hi[i]! + hi + carry;
      if (this.#bound < LIMB) this.#bound = LIMB;
    } else {
      this.lo[i] = sum;
      if (sum > this.#bound) this.#bound = sum;
    }
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
    let hi = 0;
    let lo = 0;
    for (let i = 0; i < this.length; i++) {
      lo += this.lo[i]!;
      if (this.hi !== null) hi += this.hi[i]!;
      if (lo >= LIMB) {
        const carry = Math.floor(lo / LIMB);
        hi += carry;
        lo -= carry * LIMB;
      }
    }
    return BigInt(hi) * LIMB_BIG + BigInt(lo);
  }
}
