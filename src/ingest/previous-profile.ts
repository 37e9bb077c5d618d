// The difference of two cumulative profiles, for clients that send the previous one along.
//
// Top down, a node is …
//   … dropped with all below it, when its total or its self value became smaller (the counters were
//     reset, or sampling scaled them anew) or when both stayed the same;
//   … else the difference of its self values.
import { LIMB } from "../lib/wide-sums.ts";
import { labelKey } from "../profile/labels.ts";
import type { StackDictionary } from "../profile/stack-dictionary.ts";
import type { UploadSeries } from "./decoded-upload.ts";

/**
 * Both lists hold cumulative series over the nodes of `stacks`. A series that was not there before is
 * taken whole.
 */
export function subtractPrevious(
  now: readonly UploadSeries[],
  previous: readonly UploadSeries[],
  stacks: StackDictionary,
): UploadSeries[] {
  const before = new Map(previous.map((series) => [keyOf(series), series]));
  const scratch = new Int32Array(stacks.nodes.count);
  const differences: UploadSeries[] = [];
  for (const series of now) {
    const known = before.get(keyOf(series));
    const difference = known === undefined ? series : subtract(series, known, stacks, scratch);
    if (difference.nodes.length > 0) differences.push(difference);
  }
  return differences;
}

const keyOf = (series: UploadSeries): string => `${series.type.id}\u0002${labelKey(series.labels)}`;

const LIMB_BIG = BigInt(LIMB);

const valueAt = (series: UploadSeries, i: number): bigint =>
  BigInt(series.low[i]!) + (series.high === null ? 0n : BigInt(series.high[i]!) * LIMB_BIG);

/** @param scratch per node of the dictionary, all zero; left so */
function subtract(
  now: UploadSeries,
  previous: UploadSeries,
  stacks: StackDictionary,
  scratch: Int32Array,
): UploadSeries {
  const union = withAncestors([now.nodes, previous.nodes], stacks, scratch);
  for (let i = 0; i < union.length; i++) scratch[union[i]!] = i;
  const parents = union.map((node) => (node === 0 ? -1 : scratch[stacks.parentOf(node)]!));
  const nowSelf = spread(now, union.length, scratch);
  const previousSelf = spread(previous, union.length, scratch);
  for (const node of union) scratch[node] = 0;
  const nowTotal = totals(nowSelf, parents);
  const previousTotal = totals(previousSelf, parents);
  const isDropped = new Uint8Array(union.length);
  const nodes: number[] = [];
  const values: bigint[] = [];
  for (let i = 0; i < union.length; i++) {
    const self = nowSelf[i]! - previousSelf[i]!;
    const total = nowTotal[i]! - previousTotal[i]!;
    const isBelowDropped = i > 0 && isDropped[parents[i]!] === 1;
    if (isBelowDropped || self < 0n || total < 0n || (self === 0n && total === 0n)) isDropped[i] = 1;
    else if (self > 0n) {
      nodes.push(union[i]!);
      values.push(self);
    }
  }
  return {
    ...now,
    nodes: Int32Array.from(nodes),
    low: Float64Array.from(values, (value) => Number(value % LIMB_BIG)),
    high: values.some((value) => value >= LIMB_BIG)
      ? Float64Array.from(values, (value) => Number(value / LIMB_BIG))
      : null,
  };
}

/** The nodes of all lists and every node above them, ascending: so a parent comes before its children. */
function withAncestors(lists: readonly Int32Array[], stacks: StackDictionary, scratch: Int32Array): Int32Array {
  const found: number[] = [0];
  scratch[0] = 1;
  for (const nodes of lists) {
    for (const node of nodes) {
      for (let at = node; scratch[at] === 0; at = stacks.parentOf(at)) {
        scratch[at] = 1;
        found.push(at);
      }
    }
  }
  const union = Int32Array.from(found).sort();
  for (const node of union) scratch[node] = 0;
  return union;
}

function spread(series: UploadSeries, length: number, positions: Int32Array): BigInt64Array {
  const self = new BigInt64Array(length);
  for (let i = 0; i < series.nodes.length; i++) self[positions[series.nodes[i]!]!] = valueAt(series, i);
  return self;
}

function totals(self: BigInt64Array, parents: Int32Array): BigInt64Array {
  const total = self.slice();
  for (let i = total.length - 1; i > 0; i--) total[parents[i]!]! += total[i]!;
  return total;
}
