// A call tree written as indented text, one function a line, two spaces a level. What follows the name:
//
//   =12        self weight: the share of the profile that ends here
//   +3         kept weight: the share of what stays in use that was allocated here
//   ~512       bytes per object (64)
//   {vehicle}  the label `vehicle` on everything below, set to the vehicle that the tree is made for

import { frameOf } from "./frames.ts";
import type { PprofFrame } from "./pprof-writer.ts";

export interface WeightedStack {
  /** From the root to the leaf. */
  readonly stack: readonly PprofFrame[];
  readonly weight: number;
  readonly keptWeight: number;
  readonly objectBytes: number;
  readonly labels: Readonly<Record<string, string>>;
}

export function callTree(text: string, vehicle = ""): WeightedStack[] {
  const stacks: WeightedStack[] = [];
  const path: PprofFrame[] = [];
  let labelledFrom = Number.POSITIVE_INFINITY;
  for (const line of text.split("\n").filter((text) => text.trim() !== "")) {
    const [functionName = "", ...marks] = line.trim().split(" ");
    const level = (line.length - line.trimStart().length) / 2;
    if (!Number.isInteger(level) || level > path.length) throw new Error(`Wrong indentation: ${line}`);
    path.length = level;
    if (level <= labelledFrom) labelledFrom = marks.includes("{vehicle}") ? level : Number.POSITIVE_INFINITY;
    path.push(frameOf(functionName, path.at(-1)?.functionName ?? ""));
    const mark = (sign: string) => marks.find((mark) => mark.startsWith(sign))?.slice(1);
    const weight = Number(mark("=") ?? 0);
    const keptWeight = Number(mark("+") ?? 0);
    if (weight === 0 && keptWeight === 0) continue;
    const labels: Record<string, string> = level >= labelledFrom ? { vehicle } : {};
    stacks.push({ stack: [...path], weight, keptWeight, objectBytes: Number(mark("~") ?? 64), labels });
  }
  return stacks;
}

/** The tree under a chain of callers, its weights multiplied by the factor. */
export function under(callers: readonly string[], stacks: readonly WeightedStack[], factor = 1): WeightedStack[] {
  const chain = callers.map((name, index) => frameOf(name, callers[index - 1] ?? ""));
  return stacks.map((below) => ({
    ...below,
    stack: [...chain, ...below.stack],
    weight: below.weight * factor,
    keptWeight: below.keptWeight * factor,
  }));
}
