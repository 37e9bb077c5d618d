// Go cuts long stacks at the root side: heap profiles at 32 frames, CPU profiles at 64. A cut stack
// starts nowhere and breaks the flame graph into pieces.
//
//   cut:     leaf … w1 w2 … w16            its outermost 16 frames, the window, …
//   whole:   leaf' … w1 w2 … w16 r1 r2     … occur inside a whole stack: what follows there,
//   mended:  leaf … w1 w2 … w16 r1 r2      r1 r2, is what was cut off here
//
// A stack counts as cut when it is long enough and begins with a function with which no short stack
// begins: a goroutine's entry is usually seen in a short stack, too. Of several whole stacks the
// one with the longest rest wins. Values stay with their samples, so totals don't change.
import { DECODING } from "../../config.ts";
import { hashSeeds } from "../../lib/hash-seed.ts";
import { tooManyEntries } from "./columns.ts";
import type { PprofTables } from "./tables.ts";

const HEAP_DEPTH = 32;
const CPU_DEPTH = 64;
const WINDOW = 16;
/** A whole stack may be completed by one that was itself just mended; deep recursion ends here. */
const ROUNDS = 3;

/** Windows of one hash that are told apart; only a forged profile has more. */
const SAME_HASH_MOST = 8;

/** Cut stacks with one window, which are completed alike. */
interface CutStacks {
  readonly samples: number[];
  /** End of the window in the location column. */
  readonly end: number;
  /** Where the rest lies in the location column; empty until a whole stack is found. */
  restFrom: number;
  restTo: number;
}

export function repairTruncatedStacks(tables: PprofTables): void {
  const depth = cutDepth(tables);
  const isCut = depth === null ? null : cutSamples(tables, depth);
  if (isCut === null) return;
  let whole: readonly number[] = uncut(isCut);
  for (let round = 0; round < ROUNDS; round++) {
    const mended = findRests(tables, isCut, whole);
    if (mended.length === 0) return;
    if (!graft(tables, mended)) return;
    const samples = mended.flatMap((cut) => cut.samples);
    for (const sample of samples) isCut[sample] = 0;
    whole = samples;
  }
}

function uncut(isCut: Uint8Array): number[] {
  const samples: number[] = [];
  for (let s = 0; s < isCut.length; s++) if (isCut[s] === 0) samples.push(s);
  return samples;
}

function cutDepth(tables: PprofTables): number | null {
  const names = tables.sampleTypes.map(({ type }) => tables.text(type));
  if (names.some((name) => name.startsWith("alloc_") || name.startsWith("inuse_"))) return HEAP_DEPTH;
  return names.includes("cpu") ? CPU_DEPTH : null;
}

const startOf = (tables: PprofTables, sample: number): number =>
  sample === 0 ? 0 : tables.sampleStackEnds.values[sample - 1]!;

/** 1 for each cut sample; null when there is none. */
function cutSamples(tables: PprofTables, depth: number): Uint8Array | null {
  const ends = tables.sampleStackEnds.values;
  const isEntry = new Uint8Array(tables.functionIds.length + 1);
  for (let s = 0; s < tables.sampleCount; s++) {
    const length = ends[s]! - startOf(tables, s);
    if (length > 0 && length < depth) isEntry[outermostFunction(tables, ends[s]! - 1)] = 1;
  }
  const isCut = new Uint8Array(tables.sampleCount);
  let any = false;
  for (let s = 0; s < isCut.length; s++) {
    if (ends[s]! - startOf(tables, s) < depth) continue;
    if (isEntry[outermostFunction(tables, ends[s]! - 1)] === 1) continue;
    isCut[s] = 1;
    any = true;
  }
  return any ? isCut : null;
}

/** Function index + 1 of the outermost line of the location referred to at `at`, or 0. */
function outermostFunction(tables: PprofTables, at: number): number {
  const location = tables.stackLocations.low[at]!;
  const to = tables.locationLineEnds.values[location]!;
  const from = location === 0 ? 0 : tables.locationLineEnds.values[location - 1]!;
  return to === from ? 0 : tables.lineFunctions.low[to - 1]!;
}

