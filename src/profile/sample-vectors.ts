// A profile's samples → sparse vectors over its call tree: one per value column and group of samples.
//
// Samples are put in order of group and node with two counting sorts, so that each group is one run
// and its vectors come out ascending. Values are summed as limbs of 2^52 (see lib/wide-sums.ts).
import { FloatScratch, IntScratch } from "../lib/scratch.ts";
import { LIMB } from "../lib/wide-sums.ts";
import type { Profile } from "./profile.ts";

export interface SparseVector {
  /** Ascending, distinct node ids. */
  readonly nodes: Int32Array;
  /** Self value of nodes[i]: high[i] * 2^52 + low[i]; high is null when all are below 2^52. Never zero. */
  readonly low: Float64Array;
  readonly high: Float64Array | null;
}

export interface ValueColumn {
  /** Which of a sample's values. */
  readonly valueIndex: number;
  /** A whole number from 1 to 1e9: the vector holds value × multiplier. */
  readonly multiplier: number;
}

export interface SampleVector<Column extends ValueColumn> {
  readonly group: number;
  readonly column: Column;
  readonly vector: SparseVector;
}

const WORD = 4294967296; // 2^32
const LIMB_BIG = BigInt(LIMB);
/** 2^63 as a high limb. */
const HIGH_MOST = 2048;

/**
 * Empty vectors are left out.
 * @param groupOf group of each of the profile's label sets
 * @param overflow what to throw when a column's sum over all samples passes 2^63 - 1
 */
export function sampleVectors<Column extends ValueColumn>(
  profile: Profile,
  columns: readonly Column[],
  groupOf: Int32Array,
  groupCount: number,
  overflow: (column: Column) => Error,
): SampleVector<Column>[] {
  const { sampleLabels } = profile;
  const order = sampleOrder(profile, groupOf, groupCount);
  const sums = columns.map((column) => new ColumnSum(profile, column, overflow));
  const vectors: SampleVector<Column>[] = [];
  for (let from = 0; from < order.length; ) {
    const group = groupOf[sampleLabels[order[from]!]!]!;
    let to = from;
    while (to < order.length && groupOf[sampleLabels[order[to]!]!] === group) to++;
    const run = order.subarray(from, to);
    for (const sum of sums) {
      const vector = sum.vector(run);
      if (vector.nodes.length > 0) vectors.push({ group, column: sum.column, vector });
    }
    from = to;
  }
  return vectors;
}

const SAMPLES = new IntScratch();
const STARTS = new IntScratch();

/** Sample indices by group, then by node. */
function sampleOrder(profile: Profile, groupOf: Int32Array, groupCount: number): Int32Array {
  const { sampleNodes, sampleLabels } = profile;
  const count = sampleNodes.length;
  const samples = SAMPLES.take(count);
  for (let s = 0; s < count; s++) samples[s] = s;
  const byNode = sortByNode(samples.subarray(0, count), profile.stacks.nodes.count, sampleNodes);
  if (groupCount <= 1) return byNode;
  return countingSort(
    byNode,
    groupCount,
    sampleLabels.map((set) => groupOf[set]!),
  );
}

/** Many small profiles may share a large dictionary: none of them should cost its size. */
function sortByNode(samples: Int32Array, nodeCount: number, nodes: Int32Array): Int32Array {
  if (nodeCount <= samples.length * 16 + 1024) return countingSort(samples, nodeCount, nodes);
  const keys = Float64Array.from(samples, (s) => nodes[s]! * samples.length + s).sort();
  return Int32Array.from(keys, (key) => key % samples.length);
}

function countingSort(items: Int32Array, keyCount: number, keyOf: Int32Array): Int32Array {
  const starts = STARTS.take(keyCount + 1, 0);
  for (let i = 0; i < items.length; i++) starts[keyOf[items[i]!]! + 1]!++;
  for (let key = 0; key < keyCount; key++) starts[key + 1]! += starts[key]!;
  const sorted = new Int32Array(items.length);
  for (let i = 0; i < items.length; i++) sorted[starts[keyOf[items[i]!]!]!++] = items[i]!;
  return sorted;
}

const EMPTY: SparseVector = { nodes: new Int32Array(0), low: new Float64Array(0), high: null };
const NODES = new IntScratch();
const LOW = new FloatScratch();

/** Sums one column's values, by node and over the whole profile. */
class ColumnSum<Column extends ValueColumn> {
  readonly column: Column;
  readonly #overflow: (column: Column) => Error;
  readonly #nodes: Int32Array;
  /** Two words per value, low first. */
  readonly #words: Int32Array;
  readonly #width: number;
  #totalLow = 0;
  #totalHigh = 0;
  /** Limbs of the value last read. */
  #low = 0;
  #high = 0;

  constructor(profile: Profile, column: Column, overflow: (column: Column) => Error) {
    const { sampleValues } = profile;
    this.column = column;
    this.#overflow = overflow;
    this.#nodes = profile.sampleNodes;
    this.#words = new Int32Array(sampleValues.buffer, sampleValues.byteOffset, sampleValues.length * 2);
    this.#width = profile.sampleTypes.length * 2;
  }

  /** @param run samples in node order */
  vector(run: Int32Array): SparseVector {
    const words = this.#words;
    const width = this.#width;
    const offset = this.column.valueIndex * 2;
    const nodes = NODES.take(run.length);
    const low = LOW.take(run.length);
    let high: Float64Array | null = null;
    let last = -1;
    let node = -1;
    for (let i = 0; i < run.length; i++) {
      const sample = run[i]!;
      const at = sample * width + offset;
      if (words[at] === 0 && words[at + 1] === 0) continue;
      this.#read(at);
      if (this.#nodes[sample] !== node) {
        node = this.#nodes[sample]!;
        nodes[++last] = node;
        low[last] = 0;
      }
      const sum = low[last]! + this.#low;
      const carry = sum >= LIMB ? 1 : 0;
      low[last] = sum - carry * LIMB;
      if (this.#high + carry > 0) {
        if (high === null) high = new Float64Array(run.length);
        high[last]! += this.#high + carry;
      }
      this.#addToTotal();
    }
    const count = last + 1;
    if (count === 0) return EMPTY;
    return {
      nodes: nodes.slice(0, count),
      low: low.slice(0, count),
      high: high === null ? null : high.slice(0, count),
    };
  }

  #read(at: number): void {
    const low = this.#words[at]! >>> 0;
    const high = this.#words[at + 1]!;
    if (this.column.multiplier === 1) {
      this.#low = (high & 0xfffff) * WORD + low;
      this.#high = high >>> 20;
      return;
    }
    const product = (high * WORD + low) * this.column.multiplier;
    if (product < LIMB) {
      this.#low = product;
      this.#high = 0;
      return;
    }
    const exact = ((BigInt(high) << 32n) | BigInt(low)) * BigInt(this.column.multiplier);
    this.#low = Number(exact % LIMB_BIG);
    // Inexact only far beyond what is allowed.
    this.#high = Number(exact / LIMB_BIG);
  }

  #addToTotal(): void {
    const sum = this.#totalLow + this.#low;
    const carry = sum >= LIMB ? 1 : 0;
    this.#totalLow = sum - carry * LIMB;
    this.#totalHigh += this.#high + carry;
    if (this.#totalHigh >= HIGH_MOST) throw this.#overflow(this.column);
  }
}
