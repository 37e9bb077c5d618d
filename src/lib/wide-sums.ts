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
    let sum = this.lo[i]!;
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

  /** Adds what `other` has at j. */
  addFrom(i: number, other: WideSums, j: number): void {
    const lo = other.lo[j]!;
    const over = lo >= LIMB ? 1 : 0;
    this.add(i, lo - over * LIMB, (other.hi === null ? 0 : other.hi[j]!) + over);
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
    for (let i = 0; i < this.length; i++) sum.addFrom(0, this, i);
    return sum.exact(0);
  }
}
