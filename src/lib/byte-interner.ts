// A set of byte strings, each with a dense id in order of arrival. Bytes lie end to end in one
// arena and become text only when somebody asks for a name.

const TEXT = new TextDecoder("utf-8", { fatal: false, ignoreBOM: true });
const UTF8 = new TextEncoder();

export class ByteInterner {
  count = 0;
  #arena: Uint8Array;
  /** String `id` lies at arena[ends[id], ends[id + 1]); ends[0] is 0. */
  #ends: Int32Array;
  /** The hash of each string, so that growing and most misses read no text. */
  #hashes: Int32Array;
  #slots: Int32Array;
  #mask: number;

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

  intern(source: Uint8Array, start = 0, end = source.length): number {
    const hash = hashOf(source, start, end);
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

/** FNV-1a over bytes, mixed at the end because only low bits choose the slot. */
function hashOf(source: Uint8Array, start: number, end: number): number {
  let h = 0x811c9dc5;
  for (let at = start; at < end; at++) h = Math.imul(h ^ source[at]!, 0x01000193);
  h ^= h >>> 16;
  h = Math.imul(h, 0x85ebca6b);
  return h ^ (h >>> 13);
}
