// The product's Worker with every call to the platform counted: its own code, over patched prototypes of the runtime. The
// embedded runtime runs the Worker and its objects in one isolate, so one set of counters sees all.
//
//   GET /__bench/counters          the sums so far
//   GET /__bench/statements        rows of D1 and of the objects' databases, by statement
//   x-edgeflame-cost (any answer)  JSON of what was counted while the request ran: exact for requests one by one
import type { Env } from "../../src/env.ts";
import worker, {
  AppCompactor as PlainAppCompactor,
  AppTimeline as PlainAppTimeline,
  IngestInbox as PlainIngestInbox,
  TenantMeter as PlainTenantMeter,
} from "../../src/worker.ts";
import { type Counters, difference, NO_COUNTS } from "./counters.ts";

const counters: Counters = { ...NO_COUNTS };
const snapshot = (): Counters => ({ ...counters, ...vectorsAdded });

/** Counted by what accounted-server.ts puts around addVector when it bundles this. */
const vectorsAdded = { vectors: 0, pairs: 0 };
Object.assign(globalThis, { edgeflameVectorsAdded: vectorsAdded });

export class AppTimeline extends PlainAppTimeline {
  constructor(state: DurableObjectState, env: Env) {
    watchBindings(env);
    watchObject(state);
    super(state, env);
  }
}

export class AppCompactor extends PlainAppCompactor {
  constructor(state: DurableObjectState, env: Env) {
    watchBindings(env);
    watchObject(state);
    super(state, env);
  }
}
export class IngestInbox extends PlainIngestInbox {
  constructor(state: DurableObjectState, env: Env) {
    watchBindings(env);
    watchObject(state);
    super(state, env);
  }
}
export class TenantMeter extends PlainTenantMeter {
  constructor(state: DurableObjectState, env: Env) {
    watchBindings(env);
    watchObject(state);
    super(state, env);
  }
}
for (const { prototype } of [PlainAppTimeline, PlainAppCompactor, PlainIngestInbox, PlainTenantMeter])
  countCalls(prototype);

export default {
  async fetch(request, env, context) {
    watchBindings(env);
    const { pathname } = new URL(request.url);
    if (pathname === "/__bench/counters") return Response.json(snapshot());
    if (pathname === "/__bench/statements") return Response.json(Object.fromEntries(byStatement));
    counters.requests++;
    const before = snapshot();
    const answer = await worker.fetch(request as never, env, context);
    const counted = new Response(answer.body, answer);
    counted.headers.set("x-edgeflame-cost", JSON.stringify(difference(snapshot(), before)));
    return counted;
  },
  async scheduled(controller, env) {
    watchBindings(env);
    counters.crons++;
    await worker.scheduled(controller, env);
  },
} satisfies ExportedHandler<Env>;

type Method = (this: unknown, ...given: never[]) => unknown;
type Methods = Record<string | symbol, Method>;

/** Replaces a method of a prototype by one that goes through `around`. Once: prototypes are shared. */
const watched = new WeakMap<object, Set<string | symbol>>();
function watch(
  target: object,
  name: string | symbol,
  around: (call: () => unknown, given: unknown[], own: unknown) => unknown,
): void {
  const prototype = Object.getPrototypeOf(target) as Methods;
  const known = watched.get(prototype) ?? new Set();
  const plain = prototype[name];
  if (known.has(name) || plain === undefined) return;
  watched.set(prototype, known.add(name));
  prototype[name] = function (...given) {
    return around(() => plain.apply(this, given), given, this);
  };
}

/** Public methods of an object's class are its RPC. */
function countCalls(prototype: object): void {
  for (const name of Object.getOwnPropertyNames(prototype)) {
    const plain = (prototype as Methods)[name];
    if (name === "constructor" || typeof plain !== "function") continue;
    (prototype as Methods)[name] = function (...given) {
      counters[name === "alarm" ? "alarms" : "objectCalls"]++;
      return plain.apply(this, given);
    };
  }
}

