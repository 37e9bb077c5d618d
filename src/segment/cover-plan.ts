// Which segments cover a range, and with which nodes: the one place that decides it, for queries,
// compaction and deletion (decision 0009).
//
//   30 d, 5 d, 1 d   from a row of class 86400, where one holds that day
//   6 h, 1 h         from the window's compacted row, where there is one
//   1 h … 10 s       from the hours' objects
//
// Where a compacted row serves, hours' parts beyond what it covers are added: the residual.
import {
  DAY_SECONDS,
  HOUR_SECONDS,
  MERGED_SHARD,
  RUNGS,
  SLOT_SECONDS,
  SPAN_CLASS,
  TOTALS_OF_DAYS,
  TOTALS_OF_WINDOW,
  WINDOW_SECONDS,
} from "../config.ts";
import { coverRange, floorTo, type TreeNode } from "./ladder.ts";

/** What the plan needs to know of a segment. */
export interface PlanRow {
  readonly width: number;
  /** Unix seconds. */
  readonly start: number;
  readonly shard: number;
  readonly part: number;
  /** Its finest rung with stacks: the retention class. */
  readonly finest: number;
  /** Of a compacted row: shard → newest part in it. */
  readonly covers: ReadonlyMap<number, number> | null;
}

export interface PlannedNodes<Row extends PlanRow> {
  readonly row: Row;
  /** Width → starts of the nodes to read from this row, ascending. */
  readonly nodes: ReadonlyMap<number, readonly number[]>;
}

/** The widest windows: every other lies within one. */
const WIDEST = RUNGS[RUNGS.length - 1]!;
const HOUR_RUNGS = [60, 600, 3600] as const;

/** Rungs of a row that hold stacks, finest first. */
export function stackRungsOf({ width, finest }: Pick<PlanRow, "width" | "finest">): readonly number[] {
  if (finest === 10 || finest === SPAN_CLASS) return [SLOT_SECONDS];
  if (finest === 60) return HOUR_RUNGS;
  return RUNGS.filter((rung) => rung >= finest && rung <= width);
}

/** Rungs of a row that hold sums, finest first. */
function sumRungsOf(row: PlanRow): readonly number[] {
  if (row.finest === HOUR_SECONDS) return [TOTALS_OF_WINDOW, ...stackRungsOf(row)];
  if (row.finest === DAY_SECONDS) return [TOTALS_OF_DAYS, ...stackRungsOf(row)];
  return stackRungsOf(row);
}

/**
 * The fewest nodes with stacks that cover [from, until).
 * @param rows all that may matter: of class 86400 over the range; windows and hours at its edges, wherever no wider
 *   row stands, and wherever there may be residuals
 * @param range unix seconds, multiples of 10. `widest`: no node wider than this
 */
export function planCover<Row extends PlanRow>(
  rows: readonly Row[],
  { from, until, widest = WIDEST }: { from: number; until: number; widest?: number },
): PlannedNodes<Row>[] {
  const index = indexRows(rows);
  const plan = emptyPlan<Row>();
  const rungs = RUNGS.filter((rung) => rung <= Math.max(widest, RUNGS[0]));
  const usable = ({ width, start }: TreeNode): boolean => {
    if (width >= DAY_SECONDS) return (index.day(start)[0]?.width ?? 0) >= width;
    if (width === WINDOW_SECONDS) return index.window(start).length > 0;
    return true;
  };
  for (const { from: first, until: end } of index.spans(from, until)) {
    for (const node of coverRange(first, end, rungs, usable)) addNode(plan, index, node);
  }
  return plan.finish();
}

function addNode<Row extends PlanRow>(plan: Plan<Row>, index: RowIndex<Row>, { width, start }: TreeNode): void {
  const merged = width >= DAY_SECONDS ? index.day(start) : width >= HOUR_SECONDS ? index.window(start) : [];
  if (merged.length === 0) {
    for (const row of index.hour(start)) if (stackRungsOf(row).includes(width)) plan.add(row, width, start);
    return;
  }
  for (const row of merged) plan.add(row, width, start);
  for (const row of index.residual(start, start + width, merged[0]!)) plan.add(row, HOUR_SECONDS, row.start);
}

/**
 * Nodes whose sums make the timeline of [from, until) in steps of `rung`: none wider, none across two steps.
 * @param range unix seconds, multiples of `rung`, which is one of RUNGS
 */
