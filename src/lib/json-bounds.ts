// JSON becomes objects of several times its size, and is read with a stack as high as it is nested, before anything of it can be
// counted. So it is looked at as bytes first: how deep it goes, and of how many lists, objects and texts it is.

export interface JsonSize {
  /** Lists and objects within one another, at most. */
  readonly depth: number;
  readonly objects: number;
  /** Lists, objects, texts of two characters or more, and names of members where they are not those of other members. */
  readonly parts: number;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COLON = 0x3a;
const SPACE = 0x20;
const OPEN_LIST = 0x5b;
const OPEN_OBJECT = 0x7b;
const CLOSE_LIST = 0x5d;
const CLOSE_OBJECT = 0x7d;
const NAMES = 256;

/** What the JSON in `bytes` comes to; of bytes that are no JSON, anything. */
export function jsonSize(bytes: Uint8Array): JsonSize {
  const { length } = bytes;
  /** Where a name of each hash was met last. */
  const names = new Int32Array(NAMES);
  let depth = 0;
  let deepest = 0;
  let objects = 0;
  let parts = 0;
  for (let at = 0; at < length; at++) {
    const byte = bytes[at]!;
    if (byte === QUOTE) {
      const from = at + 1;
      at = endOfText(bytes, from);
      let next = at + 1;
      while (next < length && bytes[next]! <= SPACE) next++;
      if (bytes[next] === COLON ? !isKnown(bytes, from, at, names) : at - from > 1) parts++;
    } else if (byte === OPEN_LIST || byte === OPEN_OBJECT) {
      parts++;
      if (byte === OPEN_OBJECT) objects++;
      if (++depth > deepest) deepest = depth;
    } else if (byte === CLOSE_LIST || byte === CLOSE_OBJECT) depth--;
  }
  return { depth: deepest, objects, parts };
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
  const slot = ((to - from) * 31 + bytes[from]! * 7 + bytes[to - 1]!) & (NAMES - 1);
  const other = names[slot]!;
  names[slot] = from;
  if (other === 0) return false;
  for (let at = from, k = other; at <= to; at++, k++) if (bytes[at] !== bytes[k]) return false;
  return true;
}
