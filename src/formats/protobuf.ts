// The protobuf wire format, read from untrusted bytes: a cursor that walks one message's fields.
//
//   field := varint(number * 8 + wire type) payload
//   wire type 0 varint · 1 eight bytes · 2 varint length + bytes · 5 four bytes · 3, 4 groups (refused)
//
// 64-bit integers are left as two 32-bit words, so that nothing allocates and nothing is rounded.
import { malformed } from "../lib/app-error.ts";

export const WIRE = { varint: 0, eight: 1, bytes: 2, four: 5 } as const;

export class ProtobufReader {
  readonly bytes: Uint8Array;
  at: number;
  /** End of the message being read; only `enter` and `leave` move it. */
  end: number;
  /** Words of the last `wide()`: two's complement, both int32. */
  low = 0;
  high = 0;

  constructor(bytes: Uint8Array, at = 0, end = bytes.length) {
    this.bytes = bytes;
    this.at = at;
    this.end = end;
  }

  /** The next tag. Field numbers start at 1, so 0 is never one. */
  tag(): number {
    const tag = this.small();
    if (tag < 8) throw malformed(`proto: illegal tag ${tag} at ${this.at}`);
    return tag;
  }

  /** A varint of which only the low 32 bits matter (an index, an enum, a bool); more must be zero. */
  small(): number {
    const { bytes } = this;
    const at = this.at;
    if (at >= this.end) throw this.#cut();
    const byte = bytes[at]!;
    if (byte < 0x80) {
      this.at = at + 1;
      return byte;
    }
    this.wide();
    if (this.high !== 0 || this.low < 0) throw malformed(`proto: integer out of range at ${at}`);
    return this.low;
  }

  /** A 64-bit varint into `low` and `high`. */
  wide(): void {
    const { bytes, end } = this;
    let { at } = this;
    let low = 0;
    for (let shift = 0; shift < 28; shift += 7) {
      if (at >= end) throw this.#cut();
      const byte = bytes[at++]!;
      low |= (byte & 0x7f) << shift;
      if (byte < 0x80) {
        this.at = at;
        this.low = low;
        this.high = 0;
        return;
      }
    }
    if (at >= end) throw this.#cut();
    let byte = bytes[at++]!;
    low |= (byte & 0x0f) << 28;
    let high = (byte & 0x7f) >> 4;
    for (let shift = 3; byte >= 0x80; shift += 7) {
      // The tenth byte holds the last bit; encoders never write more.
      if (shift > 31) throw malformed(`proto: varint longer than 64 bits at ${at}`);
      if (at >= end) throw this.#cut();
      byte = bytes[at++]!;
      high |= (byte & 0x7f) << shift;
    }
    this.at = at;
    this.low = low;
    this.high = high;
  }

  /** Length of the payload that follows, checked against the message's end. */
  length(): number {
    const length = this.small();
    if (length > this.end - this.at) throw this.#cut();
    return length;
  }

  /** Narrows to the submessage that follows. @returns the outer end, for `leave` */
  enter(): number {
    const length = this.length();
    const outer = this.end;
    this.end = this.at + length;
    return outer;
  }

  leave(outerEnd: number): void {
    this.at = this.end;
    this.end = outerEnd;
  }

  /** Passes over the payload of a field nobody knows. */
  skip(tag: number): void {
    switch (tag & 7) {
      case WIRE.varint:
        this.wide();
        return;
      case WIRE.eight:
        this.#step(8);
        return;
      case WIRE.bytes:
        this.#step(this.length());
        return;
      case WIRE.four:
        this.#step(4);
        return;
      default:
        throw malformed(`proto: wire type ${tag & 7} is not supported (field ${tag >>> 3})`);
    }
  }

  /** A known field in a form that its type does not have. */
  wrongType(tag: number): Error {
    return malformed(`proto: field ${tag >>> 3} has wire type ${tag & 7} at ${this.at}`);
  }

  #step(length: number): void {
    if (length > this.end - this.at) throw this.#cut();
    this.at += length;
  }

  #cut(): Error {
    return malformed(`proto: unexpected end at ${this.end}`);
  }
}
