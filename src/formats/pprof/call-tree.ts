// Resolved tables → Profile: every stack becomes a path of the call tree, root first.
//
// The cost is one hash probe per frame. Many samples repeat a stack (with other labels or sizes), and
// neighbours mostly share their outer frames: neither is walked again.
import { DECODING } from "../../config.ts";
import { tooLarge } from "../../lib/app-error.ts";
import { hashSeeds } from "../../lib/hash-seed.ts";
import { IntScratch } from "../../lib/scratch.ts";
import { LongSteps } from "../../profile/long-steps.ts";
import type { Profile, ValueType } from "../../profile/profile.ts";
import { shedNode } from "../../profile/shed-stacks.ts";
import { borrowStacks, type StackDictionary } from "../../profile/stack-dictionary.ts";
import { belowZero, depthTruncated, spansLeftOut, type UploadNote } from "../../profile/upload-note.ts";
import { LocationFrames } from "./frames.ts";
import { sampleLabels } from "./sample-labels.ts";
import type { PprofTables, RawValueType } from "./tables.ts";

export interface CallTreeOptions {
  /** Sample labels to leave out. */
  readonly ignoredLabels: ReadonlySet<string>;
  /** Grow this dictionary instead of a new one. */
  readonly stacks?: StackDictionary;
  readonly withoutStacks?: boolean;
}

export function buildProfile(tables: PprofTables, options: CallTreeOptions): Profile {
  const notes: UploadNote[] = [];
  const stacks = options.stacks ?? borrowStacks(Math.min(1 << 16, Math.max(256, tables.sampleCount)));
  const kept = keepSamples(tables, notes);
  const nodes = options.withoutStacks
    ? new Int32Array(kept.length).fill(shedNode(stacks))
    : stackNodes(tables, kept, stacks, notes);
  const { ofSample, sets, spans, notes: labelNotes } = sampleLabels(tables, options.ignoredLabels);
  notes.push(...labelNotes);
  if (spans !== null && spans.left > 0) notes.push(spansLeftOut(spans.left, tables.limits));
  return {
    sampleTypes: tables.sampleTypes.map((type) => valueType(tables, type)),
    periodType: valueType(tables, tables.periodType),
    period: tables.period,
    timeNanos: tables.timeNanos,
    durationNanos: tables.durationNanos,
    stacks,
    sampleNodes: nodes,
    sampleValues: keptValues(tables, kept),
    sampleLabels: keptOf(ofSample, kept),
    labelSets: sets,
    ...(spans !== null &&
      !options.withoutStacks && { spans: { keys: spans.keys, ofSample: keptOf(spans.ofSample, kept) } }),
    notes,
  };
}

const keptOf = (column: Int32Array, kept: Int32Array): Int32Array =>
  kept.length === column.length ? column : kept.map((s) => column[s]!);

function stackNodes(tables: PprofTables, kept: Int32Array, stacks: StackDictionary, notes: UploadNote[]): Int32Array {
  const frames = new LocationFrames(tables, stacks);
  const { nodes, truncated, deepest } = walkStacks(tables, kept, frames, stacks);
  if (truncated > 0) notes.push(depthTruncated(truncated, deepest, tables.limits.stackDepth));
  notes.push(...frames.notes());
  return nodes;
}

const valueType = (tables: PprofTables, { type, unit }: RawValueType): ValueType => ({
  type: tables.text(type),
  unit: tables.text(unit),
});

/** Indices of the samples that count: none of their values is negative and some is not zero. */
function keepSamples(tables: PprofTables, notes: UploadNote[]): Int32Array {
  const words = tables.valueWords.values;
  const width = tables.sampleTypes.length * 2;
  const kept = KEPT.take(tables.sampleCount);
  let count = 0;
  let negative = 0;
  for (let s = 0; s < tables.sampleCount; s++) {
    let any = 0;
    let sign = 0;
    for (let at = s * width, end = at + width; at < end; at += 2) {
      any |= words[at]! | words[at + 1]!;
      sign |= words[at + 1]!;
    }
    if (sign < 0) negative++;
    else if (any !== 0) kept[count++] = s;
  }
  if (negative > 0) notes.push(belowZero(negative));
  return kept.subarray(0, count);
}

function keptValues(tables: PprofTables, kept: Int32Array): BigInt64Array {
  const { values: words, length } = tables.valueWords;
  // A copy: the column is the next profile's, too.
  if (kept.length === tables.sampleCount) return new BigInt64Array(words.slice(0, length).buffer);
  const width = tables.sampleTypes.length * 2;
  const packed = new Int32Array(kept.length * width);
  for (let i = 0; i < kept.length; i++) {
    const from = kept[i]! * width;
    for (let k = 0; k < width; k++) packed[i * width + k] = words[from + k]!;
  }
  return new BigInt64Array(packed.buffer);
}

const KEPT = new IntScratch();
const SLOTS = new IntScratch();
const HASHES = new IntScratch();
const PATH_NODES = new IntScratch();
const PATH_DEPTHS = new IntScratch();

/** Stacks of one hash that are told apart: only forged profiles have more, and walk those down the tree again. */
const MOST_PROBES = 32;

