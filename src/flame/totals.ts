// Totals of a tree, and exact arithmetic on values that two floats hold (wide-sums.ts).
import { LIMB, WideSums } from "../lib/wide-sums.ts";
import type { MeasuredTree, StackTree } from "./stack-tree.ts";

/** target[i] += source[j], exactly. A low limb may stand at up to 2^53 between carries. */
export function addExact(target: WideSums, i: number, source: WideSums, j: number): void {
  const lo = source.lo[j]!;
  const hi = source.hi === null ? 0 : source.hi[j]!;
  if (lo >= LIMB) target.add(i, lo - LIMB, hi + 1);
  else target.add(i, lo, hi);
}

/** A parent always comes before its children, so a backward loop visits children first. */
export function measure(tree: StackTree): MeasuredTree {
  const { parent, self } = tree;
  const total = new WideSums(parent.length);
  let sum = 0;
  if (self.hi === null) for (let node = 0; node < parent.length; node++) sum += self.lo[node]!;
  if (self.hi === null && sum < LIMB) {
    // Nothing in this tree can pass 2^52: plain floats are exact.
    total.makeRoom(sum);
    const { lo } = total;
    lo.set(self.lo);
    for (let node = parent.length - 1; node > 0; node--) lo[parent[node]!]! += lo[node]!;
    return { ...tree, total };
  }
  for (let node = 0; node < parent.length; node++) addExact(total, node, self, node);
  for (let node = parent.length - 1; node > 0; node--) addExact(total, parent[node]!, total, node);
  return { ...tree, total };
}

/** The nearest doubles of all values: exact below 2^53. */
export function approximate(sums: WideSums): Float64Array {
  if (sums.hi === null) return sums.lo;
  const values = new Float64Array(sums.length);
  for (let i = 0; i < values.length; i++) values[i] = sums.approx(i);
  return values;
}
