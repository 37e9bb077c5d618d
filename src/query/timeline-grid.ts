// Where the slots of a timeline lie. Two customs: Pyroscope 0.3x's powers of ten, and Pyroscope 2's
// ladder of steps, which is Grafana's.
import { DAY_SECONDS as DAY, SLOT_SECONDS, TOTALS_OF_DAYS } from "../config.ts";
import { ceilTo, floorTo } from "../segment/ladder.ts";

export interface TimelineGrid {
  /** Unix seconds. */
  readonly start: number;
  readonly stepSeconds: number;
  readonly count: number;
}

/**
 * Steps of the old API's timelines, seconds: the finest that makes no more than MOST_SLOTS. 0.3x has powers of ten; ours are whole
 * nodes whose sums few segments hold: 10 s ones only while hours are few, 1 min ones to six days, 10 min ones beyond (decision 0006).
 */
const OLD_STEPS = [10, 60, 120, 300, 600, 1200, 3600, 10_800, 21_600, 86_400, 432_000, 2_592_000, 25_920_000] as const;
const MOST_SLOTS = 2160;
/** From here on, steps below 10 min would read every 6 h window. */
const LONG_SECONDS = 6 * DAY;
const V2_SLOTS_WANTED = 1500;
const V2_LEAST_STEP_SECONDS = 15;

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
 * The old API's grid around [from, until): no finer than uploads come, nor than sums are kept (`leastStep`). The last slot
 * may reach past `until` and the first before `from`, so that nothing is left out.
 */
export function oldTimelineGrid(
  fromSeconds: number,
  untilSeconds: number,
  { uploadInterval = SLOT_SECONDS, leastStep = SLOT_SECONDS }: { uploadInterval?: number; leastStep?: number } = {},
): TimelineGrid {
  const first = floorTo(SLOT_SECONDS, fromSeconds);
  const end = Math.max(ceilTo(SLOT_SECONDS, untilSeconds), first + SLOT_SECONDS);
  const least = Math.max(leastStep, end - first > LONG_SECONDS ? TOTALS_OF_DAYS : SLOT_SECONDS);
  const fits = (step: number) => step >= least && (end - first) / step <= MOST_SLOTS;
  const step = OLD_STEPS.find(fits) ?? OLD_STEPS[OLD_STEPS.length - 1] ?? SLOT_SECONDS;
  // A whole number of steps, so that no node falls into two slots.
  const stepSeconds = Math.max(step, ceilTo(step, evenStep(uploadInterval)));
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

/** The 2.x grid covers [start, end) with both snapped down to the step, which is no finer than sums are kept. */
export function v2TimelineGrid(fromSeconds: number, untilSeconds: number, leastStep = SLOT_SECONDS): TimelineGrid {
  const wanted = Math.max(V2_LEAST_STEP_SECONDS, Math.round((untilSeconds - fromSeconds) / V2_SLOTS_WANTED));
  const stepSeconds = LADDER.find(([below, step]) => wanted < below && step >= leastStep)?.[1] ?? 365 * DAY;
  const start = floorTo(stepSeconds, fromSeconds);
  const end = floorTo(stepSeconds, untilSeconds);
  return { start, stepSeconds, count: Math.max(0, (end - start) / stepSeconds) };
}

/** Index of the slot that holds a time, −1 outside. */
export function slotOf({ start, stepSeconds, count }: TimelineGrid, unixSeconds: number): number {
  const index = Math.floor((unixSeconds - start) / stepSeconds);
  return index >= 0 && index < count ? index : -1;
}