export function planTimeline<Row extends PlanRow>(
  rows: readonly Row[],
  { from, until, rung }: { from: number; until: number; rung: number },
): PlannedNodes<Row>[] {
  const index = indexRows(rows);
  const plan = emptyPlan<Row>();
  const addAll = (row: Row, first: number, end: number) => {
    const width = sumRungsOf(row).findLast((one) => one <= rung);
    if (width === undefined) return;
    for (let start = Math.max(first, row.start); start < Math.min(end, row.start + row.width); start += width)
      plan.add(row, width, start);
  };
  /** Takes [first, end) of compacted rows and what they lack. @returns whether there are any */
  const addMerged = (merged: readonly Row[], first: number, end: number): boolean => {
    if (merged.length === 0) return false;
    for (const row of merged) addAll(row, first, end);
    for (const row of index.residual(first, end, merged[0]!)) addAll(row, first, end);
    return true;
  };
  for (const span of index.spans(from, until)) {
    for (let day = floorTo(DAY_SECONDS, span.from); day < span.until; day += DAY_SECONDS) {
      const first = Math.max(day, span.from);
      const end = Math.min(day + DAY_SECONDS, span.until);
      if (rung >= TOTALS_OF_DAYS && addMerged(index.day(day), first, end)) continue;
      for (let window = floorTo(WINDOW_SECONDS, first); window < end; window += WINDOW_SECONDS) {
        const part = { from: Math.max(window, first), until: Math.min(window + WINDOW_SECONDS, end) };
        if (rung >= TOTALS_OF_WINDOW && addMerged(index.window(window), part.from, part.until)) continue;
        for (let hour = floorTo(HOUR_SECONDS, part.from); hour < part.until; hour += HOUR_SECONDS) {
          const finest = rung < 60 ? 10 : 60;
          for (const row of index.hour(hour)) if (row.finest === finest) addAll(row, part.from, part.until);
        }
      }
    }
  }
  return plan.finish();
}

interface RowIndex<Row> {
  /** Compacted rows that hold a day, a window: pieces of one whole. */
  day(at: number): readonly Row[];
  window(at: number): readonly Row[];
  hour(at: number): readonly Row[];
  /** Hours' rows (from 1 min up) within [from, until) that hold parts beyond what `merged` covers. */
  residual(from: number, until: number, merged: Row): Row[];
  /** [from, until) cut to the stretches of 30 d in which there are rows at all. */
  spans(from: number, until: number): { from: number; until: number }[];
}

function indexRows<Row extends PlanRow>(rows: readonly Row[]): RowIndex<Row> {
  const days = new Map<number, Row[]>();
  const windows = new Map<number, Row[]>();
  const hours = new Map<number, Row[]>();
  const inhabited = new Set<number>();
  const push = (map: Map<number, Row[]>, at: number, row: Row) => {
    const list = map.get(at);
    if (list === undefined) map.set(at, [row]);
    else list.push(row);
  };
  for (const row of rows) {
    inhabited.add(floorTo(WIDEST, row.start));
    if (row.shard !== MERGED_SHARD) push(hours, row.start, row);
    else if (row.width === WINDOW_SECONDS) push(windows, row.start, row);
    else for (let day = row.start; day < row.start + row.width; day += DAY_SECONDS) push(days, day, row);
  }
  const none: readonly Row[] = [];
  return {
    day: (at) => days.get(floorTo(DAY_SECONDS, at)) ?? none,
    window: (at) => windows.get(floorTo(WINDOW_SECONDS, at)) ?? none,
    hour: (at) => hours.get(floorTo(HOUR_SECONDS, at)) ?? none,
    residual(from, until, merged) {
      const found: Row[] = [];
      const lacks = (row: Row) => row.finest === 60 && row.part > (merged.covers?.get(row.shard) ?? 0);
      if (hours.size * HOUR_SECONDS < until - from) {
        for (const [at, list] of hours) if (at > from - HOUR_SECONDS && at < until) found.push(...list.filter(lacks));
        return found;
      }
      for (let at = floorTo(HOUR_SECONDS, from); at < until; at += HOUR_SECONDS)
        found.push(...(hours.get(at) ?? none).filter(lacks));
      return found;
    },
    spans(from, until) {
      const starts = [...inhabited].sort((a, b) => a - b);
      return starts.flatMap((start) => {
        const span = { from: Math.max(from, start), until: Math.min(until, start + WIDEST) };
        return span.from < span.until ? [span] : [];
      });
    },
  };
}

interface Plan<Row extends PlanRow> {
  add(row: Row, width: number, start: number): void;
  finish(): PlannedNodes<Row>[];
}

function emptyPlan<Row extends PlanRow>(): Plan<Row> {
  const byRow = new Map<Row, Map<number, number[]>>();
  return {
    add(row, width, start) {
      let nodes = byRow.get(row);
      if (nodes === undefined) {
        nodes = new Map();
        byRow.set(row, nodes);
      }
      const starts = nodes.get(width);
      if (starts === undefined) nodes.set(width, [start]);
      else starts.push(start);
    },
    finish: () => [...byRow].map(([row, nodes]) => ({ row, nodes })),
  };
}
