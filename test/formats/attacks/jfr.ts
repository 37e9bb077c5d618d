// Recordings of attackers: events of two bytes, frames of one, and names that are made for every one of them.
import { ByteWriter } from "../../../src/lib/byte-writer.ts";
import { type JfrClass, jfrChunk, jfrEvent, jfrLong, jfrText } from "../jfr-bytes.ts";
import { concat, message, varint } from "../pprof-bytes.ts";
import {
  type Attack,
  BOUNDARY,
  type Bytes,
  FORM_TYPE,
  field,
  type Route,
  repeated,
  text,
  untilFull,
} from "./attack.ts";

const JFR: Route = { kind: "ingest", query: "format=jfr&sampleRate=1000000000" };
const FORM: Route = { ...JFR, type: FORM_TYPE };

const T = {
  string: 1,
  long: 2,
  trace: 10,
  frame: 11,
  method: 12,
  class: 13,
  symbol: 14,
  state: 15,
  sample: 20,
  setting: 21,
};
const LONG: JfrClass = { id: T.long, name: "long" };
const STRING: JfrClass = { id: T.string, name: "java.lang.String" };
const METHODS: readonly JfrClass[] = [
  LONG,
  STRING,
  { id: T.trace, name: "jdk.types.StackTrace", fields: [{ name: "frames", type: T.frame, isList: true }] },
  { id: T.frame, name: "jdk.types.StackFrame", fields: [{ name: "method", type: T.method, isPooled: true }] },
  {
    id: T.method,
    name: "jdk.types.Method",
    fields: [
      { name: "type", type: T.class, isPooled: true },
      { name: "name", type: T.symbol, isPooled: true },
    ],
  },
  { id: T.class, name: "java.lang.Class", fields: [{ name: "name", type: T.symbol, isPooled: true }] },
  { id: T.symbol, name: "jdk.types.Symbol", fields: [{ name: "string", type: T.string }] },
];
const sampleOf = (...names: readonly string[]): JfrClass => ({
  id: T.sample,
  name: "jdk.ExecutionSample",
  fields: names.map((name) => ({ name, type: T.long })),
});

const event = (...values: readonly number[]): Uint8Array => jfrEvent(T.sample, jfrLong(...values));

/** One class, two methods of it. */
const TWO_METHODS = [
  { type: T.symbol, count: 1, entries: concat(jfrLong(1), jfrText("a")) },
  { type: T.class, count: 1, entries: jfrLong(1, 1) },
  { type: T.method, count: 2, entries: jfrLong(1, 1, 1, 2, 1, 1) },
];

/** Stacks of so many frames, each of a byte, each with an event. */
function deepStacks(size: number, depth: number): Bytes {
  const count = Math.max(1, Math.floor(size / depth));
  const entries = new ByteWriter(size + 1024);
  const events = new ByteWriter(1024);
  for (let i = 1; i <= count; i++) {
    const frames = new Uint8Array(depth).fill(1);
    // Another root each time, so that no two are alike.
    for (let bit = 0; bit < 16 && bit < depth; bit++) frames[depth - 1 - bit] = 1 + ((i >> bit) & 1);
    entries.varint(i);
    entries.blob(frames);
    events.raw(event(i));
  }
  return jfrChunk({
    classes: [...METHODS, sampleOf("stackTrace")],
    pools: [...TWO_METHODS, { type: T.trace, count, entries: entries.finish() }],
    events: events.finish(),
  });
}

/** Methods that share a class with a long name, each in the one stack that there is. */
function longClass(size: number, name: string): Bytes {
  const count = Math.max(1, Math.floor(size / 8 / 7));
  const long = name.repeat(Math.max(1, Math.floor(Math.min(60_000, size / 2) / name.length)));
  const methods = new ByteWriter();
  const frames = new ByteWriter();
  for (let i = 1; i <= count; i++) {
    for (const value of [i, 1, 1]) methods.varint(value);
    frames.varint(i);
  }
  const trace = concat(jfrLong(1, count), frames.finish());
  return jfrChunk({
    classes: [...METHODS, sampleOf("stackTrace")],
    pools: [
      { type: T.symbol, count: 1, entries: concat(jfrLong(1), jfrText(long)) },
      { type: T.class, count: 1, entries: jfrLong(1, 1) },
      { type: T.method, count, entries: methods.finish() },
      { type: T.trace, count: 1, entries: trace },
    ],
    events: event(1),
  });
}

/** Chunks with as much in them as `chunk` says, until there are enough. */
const chunks = (size: number, most: number, chunk: (bytes: number) => Uint8Array): Bytes => {
  const one = chunk(Math.min(size, most));
  return concat(repeated(one, size), jfrChunk({ classes: [LONG, sampleOf()], events: event() }));
};

function withForm(labels: Uint8Array): Bytes {
  const recording = jfrChunk({ classes: [LONG, sampleOf("contextId")], events: event(1) });
  const part = (name: string) =>
    text(`--${BOUNDARY}\r\nContent-Disposition: form-data; name="${name}"; filename="${name}"\r\n\r\n`);
  const end = text("\r\n");
  return concat(part("jfr"), recording, end, part("labels"), labels, end, text(`--${BOUNDARY}--\r\n`));
}

