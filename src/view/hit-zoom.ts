/** Which frame to focus so that a search hit can be read: the largest part of the graph in which it is wide enough. */
import type { FlameModel, NodeIndex } from "./model.ts";

export function focusToRead(
  model: FlameModel,
  focus: NodeIndex,
  hit: NodeIndex,
  widthPx: number,
  minHitPx: number,
): NodeIndex {
  const readableIn = (ancestor: NodeIndex): boolean =>
    (model.width[hit]! / model.width[ancestor]!) * widthPx >= minHitPx;
  let best = hit;
  for (let at = hit; at >= 0 && readableIn(at); at = model.parent[at]!) {
    if (at === focus) return focus; // it can be read where we are
    best = at;
  }
  return best;
}
