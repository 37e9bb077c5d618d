// A profile's samples × planned types → series: one sparse vector per type and label set.
//
// Samples are put in order of their label set and node with two counting sorts, so that each series
// is one run and its vector comes out ascending. Values are summed as limbs of 2^52 (see wide-sums.ts).
import type { Limits } from "../config.ts";
import { tooLarge } from "../lib/app-error.ts";
import { LIMB } from "../lib/wide-sums.ts";
import type { LabelSet } from "../profile/labels.ts";
import { labelKey } from "../profile/labels.ts";
import type { Profile } from "../profile/profile.ts";
import type { UploadSeries } from "./decoded-upload.ts";
import type { PlannedType } from "./type-plan.ts";

const WORD = 4294967296; // 2^32
/** 2^63 as a high limb: a total of this or more does not fit 64 bits. */
const HIGH_MOST = 2048;
const LIMB_BIG = BigInt(LIMB);

/**
 * @param labelsOf the series' labels for a sample's label set
 * @throws AppError profile_too_large
 */
export function splitSeries(
  profile: Profile,
  types: readonly PlannedType[],
  labelsOf: (sampleLabels: LabelSet) => LabelSet,
  limits: Limits,
): UploadSeries[] {
  const { groupOf, groups } = groupLabelSets(profile.labelSets, labelsOf);
  if (groups.length * types.length > limits.seriesPerUpload)
    throw tooLarge(
      "seriesPerUpload",
      groups.length * types.length,
      limits.seriesPerUpload,
      "the upload splits into too many series",
    );
  const order = sampleOrder(profile, groupOf, groups.length);
  const sums = types.map((type) => new TypeSum(profile, type));
  const series: UploadSeries[] = [];
  for (let from = 0; from < order.length; ) {
    const group = groupOf[profile.sampleLabels[order[from]!]!]!;
    let to = from;
    while (to < order.length && groupOf[profile.sampleLabels[order[to]!]!] === group) to++;
    const run = order.subarray(from, to);
    for (const sum of sums) {
      const vector = sum.vector(run);
      if (vector.nodes.length > 0) series.push({ type: sum.type.info, labels: groups[group]!, ...vector });
    }
    from = to;
  }
  return series;
}

/** Sample label sets that become the same series labels are one group. */
function groupLabelSets(
  sets: readonly LabelSet[],
  labelsOf: (sampleLabels: LabelSet) => LabelSet,
): { groupOf: Int32Array; groups: LabelSet[] } {
  const groupOf = new Int32Array(sets.length);
  const groups: LabelSet[] = [];
  const known = new Map<string, number>();
  sets.forEach((set, i) => {
    const labels = labelsOf(set);
    const key = labelKey(labels);
    let group = known.get(key);
    if (group === undefined) {
      group = groups.length;
      known.set(key, group);
      groups.push(labels);
    }
    groupOf[i] = group;
  });
  return { groupOf, groups };
}

/** Sample indices by group, then by node. */
function sampleOrder(profile: Profile, groupOf: Int32Array, groupCount: number): Int32Array {
  const { sampleNodes, sampleLabels } = profile;
  const first = new Int32Array(sampleNodes.length);
  for (let s = 0; s < first.length; s++) first[s] = s;
  const byNode = countingSort(first, profile.stacks.nodes.count, (s) => sampleNodes[s]!);
  return groupCount <= 1 ? byNode : countingSort(byNode, groupCount, (s) => groupOf[sampleLabels[s]!]!);
}

function countingSort(items: Int32Array, keyCount: number, keyOf: (item: number) => number): Int32Array {
  const starts = new Int32Array(keyCount + 1);
  for (const item of items) starts[keyOf(item) + 1]!++;
  for (let key = 0; key < keyCount; key++) starts[key + 1]! += starts[key]!;
  const sorted = new Int32Array(items.length);
  for (const item of items) sorted[starts[keyOf(item)]!++] = item;
  return sorted;
}

/** Sums one type's values, and all of them over the upload. */
class TypeSum {
  readonly type: PlannedType;
  readonly #nodes: Int32Array;
  /** Two words per value, low first. */
  readonly #words: Int32Array;
  readonly #width: number;
  #totalLow = 0;
  #totalHigh = 0;
  /** Limbs of the last value read. */
  #low = 0;
  #high = 0;

  constructor(profile: Profile, type: PlannedType) {
    const { sampleValues } = profile;
    this.type = type;
    this.#nodes = profile.sampleNodes;
    this.#words = new Int32Array(sampleValues.buffer, sampleValues.byteOffset, sampleValues.length * 2);
    this.#width = profile.sampleTypes.length * 2;
  }

  /** @param run samples in node order */
  vector(run: Int32Array): Pick<UploadSeries, "nodes" | "low" | "high"> {
    const nodes = new Int32Array(run.length);
    const low = new Float64Array(run.length);
    let high: Float64Array | null = null;
    let last = -1;
    let node = -1;
    for (const sample of run) {
      this.#read(sample);
      if (this.#low === 0 && this.#high === 0) continue;
      if (this.#nodes[sample]! !== node) {
        node = this.#nodes[sample]!;
        nodes[++last] = node;
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
    return {
      nodes: nodes.slice(0, count),
      low: low.slice(0, count),
      high: high === null ? null : high.slice(0, count),
    };
  }

  #read(sample: number): void {
    const at = sample * this.#width + this.type.valueIndex * 2;
    const low = this.#words[at]! >>> 0;
    const high = this.#words[at + 1]!;
    if (this.type.multiplier === 1) {
      this.#low = (high & 0xfffff) * WORD + low;
      this.#high = high >>> 20;
      return;
    }
    const product = (high * WORD + low) * this.type.multiplier;
    if (product < LIMB) {
      this.#low = product;
      this.#high = 0;
      return;
    }
    const exact = ((BigInt(high) << 32n) | BigInt(low)) * BigInt(this.type.multiplier);
    this.#low = Number(exact % LIMB_BIG);
    // Rounded when it is far above the limit, which is all that matters then.
    this.#high = Number(exact / LIMB_BIG);
  }

  #addToTotal(): void {
    const sum = this.#totalLow + this.#low;
    const carry = sum >= LIMB ? 1 : 0;
    this.#totalLow = sum - carry * LIMB;
    this.#totalHigh += this.#high + carry;
    if (this.#totalHigh >= HIGH_MOST)
      throw tooLarge("totalOfType", "over 2^63 - 1", "2^63 - 1", `the sum of ${this.type.info.id} is too large`);
  }
}
