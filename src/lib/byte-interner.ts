// A set of byte strings, each with a dense id in order of arrival. Bytes lie end to end in one
// arena and become text only when somebody asks for a name. They come from outside: see hash-seed.ts.
import { equalBytes, viewOf } from "./byte-words.ts";
import { hashSeeds } from "./hash-seed.ts";

const TEXT = new TextDecoder("utf-8", { fatal: false, ignoreBOM: true });
const UTF8 = new TextEncoder();

export class ByteInterner {
  count = 0;
  #arena: Uint8Array;
  #arenaView: DataView | null = null;
  /** String `id` lies at arena[ends[id], ends[id + 1]); ends[0] is 0. */
  #ends: Int32Array;
  /** The hash of each string, so that growing and most misses read no text. */
  #hashes: Int32Array;
  #slots: Int32Array;
  #mask: number;
  readonly #seeds = hashSeeds();

  constructor(capacity = 64) {
    let slots = 64;
    while (slots < capacity * 2) slots *= 2;
    this.#arena = new Uint8Array(Math.max(256, capacity * 24));
    this.#ends = new Int32Array(Math.max(16, capacity) + 1);
    this.#hashes = new Int32Array(Math.max(16, capacity));
    this.#slots = new Int32Array(slots);
    this.#mask = slots - 1;
  }

  get byteLength(): number {
    return this.#arena.byteLength + this.#ends.byteLength + this.#hashes.byteLength + this.#slots.byteLength;
  }

  /** Empties the set and keeps its room. */
  reset(): void {
    this.count = 0;
    this.#slots.fill(0);
  }

  /** Forgets all strings but the first `count`: those were placed first, so that none of them lies behind one that goes. */
  truncate(count: number): void {
    for (let id = this.count - 1; id >= count; id--) {
      let slot = this.#hashes[id]! & this.#mask;
      while (this.#slots[slot] !== id + 1) slot = (slot + 1) & this.#mask;
      this.#slots[slot] = 0;
    }
    this.count = Math.min(this.count, count);
  }

  intern(source: Uint8Array, start = 0, end = source.length): number {
    const hash = hashOf(source, start, end, this.#seeds[0], this.#seeds[1]);
    const length = end - start;
    let slot = hash & this.#mask;
    for (;;) {
      const found = this.#slots[slot]!;
      if (found === 0) break;
      const id = found - 1;
      if (this.#hashes[id] === hash) {
        const from = this.#ends[id]!;
        if (this.#ends[id + 1]! - from === length) {
          let k = 0;
          while (k < length && this.#arena[from + k] === source[start + k]) k++;
          if (k === length) return id;
        }
      }
      slot = (slot + 1) & this.#mask;
    }
    return this.#append(source, start, end, hash);
  }

  /** Whether string `id` is what lies at [start, end) of a text. */
  isAt(id: number, text: DataView, start: number, end: number): boolean {
    const from = this.#ends[id]!;
    if (this.#ends[id + 1]! - from !== end - start) return false;
    if (this.#arenaView === null) this.#arenaView = viewOf(this.#arena);
    return equalBytes(this.#arenaView, from, text, start, end - start);
  }

  internText(text: string): number {
    return this.intern(UTF8.encode(text));
  }

  #append(source: Uint8Array, start: number, end: number, hash: number): number {
    const id = this.count;
    const from = this.#ends[id]!;
    const to = from + (end - start);
    if (to > this.#arena.length) {
      const arena = new Uint8Array(Math.max(to, this.#arena.length * 2));
      arena.set(this.#arena.subarray(0, from));
      this.#arena = arena;
      this.#arenaView = null;
    }
    if (id + 1 >= this.#ends.length) {
      const ends = new Int32Array(this.#ends.length * 2);
      ends.set(this.#ends);
      this.#ends = ends;
    }
    if (id >= this.#hashes.length) {
      const hashes = new Int32Array(this.#hashes.length * 2);
      hashes.set(this.#hashes);
      this.#hashes = hashes;
    }
    if ((id + 1) * 2 > this.#slots.length) {
      this.#slots = new Int32Array(this.#slots.length * 2);
      this.#mask = this.#slots.length - 1;
      for (let known = 0; known < id; known++) this.#place(known);
    }
    this.#arena.set(source.subarray(start, end), from);
    this.#ends[id + 1] = to;
    this.#hashes[id] = hash;
    this.count = id + 1;
    this.#place(id);
    return id;
  }

  #place(id: number): void {
    let slot = this.#hashes[id]! & this.#mask;
    while (this.#slots[slot] !== 0) slot = (slot + 1) & this.#mask;
    this.#slots[slot] = id + 1;
  }

  /** The bytes of a string: a view, valid until the next `intern`. */
  bytesOf(id: number): Uint8Array {
    return this.#arena.subarray(this.#ends[id]!, this.#ends[id + 1]!);
  }

  text(id: number): string {
    return TEXT.decode(this.bytesOf(id));
  }
}

/**
 * HalfSipHash-1-3: keyed, and made so that nobody without the keys finds texts of one hash. About as fast as FNV, which takes a
 * multiplication for each byte.
 */
function hashOf(source: Uint8Array, start: number, end: number, key0: number, key1: number): number {
  let v0 = key0;
  let v1 = key1;
  let v2 = 0x6c796765 ^ key0;
  let v3 = 0x74656462 ^ key1;
  const whole = end - ((end - start) & 3);
  // The last word has the rest of the bytes, and the length; then come three rounds of nothing.
  for (let at = start, rounds = 0; rounds < 4; at += 4) {
    let word = 0;
    if (at < whole) word = source[at]! | (source[at + 1]! << 8) | (source[at + 2]! << 16) | (source[at + 3]! << 24);
    else if (rounds++ === 0) word = tailWord(source, whole, end, end - start);
    v3 ^= word;
    v0 = (v0 + v1) | 0;
    v1 = ((v1 << 5) | (v1 >>> 27)) ^ v0;
    v0 = (v0 << 16) | (v0 >>> 16);
    v2 = (v2 + v3) | 0;
    v3 = ((v3 << 8) | (v3 >>> 24)) ^ v2;
    v0 = (v0 + v3) | 0;
    v3 = ((v3 << 7) | (v3 >>> 25)) ^ v0;
    v2 = (v2 + v1) | 0;
    v1 = ((v1 << 13) | (v1 >>> 19)) ^ v2;
    v2 = (v2 << 16) | (v2 >>> 16);
    v0 ^= word;
    if (rounds === 1) v2 ^= 0xff;
  }
  return v1 ^ v3;
}

function tailWord(source: Uint8Array, from: number, end: number, length: number): number {
  let word = length << 24;
  for (let at = from; at < end; at++) word |= source[at]! << ((at - from) * 8);
  return word;
}
