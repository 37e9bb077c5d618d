// Of stacks that may have been cut, which longer ones tell how they go on: see fix-go-stacks.ts. Stacks are numbers in one column,
// innermost first. Those with one window are completed alike, and are one group.
import { IntScratch } from "../../lib/scratch.ts";

export interface StackColumn {
  readonly refs: Int32Array;
  /** Where each ends, and the next begins. */
  readonly ends: Int32Array;
  readonly count: number;
}

const WINDOW = 16;
const FARTHEST = 8;
/** Shorter stacks are neither cut nor do they complete any. */
const SHORTEST = WINDOW + FARTHEST;

/** Stacks may lead to longer ones, and those to longer ones; deep recursion ends here. */
const MOST_STEPS = 56;

/** Slots that are looked at for a window: only a forged profile has more full ones in a row, and what comes there stays as it is. */
const MOST_PROBES = 64;

export const NO_LONGER = -1;

export interface Groups {
  readonly count: number;
  /** Of each stack its group, or -1. */
  readonly ofStack: Int32Array;
  /** Of each group the stack that has its window farthest from the root, and how far that is; 0: none has. */
  readonly longer: Int32Array;
  readonly distance: Int32Array;
}

const GROUPS = new IntScratch();
const SLOTS = new IntScratch();
const ENDS = new IntScratch();
const LONGER = new IntScratch();
const DISTANCES = new IntScratch();
const MISSING = new IntScratch();
const LASTS = new IntScratch();
const STEPS = new IntScratch();

/** @param base of the hash, which nobody outside may know: see hash-seed.ts @returns null where no stack is longer than another */
export function findLongest(stacks: StackColumn, base: number): Groups | null {
  const { refs, ends, count } = stacks;
  const groups = new WindowGroups(refs, countLong(stacks));
  const ofStack = GROUPS.takeRare(count, -1);
  for (let s = 0, from = 0; s < count; s++) {
    const to = ends[s]!;
    if (to - from >= SHORTEST) ofStack[s] = groups.add(windowHash(refs, to, base), to);
    from = to;
  }
  if (groups.count < 2) return null;
  const longer = LONGER.takeRare(groups.count, -1);
  const distance = DISTANCES.takeRare(groups.count, 0);
  // What a number weighs when it leaves the window.
  let leaving = 1;
  for (let k = 0; k < WINDOW; k++) leaving = Math.imul(leaving, base);
  let any = false;
  for (let s = 0, from = 0; s < count; s++) {
    const to = ends[s]!;
    if (to - from >= SHORTEST) {
      let hash = windowHash(refs, to - FARTHEST, base);
      for (let off = FARTHEST; off > 0; off--) {
        const end = to - off;
        if (off < FARTHEST)
          hash = (Math.imul(hash, base) + refs[end - 1]! - Math.imul(leaving, refs[end - 1 - WINDOW]!)) | 0;
        const group = groups.guess(hash);
        if (group < 0 || off < distance[group]!) continue;
        // Of two the deeper: what others are missing has to lie in it, too.
        if (off === distance[group]! && to - from <= depthOf(stacks, longer[group]!)) continue;
        if (!groups.isOf(group, end)) continue;
        distance[group] = off;
        longer[group] = s;
        any = true;
      }
    }
    from = to;
  }
  if (!any) return null;
  // Recursion: where the window comes back in a stack that ends with it, nothing says that anything was cut.
  for (let group = 0; group < groups.count; group++)
    if (longer[group]! >= 0 && ofStack[longer[group]!] === group) distance[group] = 0;
  return { count: groups.count, ofStack, longer, distance };
}

/** How many may be cut, or complete others. */
function countLong({ ends, count }: StackColumn): number {
  let long = 0;
  for (let s = 0, from = 0; s < count; s++) {
    if (ends[s]! - from >= SHORTEST) long++;
    from = ends[s]!;
  }
  return long;
}

const depthOf = ({ ends }: StackColumn, stack: number): number => ends[stack]! - (stack === 0 ? 0 : ends[stack - 1]!);

/** For each stack the part of the column that goes on where it ends, [from, to); NO_LONGER where nothing tells. */
export function longerBy(stacks: StackColumn, groups: Groups): Int32Array {
  const { ends, count } = stacks;
  const { ofStack, longer } = groups;
  const ofGroup = new Chains(groups);
  const rests = new Int32Array(2 * count).fill(NO_LONGER);
  for (let s = 0; s < count; s++) {
    const group = ofStack[s]!;
    if (group < 0 || longer[group]! < 0) continue;
    ofGroup.resolve(group);
    const missing = ofGroup.missing[group]!;
    const last = ofGroup.lasts[group]!;
    // What is missing lies at the end of the last of them, if that is long enough.
    if (last < 0 || missing >= depthOf(stacks, last)) continue;
    rests[2 * s] = ends[last]! - missing;
    rests[2 * s + 1] = ends[last]!;
  }
  return rests;
}

