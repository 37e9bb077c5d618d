/** One frame and its numbers in one line: "main.work, self 1.2 s, total 3.4 s, 41.2 %", or both sides and the difference. */
import { diffShareOf, nodePresence } from "./diff.ts";
import { formatPoints, formatShare, type ValueFormat } from "./format.ts";
import { type FlameModel, type NodeIndex, shareOf } from "./model.ts";

export function nodeNumbers(model: FlameModel, node: NodeIndex, format: ValueFormat): string {
  const [first, second] = model.sides;
  if (!second) {
    return `self ${format.short(first.self[node]!)}, total ${format.short(first.total[node]!)}, ${formatShare(shareOf(first, node))}`;
  }
  const presence = nodePresence(model, node);
  const points = formatPoints(diffShareOf(model, node));
  const difference = presence === "both" ? points : `${points} (${presence})`;
  return `baseline ${formatShare(shareOf(first, node))}, comparison ${formatShare(shareOf(second, node))}, difference ${difference}`;
}
