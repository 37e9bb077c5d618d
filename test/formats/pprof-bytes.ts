// Writes pprof bytes field by field, right or wrong, for tests. Not the product's encoder on purpose:
// that one could not write what must be refused.
import { ByteWriter } from "../../src/lib/byte-writer.ts";

type Field = readonly [number: number, value: bigint | number | string | Uint8Array | readonly (bigint | number)[]];

/** One message. A list is written packed; numbers may be negative. */
export function message(...fields: readonly Field[]): Uint8Array {
  const out = new ByteWriter();
  for (const [number, value] of fields) {
    if (typeof value === "bigint" || typeof value === "number") {
      out.varint(number * 8);
      out.raw(varint(value));
    } else {
      out.varint(number * 8 + 2);
      out.blob(payload(value));
    }
  }
  return out.finish();
}

function payload(value: string | Uint8Array | readonly (bigint | number)[]): Uint8Array {
  if (typeof value === "string") return new TextEncoder().encode(value);
  if (value instanceof Uint8Array) return value;
  const out = new ByteWriter();
  for (const one of value) out.raw(varint(one));
  return out.finish();
}

export function varint(value: bigint | number): Uint8Array {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, BigInt(value));
  do {
    bytes.push(Number(rest & 127n) | (rest > 127n ? 128 : 0));
    rest >>= 7n;
  } while (rest > 0n);
  return Uint8Array.from(bytes);
}

export const concat = (...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> => {
  const out = new ByteWriter();
  for (const part of parts) out.raw(part);
  return out.finish();
};

export interface PlainSample {
  /** Root first, names of functions. */
  readonly stack: readonly string[];
  readonly values: readonly (bigint | number)[];
  readonly labels?: Readonly<Record<string, string>>;
}

export interface PlainProfile {
  /** type/unit */
  readonly types: readonly string[];
  readonly samples: readonly PlainSample[];
  readonly period?: readonly [type: string, unit: string, value: number];
  /** File of every function. */
  readonly file?: string;
  /** First id of locations and functions; ids count up from here. */
  readonly firstId?: bigint;
}

/** A well-formed pprof with one location per function. */
export function pprofOf(profile: PlainProfile): Uint8Array<ArrayBuffer> {
  const strings = new Map([["", 0]]);
  const text = (value: string): number => {
    const known = strings.get(value) ?? strings.size;
    strings.set(value, known);
    return known;
  };
  const firstId = profile.firstId ?? 1n;
  const names = [...new Set(profile.samples.flatMap(({ stack }) => stack))];
  const idOf = (name: string): bigint => firstId + BigInt(names.indexOf(name));
  const valueType = (type: string, unit: string): Uint8Array => message([1, text(type)], [2, text(unit)]);
  const fields: Field[] = profile.types.map((both) => {
    const [type = "", unit = ""] = both.split("/");
    return [1, valueType(type, unit)];
  });
  for (const { stack, values, labels = {} } of profile.samples) {
    const pairs = Object.entries(labels).map(([key, value]): Field => [3, message([1, text(key)], [2, text(value)])]);
    fields.push([2, message([1, [...stack].reverse().map(idOf)], [2, values], ...pairs)]);
  }
  for (const name of names) {
    fields.push([4, message([1, idOf(name)], [4, message([1, idOf(name)], [2, 7])])]);
    fields.push([5, message([1, idOf(name)], [2, text(name)], [4, text(profile.file ?? "app.go")])]);
  }
  if (profile.period) {
    const [type, unit, value] = profile.period;
    fields.push([11, valueType(type, unit)], [12, value]);
  }
  for (const string of strings.keys()) fields.push([6, string]);
  return concat(message(...fields));
}
