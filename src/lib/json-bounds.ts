// JSON becomes objects of several times its size, and is read with a stack as high as it is nested, before anything of it can be
// counted. So it is looked at as bytes first: how deep it goes, and of how many lists, objects and texts it is.

export interface JsonSize {
  /** Lists and objects within one another, at most. */
  readonly depth: number;
  readonly objects: number;
  /** Lists, objects, and texts of two characters or more that are no names. */
  readonly parts: number;
  /** Names of members that other members have not: a few may be counted again and again. */
  readonly names: number;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COLON = 0x3a;
const SPACE = 0x20;
const OPEN_LIST = 0x5b;
const OPEN_OBJECT = 0x7b;
const CLOSE_LIST = 0x5d;
const CLOSE_OBJECT = 0x7d;
const NAMES = 4096;

/** What the JSON in `bytes` comes to; of bytes that are no JSON, anything. */
export function jsonSize(bytes: Uint8Array): JsonSize {
  const { length } = bytes;
  /** Where a name of each hash was met last. */
  const names = new Int32Array(NAMES);
  let depth = 0;
  let deepest = 0;
  let objects = 0;
  let parts = 0;
  let distinct = 0;
  for (let at = 0; at < length; at++) {
    const byte = bytes[at]!;
    if (byte === QUOTE) {
      const from = at + 1;
      at = endOfText(bytes, from);
      let next = at + 1;
      while (next < length && bytes[next]! <= SPACE) next++;
      if (bytes[next] !== COLON) {
        if (at - from > 1) parts++;
      } else if (!isKnown(bytes, from, at, names)) distinct++;
    } else if (byte === OPEN_LIST || byte === OPEN_OBJECT) {
      parts++;
      if (byte === OPEN_OBJECT) objects++;
      if (++depth > deepest) deepest = depth;
    } else if (byte === CLOSE_LIST || byte === CLOSE_OBJECT) depth--;
  }
  return { depth: deepest, objects, parts, names: distinct };
}

/** @returns where the text's closing quote is, or the end */
function endOfText(bytes: Uint8Array, from: number): number {
  const { length } = bytes;
  let at = from;
  for (; at < length && bytes[at] !== QUOTE; at++) if (bytes[at] === BACKSLASH) at++;
  return at;
}

/** Whether the name at [from, to) is the one met last of its hash, as nearly all are; it is from now on. */
function isKnown(bytes: Uint8Array, from: number, to: number, names: Int32Array): boolean {
  const middle = bytes[(from + to) >> 1]!;
  const hash = Math.imul(to - from, 0x2f) + Math.imul(bytes[from]!, 0x1f3) + Math.imul(middle, 0x6b) + bytes[to - 1]!;
  const slot = hash & (NAMES - 1);
  const other = names[slot]!;
  names[slot] = from;
  if (other === 0) return false;
  for (let at = from, k = other; at <= to; at++, k++) if (bytes[at] !== bytes[k]) return false;
  return true;
}
