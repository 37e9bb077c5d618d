// Ids of a pprof are any 64-bit numbers; after this, references are indices.
import { malformed } from "../../lib/app-error.ts";
import { hashSeeds } from "../../lib/hash-seed.ts";
import { IntScratch } from "../../lib/scratch.ts";
import type { IdColumn } from "./columns.ts";
import type { PprofTables } from "./tables.ts";

/** How the index of an id is found. Of equal ids the first counts. */
interface IdIndex {
  /** Index + 1, or 0 for an id nobody has. */
  find(low: number, high: number): number;
  /** Set when ids are small: index + 1 by id, up to the id `most`. */
  readonly dense: Int32Array | null;
  readonly most: number;
}

function idIndex(ids: IdColumn): IdIndex {
  const count = ids.length;
  let most = 0;
  if (ids.high === null) for (let i = 0; i < count; i++) most = Math.max(most, ids.low[i]! >>> 0);
  return ids.high === null && most <= count * 4 + 1024 ? denseIndex(ids, most) : hashIndex(ids);
}

const DENSE = new IntScratch();

function denseIndex(ids: IdColumn, most: number): IdIndex {
  const dense = DENSE.take(most + 1, 0);
  for (let i = ids.length - 1; i >= 0; i--) dense[ids.low[i]!] = i + 1;
  return { dense, most, find: (low, high) => (high === 0 && low >>> 0 <= most ? dense[low]! : 0) };
}

/** Open addressing: slots hold index + 1. */
function hashIndex(ids: IdColumn): IdIndex {
  const { low: lows, high: highs } = ids;
  let size = 64;
  while (size < ids.length * 2) size *= 2;
  const mask = size - 1;
  const slots = new Int32Array(size);
  const [a, b, c, d] = hashSeeds();
  const seek = (low: number, high: number): number => {
    // As in tuple-table.ts: ids are what the sender likes.
    const h =
      (Math.imul(low & 0xffff, a) +
        Math.imul(low >>> 16, b) +
        Math.imul(high & 0xffff, c) +
        Math.imul(high >>> 16, d)) |
      0;
    let slot = (h ^ (h >>> 15)) & mask;
    for (;;) {
      const found = slots[slot]!;
      if (found === 0) return slot;
      if (lows[found - 1] === low && (highs === null ? 0 : highs[found - 1]!) === high) return slot;
      slot = (slot + 1) & mask;
    }
  };
  for (let i = 0; i < ids.length; i++) {
    const slot = seek(lows[i]!, highs === null ? 0 : highs[i]!);
    if (slots[slot] === 0) slots[slot] = i + 1;
  }
  return { dense: null, most: 0, find: (low, high) => slots[seek(low, high)]! };
}

/**
 * Rewrites in place: sample → location index, line → function index + 1, location → mapping index + 1.
 * A mapping nobody describes is no mapping (some agents leave it out); other dangling ids are refused.
 */
export function resolveIds(tables: PprofTables): void {
  const { stackLocations, lineFunctions, locationMappings } = tables;
  rewrite(stackLocations, idIndex(tables.locationIds), "location", "refuse");
  for (let i = 0, { low } = stackLocations; i < stackLocations.length; i++) low[i] = low[i]! - 1;
  rewrite(lineFunctions, idIndex(tables.functionIds), "function", "refuse unless 0");
  rewrite(locationMappings, idIndex(tables.mappingIds), "mapping", "none");
}

function rewrite(
  column: IdColumn,
  index: IdIndex,
  what: string,
  dangling: "refuse" | "refuse unless 0" | "none",
): void {
  const { low, high, length } = column;
  const { dense, most } = index;
  for (let i = 0; i < length; i++) {
    const id = low[i]!;
    const top = high === null ? 0 : high[i]!;
    // As unsigned numbers, negative ones are above the dense table's end.
    const found = dense !== null && top === 0 ? (id >>> 0 <= most ? dense[id]! : 0) : index.find(id, top);
    if (found === 0 && dangling !== "none" && (dangling === "refuse" || id !== 0 || top !== 0)) {
      const number = (BigInt(top >>> 0) << 32n) | BigInt(id >>> 0);
      throw malformed(number === 0n ? `${what} id is 0` : `${what} id ${number} is not in the profile`);
    }
    low[i] = found;
  }
  column.high = null;
}
