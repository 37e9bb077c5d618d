// Bytes looked at four at a time: what loops over large texts spend their time on. Words are read wherever they lie; what is left at
// the end is read byte by byte, and nothing beyond it.

/** Where `byte` first is in [from, to); `to` when it is not there. */
export function findByte(view: DataView, from: number, to: number, byte: number): number {
  const wanted = Math.imul(byte, 0x01010101);
  let at = from;
  for (const last = to - 4; at <= last; at += 4) {
    const word = view.getInt32(at, true) ^ wanted;
    // The lowest byte that is zero has the lowest mark; those above it may be marked wrongly.
    const marks = (word - 0x01010101) & ~word & 0x80808080;
    if (marks !== 0) return at + ((31 - Math.clz32(marks & -marks)) >> 3);
  }
  while (at < to && view.getUint8(at) !== byte) at++;
  return at;
}

/** How many bytes from `a` on are those from `b` on, of `most` at most. */
export function commonBytes(view: DataView, a: number, b: number, most: number): number {
  let length = 0;
  for (const last = most - 4; length <= last; length += 4) {
    const word = view.getInt32(a + length, true) ^ view.getInt32(b + length, true);
    if (word !== 0) return length + ((31 - Math.clz32(word & -word)) >> 3);
  }
  while (length < most && view.getUint8(a + length) === view.getUint8(b + length)) length++;
  return length;
}

export function equalBytes(left: DataView, a: number, right: DataView, b: number, length: number): boolean {
  let at = 0;
  for (const last = length - 4; at <= last; at += 4)
    if (left.getInt32(a + at, true) !== right.getInt32(b + at, true)) return false;
  while (at < length && left.getUint8(a + at) === right.getUint8(b + at)) at++;
  return at === length;
}

export const viewOf = ({ buffer, byteOffset, byteLength }: Uint8Array): DataView =>
  new DataView(buffer, byteOffset, byteLength);
