// A set of integer tuples, each with a dense id in order of arrival: open addressing over flat
// typed arrays, so that a million rows are a few megabytes and no objects. Rows come from outside: see hash-seed.ts.
import { hashSeeds } from "./hash-seed.ts";

export class TupleTable {
  readonly arity: number;
  count = 0;
  /** Row `id` is rows[id * arity … + arity). */
  rows: Int32Array;
  /** id + 1, or 0 for empty. */
  #slots: Int32Array;
  #mask: number;
  /** Rows that have a slot: those that were pushed get theirs when somebody looks for one. */
  #placed = 0;
  readonly #seeds = hashSeeds();
  readonly #first = this.#seeds[0];
  readonly #second = this.#seeds[1];

  /** @param arity up to 5 */
  constructor(arity: number, capacity = 64) {
    this.arity = arity;
    let slots = 64;
    while (slots < capacity * 2) slots *= 2;
    this.rows = new Int32Array(Math.max(16, capacity) * arity);
    this.#slots = new Int32Array(slots);
    this.#mask = slots - 1;
  }

  get byteLength(): number {
    return this.rows.byteLength + this.#slots.byteLength;
  }

  /** Empties the table and keeps its room. */
  reset(): void {
    this.count = 0;
    this.#placed = 0;
    this.#slots.fill(0);
  }

  /** Forgets all rows but the first `count`: those were placed first, so that none of them lies behind one that goes. */
  truncate(count: number): void {
    for (let id = this.#placed - 1; id >= count; id--) {
      const at = id * this.arity;
      let slot = this.arity === 2 ? this.#pairSlot(this.rows[at]!, this.rows[at + 1]!) : this.#hash(this.rows, at);
      while (this.#slots[slot] !== id + 1) slot = (slot + 1) & this.#mask;
      this.#slots[slot] = 0;
    }
    this.count = Math.min(this.count, count);
    this.#placed = Math.min(this.#placed, count);
  }

  /**
   * Adds a row that is surely none of those that are there: no slot is looked for until somebody asks for a row. Not for pairs.
   * @returns its id
   */
  push(row: ArrayLike<number>): number {
    const { arity } = this;
    this.#growRows();
    const id = this.count++;
    for (let k = 0; k < arity; k++) this.rows[id * arity + k] = row[k]!;
    return id;
  }

  #placePushed(): void {
    let slots = this.#slots.length;
    while (slots < this.count * 2) slots *= 2;
    if (slots > this.#slots.length) this.#slots = new Int32Array(slots);
    else this.#slots.fill(0);
    this.#mask = slots - 1;
    for (let id = 0; id < this.count; id++) this.#place(id);
    this.#placed = this.count;
  }

  /** Field `k` of row `id`. */
  at(id: number, k: number): number {
    return this.rows[id * this.arity + k]!;
  }

  /** Halves of 16 bits, each times a number of its own: the top bits of a sum are as good as random. */
  #hash(row: ArrayLike<number>, from: number): number {
    const seeds = this.#seeds;
    let h = 0;
    for (let k = 0; k < this.arity; k++) {
      const word = row[from + k]!;
      h = (h + Math.imul(word & 0xffff, seeds[k * 2]!) + Math.imul(word >>> 16, seeds[k * 2 + 1]!)) | 0;
    }
    return (h ^ (h >>> 15)) & this.#mask;
  }

  #growRows(): void {
    if ((this.count + 1) * this.arity <= this.rows.length) return;
    const rows = new Int32Array(this.rows.length * 2);
    rows.set(this.rows);
    this.rows = rows;
  }

  #grow(): void {
    this.#growRows();
    if ((this.count + 1) * 2 > this.#slots.length) {
      this.#slots = new Int32Array(this.#slots.length * 2);
      this.#mask = this.#slots.length - 1;
      for (let id = 0; id < this.count; id++) this.#place(id);
    }
  }

  #place(id: number): void {
    const at = id * this.arity;
    let slot = this.arity === 2 ? this.#pairSlot(this.rows[at]!, this.rows[at + 1]!) : this.#hash(this.rows, at);
    while (this.#slots[slot] !== 0) slot = (slot + 1) & this.#mask;
    this.#slots[slot] = id + 1;
  }

  /** The id of `row` (its first `arity` numbers), new or known. */
  intern(row: ArrayLike<number>): number {
    const { arity } = this;
    if (arity === 2) return this.internPair(row[0]!, row[1]!);
    if (this.#placed < this.count) this.#placePushed();
    let slot = this.#hash(row, 0);
    for (;;) {
      const found = this.#slots[slot]!;
      if (found === 0) break;
      const at = (found - 1) * arity;
      let k = 0;
      while (k < arity && this.rows[at + k] === row[k]) k++;
      if (k === arity) return found - 1;
      slot = (slot + 1) & this.#mask;
    }
    return this.#append(row);
  }

  /** Two multiplications side by side: the walk down a call tree waits for this at every frame. Both numbers are ids, below 2^26 or so. */
  #pairSlot(a: number, b: number): number {
    const h = (Math.imul(a, this.#first) + Math.imul(b, this.#second)) | 0;
    return (h ^ (h >>> 15)) & this.#mask;
  }

  /** `intern` for pairs, without a row array: the hot path of building call trees. */
  internPair(a: number, b: number): number {
    let slot = this.#pairSlot(a, b);
    const slots = this.#slots;
    const rows = this.rows;
    for (;;) {
      const found = slots[slot]!;
      if (found === 0) break;
      const at = (found - 1) * 2;
      if (rows[at] === a && rows[at + 1] === b) return found - 1;
      slot = (slot + 1) & this.#mask;
    }
    PAIR[0] = a;
    PAIR[1] = b;
    return this.#append(PAIR);
  }

  #append(row: ArrayLike<number>): number {
    this.#grow();
    const id = this.count++;
    for (let k = 0; k < this.arity; k++) this.rows[id * this.arity + k] = row[k]!;
    this.#place(id);
    this.#placed = this.count;
    return id;
  }
}

const PAIR = new Int32Array(2);
