// How many stored objects a range that ends now takes at most: the real planner over the rows that an app of any age has, asked
// for very many ranges.
import { DAY_SECONDS, HOUR_SECONDS, MERGED_SHARD, MERGED_WIDTHS, RETENTION, WINDOW_SECONDS } from "../../src/config.ts";
import { type PlanRow, planCover } from "../../src/segment/cover-plan.ts";
import { floorTo } from "../../src/segment/ladder.ts";

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

/** @param random numbers in [0, 1) */
export function worstCase(shards: number, ranges: number, random: () => number): WorstCase {
  let worst = { objects: 0, from: 0, until: 0 };
  let sum = 0;
  // The rows change slowly: each moment serves many ranges.
  const rangesPerMoment = 50;
  for (let asked = 0; asked < ranges; asked += rangesPerMoment) {
    const now = floorTo(10, 1_790_000_000 + random() * 2 * YEAR_S);
    const rows = rowsAt(now, shards);
    for (let i = 0; i < rangesPerMoment; i++) {
      // Half of them of any order of magnitude, half of any length.
      const length = i % 2 === 0 ? 10 ** (1 + random() * Math.log10(YEAR_S / 10)) : YEAR_S * random();
      const from = snapped(floorTo(10, now - length), now);
      const objects = planCover(rows, { from, until: now }).length;
      sum += objects;
      if (objects > worst.objects) worst = { objects, from, until: now };
    }
  }
  return { ...worst, mean: sum / ranges, ranges };
}

/** Ranges begin at the finest nodes that are kept there, as the reader's do. */
function snapped(from: number, now: number): number {
  if (from < now - RETENTION[3600]) return floorTo(DAY_SECONDS, from);
  if (from < now - RETENTION[60]) return floorTo(HOUR_SECONDS, from);
  if (from < now - RETENTION[10]) return floorTo(60, from);
  return from;
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
  let at = floorTo(MERGED_WIDTHS[3], now - 2 * YEAR_S);
  for (const width of [MERGED_WIDTHS[3], MERGED_WIDTHS[2], MERGED_WIDTHS[1]]) {
    for (; at + width <= compactedUntil; at += width) rows.push(merged(width, at, DAY_SECONDS));
  }
  return rows;
}
