// Two trees side by side in one shape: a node that one side lacks is zero there. Pruning looks at the
// larger side, so that what grew and what shrank are both seen.
import type { WideSums } from "../lib/wide-sums.ts";
import type { FocusPath } from "./focus.ts";
import { encodeLevels, type Levels, type Side } from "./levels.ts";
import type { MeasuredTree } from "./stack-tree.ts";
import { approximate } from "./totals.ts";
import { alignTrees, columnsOf } from "./tree-builder.ts";

export interface DiffFlamebearer extends Levels {
  /** leftTicks + rightTicks. */
  readonly numTicks: number;
  readonly leftTicks: number;
  readonly rightTicks: number;
}

/** `maxNodes` below 1: all. */
export function encodeDiff(
  left: MeasuredTree,
  right: MeasuredTree,
  maxNodes: number,
  path: FocusPath = [],
): DiffFlamebearer {
  const { names, nodes, nodeOf } = alignTrees([left, right]);
  const side = (tree: MeasuredTree, ids: Int32Array): Side => ({
    total: spread(tree.total, ids, nodes.count),
    self: spread(tree.self, ids, nodes.count),
  });
  const leftSide = side(left, nodeOf[0]!);
  const rightSide = side(right, nodeOf[1]!);
  const levels = encodeLevels({ names, ...columnsOf(nodes) }, [leftSide, rightSide], maxNodes, path);
  const leftTicks = leftSide.total[0]!;
  const rightTicks = rightSide.total[0]!;
  return { ...levels, numTicks: leftTicks + rightTicks, leftTicks, rightTicks };
}

function spread(sums: WideSums, ids: Int32Array, count: number): Float64Array {
  const values = approximate(sums);
  const wide = new Float64Array(count);
  for (let node = 0; node < ids.length; node++) wide[ids[node]!] = values[node]!;
  return wide;
}
