/**
 * A flame graph in typed arrays. Nodes are numbered level by level, left to right, the root is node 0:
 *
 *   level 0   [ 0 total                       ]      children of node p are childStart[p] … childStart[p + 1] - 1,
 *   level 1   [ 1 main.a        ][ 2 main.b   ]      so a parent's number is smaller than its child's
 *   level 2   [ 3 main.c ]         [ 4 main.d ]      and one loop over the numbers sees parents first
 *
 * A single profile has one side, and its layout is in ticks. A diff has two (baseline, comparison); there a node's width
 * is the mean of its two shares, so that a long range does not drown a short one, and positions run from 0 to 1.
 */

export type NodeIndex = number;

/** Values of one profile, per node. */
export interface SideValues {
  readonly total: Float64Array;
  readonly self: Float64Array;
}

export interface FlameModel {
  readonly names: readonly string[];
  readonly nodeCount: number;
  /** levels + 1 entries; level k holds the nodes levelStart[k] … levelStart[k + 1] - 1. */
  readonly levelStart: Uint32Array;
  readonly levelCount: number;
  /** -1 for the root. */
  readonly parent: Int32Array;
  /** nodeCount + 1 entries. */
  readonly childStart: Uint32Array;
  /** Index into names. */
  readonly name: Uint32Array;
  /** Left edge and width in layout units. */
  readonly x: Float64Array;
  readonly width: Float64Array;
  readonly sides: readonly [SideValues] | readonly [SideValues, SideValues];
}

export const ROOT: NodeIndex = 0;

export function isDiff(model: FlameModel): boolean {
  return model.sides.length === 2;
}

export function isEmpty(model: FlameModel): boolean {
  return !(model.width[ROOT]! > 0);
}

export function nameOf(model: FlameModel, node: NodeIndex): string {
  return model.names[model.name[node]!]!;
}

export function levelOf(model: FlameModel, node: NodeIndex): number {
  let low = 0;
  let high = model.levelCount - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (model.levelStart[middle]! <= node) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** A node's part of its side's whole, 0 when that side is empty. */
export function shareOf(side: SideValues, node: NodeIndex): number {
  const whole = side.total[ROOT]!;
  return whole > 0 ? side.total[node]! / whole : 0;
}

export function selfShareOf(side: SideValues, node: NodeIndex): number {
  const whole = side.total[ROOT]!;
  return whole > 0 ? side.self[node]! / whole : 0;
}