/** A chain of pool events that goes forth and back. */
const loop = (): Bytes =>
  jfrChunk({
    classes: [LONG, sampleOf()],
    poolEvent: () =>
      concat(jfrLong(9, 1, 0, 0, 8), Uint8Array.of(0, 0, 9), jfrLong(1, 0, 0), negative(-8), Uint8Array.of(0, 0)),
    events: event(),
  });

const negative = (value: number): Uint8Array => {
  // Nine bytes, the last of them whole.
  const bytes = new Uint8Array(9);
  let rest = BigInt.asUintN(64, BigInt(value));
  for (let i = 0; i < 8; i++, rest >>= 7n) bytes[i] = Number(rest & 127n) | 128;
  bytes[8] = Number(rest);
  return bytes;
};

const jfr = (name: string, gives: string, make: Attack["make"], more: Partial<Attack> = {}): Attack => ({
  ...{ format: "jfr", name, route: JFR, make, gives },
  ...more,
});

const oneChunk = (events: Uint8Array, ...names: readonly string[]): Bytes =>
  jfrChunk({ classes: [LONG, STRING, sampleOf(...names)], events });

export const JFR_ATTACKS: readonly Attack[] = [
  jfr("events of two bytes", "10000", (size) => oneChunk(repeated(event(), size))),
  jfr("events that each name a span", "5032", (size) =>
    oneChunk(
      untilFull(size, (i) => event(i + 1)),
      "spanId",
    ),
  ),
  jfr("events of spans of 64 bits", "1819", (size) =>
    oneChunk(
      untilFull(size, (i) => jfrEvent(T.sample, negative(-1 - i))),
      "spanId",
    ),
  ),
  jfr("one stack as deep as the file", "1", (size) => deepStacks(size, size)),
  jfr("stacks of 900 frames, each with another root", "22", (size) => deepStacks(size, 900)),
  jfr("strings of a byte in the pools", "1", (size) =>
    chunks(size, 1_000_000, (bytes) => {
      const count = Math.floor(bytes / 6);
      return jfrChunk({
        classes: METHODS,
        pools: [{ type: T.symbol, count, entries: untilFull(count * 6, symbol) }],
      });
    }),
  ),
  jfr("strings of a byte in the metadata", "1", (size) =>
    chunks(size, 290_000, (bytes) => {
      const count = Math.floor(bytes / 3);
      return jfrChunk({ classes: [LONG], strings: { count, bytes: repeated(jfrText("x"), count * 3) } });
    }),
  ),
  jfr("empty elements in the metadata", "1", (size) =>
    chunks(size, 290_000, (bytes) => {
      const count = Math.floor(bytes / 3);
      return jfrChunk({ classes: [LONG], elements: { count, bytes: new Uint8Array(count * 3) } });
    }),
  ),
  jfr("chunks with nothing in them", "1", (size) =>
    chunks(Math.min(size, 9000 * 110), 100, () => jfrChunk({ classes: [] })),
  ),
  jfr("one long class for every method", "profile_too_large", (size) => longClass(size, "c")),
  jfr("one class that looks like many files", "profile_too_large", (size) => longClass(size, "libasyncProfiler-")),
  jfr("classes that hold each other", "malformed_profile", () =>
    jfrChunk({
      classes: [
        { id: 30, name: "A", fields: [{ name: "b", type: 31 }] },
        { id: 31, name: "B", fields: [{ name: "a", type: 30 }] },
      ],
    }),
  ),
  jfr("pools in a circle", "malformed_profile", loop),
  jfr("a count that lies", "malformed_profile", (size) =>
    jfrChunk({
      classes: METHODS,
      pools: [{ type: T.trace, count: 1, entries: concat(jfrLong(1, 2 ** 40), new Uint8Array(size)) }],
    }),
  ),
  jfr("settings without end", "1", (size) =>
    jfrChunk({
      classes: [LONG, STRING, sampleOf(), SETTING],
      events: concat(event(), repeated(jfrEvent(T.setting, concat(jfrText("event"), jfrText("x"))), size)),
    }),
  ),
  jfr(
    "labels: contexts that are told again and again",
    "1",
    (size) => withForm(field(1, concat(message([1, 1], [2, contextOf(100)]), repeated(message([2, ""]), size)))),
    FORM_MORE(),
  ),
  jfr(
    "labels: strings of a byte",
    "1",
    (size) => withForm(untilFull(size, (i) => message([2, message([1, i], [2, "x"])]))),
    FORM_MORE(),
  ),
];

const SETTING: JfrClass = {
  id: T.setting,
  name: "jdk.ActiveSetting",
  fields: [
    { name: "name", type: T.string },
    { name: "value", type: T.string },
  ],
};

function symbol(i: number): Uint8Array {
  return concat(jfrLong(i + 1), Uint8Array.of(3, 1, 97 + (i % 26)));
}

function contextOf(pairs: number): Bytes {
  return concat(
    ...Array.from({ length: pairs }, (_, i) =>
      message([1, concat(Uint8Array.of(8), varint(i), Uint8Array.of(16), varint(i))]),
    ),
  );
}

function FORM_MORE(): Partial<Attack> {
  return { format: "jfr-form", route: FORM };
}
