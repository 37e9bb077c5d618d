// A set of ids that expire, as words in one array: no object for each, so that a quarter of a million fit 8 MB.
//
//   entry (16 bytes): three words of the id | unix seconds from which on it no longer counts
//
// In the table a slot whose last word is 0 is free; entries at rest lie end to end, as in the table, without gaps.
// Ids are parts of a cryptographic hash, so that their first word is good enough to place them.

const WORDS = 4;
export const ENTRY_BYTES = WORDS * 4;
/** Characters of an id as text: three words in hexadecimal. */
export const ID_LENGTH = 24;

export class IdSet {
  #slots = new Uint32Array(64 * WORDS);
  #size = 0;

  /** Entries, among them some that have expired. */
  get size(): number {
    return this.#size;
  }

  get byteLength(): number {
    return this.#slots.byteLength;
  }

  has(id: string, now: number): boolean {
    const at = this.#find(wordOf(id, 0), wordOf(id, 1), wordOf(id, 2));
    return this.#slots[at + 3]! > now;
  }

  /** Adds entries at rest that have not expired; of an id that is there the later expiry counts. */
  addAll(entries: Uint8Array, now: number): void {
    const view = new DataView(entries.buffer, entries.byteOffset, entries.byteLength);
    for (let at = 0; at + ENTRY_BYTES <= entries.length; at += ENTRY_BYTES) {
      const expires = view.getUint32(at + 12, true);
      if (expires <= now) continue;
      if ((this.#size + 1) * WORDS * 4 > this.#slots.length * 3) this.#rebuild(now);
      this.#put(view.getUint32(at, true), view.getUint32(at + 4, true), view.getUint32(at + 8, true), expires);
    }
  }

  /** What has not expired, at rest. */
  entries(now: number): Uint8Array<ArrayBuffer> {
    const slots = this.#slots;
    const bytes = new Uint8Array(this.#size * ENTRY_BYTES);
    const view = new DataView(bytes.buffer);
    let end = 0;
    for (let at = 0; at < slots.length; at += WORDS) {
      if (slots[at + 3]! <= now) continue;
      for (let word = 0; word < WORDS; word++) view.setUint32(end + word * 4, slots[at + word]!, true);
      end += ENTRY_BYTES;
    }
    return bytes.slice(0, end);
  }

  #put(first: number, second: number, third: number, expires: number): void {
    const at = this.#find(first, second, third);
    if (this.#slots[at + 3] === 0) {
      this.#slots.set([first, second, third], at);
      this.#size++;
    }
    if (this.#slots[at + 3]! < expires) this.#slots[at + 3] = expires;
  }

  /** Where the id lies, or the free slot where it would. */
  #find(first: number, second: number, third: number): number {
    const slots = this.#slots;
    const mask = slots.length - 1;
    let at = (first * WORDS) & mask;
    for (;;) {
      if (slots[at + 3] === 0) return at;
      if (slots[at] === first && slots[at + 1] === second && slots[at + 2] === third) return at;
      at = (at + WORDS) & mask;
    }
  }

  /** Drops what has expired, and doubles the room when more than half is still needed. */
  #rebuild(now: number): void {
    const before = this.#slots;
    let live = 0;
    for (let at = 3; at < before.length; at += WORDS) if (before[at]! > now) live++;
    let length = 64 * WORDS;
    while (live * WORDS * 2 > length) length *= 2;
    this.#slots = new Uint32Array(length);
    this.#size = 0;
    for (let at = 0; at < before.length; at += WORDS) {
      if (before[at + 3]! > now) this.#put(before[at]!, before[at + 1]!, before[at + 2]!, before[at + 3]!);
    }
  }
}

/** One entry at rest. @param id ID_LENGTH hexadecimal digits */
export function idEntry(id: string, expires: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(ENTRY_BYTES);
  const view = new DataView(bytes.buffer);
  for (let word = 0; word < 3; word++) view.setUint32(word * 4, wordOf(id, word), true);
  view.setUint32(12, expires, true);
  return bytes;
}

/** Whether entries at rest hold an id that has not expired. */
export function entriesHave(entries: Uint8Array, id: string, now: number): boolean {
  const [first, second, third] = [wordOf(id, 0), wordOf(id, 1), wordOf(id, 2)];
  const view = new DataView(entries.buffer, entries.byteOffset, entries.byteLength);
  for (let at = 0; at + ENTRY_BYTES <= entries.length; at += ENTRY_BYTES) {
    if (view.getUint32(at, true) !== first || view.getUint32(at + 4, true) !== second) continue;
    if (view.getUint32(at + 8, true) === third && view.getUint32(at + 12, true) > now) return true;
  }
  return false;
}

const wordOf = (id: string, word: number): number => Number.parseInt(id.slice(word * 8, word * 8 + 8), 16);
