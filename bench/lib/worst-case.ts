// How many stored objects a question takes at most: the real planner over the rows that an app of any age has, asked for very
// many ranges. `worstCase` draws them; `hardRanges` goes through them: at every phase of the ladder, every beginning that can make a
// difference.
import {
  DAY_SECONDS,
  HOUR_SECONDS,
  MERGED_SHARD,
  MERGED_WIDTHS,
  RETENTION,
  TOTALS_OF_DAYS,
  WINDOW_SECONDS,
} from "../../src/config.ts";
import { finestSums } from "../../src/query/range-plan.ts";
import { oldTimelineGrid } from "../../src/query/timeline-grid.ts";
import { type PlanRow, planCover, planTimeline } from "../../src/segment/cover-plan.ts";
import { floorTo, timelineRung } from "../../src/segment/ladder.ts";

interface Range {
  readonly from: number;
  readonly until: number;
}

export interface WorstCase {
  readonly objects: number;
  readonly mean: number;
  readonly ranges: number;
  /** The range that takes the most, unix seconds. */
  readonly from: number;
  readonly until: number;
}

/** An hour is sealed, and a window compacted, up to so long after its end. */
const SEAL_LAG_S = 120;
const COMPACTION_LAG_S = 1800;
const YEAR_S = 365 * DAY_SECONDS;
const MONTH_S = MERGED_WIDTHS[3];

/** @param random numbers in [0, 1) */
export function worstCase(shards: number, ranges: number, random: () => number): WorstCase {
  const found = tally();
  // The rows change slowly: each moment serves many ranges.
  const rangesPerMoment = 50;
  for (let asked = 0; asked < ranges; asked += rangesPerMoment) {
    const now = floorTo(10, 1_790_000_000 + random() * 2 * YEAR_S);
    const rows = rowsAt(now, shards);
    for (let i = 0; i < rangesPerMoment; i++) {
      // Half of them of any order of magnitude, half of any length.
      const length = i % 2 === 0 ? 10 ** (1 + random() * Math.log10(YEAR_S / 10)) : YEAR_S * random();
      const range = snapped({ from: floorTo(10, now - length), until: now }, now);
      found.note(range, planCover(rows, range).length);
    }
  }
  return found.worst();
}

export interface HardRanges {
  /** Stacks alone, of ranges that end now, and of any. */
  readonly endsNow: WorstCase;
  readonly any: WorstCase;
  /** Stacks and the timeline of the old API, as `/render` asks. */
  readonly renderedNow: WorstCase;
  readonly renderedAny: WorstCase;
}

export interface HardSteps {
  /** Between moments at which is asked: they go through all phases of 30 d. */
  readonly moments: number;
  /** Between beginnings within the last 16 days, and before. */
  readonly starts: number;
  readonly farStarts: number;
  /** Between ends that are not now, within the last 16 days; before, ten days. Null: all end now. */
  readonly ends: number | null;
}

/**
 * Edges lie 10 s behind an hour: there an hour's 10 s, minutes and tens of minutes are all needed, and no other edge within the
 * hour needs more objects.
 */
export function hardRanges(shards: number, steps: HardSteps): HardRanges {
  const tallies = { endsNow: tally(), any: tally(), renderedNow: tally(), renderedAny: tally() };
  const first = floorTo(MONTH_S, 1_790_000_000);
  for (let hours = 0; hours < MONTH_S; hours += steps.moments) {
    // The last hour has just been sealed, and nothing younger merged than must be.
    const now = first + hours + SEAL_LAG_S + 10;
    const rows = rowsAt(now, shards);
    const startsBefore = (until: number) => [...pastEdges(until, steps.starts, steps.farStarts, YEAR_S)];
    const ends = steps.ends === null ? [] : pastEdges(now, steps.ends, 10 * DAY_SECONDS, YEAR_S);
    for (const until of [now, ...ends]) {
      for (const from of startsBefore(until)) {
        const range = snapped({ from, until }, now);
        const stacks = planCover(near(rows, range), range).map(({ row }) => row);
        const drawn = new Set([...stacks, ...timelineRows(rows, range, now)]).size;
        tallies.any.note(range, stacks.length);
        tallies.renderedAny.note(range, drawn);
        if (until !== now) continue;
        tallies.endsNow.note(range, stacks.length);
        tallies.renderedNow.note(range, drawn);
      }
    }
  }
  const { endsNow, any, renderedNow, renderedAny } = tallies;
  return {
    endsNow: endsNow.worst(),
    any: any.worst(),
    renderedNow: renderedNow.worst(),
    renderedAny: renderedAny.worst(),
  };
}

