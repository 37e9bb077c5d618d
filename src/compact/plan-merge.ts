// What one step of compaction does with a window, decided from one snapshot of the catalog. Pure.
//
//   6 h job    ──▶ the 6 h row: vectors at 1 h and 6 h, sums at 1 min         then the day's job
//   1 d job    ──▶ the day's row; where a wider row holds the day, that one    then the job of its 5 d
//   5 d, 30 d  ──▶ a row that takes the place of the narrower ones within      then 5 d: the job of its 30 d
//
// A row is what the read plan says of its nodes, written down: what was merged before and residual parts, else what is narrower.
import {
  DAY_SECONDS,
  HOUR_SECONDS,
  MERGED_SHARD,
  MERGED_WIDTHS,
  TOTALS_OF_DAYS,
  TOTALS_OF_WINDOW,
  WINDOW_SECONDS,
} from "../config.ts";
import { type PlannedNodes, type PlanRow, planCover, planTimeline, stackRungsOf } from "../segment/cover-plan.ts";
import { floorTo } from "../segment/ladder.ts";

export interface WindowJob {
  readonly width: number;
  /** Unix seconds. */
  readonly start: number;
  readonly version: number;
}

export interface WindowFacts<Row extends PlanRow, Job extends WindowJob> {
  readonly rows: readonly Row[];
  readonly jobs: readonly Job[];
  readonly lastParts: ReadonlyMap<number, number>;
  readonly dropped3600: number;
}

/** A merged row that is to be written, as one object or several. */
export interface RowPlan<Row extends PlanRow> {
  readonly width: number;
  readonly start: number;
  /** Its retention class, and its finest rung with stacks. */
  readonly finest: number;
  readonly covers: ReadonlyMap<number, number>;
  /** Rungs with stacks, finest first. */
  readonly rungs: readonly number[];
  /** What each node of the finest rung is the sum of. */
  readonly nodes: readonly { readonly start: number; readonly from: readonly PlannedNodes<Row>[] }[];
  readonly totals: { readonly width: number; readonly from: readonly PlannedNodes<Row>[] };
  /** Whose place it takes. */
  readonly replaces: readonly Row[];
}

export interface MergePlan<Row extends PlanRow, Job extends WindowJob> {
  /** Null: the catalog is right as it is. */
  readonly row: RowPlan<Row> | null;
  readonly settled: readonly Job[];
  readonly next: { readonly width: number; readonly start: number } | null;
}

/** What rows of hours cost that a step takes in, and what they may cost together; one always fits. */
export interface MergeBudget<Row> {
  readonly most: number;
  /** Called once for each, in the order of shards and parts. */
  costOf(row: Row): number;
}

/**
 * @param budget with more hours than that, the row says so in its covers and the job stays
 * @returns null when the job is no longer there
 */
export function planMerge<Row extends PlanRow, Job extends WindowJob>(
  facts: WindowFacts<Row, Job>,
  { width, start }: { width: number; start: number },
  budget: MergeBudget<Row>,
): MergePlan<Row, Job> | null {
  const job = facts.jobs.find((one) => one.width === width && one.start === start);
  if (job === undefined) return null;
  if (width === WINDOW_SECONDS) {
    const settle = { settled: [job], next: { width: DAY_SECONDS, start: floorTo(DAY_SECONDS, start) } };
    // Retention has dropped windows of that time: what comes late goes into the day at once.
    if (start + width <= facts.dropped3600) return { row: null, ...settle };
    return finish(planRow(facts, { width, start, finest: HOUR_SECONDS }, budget), facts, settle);
  }
  const holding = facts.rows.find((row) => isOfDays(row) && row.width >= width && holds(row, { width, start }));
  const next = nextOf({ width: holding?.width ?? width, start });
  if (width > DAY_SECONDS && (holding !== undefined || !facts.rows.some(isOfDays)))
    return { row: null, settled: [job], next };
  const target = { width: holding?.width ?? width, start: holding?.start ?? start };
  const settled = facts.jobs.filter((one) => one.width > WINDOW_SECONDS && holds(target, one));
  const row = planRow(facts, { ...target, finest: DAY_SECONDS }, budget);
  // A row that is rewritten has told its successor's job already.
  return finish(row, facts, { settled, next: holding === undefined || holding.width === DAY_SECONDS ? next : null });
}