/** The cut stacks for which a whole stack was found. */
function findRests(tables: PprofTables, isCut: Uint8Array, whole: readonly number[]): CutStacks[] {
  const refs = tables.stackLocations.low;
  const ends = tables.sampleStackEnds.values;
  const [base] = hashSeeds();
  // What a location weighs when it leaves the window.
  let leaving = 1;
  for (let k = 0; k < WINDOW; k++) leaving = Math.imul(leaving, base);
  const byHash = cutStacksByWindow(tables, isCut, base);
  // A byte per low hash bits spares most look-ups.
  const maybe = new Uint8Array(1 << 16);
  for (const hash of byHash.keys()) maybe[(hash ^ (hash >>> 16)) & 0xffff] = 1;
  const mended = new Set<CutStacks>();
  for (const s of whole) {
    const from = startOf(tables, s);
    const to = ends[s]!;
    // The window must end before the root, so that something follows.
    if (to - from <= WINDOW) continue;
    let hash = windowHash(refs, from + WINDOW, base);
    for (let end = from + WINDOW; end < to; end++) {
      if (end > from + WINDOW)
        hash = (Math.imul(hash, base) + refs[end - 1]! - Math.imul(leaving, refs[end - 1 - WINDOW]!)) | 0;
      if (maybe[(hash ^ (hash >>> 16)) & 0xffff] === 0) continue;
      const cut = stacksOfWindow(byHash, refs, hash, end);
      if (cut === undefined || to - end <= cut.restTo - cut.restFrom) continue;
      cut.restFrom = end;
      cut.restTo = to;
      mended.add(cut);
    }
  }
  return [...mended];
}

function cutStacksByWindow(tables: PprofTables, isCut: Uint8Array, base: number): Map<number, CutStacks[]> {
  const refs = tables.stackLocations.low;
  const byHash = new Map<number, CutStacks[]>();
  for (let s = 0; s < isCut.length; s++) {
    if (isCut[s] === 0) continue;
    const end = tables.sampleStackEnds.values[s]!;
    const hash = windowHash(refs, end, base);
    let found = byHash.get(hash);
    if (found === undefined) {
      found = [];
      byHash.set(hash, found);
    }
    const same = stacksOfWindow(byHash, refs, hash, end);
    if (same !== undefined) same.samples.push(s);
    else if (found.length < SAME_HASH_MOST) found.push({ samples: [s], end, restFrom: 0, restTo: 0 });
  }
  return byHash;
}

function stacksOfWindow(
  byHash: ReadonlyMap<number, readonly CutStacks[]>,
  refs: Int32Array,
  hash: number,
  end: number,
): CutStacks | undefined {
  const found = byHash.get(hash);
  if (found === undefined) return undefined;
  for (const cut of found) if (sameWindow(refs, cut.end, end)) return cut;
  return undefined;
}

/** A rolling hash whose base nobody outside knows: see hash-seed.ts. */
function windowHash(refs: Int32Array, end: number, base: number): number {
  let hash = 0;
  for (let at = end - WINDOW; at < end; at++) hash = (Math.imul(hash, base) + refs[at]!) | 0;
  return hash;
}

function sameWindow(refs: Int32Array, endA: number, endB: number): boolean {
  for (let k = 1; k <= WINDOW; k++) if (refs[endA - k] !== refs[endB - k]) return false;
  return true;
}

/**
 * Writes the stacks anew with the rests in place.
 * @returns false when they would grow too far: a few long rests for very many stacks are no truncation, and stay as they are
 */
function graft(tables: PprofTables, mended: readonly CutStacks[]): boolean {
  const { stackLocations, sampleStackEnds, limits } = tables;
  const rests = new Map<number, CutStacks>();
  let total = stackLocations.length;
  for (const cut of mended) {
    for (const sample of cut.samples) rests.set(sample, cut);
    total += cut.samples.length * (cut.restTo - cut.restFrom);
  }
  if (total > limits.stackEntriesPerProfile) throw tooManyEntries(total, limits.stackEntriesPerProfile);
  if (total > DECODING.goEntriesAlways + DECODING.goGrowth * stackLocations.length) return false;
  const refs = stackLocations.low;
  const low = new Int32Array(total);
  let at = 0;
  let copied = 0;
  for (let s = 0; s < tables.sampleCount; s++) {
    const to = sampleStackEnds.values[s]!;
    const rest = rests.get(s);
    if (rest !== undefined) {
      // All stacks since the last mended one move together.
      low.set(refs.subarray(copied, to), at);
      at += to - copied;
      copied = to;
      low.set(refs.subarray(rest.restFrom, rest.restTo), at);
      at += rest.restTo - rest.restFrom;
    }
    sampleStackEnds.values[s] = to + at - copied;
  }
  low.set(refs.subarray(copied, stackLocations.length), at);
  stackLocations.low = low;
  stackLocations.length = total;
  return true;
}
