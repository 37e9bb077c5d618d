// From a question to the nodes that answer it: what to ask the catalog for, and which edges snap.
import type { TimelineRange } from "../aggregate/live-protocol.ts";
import { DAY_SECONDS, HOUR_SECONDS, SLOT_SECONDS, TOTALS_OF_DAYS, TOTALS_OF_WINDOW } from "../config.ts";
import type { SpanChoice } from "../profile/spans.ts";
import { type PlannedNodes, planCover, planTimeline } from "../segment/cover-plan.ts";
import { type Dropped, keptRange } from "../segment/kept-grid.ts";
import { floorTo } from "../segment/ladder.ts";
import type { CatalogSegment, PlanNeed } from "../storage/plan-reads.ts";
import type { Range } from "./params.ts";

export interface RangeWish extends Range {
  /** Whether stacks are wanted over the range. */
  readonly tree: boolean;
  readonly timeline: TimelineRange | null;
  /** Only what was sampled in these spans. */
  readonly spans?: SpanChoice;
}

/** Seconds of the finest sums that are surely kept from a time on: no timeline over it may step finer. */
export function finestSums(at: number, dropped: Dropped): number {
  if (at < dropped[3600]) return TOTALS_OF_DAYS;
  return at < dropped[10] ? TOTALS_OF_WINDOW : SLOT_SECONDS;
}

/** The range widened outward to the finest nodes still kept at its edges, in every one of the apps. */
export function coveredRange<R extends Range>(range: R, apps: readonly { readonly dropped: Dropped }[]): R {
  let { from, until } = range;
  for (const { dropped } of apps) {
    const kept = keptRange(range, dropped);
    from = Math.min(from, kept.from);
    until = Math.max(until, kept.until);
  }
  return { ...range, from, until };
}

/** Tree and timeline may cover different ranges; one plan serves both. */
function spanOf({ from, until, tree, timeline }: RangeWish): Range {
  if (timeline === null) return { from, until };
  if (!tree) return timeline;
  return { from: Math.min(from, timeline.from), until: Math.max(until, timeline.until) };
}

/** What the plan of a question can need of the catalog. */
export function needOf(wish: RangeWish): PlanNeed {
  const { from, until, tree, timeline } = wish;
  const covered = [...(tree ? [{ from, until }] : []), ...(timeline?.rung === 0 ? [timeline] : [])];
  const edges = covered.flatMap((range) => [range.from, range.until]);
  const cutBy = (width: number) => edges.filter((at) => at % width !== 0);
  const spansIn = wish.spans === undefined ? {} : { spansIn: spanOf(wish) };
  const steps = timeline !== null && timeline.rung > 0 ? timeline : null;
  return {
    ...spanOf(wish),
    edgeDays: cutBy(DAY_SECONDS).map((at) => floorTo(DAY_SECONDS, at)),
    edgeHours: cutBy(HOUR_SECONDS).map((at) => floorTo(HOUR_SECONDS, at)),
    fineHours: cutBy(60).map((at) => floorTo(HOUR_SECONDS, at)),
    windowsIn: steps !== null && steps.rung < TOTALS_OF_DAYS ? steps : null,
    fineIn: steps !== null && steps.rung < TOTALS_OF_WINDOW ? steps : null,
    ...spansIn,
  };
}

export interface NodesOfRow {
  readonly row: CatalogSegment;
  /** Width → starts whose stacks are wanted. */
  readonly stacks: ReadonlyMap<number, readonly number[]>;
  /** Width → starts whose sums are wanted. */
  readonly sums: ReadonlyMap<number, readonly number[]>;
}

const NO_NODES: ReadonlyMap<number, readonly number[]> = new Map();

/** The nodes to read, by row. */
export function planNodes(rows: readonly CatalogSegment[], wish: RangeWish): NodesOfRow[] {
  const { tree, timeline } = wish;
  if (wish.spans !== undefined) return planSpans(rows, wish);
  const stacks = tree ? planCover(rows, wish) : [];
  const sums = timeline === null ? [] : timeline.rung === 0 ? planCover(rows, timeline) : planTimeline(rows, timeline);
  const stacksOf = byRow(stacks);
  const sumsOf = byRow(sums);
  return [...new Set([...stacksOf.keys(), ...sumsOf.keys()])].map((row) => ({
    row,
    stacks: stacksOf.get(row) ?? NO_NODES,
    sums: sumsOf.get(row) ?? NO_NODES,
  }));
}

/** Spans are kept by slots of 10 s alone, in objects of their own. */
function planSpans(rows: readonly CatalogSegment[], { from, until, tree, timeline }: RangeWish): NodesOfRow[] {
  const slotsIn = ({ start, width }: CatalogSegment, range: Range | null): NodesOfRow["stacks"] => {
    const slots: number[] = [];
    const end = Math.min(start + width, range?.until ?? 0);
    for (let slot = Math.max(start, range?.from ?? 0); slot < end; slot += SLOT_SECONDS) slots.push(slot);
    return slots.length === 0 ? NO_NODES : new Map([[SLOT_SECONDS, slots]]);
  };
  return rows
    .map((row) => ({
      row,
      stacks: slotsIn(row, tree ? { from, until } : null),
      sums: slotsIn(row, timeline),
    }))
    .filter(({ stacks, sums }) => stacks.size > 0 || sums.size > 0);
}

const byRow = (plan: readonly PlannedNodes<CatalogSegment>[]) => new Map(plan.map(({ row, nodes }) => [row, nodes]));
