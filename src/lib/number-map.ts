// A map from numbers that a sender chose. The engine's own places whole numbers by a hash that everybody knows, so that a few tens of
// thousands of chosen ones take minutes; here the hash is secret (hash-seed.ts).
import { hashSeeds } from "./hash-seed.ts";

const WORD = 4294967296; // 2^32

/** Many maps stay empty: all of those share these, which nobody writes to. */
const NO_KEYS = new Float64Array(0);
const NO_SLOTS = new Int32Array(1);
const LEAST_KEYS = 64;

export class NumberMap<Value> {
  #keys = NO_KEYS;
  #values: Value[] = [];
  /** Place in `#keys` + 1, or 0 for empty. */
  #slots = NO_SLOTS;
  readonly #seeds = hashSeeds();

  get size(): number {
    return this.#values.length;
  }

  get(key: number): Value | undefined {
    const found = this.#slots[this.#seek(key)]!;
    return found === 0 ? undefined : this.#values[found - 1];
  }

  set(key: number, value: Value): void {
    let slot = this.#seek(key);
    const found = this.#slots[slot]!;
    if (found !== 0) {
      this.#values[found - 1] = value;
      return;
    }
    const count = this.#values.length;
    if (count === this.#keys.length) {
      this.#grow();
      slot = this.#seek(key);
    }
    this.#keys[count] = key;
    this.#values.push(value);
    this.#slots[slot] = count + 1;
  }

  *entries(): Generator<[number, Value]> {
    for (let i = 0; i < this.#values.length; i++) yield [this.#keys[i]!, this.#values[i]!];
  }

  #grow(): void {
    const keys = new Float64Array(Math.max(LEAST_KEYS, this.#keys.length * 2));
    keys.set(this.#keys);
    const count = this.#keys.length;
    this.#keys = keys;
    this.#slots = new Int32Array(keys.length * 2);
    for (let i = 0; i < count; i++) this.#slots[this.#seek(keys[i]!)] = i + 1;
  }

  /** The slot that the key has, or would have. */
  #seek(key: number): number {
    const [a, b, c, d] = this.#seeds;
    const low = key | 0;
    const high = Math.floor(key / WORD) | 0;
    const h =
      (Math.imul(low & 0xffff, a) +
        Math.imul(low >>> 16, b) +
        Math.imul(high & 0xffff, c) +
        Math.imul(high >>> 16, d)) |
      0;
    const mask = this.#slots.length - 1;
    let slot = (h ^ (h >>> 15)) & mask;
    for (;;) {
      const found = this.#slots[slot]!;
      if (found === 0 || this.#keys[found - 1] === key) return slot;
      slot = (slot + 1) & mask;
    }
  }
}
