// What the first bytes of a body say it is, where they say anything: a newcomer's first question.
import { beginsAsJson } from "../lib/begins-as-json.ts";

const LATIN = new TextDecoder("latin1");
const UTF8 = new TextEncoder();
const starts = (text: string) => UTF8.encode(text);

const MARKS: readonly (readonly [name: string, bytes: Uint8Array])[] = [
  ["gzip", Uint8Array.of(0x1f, 0x8b)],
  ["JFR", starts("FLR\0")],
  ["zip", starts("PK\x03\x04")],
  ["zstd", Uint8Array.of(0x28, 0xb5, 0x2f, 0xfd)],
  ["LZ4", Uint8Array.of(0x04, 0x22, 0x4d, 0x18)],
  ["a multipart form", starts("--")],
  ["HTML", starts("<!")],
  ["HTML", starts("<html")],
  ["XML", starts("<?xml")],
];

const beginsWith = (bytes: Uint8Array, mark: Uint8Array): boolean =>
  bytes.length >= mark.length && mark.every((byte, i) => bytes[i] === byte);

const isText = (byte: number): boolean =>
  (byte >= 0x20 && byte < 0x7f) || byte === 0x0a || byte === 0x0d || byte === 0x09;

export function looksLike(bytes: Uint8Array): string | null {
  if (bytes.length === 0) return null;
  const mark = MARKS.find(([, wanted]) => beginsWith(bytes, wanted));
  if (mark !== undefined) return mark[0];
  if (beginsAsJson(LATIN.decode(bytes))) return "JSON";
  if (bytes.every(isText)) return "plain text";
  // Field 1 (sample_type) with a length: how pprof begins, and an OTLP or Push message.
  return bytes[0] === 0x0a ? "protobuf" : null;
}

/** What is not printable ASCII is a dot. */
export const printable = (bytes: Uint8Array): string =>
  Array.from(bytes, (byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : ".")).join("");
