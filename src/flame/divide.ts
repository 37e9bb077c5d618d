// Averages of gauges, by the rule of Pyroscope 0.3x: on the merged tree each node's total and each
// node's self value is divided by the number of uploads and rounded down, independently. So the root
// is the true average, rounded once; children may add up to less than their parent, never to more.
import { LIMB, WideSums } from "../lib/wide-sums.ts";
import type { MeasuredTree } from "./stack-tree.ts";

export function divideTree(tree: MeasuredTree, count: number): MeasuredTree {
  if (count <= 1) return tree;
  return { ...tree, self: divideSums(tree.self, count), total: divideSums(tree.total, count) };
}

/** Each value divided and rounded down. */
export function divideSums(sums: WideSums, count: number): WideSums {
  const quotients = new WideSums(sums.length);
  const divisor = BigInt(count);
  for (let i = 0; i < sums.length; i++) {
    const lo = sums.lo[i]!;
    // Floor of a float quotient is exact while the dividend is below 2^53 and the divisor whole.
    if ((sums.hi === null || sums.hi[i] === 0) && lo < LIMB) quotients.add(i, Math.floor(lo / count), 0);
    else quotients.addBig(i, sums.exact(i) / divisor);
  }
  return quotients;
}
