// One question about one profile type over one range: the merged tree, and its timelines.
import type { TimelineRange } from "../aggregate/live-protocol.ts";
import { divideTree } from "../flame/divide.ts";
import { type FocusPath, focusedTree, focusValues, type StackValues } from "../flame/focus.ts";
import type { MeasuredTree } from "../flame/stack-tree.ts";
import { measure } from "../flame/totals.ts";
import { mergeDistinct, treeOfStacks } from "../flame/tree-builder.ts";
import { concurrently } from "../lib/concurrently.ts";
import { WideSums } from "../lib/wide-sums.ts";
import type { Aggregation, TypeInfo } from "../profile/profile-type.ts";
import type { SpanChoice } from "../profile/spans.ts";
import type { SeriesSums } from "../segment/rung-read.ts";
import type { QueryPorts } from "./ports.ts";
import { readRange } from "./read-range.ts";
import type { ResolvedQuery } from "./resolve.ts";
import { splitSpanMatchers } from "./span-matchers.ts";
import { slotOf, type TimelineGrid } from "./timeline-grid.ts";

export interface Selection {
  readonly parts: readonly StackValues[];
  readonly series: readonly SeriesSums[];
  readonly uploads: number;
  readonly lastSlot: number | null;
  readonly type: TypeInfo | null;
}

/** Apps read at once. */
export const APPS_AT_ONCE = 3;

/** Reads every target. @param range unix seconds, multiples of 10 */
export async function select(
  ports: QueryPorts,
  query: ResolvedQuery,
  range: { from: number; until: number },
  want: { tree: boolean; timeline: TimelineRange | null; spans?: SpanChoice },
): Promise<Selection> {
  const chosen = splitSpanMatchers(query.matchers);
  const answers = await concurrently(query.targets, APPS_AT_ONCE, ({ app, type }) =>
    readRange(ports, app, { ...range, typeId: type.id, ...chosen, ...want }),
  );
  const lastSlots = answers.flatMap(({ lastSlot }) => (lastSlot === null ? [] : [lastSlot]));
  return {
    parts: answers.flatMap(({ parts }) => parts.map(({ dictionary, sums }) => ({ stacks: dictionary, values: sums }))),
    series: answers.flatMap(({ series }) => series),
    uploads: answers.reduce((sum, { uploads }) => sum + uploads, 0),
    lastSlot: lastSlots.length === 0 ? null : Math.max(...lastSlots),
    type: query.targets[0]?.type ?? null,
  };
}

/** When stacks of what was asked for were left out. */
export async function shedTimesOf(ports: QueryPorts, query: ResolvedQuery, range: { from: number; until: number }) {
  const appIds = [...new Set(query.targets.map(({ app }) => app.appId))];
  if (appIds.length === 0) return [];
  const times = await ports.catalog.shedTimes(appIds, range);
  return times.map(({ start: from, until, uploads }) => ({ from, until, uploads }));
}

/** The tree of names, or what of it lies on and under a path; a gauge's values are divided by the number of uploads. */
export function treeOf({ parts, uploads }: Selection, aggregation: Aggregation, path: FocusPath = []): MeasuredTree {
  const tree =
    path.length > 0
      ? focusedTree(parts, path)
      : measure(mergeDistinct(parts.map(({ stacks, values }) => treeOfStacks(stacks, values))));
  return aggregation === "average" ? divideTree(tree, uploads) : tree;
}

/** Only stacks that begin with the path: what exports are made of. */
export function stacksUnder(selection: Selection, path: FocusPath): Selection {
  if (path.length === 0) return selection;
  return { ...selection, parts: selection.parts.map((part) => focusValues(part, path)) };
}

/** Values per step: true sums, or averages per upload. Above 2^53 they are rounded. */
export function timelineOf(series: readonly SeriesSums[], grid: TimelineGrid, aggregation: Aggregation): number[] {
  const sums = new WideSums(grid.count);
  const uploads = new Float64Array(grid.count);
  for (const { start, uploads: uploadsIn, totalLow, totalHigh } of series) {
    for (const [i, at] of start.entries()) {
      const slot = slotOf(grid, at);
      if (slot < 0) continue;
      sums.add(slot, totalLow[i] ?? 0, totalHigh[i] ?? 0);
      uploads[slot] = (uploads[slot] ?? 0) + (uploadsIn[i] ?? 0);
    }
  }
  return Array.from(uploads, (count, slot) => {
    if (aggregation === "sum" || count <= 1) return sums.approx(slot);
    return Number(sums.exact(slot) / BigInt(count));
  });
}
