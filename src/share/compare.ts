// Two shares → one graph of their difference.
import { type Compared, differenceOf } from "../adhoc/difference.ts";
import { namingOf, treeOfDrawn } from "../adhoc/file-graph.ts";
import type { ShareContent, ShareGraph } from "../api/share.ts";
import { invalidArgument } from "../lib/app-error.ts";

/**
 * The first graph of each, unless they have one of the same label.
 * @throws AppError invalid_argument when they can't be compared
 */
export function compareShares(left: ShareContent, right: ShareContent): ShareContent {
  const [a, b] = pairOf(left, right);
  const graph = differenceOf(comparedOf(a), comparedOf(b));
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

const comparedOf = (graph: ShareGraph): Compared => ({
  naming: namingOf({ kind: "drawn", graph }),
  tree: treeOfDrawn(graph),
});
