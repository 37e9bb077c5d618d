// What a file has a graph of: a tree, of which as much is drawn as is asked for, or a graph that the file brought drawn.

import { hiddenOf } from "../api/graph-of-render.ts";
import type { ShareGraph } from "../api/share.ts";
import { drawFlamebearer } from "../flame/flamebearer.ts";
import type { MeasuredTree } from "../flame/stack-tree.ts";
import { measure } from "../flame/totals.ts";
import { invalidArgument, malformed } from "../lib/app-error.ts";
import { assertNever } from "../lib/assert.ts";
import { decodeLevels } from "../view/levels.ts";
import { USUAL_NODES } from "./limits.ts";
import { treeOfGraph } from "./tree-of-graph.ts";

export interface GraphNaming {
  readonly label: string;
  readonly units: string;
  /** Samples per second. */
  readonly sampleRate: number;
  readonly spyName: string;
  /** Of the whole file. */
  readonly name: string;
}

export interface FileTree {
  readonly kind: "tree";
  readonly naming: GraphNaming;
  readonly tree: MeasuredTree;
}

export type FileGraph = FileTree | { readonly kind: "drawn"; readonly graph: ShareGraph };

/** A graph that the file brought drawn is cut like any other; a difference stays as it is. */
export function drawGraph(one: FileGraph, mostNodes = USUAL_NODES): ShareGraph {
  switch (one.kind) {
    case "drawn":
      return one.graph.metadata.format === "double" || nodesOf(one.graph) <= mostNodes
        ? one.graph
        : drawGraph({ kind: "tree", naming: namingOf(one), tree: treeOf(one) }, mostNodes);
    case "tree": {
      const { flamebearer, hidden } = drawFlamebearer(one.tree, mostNodes);
      const { label, ...naming } = one.naming;
      return {
        label,
        flamebearer,
        metadata: { format: "single", ...naming },
        ...hiddenOf(hidden),
      };
    }
    default:
      return assertNever(one);
  }
}

const nodesOf = ({ flamebearer }: ShareGraph): number =>
  flamebearer.levels.reduce((sum, { length }) => sum + length / 4, 0);

export const namingOf = (one: FileGraph): GraphNaming =>
  one.kind === "tree" ? one.naming : { label: one.graph.label, ...one.graph.metadata };

/** The whole, in its unit; of a difference both sides together. */
export const totalOf = (one: FileGraph): number =>
  one.kind === "tree" ? one.tree.total.approx(0) : one.graph.flamebearer.numTicks;

/** @throws AppError invalid_argument of a difference: it can't be compared once more */
export function treeOf(one: FileGraph): MeasuredTree {
  return one.kind === "tree" ? one.tree : treeOfDrawn(one.graph);
}

export function treeOfDrawn({ flamebearer, metadata }: ShareGraph): MeasuredTree {
  if (metadata.format === "double") throw invalidArgument("a difference can't be compared once more");
  const decoded = decodeLevels(flamebearer, "single");
  if (!decoded.ok) throw malformed(decoded.reason);
  return measure(treeOfGraph(decoded.model));
}
