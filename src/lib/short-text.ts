// Bytes → text, for the names that come again and again: types, units, label names. Calling the decoder costs more than
// comparing with the text that was made of such bytes before, and a text that is kept needs no new hash in every map.

const TEXT = new TextDecoder("utf-8", { fatal: false, ignoreBOM: true });
const MOST_BYTES = 64;
const SLOTS = 1024;
/** One text for each hash, the latest: all of it is at most 64 kB. ASCII only, so that a byte is a character. */
const known: string[] = new Array(SLOTS).fill("");

export function shortText(bytes: Uint8Array, start: number, end: number): string {
  const length = end - start;
  if (length === 0) return "";
  if (length > MOST_BYTES) return TEXT.decode(bytes.subarray(start, end));
  let hash = length;
  let seen = 0;
  for (let at = start; at < end; at++) {
    const byte = bytes[at]!;
    hash = Math.imul(hash ^ byte, 0x01000193);
    seen |= byte;
  }
  if (seen >= 0x80) return TEXT.decode(bytes.subarray(start, end));
  const slot = (hash ^ (hash >>> 15)) & (SLOTS - 1);
  const text = known[slot]!;
  if (text.length === length) {
    let k = 0;
    while (k < length && text.charCodeAt(k) === bytes[start + k]) k++;
    if (k === length) return text;
  }
  const made = TEXT.decode(bytes.subarray(start, end));
  known[slot] = made;
  return made;
}
