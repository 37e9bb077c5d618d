// The constant pools of a chunk: stack traces, methods, classes, symbols, thread states and strings, by id.
//
//   event: size | type 1 | start | duration | delta to the next such event, 0 for none | flush | pools: count, pool …
//   pool:  class id | entries: count, (key, object) …
import { DECODING, type Limits } from "../../config.ts";
import { malformed, tooLarge } from "../../lib/app-error.ts";
import { NumberMap } from "../../lib/number-map.ts";
import { JfrCursor, type JfrString } from "./jfr-cursor.ts";
import { type ClassPlan, type FieldPlan, skipField } from "./metadata.ts";

export interface StackTrace {
  /** Innermost first. */
  readonly methods: readonly number[];
  readonly lines: readonly number[];
}

export interface JfrMethod {
  readonly type: number;
  readonly name: number;
}

export interface ConstantPools {
  /** Read when it is asked for: all together would take several times the recording. */
  stackTrace(id: number): StackTrace | undefined;
  method(id: number): JfrMethod | undefined;
  /** Class id → symbol id of its name. */
  className(id: number): number | undefined;
  threadState(id: number): JfrString | undefined;
  symbol(id: number): string;
  text(value: JfrString | undefined): string;
}

/** Checkpoint events of one chunk; recorders write one to a few thousand. */
const MOST_POOL_EVENTS = 100_000;

/** @param chunk cursor over the whole chunk; `at` offset of the newest pool event */
export function readPools(
  chunk: Uint8Array,
  at: number,
  classes: ReadonlyMap<number, ClassPlan>,
  limits: Limits,
): ConstantPools {
  const pools = emptyPools(limits);
  let offset = at;
  let read = 0;
  for (let events = 0; ; events++) {
    if (events > MOST_POOL_EVENTS) throw malformed("JFR: the chain of constant pools does not end");
    const cursor = new JfrCursor(chunk, offset);
    cursor.long(); // size
    if (cursor.long() !== 1) throw malformed(`JFR: no constant pools at ${offset}`);
    cursor.long();
    cursor.long();
    const delta = cursor.long();
    cursor.byte();
    for (let left = cursor.count(2); left > 0; left--) readPool(cursor, classes, pools);
    // Events that lie over one another would be read as often as they are named.
    read += cursor.at - offset;
    if (read > chunk.length) throw malformed("JFR: constant pools lie over one another");
    if (delta === 0) return pools.finish(chunk);
    offset += delta;
    if (!(offset >= 0 && offset < chunk.length)) throw malformed(`JFR: constant pools at ${offset}`);
  }
}

interface TracePlace {
  readonly at: number;
  readonly fields: readonly FieldPlan[];
}

type Read = (cursor: JfrCursor, key: number, fields: readonly FieldPlan[]) => void;

function emptyPools(limits: Limits) {
  const stackTraces = new NumberMap<TracePlace>();
  const methods = new NumberMap<JfrMethod>();
  const classNames = new NumberMap<number>();
  const threadStates = new NumberMap<JfrString>();
  const symbols = new NumberMap<JfrString>();
  const strings = new NumberMap<JfrString>();
  let entries = 0;
  let frames = 0;
  const text = (value: JfrString | undefined, mayFollow = true): string => {
    if (value === undefined || value === null) return "";
    if (typeof value === "string") return value;
    return mayFollow ? text(strings.get(value.pooled), false) : "";
  };
  const readers: Readonly<Record<string, Read>> = {
    "jdk.types.StackTrace": (cursor, key, fields) => {
      stackTraces.set(key, { at: cursor.at, fields });
      for (const field of fields) skipField(cursor, field);
    },
    "jdk.types.Method": (cursor, key, fields) => {
      const [type = 0, name = 0] = readLongs(cursor, fields, ["type", "name"]);
      methods.set(key, { type, name });
    },
    "java.lang.Class": (cursor, key, fields) => {
      classNames.set(key, readLongs(cursor, fields, ["name"])[0] ?? 0);
    },
    "jdk.types.Symbol": (cursor, key, fields) => symbols.set(key, readText(cursor, fields, "string")),
    "jdk.types.ThreadState": (cursor, key, fields) => threadStates.set(key, readText(cursor, fields, "name")),
    // A pooled string is the string itself, whatever its class says.
    "java.lang.String": (cursor, key) => strings.set(key, cursor.string()),
  };
  return {
    readerOf: (name: string): Read | undefined => (Object.hasOwn(readers, name) ? readers[name] : undefined),
    count(): void {
      if (++entries > DECODING.jfrPoolEntries)
        throw tooLarge("jfrPoolEntries", entries, DECODING.jfrPoolEntries, "entries of the constant pools");
    },
    finish: (chunk: Uint8Array): ConstantPools => ({
      stackTrace(id) {
        const place = stackTraces.get(id);
        if (place === undefined) return undefined;
        const trace = readStackTrace(new JfrCursor(chunk, place.at), place.fields);
        frames += trace.methods.length;
        if (frames > limits.stackEntriesPerProfile)
          throw tooLarge("stackEntriesPerProfile", frames, limits.stackEntriesPerProfile, "frames of all stack traces");
        return trace;
      },
      method: (id) => methods.get(id),
      className: (id) => classNames.get(id),
      threadState: (id) => threadStates.get(id),
      symbol: (id) => text(symbols.get(id)),
      text,
    }),
  };
}

function readPool(
  cursor: JfrCursor,
  classes: ReadonlyMap<number, ClassPlan>,
  pools: ReturnType<typeof emptyPools>,
): void {
  const id = cursor.long();
  const plan = classes.get(id);
  if (plan === undefined) throw malformed(`JFR: a constant pool of class ${id}, which is not described`);
  const read = pools.readerOf(plan.name);
  for (let left = cursor.count(); left > 0; left--) {
    pools.count();
    const key = cursor.key();
    if (read !== undefined) read(cursor, key, plan.fields);
    else for (const field of plan.fields) skipField(cursor, field);
  }
}

function readLongs(cursor: JfrCursor, fields: readonly FieldPlan[], names: readonly string[]): number[] {
  const values = names.map(() => 0);
  for (const field of fields) {
    const place = names.indexOf(field.name);
    if (place >= 0 && field.kind === "long" && !field.isArray) values[place] = cursor.key();
    else skipField(cursor, field);
  }
  return values;
}

function readText(cursor: JfrCursor, fields: readonly FieldPlan[], name: string): JfrString {
  let value: JfrString = null;
  for (const field of fields) {
    if (field.name === name && field.kind === "string" && !field.isArray) value = cursor.string();
    else skipField(cursor, field);
  }
  return value;
}

function readStackTrace(cursor: JfrCursor, fields: readonly FieldPlan[]): StackTrace {
  const methods: number[] = [];
  const lines: number[] = [];
  for (const field of fields) {
    if (field.name !== "frames" || field.kind !== "struct" || !field.isArray || field.fields.length === 0) {
      skipField(cursor, field);
      continue;
    }
    for (let left = cursor.count(); left > 0; left--) {
      const [method = 0, line = 0] = readLongs(cursor, field.fields, ["method", "lineNumber"]);
      methods.push(method);
      lines.push(line);
    }
  }
  return { methods, lines };
}
