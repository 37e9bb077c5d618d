// The frame that stands for stacks that were left out, because their tenant was over its rate.
import type { StackDictionary } from "./stack-dictionary.ts";

export const SHED_FRAME = "[stacks shed: over rate limit]";

/** @returns its node in `stacks` */
export function shedNode(stacks: StackDictionary): number {
  const row = Int32Array.of(stacks.strings.internText(SHED_FRAME), 0, 0, 0, 0);
  row[0] = stacks.functions.intern(row.subarray(0, 4));
  return stacks.child(0, stacks.frames.intern(row));
}
