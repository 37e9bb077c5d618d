// Two trees → the graph of their difference.

import { hiddenOf } from "../api/graph-of-render.ts";
import type { ShareGraph } from "../api/share.ts";
import { encodeDiff } from "../flame/diff.ts";
import type { MeasuredTree } from "../flame/stack-tree.ts";
import { invalidArgument } from "../lib/app-error.ts";
import type { GraphNaming } from "./file-graph.ts";
import { USUAL_NODES } from "./limits.ts";

export interface Compared {
  readonly naming: GraphNaming;
  readonly tree: MeasuredTree;
}

/** @throws AppError invalid_argument when their units differ */
export function differenceOf(left: Compared, right: Compared, mostNodes = USUAL_NODES): ShareGraph {
  const { label, ...naming } = left.naming;
  if (naming.units !== right.naming.units)
    throw invalidArgument(`these can't be compared: one is in ${naming.units}, the other in ${right.naming.units}`);
  const diff = encodeDiff(left.tree, right.tree, mostNodes);
  const { names, levels, numTicks, maxSelf, leftTicks, rightTicks, hiddenNodes, largestHidden } = diff;
  return {
    label,
    flamebearer: { names, levels, numTicks, maxSelf, leftTicks, rightTicks },
    metadata: { ...naming, format: "double" },
    ...hiddenOf({ hiddenNodes, largestHidden }),
  };
}
