// The constant pools of a chunk: stack traces, methods, classes, symbols, thread states and strings, by id.
//
//   event: size | type 1 | start | duration | delta to the next such event, 0 for none | flush | pools: count, pool …
//   pool:  class id | entries: count, (key, object) …
import { DECODING, type Limits } from "../../config.ts";
import { malformed, tooLarge } from "../../lib/app-error.ts";
import { NumberMap } from "../../lib/number-map.ts";
import { JfrCursor, type JfrString } from "./jfr-cursor.ts";
import { type ClassPlan, type FieldPlan, skipField } from "./metadata.ts";
import { ROLE } from "./roles.ts";

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
  /** "" for one that is not there. */
  stateName(id: number): string;
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
  // Texts by their places, made when somebody asks for them: of most nobody does.
  const threadStates = new NumberMap<number>();
  const symbols = new NumberMap<number>();
  const strings = new NumberMap<number>();
  let entries = 0;
  let frames = 0;
  const readers: Readonly<Record<string, Read>> = {
    "jdk.types.StackTrace": (cursor, key, fields) => {
      stackTraces.set(key, { at: cursor.at, fields });
      for (const field of fields) skipField(cursor, field);
    },
    "jdk.types.Method": (cursor, key, fields) => {
      readNames(cursor, fields, NAMES);
      methods.set(key, { type: NAMES.type, name: NAMES.name });
    },
    "java.lang.Class": (cursor, key, fields) => {
      readNames(cursor, fields, NAMES);
      classNames.set(key, NAMES.name);
    },
    "jdk.types.Symbol": (cursor, key, fields) => symbols.set(key, placeOfText(cursor, fields, "string")),
    "jdk.types.ThreadState": (cursor, key, fields) => threadStates.set(key, placeOfText(cursor, fields, "name")),
    // A pooled string is the string itself, whatever its class says.
    "java.lang.String": (cursor, key) => {
      strings.set(key, cursor.at);
      cursor.skipString();
    },
  };
  return {
    readerOf: (name: string): Read | undefined => (Object.hasOwn(readers, name) ? readers[name] : undefined),
    count(): void {
      if (++entries > DECODING.jfrPoolEntries)
        throw tooLarge("jfrPoolEntries", entries, DECODING.jfrPoolEntries, "entries of the constant pools");
    },
    finish: (chunk: Uint8Array): ConstantPools => {
      const { textOf, made } = texts(chunk, strings);
      return {
        stackTrace(id) {
          const place = stackTraces.get(id);
          if (place === undefined) return undefined;
          const trace = readStackTrace(new JfrCursor(chunk, place.at), place.fields);
          frames += trace.methods.length;
          if (frames > limits.stackEntriesPerProfile)
            throw tooLarge(
              "stackEntriesPerProfile",
              frames,
              limits.stackEntriesPerProfile,
              "frames of all stack traces",
            );
          return trace;
        },
        method: (id) => methods.get(id),
        className: (id) => classNames.get(id),
        stateName: (id) => made(threadStates.get(id)),
        symbol: (id) => made(symbols.get(id)),
        text: textOf,
      };
    },
  };
}

/** Texts of a chunk, each made once. */
function texts(chunk: Uint8Array, strings: NumberMap<number>) {
  const known = new NumberMap<string>();
  const cursor = new JfrCursor(chunk);
  const textOf = (value: JfrString | undefined, mayFollow = true): string => {
    if (value === undefined || value === null) return "";
    if (typeof value === "string") return value;
    return mayFollow ? made(strings.get(value.pooled), false) : "";
  };
  /** @param place of the string in the chunk */
  const made = (place: number | undefined, mayFollow = true): string => {
    if (place === undefined || place === 0) return "";
    const found = known.get(place);
    if (found !== undefined) return found;
    cursor.at = place;
    const text = textOf(cursor.string(), mayFollow);
    if (mayFollow) known.set(place, text);
    return text;
  };
  return { textOf, made };
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

/** What a method or a class names: filled anew by each. */
interface Names {
  type: number;
  name: number;
}

const NAMES: Names = { type: 0, name: 0 };

function readNames(cursor: JfrCursor, fields: readonly FieldPlan[], into: Names): void {
  into.type = 0;
  into.name = 0;
  for (const field of fields) {
    if (field.role === ROLE.type) into.type = cursor.key();
    else if (field.role === ROLE.name) into.name = cursor.key();
    else skipField(cursor, field);
  }
}

/** @returns 0 for none: no string is at a chunk's beginning */
function placeOfText(cursor: JfrCursor, fields: readonly FieldPlan[], name: string): number {
  let place = 0;
  for (const field of fields) {
    if (field.name === name && field.kind === "string" && !field.isArray) place = cursor.at;
    skipField(cursor, field);
  }
  return place;
}

function readStackTrace(cursor: JfrCursor, fields: readonly FieldPlan[]): StackTrace {
  const methods: number[] = [];
  const lines: number[] = [];
  for (const field of fields) {
    if (field.name !== "frames" || field.kind !== "struct" || !field.isArray || field.fields.length === 0) {
      skipField(cursor, field);
      continue;
    }
    const ofFrame = field.fields;
    for (let left = cursor.count(); left > 0; left--) {
      let method = 0;
      let line = 0;
      for (let i = 0; i < ofFrame.length; i++) {
        const one = ofFrame[i]!;
        if (one.role === ROLE.method) method = cursor.key();
        else if (one.role === ROLE.lineNumber) line = cursor.key();
        else skipField(cursor, one);
      }
      methods.push(method);
      lines.push(line);
    }
  }
  return { methods, lines };
}
