// What a pprof says of itself, without decoding its samples: when it was taken and what it measures.
import { ProtobufReader } from "../../src/formats/protobuf.ts";

export interface PprofSaid {
  /** Unix nanoseconds; 0n for none. */
  readonly timeNanos: bigint;
  /** Names of the sample types, in order. */
  readonly types: readonly string[];
}

const SAMPLE_TYPE = 10; // field 1, bytes
const STRING = 50; // field 6, bytes
const TIME = 72; // field 9, varint
const TYPE_NAME = 8; // of a ValueType: field 1, varint

/** @throws AppError malformed_profile */
export function peekPprof(bytes: Uint8Array): PprofSaid {
  const reader = new ProtobufReader(bytes);
  const names: number[] = [];
  const strings: [start: number, end: number][] = [];
  let timeNanos = 0n;
  while (reader.at < reader.end) {
    const tag = reader.tag();
    if (tag === SAMPLE_TYPE) names.push(typeName(reader));
    else if (tag === STRING) {
      const length = reader.length();
      strings.push([reader.at, reader.at + length]);
      reader.at += length;
    } else if (tag === TIME) {
      reader.wide();
      timeNanos = (BigInt(reader.high) << 32n) | BigInt(reader.low >>> 0);
    } else reader.skip(tag);
  }
  const types = names.map((index) => {
    const [start, end] = strings[index] ?? [0, 0];
    return Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString("utf8");
  });
  return { timeNanos, types };
}

function typeName(reader: ProtobufReader): number {
  let index = 0;
  const outer = reader.enter();
  while (reader.at < reader.end) {
    const tag = reader.tag();
    if (tag === TYPE_NAME) index = reader.small();
    else reader.skip(tag);
  }
  reader.leave(outer);
  return index;
}

/** The profile's name for Push, from what it measures; `hint`, such as the file's name, parts what looks the same. */
export function metricOf(types: readonly string[], hint: string): string {
  const has = (pattern: RegExp) => types.some((type) => pattern.test(type));
  if (types.includes("wall")) return "wall";
  if (has(/cpu/)) return "process_cpu";
  if (has(/^(alloc|inuse)_/)) return "memory";
  if (has(/^goroutines?$/)) return "goroutines";
  if (has(/^(contentions|delay)$/)) return /block/i.test(hint) ? "block" : "mutex";
  if (types.join() === "samples") return "process_cpu";
  return (types.at(-1) ?? "").replace(/[^A-Za-z0-9_]/g, "_").replace(/^(?=\d|$)/, "_");
}

/** The bytes with another time: of a field that is there twice the last counts. */
export function withTime(bytes: Uint8Array, timeNanos: bigint): Uint8Array<ArrayBuffer> {
  const field = [TIME];
  let rest = timeNanos;
  for (; rest > 127n; rest >>= 7n) field.push(Number(rest & 127n) | 128);
  field.push(Number(rest));
  const timed = new Uint8Array(bytes.length + field.length);
  timed.set(bytes);
  timed.set(field, bytes.length);
  return timed;
}