const NEAR_S = 16 * DAY_SECONDS;

/** Edges 10 s behind an hour, the newest first. */
function* pastEdges(before: number, nearStep: number, farStep: number, longest: number): Generator<number> {
  const newest = floorTo(HOUR_SECONDS, before - 20) + 10;
  let at = newest;
  for (; at > newest - NEAR_S; at -= nearStep) yield at;
  for (; at > before - longest; at -= farStep) yield at;
}

/** What a plan of stacks may need: narrow rows only at the edges, and where no day stands. */
const near = (rows: readonly PlanRow[], { from, until }: Range): PlanRow[] =>
  rows.filter(
    ({ start, width }) =>
      overlaps({ start, width }, { from, until }) &&
      (width >= DAY_SECONDS || start < from + 2 * DAY_SECONDS || start > until - 2 * DAY_SECONDS),
  );

const overlaps = ({ start, width }: Pick<PlanRow, "start" | "width">, { from, until }: Range): boolean =>
  start < until && start + width > from;

function timelineRows(rows: readonly PlanRow[], { from, until }: Range, now: number): PlanRow[] {
  const dropped = {
    10: now - RETENTION[10],
    60: now - RETENTION[60],
    3600: now - RETENTION[3600],
    86400: 0,
  };
  const grid = oldTimelineGrid(from, until, { leastStep: finestSums(from, dropped) });
  const end = grid.start + grid.stepSeconds * grid.count;
  const rung = timelineRung(grid.start, grid.stepSeconds);
  const drawn = { from: grid.start, until: end };
  const some = rung < TOTALS_OF_DAYS ? rows.filter((row) => overlaps(row, drawn)) : near(rows, drawn);
  return planTimeline(some, { ...drawn, rung }).map(({ row }) => row);
}

function tally() {
  let worst = { objects: 0, from: 0, until: 0 };
  let sum = 0;
  let ranges = 0;
  return {
    note({ from, until }: Range, objects: number): void {
      ranges++;
      sum += objects;
      if (objects > worst.objects) worst = { objects, from, until };
    },
    worst: (): WorstCase => ({ ...worst, mean: sum / Math.max(1, ranges), ranges }),
  };
}

/** Ranges begin and end at the finest nodes that are kept there, as the reader's do. */
const snapped = ({ from, until }: Range, now: number): Range => ({
  from: floorTo(gridAt(from, now), from),
  until: until === now ? until : Math.min(now, Math.ceil(until / gridAt(until, now)) * gridAt(until, now)),
});

function gridAt(at: number, now: number): number {
  if (at < now - RETENTION[3600]) return DAY_SECONDS;
  if (at < now - RETENTION[60]) return HOUR_SECONDS;
  return at < now - RETENTION[10] ? 60 : 10;
}

/** Rows of an app of more than a year that gets uploads all the time, each hour one part of each shard. */
export function rowsAt(now: number, shards: number): PlanRow[] {
  const rows: PlanRow[] = [];
  for (
    let start = floorTo(HOUR_SECONDS, now - RETENTION[60]);
    start + HOUR_SECONDS + SEAL_LAG_S <= now;
    start += HOUR_SECONDS
  ) {
    for (let shard = 0; shard < shards; shard++) {
      const hour = { width: HOUR_SECONDS, start, shard, part: start / HOUR_SECONDS, covers: null };
      rows.push({ ...hour, finest: 60 });
      if (start + HOUR_SECONDS > now - RETENTION[10]) rows.push({ ...hour, finest: 10 });
    }
  }
  const merged = (width: number, start: number, finest: number): PlanRow => ({
    width,
    start,
    shard: MERGED_SHARD,
    part: 1,
    finest,
    covers: new Map(Array.from({ length: shards }, (_, shard) => [shard, (start + width) / HOUR_SECONDS - 1])),
  });
  const compactedUntil = now - COMPACTION_LAG_S;
  for (
    let start = floorTo(WINDOW_SECONDS, now - RETENTION[3600]);
    start + WINDOW_SECONDS <= compactedUntil;
    start += WINDOW_SECONDS
  )
    rows.push(merged(WINDOW_SECONDS, start, HOUR_SECONDS));
  // Each day is in the widest row that is over.
  let at = floorTo(MONTH_S, now - 2 * YEAR_S);
  for (const width of [MERGED_WIDTHS[3], MERGED_WIDTHS[2], MERGED_WIDTHS[1]]) {
    for (; at + width <= compactedUntil; at += width) rows.push(merged(width, at, DAY_SECONDS));
  }
  return rows;
}
