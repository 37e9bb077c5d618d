/**
 * The focused frame as a path of names from below the root, which is how a link carries it: numbers of nodes change with
 * every answer, names of a stack do not.
 */
import type { FlameModel, NodeIndex } from "./model.ts";
import { nameOf, ROOT } from "./model.ts";

/** The node at the path, or the deepest one on it that still exists: a refreshed graph may have lost the rest. */
export function resolvePath(model: FlameModel, path: readonly string[]): NodeIndex {
  let node = ROOT;
  for (const name of path) {
    const child = childNamed(model, node, name);
    if (child === undefined) return node;
    node = child;
  }
  return node;
}

export function pathOf(model: FlameModel, node: NodeIndex): string[] {
  return ancestorsOf(model, node)
    .slice(1)
    .map((ancestor) => nameOf(model, ancestor));
}

/** From the root to the node itself. */
export function ancestorsOf(model: FlameModel, node: NodeIndex): NodeIndex[] {
  const chain: NodeIndex[] = [];
  for (let at = node; at >= 0; at = model.parent[at]!) chain.push(at);
  return chain.reverse();
}

function childNamed(model: FlameModel, parent: NodeIndex, name: string): NodeIndex | undefined {
  for (let child = model.childStart[parent]!; child < model.childStart[parent + 1]!; child++) {
    if (nameOf(model, child) === name) return child;
  }
  return undefined;
}

export type StepWay = "parent" | "heaviest child" | "previous" | "next";

/** Where the arrow keys lead. A step that leads nowhere stays. */
export function stepFrom(model: FlameModel, node: NodeIndex, step: StepWay): NodeIndex {
  const parent = model.parent[node]!;
  if (step === "heaviest child") return heaviestChild(model, node);
  if (parent < 0) return node;
  if (step === "parent") return parent;
  const sibling = step === "next" ? node + 1 : node - 1;
  return sibling >= model.childStart[parent]! && sibling < model.childStart[parent + 1]! ? sibling : node;
}

function heaviestChild(model: FlameModel, node: NodeIndex): NodeIndex {
  let best = node;
  for (let child = model.childStart[node]!; child < model.childStart[node + 1]!; child++) {
    if (best === node || model.width[child]! > model.width[best]!) best = child;
  }
  return best;
}