/** The node of each kept sample. */
function walkStacks(
  tables: PprofTables,
  kept: Int32Array,
  frames: LocationFrames,
  stacks: StackDictionary,
): { nodes: Int32Array; truncated: number; deepest: number } {
  const { nodesPerProfile } = tables.limits;
  const refs = tables.stackLocations.low;
  const ends = tables.sampleStackEnds.values;
  const nodes = new Int32Array(kept.length);
  const mostOwn = Math.min(nodesPerProfile, DECODING.nodesAlways + DECODING.nodesPerByte * tables.bytes.length);
  // A dictionary that others grew before counts only what this profile adds.
  const mostNodes = stacks.nodes.count - 1 + mostOwn;
  const walk = new StackWalk(tables, frames, stacks);
  // Whole stacks met so far by their hash: index into `nodes` + 1.
  let size = 64;
  while (size < kept.length * 2) size *= 2;
  const slots = SLOTS.take(size, 0);
  const hashes = HASHES.take(kept.length);
  const [base] = hashSeeds();
  for (let i = 0; i < kept.length; i++) {
    const s = kept[i]!;
    const from = s === 0 ? 0 : ends[s - 1]!;
    const to = ends[s]!;
    let hash = 0;
    for (let at = from; at < to; at++) hash = Math.imul(hash ^ refs[at]!, base);
    hashes[i] = hash;
    let slot = (hash ^ (hash >>> 15)) & (size - 1);
    let probes = 0;
    for (; slots[slot] !== 0 && probes < MOST_PROBES; slot = (slot + 1) & (size - 1), probes++) {
      const place = slots[slot]! - 1;
      if (hashes[place] !== hash) continue;
      const other = kept[place]!;
      if (sameStack(refs, from, to, other === 0 ? 0 : ends[other - 1]!, ends[other]!)) break;
    }
    if (probes < MOST_PROBES) {
      if (slots[slot] !== 0) {
        nodes[i] = nodes[slots[slot]! - 1]!;
        continue;
      }
      slots[slot] = i + 1;
    }
    nodes[i] = walk.down(from, to);
    if (stacks.nodes.count > mostNodes)
      throw tooLarge("nodesPerProfile", `over ${mostOwn}`, mostOwn, "the profile has too many call-tree nodes");
  }
  return { nodes, truncated: walk.truncated, deepest: walk.deepest };
}

function sameStack(refs: Int32Array, from: number, to: number, otherFrom: number, otherTo: number): boolean {
  if (to - from !== otherTo - otherFrom) return false;
  for (let at = from, other = otherFrom; at < to; at++, other++) if (refs[at] !== refs[other]) return false;
  return true;
}

/** Walks stacks down the tree, and remembers the last one's path. */
class StackWalk {
  truncated = 0;
  /** Frames of the deepest stack that was cut; those inlined beyond the cut are not counted. */
  deepest = 0;
  readonly #refs: Int32Array;
  readonly #depth: number;
  readonly #frames: LocationFrames;
  readonly #stacks: StackDictionary;
  /** Of the stack before: node and depth after each of its outermost `known` locations. */
  readonly #pathNodes: Int32Array;
  readonly #pathDepths: Int32Array;
  #known = 0;
  #knownEnd = 0;
  /** Where (node, location) leads, for locations of many lines: a byte of a stack must not cost as many steps as a location has lines. */
  readonly #steps = new LongSteps();

  constructor(tables: PprofTables, frames: LocationFrames, stacks: StackDictionary) {
    this.#refs = tables.stackLocations.low;
    this.#depth = tables.limits.stackDepth;
    this.#frames = frames;
    this.#stacks = stacks;
    this.#pathNodes = PATH_NODES.take(this.#depth + 1);
    this.#pathDepths = PATH_DEPTHS.take(this.#depth + 1);
  }

  /** @returns the innermost node of the stack in [from, to) of the location column */
  down(from: number, to: number): number {
    const refs = this.#refs;
    const frames = this.#frames;
    const { starts, ends } = frames;
    const tree = this.#stacks.nodes;
    const pathNodes = this.#pathNodes;
    const pathDepths = this.#pathDepths;
    const mostDepth = this.#depth;
    const locations = to - from;
    const shared = Math.min(this.#known, locations);
    const last = this.#knownEnd - 1;
    let k = 0;
    while (k < shared && refs[to - 1 - k] === refs[last - k]) k++;
    let node = k === 0 ? 0 : pathNodes[k - 1]!;
    let depth = k === 0 ? 0 : pathDepths[k - 1]!;
    let list = frames.list.values;
    for (; k < locations; k++) {
      const location = refs[to - 1 - k]!;
      let frame = starts[location]!;
      if (frame < 0) {
        frames.need(location);
        frame = starts[location]!;
        list = frames.list.values;
      }
      const frameEnd = ends[location]!;
      const lineEnd = Math.min(frameEnd, frame + mostDepth - depth);
      depth += lineEnd - frame;
      if (LongSteps.isLong(lineEnd - frame)) {
        node = this.#longStep(node, location, frame, lineEnd);
        frame = lineEnd;
      }
      while (frame < lineEnd) node = tree.internPair(node, list[frame++]!);
      if (frame < frameEnd) {
        this.truncated++;
        this.deepest = Math.max(this.deepest, depth + (frameEnd - frame) + (locations - k - 1));
        break;
      }
      pathNodes[k] = node;
      pathDepths[k] = depth;
    }
    this.#known = k;
    this.#knownEnd = to;
    return node;
  }

  #longStep(node: number, location: number, from: number, to: number): number {
    return this.#steps.end(node, location, () => {
      const list = this.#frames.list.values;
      let end = node;
      for (let frame = from; frame < to; frame++) end = this.#stacks.nodes.internPair(end, list[frame]!);
      return end;
    });
  }
}
