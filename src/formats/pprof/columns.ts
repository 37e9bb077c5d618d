// Growing columns of integers: what a decoder fills when it does not know how many are to come. They are used for one
// profile after another, so that a small one does not pay for two dozen arrays.
import { tooLarge } from "../../lib/app-error.ts";
import type { ProtobufReader } from "../protobuf.ts";

/** A column that a large profile left behind is given back to the heap. */
const KEPT_VALUES = 1 << 15;

export class IntColumn {
  values: Int32Array<ArrayBuffer>;
  length = 0;

  constructor(capacity = 256) {
    this.values = new Int32Array(capacity);
  }

  /** Empties the column. */
  reset(): void {
    this.length = 0;
    if (this.values.length > KEPT_VALUES) this.values = new Int32Array(256);
  }

  push(value: number): void {
    if (this.length === this.values.length) this.reserve(1);
    this.values[this.length++] = value;
  }

  reserve(more: number): void {
    const need = this.length + more;
    if (need <= this.values.length) return;
    const grown = new Int32Array(Math.max(need, this.values.length * 2));
    grown.set(this.values);
    this.values = grown;
  }
}

/** Appends a packed field's varints as two words each, low first. Most values of most samples are 0. */
export function pushPackedWords(reader: ProtobufReader, words: IntColumn, mostEntries: number): void {
  const outer = reader.enter();
  const { bytes, end } = reader;
  const entries = (words.length >> 1) + end - reader.at;
  if (entries > mostEntries) throw tooManyEntries(entries, mostEntries);
  // A value takes at least a byte.
  words.reserve((end - reader.at) * 2);
  const { values } = words;
  let { length } = words;
  while (reader.at < end) {
    const byte = bytes[reader.at]!;
    if (byte < 0x80) {
      reader.at++;
      values[length++] = byte;
      values[length++] = 0;
    } else {
      reader.wide();
      values[length++] = reader.low;
      values[length++] = reader.high;
    }
  }
  words.length = length;
  reader.leave(outer);
}

/** 64-bit ids as two words. Nearly every profile has small ids, so the high words are absent until one is needed. */
export class IdColumn {
  low: Int32Array<ArrayBuffer>;
  high: Int32Array<ArrayBuffer> | null = null;
  length = 0;

  constructor(capacity = 256) {
    this.low = new Int32Array(capacity);
  }

  /** Empties the column. */
  reset(): void {
    this.length = 0;
    this.high = null;
    if (this.low.length > KEPT_VALUES) this.low = new Int32Array(256);
  }

  push(low: number, high: number): void {
    if (this.length === this.low.length) this.reserve(1);
    if (high !== 0 && this.high === null) this.high = new Int32Array(this.low.length);
    this.low[this.length] = low;
    if (this.high !== null) this.high[this.length] = high;
    this.length++;
  }

  /** Appends a packed field's varints: the hot loop of reading stacks. */
  pushPacked(reader: ProtobufReader, mostEntries: number): void {
    const length = reader.length();
    if (this.length + length > mostEntries) throw tooManyEntries(this.length + length, mostEntries);
    const outer = reader.end;
    const end = reader.at + length;
    // An id takes at least a byte.
    this.reserve(length);
    const { bytes } = reader;
    let { at } = reader;
    let { low, length: count } = this;
    reader.end = end;
    while (at < end) {
      const a = bytes[at]!;
      if (a < 0x80) {
        low[count++] = a;
        at++;
        continue;
      }
      if (at + 1 < end) {
        const b = bytes[at + 1]!;
        if (b < 0x80) {
          low[count++] = (a & 0x7f) | (b << 7);
          at += 2;
          continue;
        }
      }
      reader.at = at;
      reader.wide();
      at = reader.at;
      this.length = count;
      this.push(reader.low, reader.high);
      count = this.length;
      low = this.low;
    }
    this.length = count;
    reader.at = end;
    reader.end = outer;
  }

  reserve(more: number): void {
    const need = this.length + more;
    if (need <= this.low.length) return;
    const capacity = Math.max(need, this.low.length * 2);
    const low = new Int32Array(capacity);
    low.set(this.low);
    this.low = low;
    if (this.high !== null) {
      const high = new Int32Array(capacity);
      high.set(this.high);
      this.high = high;
    }
  }
}

export const tooManyEntries = (actual: number, most: number): Error =>
  tooLarge("stackEntriesPerProfile", actual, most, "the profile's samples hold too many locations or values");
