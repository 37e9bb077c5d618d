// What production refuses and the local simulator lets pass. A violation throws, so that the code under test fails as
// it would there, and is remembered, so that the test fails even where the code survives it.
import { type Invocation, type Statement, type StorageCall, type Watcher, watchStorage } from "./storage-hooks.ts";

/** Of the paid plan; the older of two published numbers where they differ. */
export const PRODUCTION = {
  /** Operations of one invocation that may be under way at once. The platform makes the seventh wait; ours must not come so far. */
  openAtOnce: 6,
  /** Calls to R2, D1 and other objects of one invocation. */
  subrequests: 1000,
  /** D1 statements of one invocation. */
  queries: 1000,
  /** A string, blob or row, in D1 and in an object's database. */
  rowBytes: 2_000_000,
  /** Of one statement. */
  parameters: 100,
  statementBytes: 100_000,
  /** Arguments, or the answer, of a call to an object. */
  rpcBytes: 32 * 1024 * 1024,
  bucketKeysPerDelete: 1000,
  bucketKeyBytes: 1024,
  /** What one invocation reads from bucket, catalog and objects: it may all be held at once, in a heap of 128 MB that others share. */
  readBytes: 64 * 1024 * 1024,
} as const;

export type Limit = keyof typeof PRODUCTION;

export interface LimitWatch {
  /** One line each. */
  readonly violations: readonly string[];
  /** The highest value that each limit's measure reached, and where. */
  readonly peaks: ReadonlyMap<Limit, { readonly value: number; readonly where: string }>;
  stop(): void;
}

export async function enforceProductionLimits(): Promise<LimitWatch> {
  const violations: string[] = [];
  const peaks = new Map<Limit, { value: number; where: string }>();
  const check = (limit: Limit, value: number, where: string) => {
    if (value > (peaks.get(limit)?.value ?? 0)) peaks.set(limit, { value, where });
    if (value <= PRODUCTION[limit]) return;
    const line = `production limit ${limit}: ${value} of ${PRODUCTION[limit]} in ${where}`;
    violations.push(line);
    throw new Error(line);
  };
  const stop = await watchStorage(limitWatcher(check));
  return { violations, peaks, stop };
}

type Check = (limit: Limit, value: number, where: string) => void;

/** What an invocation has used so far. */
interface Use {
  open: number;
  subrequests: number;
  queries: number;
  readBytes: number;
}

function limitWatcher(check: Check): Watcher {
  const uses = new WeakMap<Invocation, Use>();
  const useOf = (invocation: Invocation): Use => {
    const known = uses.get(invocation);
    if (known !== undefined) return known;
    const use = { open: 0, subrequests: 0, queries: 0, readBytes: 0 };
    uses.set(invocation, use);
    return use;
  };
  return {
    begin(call) {
      const where = `${call.invocation?.name ?? "no invocation"}: ${call.store} ${call.name}`;
      for (const statement of call.statements) checkStatement(check, statement, where);
      if (call.store === "bucket") {
        check("bucketKeysPerDelete", call.keys.length, where);
        for (const key of call.keys) check("bucketKeyBytes", weightOf(key), where);
      }
      if (call.invocation !== undefined && isSubrequest(call)) open(check, useOf(call.invocation), call, where);
    },
    end(call, result) {
      const { invocation } = call;
      const where = `${invocation?.name ?? "no invocation"}: ${call.store} ${call.name}`;
      if (call.store === "answer") check("rpcBytes", weightOf(result), where);
      if (invocation === undefined || !isSubrequest(call)) return;
      const use = useOf(invocation);
      use.open--;
      use.readBytes += readBytesOf(call, result);
      check("readBytes", use.readBytes, where);
    },
  };
}

const isSubrequest = ({ store }: StorageCall): boolean => store === "bucket" || store === "catalog" || store === "rpc";

function open(check: Check, use: Use, call: StorageCall, where: string): void {
  check("openAtOnce", use.open + 1, where);
  check("subrequests", use.subrequests + 1, where);
  check("queries", use.queries + call.statements.length, where);
  use.open++;
  use.subrequests++;
  use.queries += call.statements.length;
}

function checkStatement(check: Check, { text, params }: Statement, where: string): void {
  check("statementBytes", text.length, where);
  check("parameters", params.length, where);
  let sum = 0;
  for (const param of params) {
    const weight = weightOf(param);
    check("rowBytes", weight, where);
    sum += weight;
  }
  // Of an insert of one row the parameters are the row.
  if (/^\s*insert/i.test(text) && !/\)\s*,\s*\(/.test(text)) check("rowBytes", sum, where);
}

/** A read object counts by the range that was asked for, when its head comes. */
function readBytesOf(call: StorageCall, result: unknown): number {
  if (result === undefined || result === null) return 0;
  if (call.store !== "bucket") return weightOf(result);
  if (call.name !== "get") return 0;
  const { size, range } = result as { size: number; range?: { length?: number } };
  return range?.length ?? size;
}

/** About the bytes of a value on its way: texts and bytes by their length, everything else by the number. */
export function weightOf(value: unknown): number {
  if (typeof value === "string") return value.length;
  if (value === null || typeof value !== "object") return 8;
  if (value instanceof ArrayBuffer || ArrayBuffer.isView(value)) return value.byteLength;
  let weight = 8;
  for (const key in value) weight += 8 + weightOf((value as Record<string, unknown>)[key]);
  return weight;
}
