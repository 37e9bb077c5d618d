// A cursor over untrusted bytes. Every read is bounds-checked; integers are LEB128 varints.
import { malformed } from "./app-error.ts";
import { shortText } from "./short-text.ts";

/** 2^52: the limb of wide integers (see wide-sums.ts). */
const LIMB = 4503599627370496;

export class ByteReader {
  readonly bytes: Uint8Array;
  at: number;
  readonly end: number;
  /** Limbs of the last `wide()`: value = hi * 2^52 + lo. */
  lo = 0;
  hi = 0;

  constructor(bytes: Uint8Array, at = 0, end = bytes.length) {
    if (at < 0 || end > bytes.length || at > end) throw malformed(`range ${at}..${end} in ${bytes.length} bytes`);
    this.bytes = bytes;
    this.at = at;
    this.end = end;
  }

  get left(): number {
    return this.end - this.at;
  }

  byte(): number {
    if (this.at >= this.end) throw malformed(`bytes end at ${this.at}`);
    return this.bytes[this.at++]!;
  }

  /** An unsigned varint below 2^53. Multiplies instead of shifting, because `<<` cuts to 32 bits. */
  varint(): number {
    // Most are one byte.
    const first = this.bytes[this.at]!;
    if (first < 0x80 && this.at < this.end) {
      this.at++;
      return first;
    }
    return this.#longVarint();
  }

  #longVarint(): number {
    let value = 0;
    let factor = 1;
    for (let i = 0; i < 8; i++) {
      const byte = this.byte();
      value += (byte & 0x7f) * factor;
      if (byte < 0x80) {
        if (value > Number.MAX_SAFE_INTEGER) break;
        return value;
      }
      factor *= 128;
    }
    throw malformed(`varint above 2^53 at ${this.at}`);
  }

  /** A varint that must fit an int32. */
  int(): number {
    const value = this.varint();
    if (value > 0x7fffffff) throw malformed(`integer ${value} above 2^31 at ${this.at}`);
    return value;
  }

  /** An unsigned varint below 2^102, left in `lo` and `hi`. */
  wide(): void {
    let low = 0;
    let factor = 1;
    for (let i = 0; i < 7; i++) {
      const byte = this.byte();
      low += (byte & 0x7f) * factor;
      if (byte < 0x80) {
        this.lo = low;
        this.hi = 0;
        return;
      }
      factor *= 128;
    }
    // 49 bits are read: 3 of those that are left belong to the low limb.
    const rest = this.varint();
    this.lo = low + (rest % 8) * (LIMB / 8);
    this.hi = Math.floor(rest / 8);
  }

  /** A number of items to come, bounded by the bytes left, so that a hostile count reserves nothing. */
  count(minBytesPerItem = 1): number {
    const items = this.int();
    if (items * minBytesPerItem > this.left) throw malformed(`${items} items in ${this.left} bytes`);
    return items;
  }

  skip(length: number): void {
    if (length < 0 || length > this.left) throw malformed(`${length} bytes wanted, ${this.left} left`);
    this.at += length;
  }

  take(length: number): Uint8Array {
    const start = this.at;
    this.skip(length);
    return this.bytes.subarray(start, this.at);
  }

  text(): string {
    const length = this.int();
    const start = this.at;
    this.skip(length);
    return shortText(this.bytes, start, this.at);
  }

  blob(): Uint8Array {
    return this.take(this.int());
  }
}
