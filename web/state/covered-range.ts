// Whether an answer covers more than was asked for, and why, in words.
import { parseTime, resolveTime, type TimeRange, type Zone } from "./time-form.ts";
import { fullText } from "./time-text.ts";

/** Unix seconds. */
export interface Covered {
  readonly from: number;
  readonly until: number;
}

/** Every range is widened to slots of 10 s: not worth a word. Nor is what a clock may be wrong by, where "now" is asked for. */
const UNSAID_SECONDS = 20;
const UNSAID_OF_NOW_SECONDS = 90;
const STEPS = [
  [60, "minute"],
  [3600, "hour"],
  [86_400, "day"],
] as const;

/** null when it is what was asked for. */
export function coveredText(asked: TimeRange, covered: Covered, nowSeconds: number, zone: Zone): string | null {
  const before = resolveTime(asked.from, nowSeconds) - covered.from;
  const after = covered.until - resolveTime(asked.until, nowSeconds);
  const wider = Math.max(before, after);
  const isRelative = [asked.from, asked.until].some((text) => parseTime(text)?.kind === "relative");
  if (wider <= (isRelative ? UNSAID_OF_NOW_SECONDS : UNSAID_SECONDS)) return null;
  const edge = before >= after ? covered.from : covered.until;
  // The coarsest step that the edge lies on and that is not larger than needed.
  const step = STEPS.find(([seconds]) => wider <= seconds && edge % seconds === 0)?.[1] ?? "day";
  return `Shown: ${fullText(covered.from, zone)} to ${fullText(covered.until, zone)}. What is this old is kept per ${step}.`;
}
