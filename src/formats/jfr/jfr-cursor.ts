// A cursor over a chunk of Java Flight Recorder bytes: big-endian numbers and LEB128 longs of nine bytes at most.
import { malformed } from "../../lib/app-error.ts";
import { shortText } from "../../lib/short-text.ts";

const WORD = 4294967296; // 2^32
const LATIN1 = new TextDecoder("latin1");

/** What a string may be: nothing, itself, or an entry of the pool of strings. */
export type JfrString = string | { readonly pooled: number } | null;

/** 64 bits. */
export interface Words {
  low: number;
  high: number;
}

export class JfrCursor {
  readonly bytes: Uint8Array;
  at: number;
  end: number;

  constructor(bytes: Uint8Array, at = 0, end = bytes.length) {
    if (at < 0 || end > bytes.length || at > end) throw malformed(`JFR: range ${at}..${end} in ${bytes.length} bytes`);
    this.bytes = bytes;
    this.at = at;
    this.end = end;
  }

  /** The same cursor over another range: a recording may have an event in every other byte. */
  over(at: number, end: number): this {
    if (at < 0 || end > this.bytes.length || at > end) throw malformed(`JFR: range ${at}..${end} of a chunk`);
    this.at = at;
    this.end = end;
    return this;
  }

  get left(): number {
    return this.end - this.at;
  }

  #need(length: number): number {
    if (length > this.end - this.at) throw malformed(`JFR: bytes end at ${this.at}`);
    const at = this.at;
    this.at += length;
    return at;
  }

  #wordAt(at: number): number {
    const { bytes } = this;
    return ((bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!) >>> 0;
  }

  byte(): number {
    return this.bytes[this.#need(1)]!;
  }

  skip(length: number): void {
    this.#need(length);
  }

  u32(): number {
    return this.#wordAt(this.#need(4));
  }

  /** A big-endian 64-bit number that must be an exact one of ours. */
  u64(): number {
    const at = this.#need(8);
    const value = this.#wordAt(at) * WORD + this.#wordAt(at + 4);
    if (value > Number.MAX_SAFE_INTEGER) throw malformed(`JFR: 64-bit number above 2^53 at ${at}`);
    return value;
  }

  /** A compressed long, signed. The ninth byte, when there is one, gives all of its eight bits. Above 2^53 it is only near. */
  long(): number {
    // Most are one byte.
    const { at } = this;
    if (at < this.end) {
      const byte = this.bytes[at]!;
      if (byte < 0x80) {
        this.at = at + 1;
        return byte;
      }
    }
    return this.#longerLong();
  }

  #longerLong(): number {
    let low = 0;
    let factor = 1;
    for (let i = 0; i < 4; i++) {
      const byte = this.byte();
      low += (byte & 0x7f) * factor;
      if (byte < 0x80) return low;
      factor *= 128;
    }
    // 28 bits are read; at most 36 follow.
    let high = 0;
    factor = 1;
    for (let i = 4; i < 8; i++) {
      const byte = this.byte();
      high += (byte & 0x7f) * factor;
      if (byte < 0x80) return low + high * 268435456;
      factor *= 128;
    }
    high += this.byte() * factor;
    const isNegative = high >= 34359738368; // bit 63 is bit 35 of the high part
    return low + (isNegative ? high - 68719476736 : high) * 268435456;
  }

  /** All 64 bits of a compressed long, as two words. */
  words(into: Words): void {
    let low = 0;
    let high = 0;
    for (let i = 0; i < 9; i++) {
      const byte = this.byte();
      const bits = i < 8 ? byte & 0x7f : byte;
      if (i < 4) low |= bits << (i * 7);
      else if (i === 4) {
        low |= bits << 28;
        high = bits >>> 4;
      } else high |= bits << (i * 7 - 32);
      if (byte < 0x80) break;
    }
    into.low = low | 0;
    into.high = high | 0;
  }

  /** A long that names something or counts something. */
  key(): number {
    const value = this.long();
    if (!Number.isSafeInteger(value)) throw malformed(`JFR: id above 2^53 at ${this.at}`);
    return value;
  }

  /** A count of items to come, each of at least so many bytes. */
  count(minBytesPerItem = 1): number {
    const items = this.long();
    if (items < 0 || items * minBytesPerItem > this.left) throw malformed(`JFR: ${items} items in ${this.left} bytes`);
    return items;
  }

  /** Passes over a string. */
  skipString(): void {
    const encoding = this.byte();
    if (encoding < 2) return;
    if (encoding === 2) this.long();
    else if (encoding === 4) for (let left = this.count(); left > 0; left--) this.long();
    else if (encoding === 3 || encoding === 5) this.skip(this.count());
    else throw malformed(`JFR: string encoding ${encoding} at ${this.at}`);
  }

  string(): JfrString {
    const encoding = this.byte();
    switch (encoding) {
      case 0:
        return null;
      case 1:
        return "";
      case 2:
        return { pooled: this.key() };
      case 3: {
        const length = this.count();
        const at = this.#need(length);
        return shortText(this.bytes, at, at + length);
      }
      case 4: {
        const units = new Uint16Array(this.count());
        for (let i = 0; i < units.length; i++) units[i] = this.long() & 0xffff;
        return textOfUnits(units);
      }
      case 5: {
        const length = this.count();
        const at = this.#need(length);
        return LATIN1.decode(this.bytes.subarray(at, at + length));
      }
      default:
        throw malformed(`JFR: string encoding ${encoding} at ${this.at}`);
    }
  }
}

function textOfUnits(units: Uint16Array): string {
  let text = "";
  for (let at = 0; at < units.length; at += 4096) text += String.fromCharCode(...units.subarray(at, at + 4096));
  return text;
}
