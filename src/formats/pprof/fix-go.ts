// What Go profiles need, as upstream mends them: type parameters elided, truncated stacks
// completed. No total changes by it.
import type { ByteWriter } from "../../lib/byte-writer.ts";
import { repairTruncatedStacks } from "./fix-go-stacks.ts";
import type { PprofTables } from "./tables.ts";

/** Does nothing to profiles of other languages. Runs on resolved tables. */
export function repairGo(tables: PprofTables, completeStacks = true): void {
  if (!isGo(tables)) return;
  elideTypeParameters(tables);
  if (completeStacks) repairTruncatedStacks(tables);
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
const ELIDED = asciiOf("[...]");

/**
 * `Map[go.shape.int,go.shape.string].Get` → `Map[...].Get`: the compiler names one instance for all that share a memory shape, so
 * the parameters tell nothing and split a function into many. What Go itself writes of functions that are not inlined is `[...]`, too.
 */
function elideTypeParameters(tables: PprofTables): void {
  const shortened = new Map<number, number>();
  const seen = new Uint8Array(tables.stringCount);
  for (const column of [tables.functionNames, tables.functionSystemNames]) {
    for (let i = 0; i < column.length; i++) {
      const index = column.values[i]!;
      if (seen[index] === 1) continue;
      seen[index] = 1;
      const shape = shapeIn(tables.bytes, tables.stringStarts.values[index]!, tables.stringEnds.values[index]!);
      if (shape !== null) shortened.set(index, 0);
    }
  }
  if (shortened.size === 0) return;
  const indices = [...shortened.keys()];
  const first = tables.addStrings(indices.length, (k, out) => withElidedShapes(tables.stringBytes(indices[k]!), out));
  for (let k = 0; k < indices.length; k++) shortened.set(indices[k]!, first + k);
  for (const column of [tables.functionNames, tables.functionSystemNames]) {
    for (let i = 0; i < column.length; i++) column.values[i] = shortened.get(column.values[i]!) ?? column.values[i]!;
  }
}

/** There are type parameters somewhere in `name`. */
export const hasShape = (name: Uint8Array): boolean => shapeIn(name, 0, name.length) !== null;

/** As Go's own names and upstream have it: one pair of brackets from the first parameter to the last. */
export function withElidedShapes(name: Uint8Array, out: ByteWriter): void {
  const shape = shapeIn(name, 0, name.length);
  if (shape === null) {
    out.raw(name);
    return;
  }
  out.raw(name.subarray(0, shape.from));
  out.raw(ELIDED);
  out.raw(name.subarray(shape.to));
}

/** From the bracket that opens the first parameter to behind the last bracket that closes; null where none does. */
function shapeIn(bytes: Uint8Array, start: number, end: number): { readonly from: number; readonly to: number } | null {
  const from = findShape(bytes, start, end);
  if (from < 0) return null;
  let to = end;
  while (to > from && bytes[to - 1] !== CLOSE) to--;
  return to === from ? null : { from, to };
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
