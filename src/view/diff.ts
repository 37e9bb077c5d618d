/**
 * What changed between two sides. Each side is measured against its own whole, so a difference is in percentage points of
 * share. The colour scale is the same for every diff, so that two diffs can be compared: nine steps from less to more.
 *
 *   step   0      1      2      3       4        5      6     7     8
 *   pp   ≤ -15   -15…   -5…    -2…   -0.5…0.5   …2     …5    …15   ≥ 15
 */
import type { FlameModel, NodeIndex } from "./model.ts";
import { shareOf } from "./model.ts";

/** Lower bounds of the steps away from the middle, in share (0.01 = one percentage point). The last one is the clamp. */
export const DIFF_STEP_SHARES = [0.005, 0.02, 0.05, 0.15] as const;
export const DIFF_STEP_COUNT = 9;

export type DiffPresence = "both" | "new" | "removed";

/** Comparison minus baseline, in share of each side's whole. */
export function diffShareOf(model: FlameModel, node: NodeIndex): number {
  const [baseline, comparison] = model.sides;
  return comparison ? shareOf(comparison, node) - shareOf(baseline, node) : 0;
}

export function presenceOf(baselineTotal: number, comparisonTotal: number): DiffPresence {
  if (baselineTotal === 0 && comparisonTotal > 0) return "new";
  if (comparisonTotal === 0 && baselineTotal > 0) return "removed";
  return "both";
}

export function nodePresence(model: FlameModel, node: NodeIndex): DiffPresence {
  const [baseline, comparison] = model.sides;
  return comparison ? presenceOf(baseline.total[node]!, comparison.total[node]!) : "both";
}

/** 0 much less … 4 the same … 8 much more. */
export function diffStep(share: number): number {
  const size = Math.abs(share);
  let steps = 0;
  while (steps < DIFF_STEP_SHARES.length && size >= DIFF_STEP_SHARES[steps]!) steps++;
  return share < 0 ? 4 - steps : 4 + steps;
}
