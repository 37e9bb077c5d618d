// The ladder of the segment tree: which nodes cover a range. Pure arithmetic over RUNGS.
import { RUNGS } from "../config.ts";

export interface TreeNode {
  /** Width in seconds: a rung. */
  readonly width: number;
  /** Unix seconds, a multiple of width. */
  readonly start: number;
}

export const floorTo = (width: number, seconds: number): number => Math.floor(seconds / width) * width;
export const ceilTo = (width: number, seconds: number): number => Math.ceil(seconds / width) * width;

/**
 * The fewest nodes that cover [from, until), in order and without overlap.
 * @param usable whether the node of this rung and start may be taken whole; the finest always may
 */
export function coverRange(
  from: number,
  until: number,
  rungs: readonly number[],
  usable: (node: TreeNode) => boolean = () => true,
): TreeNode[] {
  const finest = rungs[0]!;
  const nodes: TreeNode[] = [];
  let at = floorTo(finest, from);
  const end = ceilTo(finest, until);
  while (at < end) {
    let width = finest;
    for (let k = rungs.length - 1; k > 0; k--) {
      const candidate = rungs[k]!;
      if (at % candidate === 0 && at + candidate <= end && usable({ width: candidate, start: at })) {
        width = candidate;
        break;
      }
    }
    nodes.push({ width, start: at });
    at += width;
  }
  return nodes;
}

/** The widest rung whose nodes fall wholly into the steps of a timeline that starts at `start`. */
export function timelineRung(start: number, step: number, rungs: readonly number[] = RUNGS): number {
  let best = rungs[0]!;
  for (const rung of rungs) if (step % rung === 0 && start % rung === 0) best = rung;
  return best;
}
