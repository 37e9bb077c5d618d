// Stands between the code under test and its storage, inside workerd: every call to the bucket, the catalog, an object's
// SQLite and another object passes watchers, which may count it, refuse it, or let it happen and then fail.
//
//   worker.fetch, cron, an object's method or alarm  =  one invocation (AsyncLocalStorage carries it)
//   invocation ──▶ R2 · D1 · stub ──▶ begin(call) ─ the real call ─ end(call)
//
// The runtime hands its bindings to objects itself, so prototypes are changed, not bindings: what is here covers every
// Durable Object class that the Worker exports, also those to come.

import { runInDurableObject } from "cloudflare:test";
import { DurableObject, env } from "cloudflare:workers";
import { AsyncLocalStorage } from "node:async_hooks";
import * as worker from "../../src/worker.ts";

export interface Invocation {
  /** `fetch`, `cron`, `AppTimeline.append` … */
  readonly name: string;
  /** The object whose method it is; null for the Worker. */
  readonly owner: unknown;
}

export interface Statement {
  readonly text: string;
  readonly params: readonly unknown[];
}

export interface StorageCall {
  /** `sql`: an object's own database. `rpc`: a call to an object, seen from the caller. `answer`: the same, seen from the object. */
  readonly store: "sql" | "bucket" | "catalog" | "rpc" | "answer";
  readonly name: string;
  readonly statements: readonly Statement[];
  /** R2 keys. */
  readonly keys: readonly string[];
  readonly invocation: Invocation | undefined;
}

export interface Watcher {
  /** When it throws the call does not happen. */
  begin?(call: StorageCall): void;
  /** After the call, whatever came of it; `result` is undefined when it failed. When it throws, the call has happened and seems to have failed. */
  end?(call: StorageCall, result: unknown): void;
}

type AnyMethod = (this: unknown, ...given: unknown[]) => unknown;
type Methods = Record<string, AnyMethod>;
type Facts = Partial<Pick<StorageCall, "statements" | "keys">>;

const invocations = new AsyncLocalStorage<Invocation>();
const watchers: Watcher[] = [];
let isHooked = false;

/** Runs what the platform would count as one invocation. */
export function inInvocation<T>(name: string, owner: unknown, act: () => T): T {
  return invocations.run({ name, owner }, act);
}

/** @returns ends the watch */
export async function watchStorage(watcher: Watcher): Promise<() => void> {
  if (!isHooked) {
    isHooked = true;
    await hookAll();
  }
  watchers.push(watcher);
  return () => {
    const at = watchers.indexOf(watcher);
    if (at >= 0) watchers.splice(at, 1);
  };
}

function begin(call: StorageCall): Watcher[] {
  const begun: Watcher[] = [];
  try {
    for (const watcher of watchers) {
      watcher.begin?.(call);
      begun.push(watcher);
    }
  } catch (error) {
    for (const watcher of begun) watcher.end?.(call, undefined);
    throw error;
  }
  return begun;
}

function end(begun: readonly Watcher[], call: StorageCall, result: unknown): void {
  let failure: { error: unknown } | null = null;
  for (const watcher of begun) {
    try {
      watcher.end?.(call, result);
    } catch (error) {
      failure ??= { error };
    }
  }
  if (failure !== null) throw failure.error;
}

function passSync<T>(call: StorageCall, act: () => T): T {
  const begun = begin(call);
  let result: T | undefined;
  let isDone = false;
  try {
    result = act();
    isDone = true;
    return result;
  } finally {
    // A failure of `act` goes on; one of a watcher stands for the call's own.
    if (isDone) end(begun, call, result);
    else for (const watcher of begun) watcher.end?.(call, undefined);
  }
}

async function passAsync<T>(call: StorageCall, act: () => Promise<T>): Promise<T> {
  const begun = begin(call);
  let result: T;
  try {
    result = await act();
  } catch (error) {
    for (const watcher of begun) watcher.end?.(call, undefined);
    throw error;
  }
  end(begun, call, result);
  return result;
}

const callOf = (store: StorageCall["store"], name: string, facts: Facts = {}): StorageCall => ({
  store,
  name,
  statements: [],
  keys: [],
  invocation: invocations.getStore(),
  ...facts,
});

