// A minimal writer of pprof profiles (profile.proto of google/pprof), not compressed.
//
//   Profile   1 sample_type*  2 sample*  3 mapping*  4 location*  5 function*  6 string_table*
//             9 time_nanos  10 duration_nanos  11 period_type  12 period  14 default_sample_type
//   ValueType 1 type  2 unit               Sample   1 location_id* (leaf first)  2 value*  3 label*
//   Label     1 key  2 str                 Location 1 id  2 mapping_id  3 address  4 line*
//   Line      1 function_id  2 line        Mapping  1 id  2 start  3 limit  5 filename  7 has_functions …
//   Function  1 id  2 name  3 system_name  4 filename  5 start_line
//
// All texts are indices into string_table, whose first entry is empty. Values are whole numbers up to 2^53.

export interface PprofFrame {
  readonly functionName: string;
  readonly file: string;
  readonly startLine: number;
  readonly line: number;
}

export interface PprofSample {
  /** From the root to the leaf. */
  readonly stack: readonly PprofFrame[];
  /** One per value type. */
  readonly values: readonly number[];
  readonly labels: Readonly<Record<string, string>>;
}

export interface PprofValueType {
  readonly type: string;
  readonly unit: string;
}

export interface PprofProfile {
  readonly valueTypes: readonly PprofValueType[];
  readonly periodType: PprofValueType;
  readonly period: number;
  readonly startS: number;
  readonly durationS: number;
  readonly binary: string;
  readonly samples: readonly PprofSample[];
}

const NANOSECONDS_PER_S = 1_000_000_000n;
const MAPPING_START = 0x400000;

export function writePprof(profile: PprofProfile): Uint8Array<ArrayBuffer> {
  const strings = numbering<string>((text) => text, 0);
  strings.idOf("");
  const functions = numbering<PprofFrame>(({ functionName, file }) => `${functionName}\n${file}`, 1);
  const locations = numbering<PprofFrame>((frame) => `${functions.idOf(frame)}:${frame.line}`, 1);
  const valueType = ({ type, unit }: PprofValueType) =>
    message((value) => value.whole(1, strings.idOf(type)).whole(2, strings.idOf(unit)));

  const out = protoWriter();
  for (const type of profile.valueTypes) out.bytes(1, valueType(type));
  for (const { stack, values, labels } of profile.samples) {
    const sample = protoWriter();
    sample.packed(1, stack.map((frame) => locations.idOf(frame)).reverse());
    sample.packed(2, values);
    for (const [key, value] of Object.entries(labels)) {
      sample.bytes(
        3,
        message((label) => label.whole(1, strings.idOf(key)).whole(2, strings.idOf(value))),
      );
    }
    out.bytes(2, sample.take());
  }
  const mapping = protoWriter()
    .whole(1, 1)
    .whole(2, MAPPING_START)
    .whole(3, 2 * MAPPING_START);
  out.bytes(3, mapping.whole(5, strings.idOf(profile.binary)).whole(7, 1).whole(8, 1).whole(9, 1).take());
  locations.items.forEach((frame, index) => {
    const line = message((inner) => inner.whole(1, functions.idOf(frame)).whole(2, frame.line));
    const id = index + 1;
    out.bytes(
      4,
      message((location) =>
        location
          .whole(1, id)
          .whole(2, 1)
          .whole(3, MAPPING_START + 16 * id)
          .bytes(4, line),
      ),
    );
  });
  functions.items.forEach((frame, index) => {
    const name = strings.idOf(frame.functionName);
    const head = protoWriter()
      .whole(1, index + 1)
      .whole(2, name)
      .whole(3, name);
    out.bytes(5, head.whole(4, strings.idOf(frame.file)).whole(5, frame.startLine).take());
  });
  const periodType = valueType(profile.periodType);
  const utf8 = new TextEncoder();
  for (const text of strings.items) out.bytes(6, utf8.encode(text));
  out.whole(9, BigInt(profile.startS) * NANOSECONDS_PER_S).whole(10, BigInt(profile.durationS) * NANOSECONDS_PER_S);
  return out.bytes(11, periodType).whole(12, profile.period).take();
}

/** Numbers distinct items from `first` on, in the order in which they are first met. */
function numbering<Item>(keyOf: (item: Item) => string, first: number) {
  const ids = new Map<string, number>();
  // Most frames are met again as the same object: that saves making their key.
  const idsOfItems = new Map<Item, number>();
  const items: Item[] = [];
  const idOf = (item: Item): number => {
    const met = idsOfItems.get(item);
    if (met !== undefined) return met;
    const key = keyOf(item);
    const id = ids.get(key) ?? first + items.length;
    if (id === first + items.length) items.push(item);
    ids.set(key, id);
    idsOfItems.set(item, id);
    return id;
  };
  return { idOf, items };
}

interface ProtoWriter {
  varint(value: number | bigint): void;
  whole(field: number, value: number | bigint): ProtoWriter;
  packed(field: number, values: readonly number[]): ProtoWriter;
  bytes(field: number, value: Uint8Array): ProtoWriter;
  take(): Uint8Array<ArrayBuffer>;
}

function message(fill: (writer: ProtoWriter) => ProtoWriter): Uint8Array {
  return fill(protoWriter()).take();
}

function protoWriter(): ProtoWriter {
  let buffer = new Uint8Array(64);
  let length = 0;
  const reserve = (more: number) => {
    if (length + more <= buffer.length) return;
    const larger = new Uint8Array(Math.max(2 * buffer.length, length + more));
    larger.set(buffer);
    buffer = larger;
  };
  const varint = (value: number | bigint) => {
    reserve(10);
    // Up to 2^31 with fast shifts, beyond it with exact ones.
    let rest = Number(value);
    if (rest < 0x80000000) {
      for (; rest > 127; rest >>>= 7) buffer[length++] = (rest & 127) | 128;
      buffer[length++] = rest;
      return;
    }
    let large = BigInt(value);
    for (; large > 127n; large >>= 7n) buffer[length++] = Number(large & 127n) | 128;
    buffer[length++] = Number(large);
  };
  const writer: ProtoWriter = {
    varint,
    whole(field, value) {
      varint(field << 3);
      varint(value);
      return writer;
    },
    packed(field, values) {
      const inner = protoWriter();
      for (const value of values) inner.varint(value);
      return writer.bytes(field, inner.take());
    },
    bytes(field, value) {
      varint((field << 3) | 2);
      varint(value.length);
      reserve(value.length);
      buffer.set(value, length);
      length += value.length;
      return writer;
    },
    take: () => buffer.slice(0, length),
  };
  return writer;
}
