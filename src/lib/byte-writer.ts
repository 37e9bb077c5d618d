// Grows a byte buffer. Integers are LEB128 varints; text and blobs carry their length.
const TEXT = new TextEncoder();
const SHORT_TEXT = 64;

export class ByteWriter {
  #bytes: Uint8Array<ArrayBuffer>;
  #length = 0;

  constructor(capacity = 1024) {
    this.#bytes = new Uint8Array(Math.max(16, capacity));
  }

  get length(): number {
    return this.#length;
  }

  #room(more: number): void {
    const need = this.#length + more;
    if (need <= this.#bytes.length) return;
    const grown = new Uint8Array(Math.max(need, this.#bytes.length * 2));
    grown.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = grown;
  }

  byte(value: number): void {
    this.#room(1);
    this.#bytes[this.#length++] = value;
  }

  /** An unsigned integer below 2^53. Divides instead of shifting, because `>>>` cuts to 32 bits. */
  varint(value: number): void {
    this.#room(8);
    const bytes = this.#bytes;
    let at = this.#length;
    let rest = value;
    while (rest >= 0x80000000) {
      bytes[at++] = (rest % 128) | 0x80;
      rest = Math.floor(rest / 128);
    }
    while (rest >= 0x80) {
      bytes[at++] = (rest & 0x7f) | 0x80;
      rest >>>= 7;
    }
    bytes[at++] = rest;
    this.#length = at;
  }

  /** hi * 2^52 + lo, below 2^102: sums of 64-bit values don't stop at 64 bits. */
  wide(lo: number, hi: number): void {
    if (hi === 0) {
      this.varint(lo);
      return;
    }
    this.#room(7);
    let rest = lo;
    for (let i = 0; i < 7; i++) {
      this.#bytes[this.#length++] = (rest % 128) | 0x80;
      rest = Math.floor(rest / 128);
    }
    this.varint(hi * 8 + rest); // `rest` holds the 3 bits of lo above 2^49
  }

  raw(bytes: Uint8Array): void {
    this.#room(bytes.length);
    this.#bytes.set(bytes, this.#length);
    this.#length += bytes.length;
  }

  blob(bytes: Uint8Array): void {
    this.varint(bytes.length);
    this.raw(bytes);
  }

  /** Most texts are short ASCII, for which calling the encoder costs more than copying. */
  text(text: string): void {
    if (text.length > SHORT_TEXT) {
      this.blob(TEXT.encode(text));
      return;
    }
    this.#room(text.length + 1);
    const start = this.#length;
    let at = start;
    this.#bytes[at++] = text.length; // below 0x80: a varint of one byte
    for (let i = 0; i < text.length; i++) {
      const unit = text.charCodeAt(i);
      if (unit >= 0x80) {
        this.blob(TEXT.encode(text));
        return;
      }
      this.#bytes[at++] = unit;
    }
    this.#length = at;
  }

  /** The bytes written so far, without a copy: valid until the next write or reset. */
  view(): Uint8Array<ArrayBuffer> {
    return this.#bytes.subarray(0, this.#length);
  }

  /** The bytes written so far, as a copy of its own. */
  finish(): Uint8Array<ArrayBuffer> {
    return this.#bytes.slice(0, this.#length);
  }

  /** Forgets what was written and keeps the room. */
  reset(): void {
    this.#length = 0;
  }
}
