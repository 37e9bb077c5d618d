// Arrays of numbers that one call after another works with: to allocate one costs more than most calls have to do with it.
// Whoever takes it must be done with it before anybody takes it again, which code that waits for nothing is.

/** What a large call left behind is given back to the heap. */
const KEPT_VALUES = 1 << 16;

export class IntScratch {
  #values = new Int32Array(256);

  /** An array of `length` or more values, of which the first `length` are `fill`, or anything when that is not given. */
  take(length: number, fill?: number): Int32Array {
    if (needsAnother(this.#values.length, length)) this.#values = new Int32Array(roomFor(length));
    return fill === undefined ? this.#values : this.#values.fill(fill, 0, length);
  }

  /** For what few calls come to: a large array is the caller's alone, so that none stays behind until the next of them. */
  takeRare(length: number, fill: number): Int32Array {
    return length > KEPT_VALUES ? new Int32Array(length).fill(fill) : this.take(length, fill);
  }
}

export class FloatScratch {
  #values = new Float64Array(256);

  /** An array of `length` or more values, which may be anything. */
  take(length: number): Float64Array {
    if (needsAnother(this.#values.length, length)) this.#values = new Float64Array(roomFor(length));
    return this.#values;
  }
}

const needsAnother = (kept: number, length: number): boolean =>
  length > kept || (kept > KEPT_VALUES && length <= KEPT_VALUES);

const roomFor = (length: number): number => Math.max(256, Math.ceil(length * 1.5));
