/** Boxes called `other`: what a server's node budget cut off from under a frame. They have no children of their own. */
import { type FlameModel, type NodeIndex, nameOf } from "./model.ts";

const OTHER = "other";

export function isOther(model: FlameModel, node: NodeIndex): boolean {
  return nameOf(model, node) === OTHER && model.childStart[node + 1] === model.childStart[node];
}

/** Whether anything under the frame was cut off. Children of neighbours are neighbours, so each level is one run of nodes. */
export function hasOtherBelow(model: FlameModel, node: NodeIndex): boolean {
  let first = model.childStart[node]!;
  let end = model.childStart[node + 1]!;
  while (first < end) {
    for (let below = first; below < end; below++) if (isOther(model, below)) return true;
    [first, end] = [model.childStart[first]!, model.childStart[end]!];
  }
  return false;
}

/** The frame to ask about for what is hidden at or under a node; undefined when nothing is. */
export function expandableFrame(model: FlameModel, node: NodeIndex): NodeIndex | undefined {
  if (isOther(model, node)) return Math.max(0, model.parent[node]!);
  return hasOtherBelow(model, node) ? node : undefined;
}