const isOfDays = (row: PlanRow): boolean => row.shard === MERGED_SHARD && row.finest === DAY_SECONDS;

const holds = (outer: { width: number; start: number }, inner: { width: number; start: number }): boolean =>
  outer.start <= inner.start && outer.start + outer.width >= inner.start + inner.width;

function nextOf({ width, start }: { width: number; start: number }): { width: number; start: number } | null {
  const wider = MERGED_WIDTHS.find((one) => one > width);
  return wider === undefined ? null : { width: wider, start: floorTo(wider, start) };
}

/** Parts that wait because there were too many keep the job. */
function finish<Row extends PlanRow, Job extends WindowJob>(
  row: RowPlan<Row> | null,
  { lastParts }: WindowFacts<Row, Job>,
  done: Omit<MergePlan<Row, Job>, "row">,
): MergePlan<Row, Job> {
  const isWhole = row === null || [...lastParts].every(([shard, part]) => (row.covers.get(shard) ?? 0) >= part);
  return isWhole ? { row, ...done } : { row, settled: [], next: null };
}

/** @returns null when there is nothing to write */
function planRow<Row extends PlanRow>(
  { rows, lastParts }: Pick<WindowFacts<Row, WindowJob>, "rows" | "lastParts">,
  target: { width: number; start: number; finest: number },
  budget: MergeBudget<Row>,
): RowPlan<Row> | null {
  const within = rows.filter((row) => holds(target, row));
  const replaces = within.filter((row) => row.shard === MERGED_SHARD && row.finest === target.finest);
  const rungs = stackRungsOf(target);
  const nodesOf = (from: readonly Row[]) =>
    Array.from({ length: target.width / target.finest }, (_, i) => {
      const start = target.start + i * target.finest;
      return {
        start,
        from: planCover(from, { from: start, until: start + target.finest, widest: target.finest }),
      };
    }).filter((node) => node.from.length > 0);
  const used = new Set(nodesOf(within).flatMap((node) => node.from.map(({ row }) => row)));
  if (used.size === 0) return null;
  const isThere = replaces.length > 0 && replaces.every((row) => row.width === target.width);
  if (isThere && [...used].every((row) => row.shard === MERGED_SHARD)) return null;

  const covers = coversWithin([...used], lastParts, budget);
  const taken = within.filter((row) => row.shard === MERGED_SHARD || row.part <= (covers.get(row.shard) ?? 0));
  const totalsWidth = target.finest === HOUR_SECONDS ? TOTALS_OF_WINDOW : TOTALS_OF_DAYS;
  const range = { from: target.start, until: target.start + target.width };
  return {
    ...target,
    covers,
    rungs,
    nodes: nodesOf(taken),
    totals: { width: totalsWidth, from: planTimeline(taken, { ...range, rung: totalsWidth }) },
    replaces,
  };
}

/** Up to which part of each shard a row can say that it holds all, when it takes in no more hours than the budget allows. */
function coversWithin<Row extends PlanRow>(
  used: readonly Row[],
  lastParts: ReadonlyMap<number, number>,
  { most, costOf }: MergeBudget<Row>,
): ReadonlyMap<number, number> {
  const hours = used.filter((row) => row.shard !== MERGED_SHARD).sort((a, b) => a.shard - b.shard || a.part - b.part);
  let cost = 0;
  const first = hours.find((row, i) => {
    cost += costOf(row);
    return i > 0 && cost > most;
  });
  if (first === undefined) return lastParts;
  const covers = new Map<number, number>();
  for (const [shard, lastPart] of lastParts) {
    // What is merged already must stay within: it can't be taken apart.
    const least = Math.max(0, ...used.map((row) => row.covers?.get(shard) ?? 0));
    const last = shard < first.shard ? lastPart : shard > first.shard ? 0 : first.part - 1;
    covers.set(shard, Math.max(least, last));
  }
  return covers;
}
