// The Pyroscope JSON of one flame graph; levels.ts draws the layout.
import type { FocusPath } from "./focus.ts";
import { encodeLevels, type Levels } from "./levels.ts";
import type { MeasuredTree } from "./stack-tree.ts";
import { approximate } from "./totals.ts";

export interface Flamebearer extends Levels {
  readonly numTicks: number;
}

/** `maxNodes` below 1: all. Values above 2^53 are rounded, because they end in JSON numbers. */
export function encodeFlamebearer(tree: MeasuredTree, maxNodes: number, path: FocusPath = []): Flamebearer {
  const total = approximate(tree.total);
  const levels = encodeLevels(tree, [{ total, self: approximate(tree.self) }], maxNodes, path);
  return { ...levels, numTicks: total[0]! };
}

/** What answers say: the flame graph, and apart from it what was cut off. */
export function drawFlamebearer(tree: MeasuredTree, maxNodes: number, path: FocusPath = []) {
  const { names, levels, numTicks, maxSelf, ...hidden } = encodeFlamebearer(tree, maxNodes, path);
  return { flamebearer: { names, levels, numTicks, maxSelf }, hidden };
}
