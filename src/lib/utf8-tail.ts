// The end of a text, measured in bytes of UTF-8.

const ENCODER = new TextEncoder();
const DECODER = new TextDecoder("utf-8", { fatal: false, ignoreBOM: true });
/** Of one UTF-16 unit. */
const MOST_BYTES_PER_UNIT = 3;

/** @returns the text where it has at most so many bytes, else its end, which never begins inside a character */
export function utf8Tail(text: string, mostBytes: number): string {
  if (text.length * MOST_BYTES_PER_UNIT <= mostBytes) return text;
  // A unit has at least a byte: what is before these is cut anyhow.
  const bytes = ENCODER.encode(text.slice(-mostBytes));
  if (bytes.length <= mostBytes && text.length <= mostBytes) return text;
  let start = Math.max(0, bytes.length - mostBytes);
  while (start < bytes.length && ((bytes[start] ?? 0) & 0xc0) === 0x80) start++;
  return DECODER.decode(bytes.subarray(start));
}