async function hookAll(): Promise<void> {
  hookBucket(prototypeOf(env.SEGMENTS));
  hookCatalog();
  hookStubs(prototypeOf(env.APP_TIMELINE));
  for (const exported of Object.values(worker)) {
    if (typeof exported === "function" && exported.prototype instanceof DurableObject) hookClass(exported);
  }
  const probe = env.APP_TIMELINE.get(env.APP_TIMELINE.idFromName("hooks"));
  await runInDurableObject(probe as never, (_object, state) => hookObjectStorage(state.storage));
}

const prototypeOf = (value: object): Methods => Object.getPrototypeOf(value) as Methods;

function replace(methods: Methods, name: string, make: (real: AnyMethod) => AnyMethod): void {
  const real = methods[name];
  if (real === undefined) throw new Error(`no method ${name} to stand before`);
  methods[name] = make(real);
}

function hookBucket(bucket: Methods): void {
  for (const name of ["put", "get", "head", "delete", "list"]) {
    replace(
      bucket,
      name,
      (real) =>
        function (...given) {
          const [first] = given;
          const keys = Array.isArray(first) ? (first as string[]) : typeof first === "string" ? [first] : [];
          return passAsync(callOf("bucket", name, { keys }), () => real.apply(this, given) as Promise<unknown>);
        },
    );
  }
}

function hookCatalog(): void {
  const session = prototypeOf(env.CATALOG.withSession());
  const statement = prototypeOf(env.CATALOG.prepare("SELECT 1"));
  const statementOf = (value: unknown): Statement => {
    const { statement: text, params } = value as { statement: string; params: unknown[] };
    return { text, params };
  };
  for (const name of ["run", "all", "first", "raw"]) {
    replace(
      statement,
      name,
      (real) =>
        function (...given) {
          const call = callOf("catalog", name, { statements: [statementOf(this)] });
          return passAsync(call, () => real.apply(this, given) as Promise<unknown>);
        },
    );
  }
  // The database's own batch goes through a session, too.
  replace(
    session,
    "batch",
    (real) =>
      function (...given) {
        const call = callOf("catalog", "batch", { statements: (given[0] as unknown[]).map(statementOf) });
        return passAsync(call, () => real.apply(this, given) as Promise<unknown>);
      },
  );
}

/** Stubs that code within an invocation gets count its calls. Tests' own get the real ones. */
function hookStubs(namespace: Methods): void {
  for (const get of ["get", "getByName"]) {
    replace(
      namespace,
      get,
      (real) =>
        function (...given) {
          const stub = real.apply(this, given) as Methods;
          return invocations.getStore() === undefined ? stub : countingStub(stub);
        },
    );
  }
}

const countingStub = (stub: Methods): Methods =>
  new Proxy(stub, {
    get(target, key) {
      const value = Reflect.get(target, key) as unknown;
      if (typeof value !== "function" || typeof key !== "string") return value;
      return (...given: unknown[]) => {
        const call = target[key];
        return passAsync(callOf("rpc", key), () => Reflect.apply(call as AnyMethod, target, given) as Promise<unknown>);
      };
    },
  });

function hookClass(exported: { readonly name: string; readonly prototype: unknown }): void {
  const methods = exported.prototype as Methods;
  for (const name of Object.getOwnPropertyNames(methods)) {
    const property = Object.getOwnPropertyDescriptor(methods, name);
    if (name === "constructor" || typeof property?.value !== "function") continue;
    replace(
      methods,
      name,
      (real) =>
        function (...given) {
          // A method that another of the same object calls is part of that one's invocation.
          if (invocations.getStore()?.owner === this) return real.apply(this, given);
          return inInvocation(`${exported.name}.${name}`, this, () => {
            const call = callOf("answer", `${exported.name}.${name}`);
            return passAsync(call, async () => real.apply(this, given));
          });
        },
    );
  }
}

function hookObjectStorage(storage: DurableObjectStorage): void {
  replace(
    prototypeOf(storage.sql),
    "exec",
    (real) =>
      function (...given) {
        const [text, ...params] = given;
        const call = callOf("sql", "exec", { statements: [{ text: String(text), params }] });
        return passSync(call, () => real.apply(this, given));
      },
  );
  replace(
    prototypeOf(storage),
    "transactionSync",
    (real) =>
      function (...given) {
        return passSync(callOf("sql", "transactionSync"), () => real.apply(this, given));
      },
  );
}
