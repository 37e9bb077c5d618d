// Go cuts long stacks at the root side: CPU profiles at 64 frames, heap profiles at 32 (Go 1.23 and later at 128). A cut stack
// starts nowhere and breaks the flame graph into pieces.
//
//   cut:     leaf … w1 w2 … w16               its outermost 16 frames, the window, …
//   longer:  leaf' … w1 w2 … w16 r1 … r8      occur a few frames before the root of another stack: what follows there,
//   mended:  leaf … w1 w2 … w16 r1 … r8       r1 … r8, was cut off here
//
// Upstream's rule: of all stacks of 24 frames and more, the one counts that has the window farthest from its root, eight frames at
// most; one that is cut itself leads on to the next. Values stay with their samples, so totals don't change.
import { DECODING } from "../../config.ts";
import { hashSeeds } from "../../lib/hash-seed.ts";
import { findLongest, longerBy, NO_LONGER } from "./longer-stacks.ts";
import type { PprofTables } from "./tables.ts";

const CPU_DEPTH = 64;
const HEAP_DEPTH = 32;
/** Some stacks are cut a little earlier: frames of the runtime itself are taken out afterwards. */
const EARLIER = 4;

export function repairTruncatedStacks(tables: PprofTables): void {
  if (!mayBeCut(tables)) return;
  const { stackLocations, sampleStackEnds, sampleCount } = tables;
  const [base] = hashSeeds();
  const stacks = { refs: stackLocations.low, ends: sampleStackEnds.values, count: sampleCount };
  const found = findLongest(stacks, base);
  if (found !== null) graft(tables, longerBy(stacks, found));
}

/** Whether some stack is about as long as what Go cuts. Where heap profiles have longer ones, that Go cuts elsewhere. */
function mayBeCut(tables: PprofTables): boolean {
  const names = tables.sampleTypes.map(({ type }) => tables.text(type));
  if (names.some((name) => HEAP_TYPES.has(name))) {
    const deepest = deepestOf(tables);
    return deepest >= HEAP_DEPTH - EARLIER && deepest <= HEAP_DEPTH;
  }
  return names.includes("cpu") && deepestOf(tables) >= CPU_DEPTH - EARLIER;
}

const HEAP_TYPES: ReadonlySet<string> = new Set(["alloc_objects", "alloc_space", "inuse_objects", "inuse_space"]);

function deepestOf({ sampleStackEnds: { values: ends }, sampleCount }: PprofTables): number {
  let deepest = 0;
  for (let s = 0, from = 0; s < sampleCount; s++) {
    deepest = Math.max(deepest, ends[s]! - from);
    from = ends[s]!;
  }
  return deepest;
}

/**
 * Writes the stacks anew with what was cut off in place: for each sample, [from, to) of the location column. When they would grow too
 * far they stay as they are: a few long rests for very many stacks are no truncation.
 */
function graft(tables: PprofTables, rests: Int32Array): void {
  const { stackLocations, sampleStackEnds, limits } = tables;
  let total = stackLocations.length;
  for (let s = 0; s < tables.sampleCount; s++)
    if (rests[2 * s]! !== NO_LONGER) total += rests[2 * s + 1]! - rests[2 * s]!;
  const most = DECODING.goEntriesAlways + DECODING.goGrowth * stackLocations.length;
  if (total > Math.min(limits.stackEntriesPerProfile, most)) return;
  const refs = stackLocations.low;
  const low = new Int32Array(total);
  let at = 0;
  let copied = 0;
  for (let s = 0; s < tables.sampleCount; s++) {
    const to = sampleStackEnds.values[s]!;
    const restFrom = rests[2 * s]!;
    if (restFrom !== NO_LONGER) {
      // All stacks since the last mended one move together.
      low.set(refs.subarray(copied, to), at);
      at += to - copied;
      copied = to;
      const rest = refs.subarray(restFrom, rests[2 * s + 1]!);
      low.set(rest, at);
      at += rest.length;
    }
    sampleStackEnds.values[s] = to + at - copied;
  }
  low.set(refs.subarray(copied, stackLocations.length), at);
  stackLocations.low = low;
  stackLocations.length = total;
}