const UNKNOWN = -1;
const ENDLESS = MOST_STEPS + 1;

/** From a group to the group of the stack that is longer, and on: each is walked once. */
class Chains {
  /** Frames in all, and the stack that has them; -1 where none is longer, or they go round in a circle. */
  readonly missing: Int32Array;
  readonly lasts: Int32Array;
  readonly #steps: Int32Array;
  readonly #groups: Groups;
  readonly #path: number[] = [];

  constructor(groups: Groups) {
    const { count } = groups;
    this.#groups = groups;
    this.missing = MISSING.takeRare(count, 0);
    this.lasts = LASTS.takeRare(count, -1);
    this.#steps = STEPS.takeRare(count, UNKNOWN);
  }

  resolve(group: number): void {
    const { ofStack, longer, distance } = this.#groups;
    const steps = this.#steps;
    const path = this.#path;
    let at = group;
    while (at >= 0 && steps[at] === UNKNOWN) {
      if (distance[at] === 0) steps[at] = 0;
      else {
        steps[at] = ENDLESS; // until more is known: who comes here again has gone round
        path.push(at);
        at = ofStack[longer[at]!]!;
      }
    }
    for (let one = path.pop(); one !== undefined; one = path.pop()) {
      const stack = longer[one]!;
      const next = ofStack[stack]!;
      const more = next < 0 ? ENDLESS : steps[next]! + 1;
      if (more >= ENDLESS) continue;
      steps[one] = more;
      this.missing[one] = distance[one]! + this.missing[next]!;
      this.lasts[one] = this.lasts[next]! < 0 ? stack : this.lasts[next]!;
    }
  }
}

function windowHash(refs: Int32Array, end: number, base: number): number {
  let hash = 0;
  for (let at = end - WINDOW; at < end; at++) hash = (Math.imul(hash, base) + refs[at]!) | 0;
  return hash;
}

/** Any odd number with bits all over. */
const MIXER = 0x7feb352d;

/** Numbers windows by what they hold. Open addressing: a slot holds a hash and a group + 1. */
class WindowGroups {
  count = 0;
  readonly #refs: Int32Array;
  readonly #mask: number;
  readonly #slots: Int32Array;
  readonly #ends: Int32Array;

  constructor(refs: Int32Array, most: number) {
    let size = 64;
    while (size < most * 2) size *= 2;
    this.#refs = refs;
    this.#mask = size - 1;
    this.#slots = SLOTS.takeRare(2 * size, 0);
    this.#ends = ENDS.takeRare(most, 0);
  }

  /** @returns -1 for one that has no room */
  add(hash: number, end: number): number {
    const slot = this.#slotOf(hash);
    if (slot < 0) return -1;
    const known = this.#slots[slot + 1]! - 1;
    // Of two with one hash the first has it: a forged profile's.
    if (known >= 0) return this.isOf(known, end) ? known : -1;
    this.#slots[slot] = hash;
    this.#slots[slot + 1] = this.count + 1;
    this.#ends[this.count] = end;
    return this.count++;
  }

  /** The group of the hash, if it is the window's: see isOf. @returns -1 for none */
  guess(hash: number): number {
    const slot = this.#slotOf(hash);
    return slot < 0 ? -1 : this.#slots[slot + 1]! - 1;
  }

  isOf(group: number, end: number): boolean {
    const refs = this.#refs;
    const own = this.#ends[group]!;
    for (let k = 1; k <= WINDOW; k++) if (refs[own - k] !== refs[end - k]) return false;
    return true;
  }

  /** Where the hash is, or would be. */
  #slotOf(hash: number): number {
    const slots = this.#slots;
    const mixed = Math.imul(hash ^ (hash >>> 16), MIXER);
    let slot = (mixed ^ (mixed >>> 15)) & this.#mask;
    for (let probe = 0; probe < MOST_PROBES; probe++) {
      if (slots[2 * slot + 1] === 0 || slots[2 * slot] === hash) return 2 * slot;
      slot = (slot + 1) & this.#mask;
    }
    return -1;
  }
}