interface Cursor extends Iterable<unknown> {
  readonly rowsRead: number;
  readonly rowsWritten: number;
}
/** What was counted of a cursor when it was seen last: its rows grow while it is read. */
const countedOf = new WeakMap<Cursor, { read: number; written: number }>();
/** Rows by statement: where to look when there are too many. */
const byStatement = new Map<string, { read: number; written: number }>();
function addStatement(text: string, read: number, written: number): void {
  const key = text.replace(/\s+/g, " ").trim();
  const rows = byStatement.get(key) ?? { read: 0, written: 0 };
  byStatement.set(key, { read: rows.read + read, written: rows.written + written });
}

const statementOf = new WeakMap<Cursor, string>();
function countRows(cursor: Cursor): void {
  const { read, written } = countedOf.get(cursor) ?? { read: 0, written: 0 };
  const { rowsRead, rowsWritten } = cursor;
  counters.objectRowsRead += rowsRead - read;
  counters.objectRowsWritten += rowsWritten - written;
  countedOf.set(cursor, { read: rowsRead, written: rowsWritten });
  addStatement(statementOf.get(cursor) ?? "?", rowsRead - read, rowsWritten - written);
}

function watchObject({ storage }: DurableObjectState): void {
  watch(storage.sql, "exec", (call, [statement]) => {
    const cursor = call() as Cursor;
    statementOf.set(cursor, `${statement}`);
    for (const way of ["toArray", "one", "next"]) watch(cursor, way, countAfter);
    watch(cursor, Symbol.iterator, (iterate, _given, own) => counting(iterate() as Iterator<unknown>, own as Cursor));
    countRows(cursor);
    return cursor;
  });
  watch(storage, "setAlarm", (call) => {
    counters.objectRowsWritten++;
    return call();
  });
}

function countAfter(call: () => unknown, _given: unknown[], own: unknown): unknown {
  const answer = call();
  countRows(own as Cursor);
  return answer;
}

function* counting(rows: Iterator<unknown>, cursor: Cursor): Generator<unknown> {
  try {
    for (let row = rows.next(); row.done !== true; row = rows.next()) yield row.value;
  } finally {
    countRows(cursor);
  }
}

interface D1Answer {
  readonly meta?: { readonly rows_read?: number; readonly rows_written?: number };
}

function watchBindings(env: Env): void {
  const bucket = env.SEGMENTS;
  watch(bucket, "put", (call, [, value]) => {
    counters.r2Puts++;
    counters.r2PutBytes += (value as { byteLength?: number } | null)?.byteLength ?? 0;
    return call();
  });
  watch(bucket, "get", async (call) => {
    counters.r2Gets++;
    const object = (await call()) as R2ObjectBody | null;
    const range = object?.range;
    counters.r2GetBytes += (range && "length" in range ? range.length : object?.size) ?? 0;
    return object;
  });
  watch(bucket, "head", (call) => {
    counters.r2Gets++;
    return call();
  });
  watch(bucket, "list", (call) => {
    counters.r2Lists++;
    return call();
  });
  watch(bucket, "delete", (call) => {
    counters.r2Deletes++;
    return call();
  });
  // What every way to run a statement comes down to, in the runtime's own D1 client.
  watch(env.CATALOG.withSession(), "_send", async (call, [, sent]) => {
    counters.d1Calls++;
    const answers = (await call()) as D1Answer | D1Answer[];
    const texts = Array.isArray(sent) ? sent : [sent];
    for (const [i, { meta }] of (Array.isArray(answers) ? answers : [answers]).entries()) {
      const { rows_read: read = 0, rows_written: written = 0 } = meta ?? {};
      counters.d1Statements++;
      counters.d1RowsRead += read;
      counters.d1RowsWritten += written;
      addStatement(`D1 ${texts[i]?.sql ?? texts[i]}`, read, written);
    }
    return answers;
  });
}
