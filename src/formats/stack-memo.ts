// What of a stack was met before, so that a text of many stacks is not hashed frame by frame: the frames that a stack has in common
// with the one before it, and below each node the children met last. Both are only guesses that are checked against the bytes, so
// that what comes out is what would come out without them, and a text that is made to miss them costs no more than one look each.
import { commonBytes, viewOf } from "../lib/byte-words.ts";

const SEMICOLON = 0x3b;
const SLOTS_MOST = 1 << 16;
const SLOTS_LEAST = 1 << 8;
/** Bytes of text for each slot. */
const BYTES_PER_SLOT = 64;

export class StackMemo {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  /** Child node in each slot, 0 for none, and the string of its frame. */
  readonly #nodes: Int32Array;
  readonly #strings: Int32Array;
  readonly #shift: number;
  /** The stack before: where it began, how long it was, and after each of its first frames where that ended and its node. */
  #start = 0;
  #length = 0;
  #depth = 0;
  #ends = new Int32Array(64);
  #path = new Int32Array(64);

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
    this.view = viewOf(bytes);
    let slots = SLOTS_LEAST;
    while (slots < SLOTS_MOST && slots * BYTES_PER_SLOT < bytes.length) slots *= 2;
    this.#nodes = new Int32Array(slots);
    this.#strings = new Int32Array(slots);
    this.#shift = Math.clz32(slots) + 1;
  }

  /** @returns how many frames of the stack at [start, end) are those of the stack before; it takes that one's place */
  resume(start: number, end: number): number {
    const length = end - start;
    const common = commonBytes(this.view, this.#start, start, Math.min(length, this.#length));
    const ends = this.#ends;
    let depth = 0;
    while (depth < this.#depth && ends[depth]! <= common) depth++;
    // A frame may go on in this stack where it ended in the one before.
    if (depth > 0 && ends[depth - 1] !== length && this.bytes[start + ends[depth - 1]!] !== SEMICOLON) depth--;
    // An empty frame may be the last here, which is none, where others came after it in the one before.
    if (depth > 0 && (depth === 1 ? 0 : ends[depth - 2]! + 1) === length) depth--;
    this.#start = start;
    this.#length = length;
    this.#depth = depth;
    return depth;
  }

  nodeAt(depth: number): number {
    return this.#path[depth - 1]!;
  }

  endAt(depth: number): number {
    return this.#start + this.#ends[depth - 1]!;
  }

  /** The next frame of the stack, which ends at `to`. */
  push(to: number, node: number): void {
    if (this.#depth === this.#path.length) {
      this.#path = grown(this.#path);
      this.#ends = grown(this.#ends);
    }
    this.#ends[this.#depth] = to - this.#start;
    this.#path[this.#depth] = node;
    this.#depth++;
  }

  /** Where a child of `parent` with the frame [from, to) would be kept. */
  slot(parent: number, from: number, to: number): number {
    const length = to - from;
    let key = Math.imul(parent, 0x1e3779b1) + Math.imul(length, 0x05ebca77);
    if (length >= 4) {
      key += Math.imul(this.view.getInt32(to - 4, true), 0x27d4eb2f);
      key += Math.imul(this.view.getInt32(from + ((length - 4) >> 1), true), 0x165667b1);
    } else for (let at = from; at < to; at++) key = Math.imul(key + this.bytes[at]!, 0x02b2ae3d);
    return (key ^ (key >>> 15)) >>> this.#shift;
  }

  node(slot: number): number {
    return this.#nodes[slot]!;
  }

  string(slot: number): number {
    return this.#strings[slot]!;
  }

  keep(slot: number, node: number, string: number): void {
    this.#nodes[slot] = node;
    this.#strings[slot] = string;
  }
}

function grown(numbers: Int32Array<ArrayBuffer>): Int32Array<ArrayBuffer> {
  const wider = new Int32Array(numbers.length * 2);
  wider.set(numbers);
  return wider;
}
