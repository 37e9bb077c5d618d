// The difference of two cumulative vectors over one call tree.
//
// Top down, a node is …
//   … dropped with all below it, when its total or its self value became smaller (the counters were
//     reset, or sampling scaled them anew) or when both stayed the same;
//   … else the difference of its self values.
import { tooLarge } from "../lib/app-error.ts";
import { LIMB } from "../lib/wide-sums.ts";
import type { SparseVector } from "./sample-vectors.ts";
import type { StackDictionary } from "./stack-dictionary.ts";

const LIMB_BIG = BigInt(LIMB);

/**
 * A function, because many differences are taken over one tree and share its scratch space.
 * @param mostNodes of the parts of the tree that they are taken over, all together: each node counts for every vector above it
 * @throws from the function: AppError profile_too_large
 */
export function vectorDifference(
  stacks: StackDictionary,
  mostNodes: number,
): (now: SparseVector, before: SparseVector) => SparseVector {
  let nodes = 0;
  /** By node: position in the union. All zero between calls. */
  const positions = new Int32Array(stacks.nodes.count);
  return (now, before) => {
    const union = withAncestors([now.nodes, before.nodes], stacks, positions);
    nodes += union.length;
    if (nodes > mostNodes)
      throw tooLarge("nodesPerProfile", `over ${mostNodes}`, mostNodes, "nodes of all series that are differences");
    for (let i = 0; i < union.length; i++) positions[union[i]!] = i;
    const parents = union.map((node) => (node === 0 ? -1 : positions[stacks.parentOf(node)]!));
    const isNarrow = sumOf(now) + sumOf(before) <= Number.MAX_SAFE_INTEGER;
    const made = isNarrow
      ? narrowDifference(union, parents, spreadLow(now, union, positions), spreadLow(before, union, positions))
      : difference(union, parents, spread(now, union.length, positions), spread(before, union.length, positions));
    for (const node of union) positions[node] = 0;
    return made;
  };
}

/** Of all values; infinite for what needs more than floats. */
const sumOf = ({ low, high }: SparseVector): number =>
  high === null ? low.reduce((sum, value) => sum + value, 0) : Number.POSITIVE_INFINITY;

function spreadLow({ nodes, low }: SparseVector, { length }: Int32Array, positions: Int32Array): Float64Array {
  const self = new Float64Array(length);
  for (let i = 0; i < nodes.length; i++) self[positions[nodes[i]!]!] = low[i]!;
  return self;
}

/** As `difference`, of values whose sums are exact as floats: nearly all are. */
function narrowDifference(
  union: Int32Array,
  parents: Int32Array,
  now: Float64Array,
  before: Float64Array,
): SparseVector {
  const total = new Float64Array(union.length);
  for (let i = total.length - 1; i >= 0; i--) {
    now[i] = now[i]! - before[i]!;
    total[i] = total[i]! + now[i]!;
    if (i > 0) total[parents[i]!] = total[parents[i]!]! + total[i]!;
  }
  const isDropped = new Uint8Array(union.length);
  const kept = new Int32Array(union.length);
  let count = 0;
  for (let i = 0; i < union.length; i++) {
    const self = now[i]!;
    const isBelowDropped = i > 0 && isDropped[parents[i]!] === 1;
    if (isBelowDropped || self < 0 || total[i]! < 0 || (self === 0 && total[i] === 0)) isDropped[i] = 1;
    else if (self > 0) kept[count++] = i;
  }
  const places = kept.subarray(0, count);
  return { nodes: places.map((i) => union[i]!), low: Float64Array.from(places, (i) => now[i]!), high: null };
}

function difference(
  union: Int32Array,
  parents: Int32Array,
  nowSelf: BigInt64Array,
  beforeSelf: BigInt64Array,
): SparseVector {
  const nowTotal = totals(nowSelf, parents);
  const beforeTotal = totals(beforeSelf, parents);
  const isDropped = new Uint8Array(union.length);
  const nodes: number[] = [];
  const values: bigint[] = [];
  for (let i = 0; i < union.length; i++) {
    const self = nowSelf[i]! - beforeSelf[i]!;
    const total = nowTotal[i]! - beforeTotal[i]!;
    const isBelowDropped = i > 0 && isDropped[parents[i]!] === 1;
    if (isBelowDropped || self < 0n || total < 0n || (self === 0n && total === 0n)) isDropped[i] = 1;
    else if (self > 0n) {
      nodes.push(union[i]!);
      values.push(self);
    }
  }
  return {
    nodes: Int32Array.from(nodes),
    low: Float64Array.from(values, (value) => Number(value % LIMB_BIG)),
    high: values.some((value) => value >= LIMB_BIG)
      ? Float64Array.from(values, (value) => Number(value / LIMB_BIG))
      : null,
  };
}

/** The nodes of all lists and every node above them, ascending: so a parent comes before its children. */
function withAncestors(lists: readonly Int32Array[], stacks: StackDictionary, isFound: Int32Array): Int32Array {
  const found: number[] = [0];
  isFound[0] = 1;
  for (const nodes of lists) {
    for (const node of nodes) {
      for (let at = node; isFound[at] === 0; at = stacks.parentOf(at)) {
        isFound[at] = 1;
        found.push(at);
      }
    }
  }
  const union = Int32Array.from(found).sort();
  for (const node of union) isFound[node] = 0;
  return union;
}

function spread({ nodes, low, high }: SparseVector, length: number, positions: Int32Array): BigInt64Array {
  const self = new BigInt64Array(length);
  for (let i = 0; i < nodes.length; i++)
    self[positions[nodes[i]!]!] = BigInt(low[i]!) + (high === null ? 0n : BigInt(high[i]!) * LIMB_BIG);
  return self;
}

function totals(self: BigInt64Array, parents: Int32Array): BigInt64Array {
  const total = self.slice();
  for (let i = total.length - 1; i > 0; i--) total[parents[i]!]! += total[i]!;
  return total;
}
