// Two shares → one graph of their difference.
import type { ShareContent, ShareGraph } from "../api/share.ts";
import { encodeDiff } from "../flame/diff.ts";
import type { MeasuredTree } from "../flame/stack-tree.ts";
import { measure } from "../flame/totals.ts";
import { buildTree } from "../flame/tree-builder.ts";
import { corrupt, invalidArgument } from "../lib/app-error.ts";
import { WideSums } from "../lib/wide-sums.ts";
import { decodeLevels } from "../view/levels.ts";

/** What of the two trees has a box. */
const MOST_NODES = 32_768;
/** A value of a graph is a JSON number: whole below this. */
const MOST_VALUE = 2 ** 52;

/**
 * The first graph of each, unless they have one of the same label.
 * @throws AppError invalid_argument when they can't be compared
 */
export function compareShares(left: ShareContent, right: ShareContent): ShareContent {
  const [a, b] = pairOf(left, right);
  const { units } = a.metadata;
  if (units !== b.metadata.units)
    throw invalidArgument(`these can't be compared: one is in ${units}, the other in ${b.metadata.units}`);
  const diff = encodeDiff(treeOfGraph(a), treeOfGraph(b), MOST_NODES);
  const { names, levels, numTicks, maxSelf, leftTicks, rightTicks, hiddenNodes, largestHidden } = diff;
  const graph: ShareGraph = {
    label: a.label,
    flamebearer: { names, levels, numTicks, maxSelf, leftTicks, rightTicks },
    metadata: { ...a.metadata, format: "double" },
    ...(hiddenNodes > 0 && { hidden: { nodes: hiddenNodes, largest: largestHidden } }),
  };
  return { version: 1, layout: "diff", graphs: [graph], view: {}, notes: [...left.notes, ...right.notes].slice(0, 20) };
}

function pairOf(left: ShareContent, right: ShareContent): [ShareGraph, ShareGraph] {
  for (const a of left.graphs) {
    const b = right.graphs.find(({ label, metadata }) => label === a.label && metadata.units === a.metadata.units);
    if (b !== undefined && isSingle(a) && isSingle(b)) return [a, b];
  }
  const [a, b] = [left.graphs.find(isSingle), right.graphs.find(isSingle)];
  if (a === undefined || b === undefined) throw invalidArgument("a difference can't be compared once more");
  return [a, b];
}

const isSingle = ({ metadata }: ShareGraph): boolean => metadata.format === "single";

function treeOfGraph({ flamebearer }: ShareGraph): MeasuredTree {
  const decoded = decodeLevels(flamebearer, "single");
  // It was checked when it was stored.
  if (!decoded.ok) throw corrupt(decoded.reason);
  const { names, parent, name, sides } = decoded.model;
  const self = new WideSums(parent.length);
  sides[0].self.forEach((value, node) => {
    self.add(node, Math.min(Math.round(value), MOST_VALUE - 1), 0);
  });
  return measure(buildTree({ names, parent, name: Int32Array.from(name), self }));
}
