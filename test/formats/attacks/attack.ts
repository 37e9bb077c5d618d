// What an attacker would send to a decoder: bytes made by hand to cost as much as can be for their size. Each is made as large as
// one likes: small for the table of test/formats/attacks.test.ts, which says what must come of it, and large for
// bench/cases/attacks.ts, which measures.
import { ByteWriter } from "../../../src/lib/byte-writer.ts";
import { varint } from "../pprof-bytes.ts";

export type Bytes = Uint8Array<ArrayBuffer>;

/** How the bytes go in. */
export interface Route {
  readonly kind:
    | "ingest"
    | "push"
    | "push by library"
    | "otlp protobuf"
    | "otlp json"
    | "batch"
    | "dictionary"
    | "chunk";
  /** Of `ingest`: its query, but for the name, and the body's type. Of `push by library`: the type. */
  readonly query?: string;
  readonly type?: string;
}

export interface Attack {
  /** The decoder, as fuzz-subjects.ts calls it: real files of it are what the attack is measured against. */
  readonly format: string;
  readonly name: string;
  readonly route: Route;
  /** @param size of the body, about */
  readonly make: (size: number) => Bytes;
  /** What comes of 20 kB of it: the sum of all values that are stored, or the code of the refusal. */
  readonly gives: string;
  /** Of the largest: where one may be no larger, or is refused at once when it is. */
  readonly most?: number;
}

export const BOUNDARY = "attack";
export const FORM_TYPE = `multipart/form-data; boundary=${BOUNDARY}`;

/** `part` again and again. */
export function repeated(part: Uint8Array, size: number): Bytes {
  const out = new Uint8Array(Math.max(1, Math.floor(size / part.length)) * part.length);
  for (let at = 0; at < out.length; at += part.length) out.set(part, at);
  return out;
}

export const text = (value: string): Bytes => new Uint8Array(new TextEncoder().encode(value));

/** What `each` gives for 0, 1, …, until there is enough of it. */
export function untilFull(size: number, each: (i: number) => Uint8Array): Bytes {
  const out = new ByteWriter(size + 1024);
  for (let i = 0; out.length < size; i++) out.raw(each(i));
  return out.finish();
}

/** A length-delimited field of bytes that are there already: the helper of tests takes longer for large ones. */
export function field(number: number, bytes: Uint8Array): Bytes {
  const out = new ByteWriter(bytes.length + 16);
  out.raw(varint(number * 8 + 2));
  out.blob(bytes);
  return out.finish();
}

/** Names that no two are alike, as short as can be. */
export const shortName = (i: number): string => i.toString(36);
