// What Go profiles need, as upstream mends them: type parameters out of names, truncated stacks
// completed. No total changes by it.
import type { ByteWriter } from "../../lib/byte-writer.ts";
import { repairTruncatedStacks } from "./fix-go-stacks.ts";
import type { PprofTables } from "./tables.ts";

/** Does nothing to profiles of other languages. Runs on resolved tables. */
export function repairGo(tables: PprofTables): void {
  if (!isGo(tables)) return;
  dropTypeParameters(tables);
  repairTruncatedStacks(tables);
}

const GO_SUFFIX = asciiOf(".go");
const GO_ROOT = asciiOf("/usr/local/go/");

/** Upstream's guess: some string ends in `.go` or lies in Go's own tree. */
function isGo(tables: PprofTables): boolean {
  for (let i = 0; i < tables.stringCount; i++) {
    const start = tables.stringStarts.values[i]!;
    const end = tables.stringEnds.values[i]!;
    if (saysGo(tables.bytes, start, end)) return true;
  }
  return false;
}

/** A name that only Go's files have. */
export const saysGo = (bytes: Uint8Array, start: number, end: number): boolean =>
  hasAt(bytes, GO_SUFFIX, end - GO_SUFFIX.length, start, end) || hasAt(bytes, GO_ROOT, start, start, end);

const SHAPE = asciiOf("[go.shape.");
const OPEN = 0x5b;
const CLOSE = 0x5d;

/**
 * `Map[go.shape.int,go.shape.string].Get` → `Map.Get`: the compiler names one instance for all that
 * share a memory shape, so the parameters tell nothing and split a function into many.
 */
function dropTypeParameters(tables: PprofTables): void {
  const shortened = new Map<number, number>();
  const seen = new Uint8Array(tables.stringCount);
  for (const column of [tables.functionNames, tables.functionSystemNames]) {
    for (let i = 0; i < column.length; i++) {
      const index = column.values[i]!;
      if (seen[index] === 1) continue;
      seen[index] = 1;
      const shape = findShape(tables.bytes, tables.stringStarts.values[index]!, tables.stringEnds.values[index]!);
      if (shape >= 0) shortened.set(index, 0);
    }
  }
  if (shortened.size === 0) return;
  const indices = [...shortened.keys()];
  const first = tables.addStrings(indices.length, (k, out) => withoutShapes(tables.stringBytes(indices[k]!), out));
  for (let k = 0; k < indices.length; k++) shortened.set(indices[k]!, first + k);
  for (const column of [tables.functionNames, tables.functionSystemNames]) {
    for (let i = 0; i < column.length; i++) column.values[i] = shortened.get(column.values[i]!) ?? column.values[i]!;
  }
}

/** Type parameters begin somewhere in `name`. */
export const hasShape = (name: Uint8Array): boolean => findShape(name, 0, name.length) >= 0;

export function withoutShapes(name: Uint8Array, out: ByteWriter): void {
  let at = 0;
  for (;;) {
    const shape = findShape(name, at, name.length);
    if (shape < 0) break;
    out.raw(name.subarray(at, shape));
    let open = 0;
    at = shape;
    do {
      if (name[at] === OPEN) open++;
      else if (name[at] === CLOSE) open--;
      at++;
    } while (open > 0 && at < name.length);
  }
  out.raw(name.subarray(at));
}

function findShape(bytes: Uint8Array, start: number, end: number): number {
  const last = end - SHAPE.length;
  for (let at = start; at <= last; at++) if (bytes[at] === OPEN && hasAt(bytes, SHAPE, at, start, end)) return at;
  return -1;
}

function hasAt(bytes: Uint8Array, wanted: Uint8Array, at: number, start: number, end: number): boolean {
  if (at < start || at + wanted.length > end) return false;
  for (let k = 0; k < wanted.length; k++) if (bytes[at + k] !== wanted[k]) return false;
  return true;
}

function asciiOf(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
