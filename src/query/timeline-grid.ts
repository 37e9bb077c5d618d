// Where the slots of a timeline lie. Two customs: Pyroscope 0.3x's powers of ten, and Pyroscope 2's
// ladder of steps, which is Grafana's.
import { SLOT_SECONDS } from "../config.ts";
import { floorTo } from "../segment/ladder.ts";

export interface TimelineGrid {
  /** Unix seconds. */
  readonly start: number;
  readonly stepSeconds: number;
  readonly count: number;
}

/** 0.3x divides a range into at least this many slots, and below ten times as many. */
const OLD_SLOTS_WANTED = 1024;
/** In place of 100 s, 1000 s …: 2 min, 20 min, 3 h, 1 d, 10 d, 100 d. */
const TREE_STEPS = [120, 1200, 10_800, 86_400, 864_000, 8_640_000] as const;
const V2_SLOTS_WANTED = 1500;
const V2_LEAST_STEP_SECONDS = 15;
const DAY = 86_400;

/** [below this many seconds, the step], as Grafana rounds an interval. */
const LADDER: readonly (readonly [belowSeconds: number, stepSeconds: number])[] = [
  [17.5, 15],
  [25, 20],
  [45, 30],
  [90, 60],
  [210, 120],
  [450, 300],
  [750, 600],
  [1050, 900],
  [1500, 1200],
  [2700, 1800],
  [5400, 3600],
  [9000, 7200],
  [16_200, 10_800],
  [32_400, 21_600],
  [DAY, 43_200],
  [7 * DAY, DAY],
  [21 * DAY, 7 * DAY],
  [42 * DAY, 30 * DAY],
];

/**
 * The 0.3x grid: 10 s slots around [from, until). Where 0.3x goes on in powers of ten (for a day and more),
 * ours takes the next step that whole nodes of the segment tree fill, so that no fine node is read for a
 * long range (decision 0006). No finer than uploads come. The last slot may reach past `until` and the
 * first before `from`, so that nothing is left out.
 */
export function oldTimelineGrid(
  fromSeconds: number,
  untilSeconds: number,
  uploadIntervalSeconds = SLOT_SECONDS,
): TimelineGrid {
  const first = floorTo(SLOT_SECONDS, fromSeconds);
  const onGrid = floorTo(SLOT_SECONDS, untilSeconds);
  const end = onGrid === untilSeconds && onGrid > first ? onGrid : Math.max(onGrid, first) + SLOT_SECONDS;
  let power = SLOT_SECONDS;
  let step = SLOT_SECONDS;
  for (const wider of TREE_STEPS) {
    if (power * 10 >= (end - first) / OLD_SLOTS_WANTED) break;
    power *= 10;
    step = wider;
  }
  const stepSeconds = Math.max(step, evenStep(uploadIntervalSeconds));
  const start = step === SLOT_SECONDS ? first : floorTo(stepSeconds, first);
  return { start, stepSeconds, count: Math.ceil((end - start) / stepSeconds) };
}

/**
 * The smallest multiple of 10 s into which uploads fall evenly. Intervals are measured and jitter, so they
 * count as the nearest multiple of 5 s: a 15 s agent gets 30 s, two uploads per slot, not 20 s with one or two.
 */
function evenStep(intervalSeconds: number): number {
  const rounded = Math.round(intervalSeconds / 5) * 5;
  if (rounded <= SLOT_SECONDS) return SLOT_SECONDS;
  return rounded % SLOT_SECONDS === 0 ? rounded : rounded * 2;
}

/** The 2.x grid covers [start, end) with both snapped down to the step. */
export function v2TimelineGrid(fromSeconds: number, untilSeconds: number): TimelineGrid {
  const wanted = Math.max(V2_LEAST_STEP_SECONDS, Math.round((untilSeconds - fromSeconds) / V2_SLOTS_WANTED));
  const stepSeconds = LADDER.find(([below]) => wanted < below)?.[1] ?? 365 * DAY;
  const start = floorTo(stepSeconds, fromSeconds);
  const end = floorTo(stepSeconds, untilSeconds);
  return { start, stepSeconds, count: Math.max(0, (end - start) / stepSeconds) };
}

/** Index of the slot that holds a time, −1 outside. */
export function slotOf({ start, stepSeconds, count }: TimelineGrid, unixSeconds: number): number {
  const index = Math.floor((unixSeconds - start) / stepSeconds);
  return index >= 0 && index < count ? index : -1;
}
