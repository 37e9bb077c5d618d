// Distances between the lines of a value axis: round in the unit that people read (seconds, MiB), not in the raw one.
import type { ValueUnits } from "../../src/view/format.ts";

const SECOND_STEPS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200, 86_400];
const DAY = 86_400;

/** Raw units per second; null for what is no time. */
function unitsPerSecond({ units, sampleRate }: ValueUnits): number | null {
  if (units === "samples") return sampleRate > 0 ? sampleRate : null;
  if (units.endsWith("nanoseconds")) return 1e9;
  if (units === "microseconds") return 1e6;
  if (units === "milliseconds") return 1e3;
  return units === "seconds" ? 1 : null;
}

/** Rising; in raw units. */
export function valueSteps(of: ValueUnits): number[] {
  const perSecond = unitsPerSecond(of);
  if (perSecond !== null) {
    const below = decades(1e-9, 9);
    const above = decades(DAY * 10, 8);
    return [...below, ...SECOND_STEPS, DAY * 2, DAY * 5, ...above].map((seconds) => seconds * perSecond);
  }
  if (of.units === "bytes") return Array.from({ length: 60 }, (_none, power) => 2 ** power);
  return decades(1, 16);
}

/** 1, 2, 5, 10, 20, 50 … from a start. */
function decades(start: number, count: number): number[] {
  return Array.from({ length: count }, (_none, power) => [1, 2, 5].map((step) => step * start * 10 ** power)).flat();
}

/** `1.00 min` → `1 min`: on an axis equal digits are noise. */
export const axisText = (text: string): string =>
  text.replace(/\.(\d*?)0+(?!\d)/, (_all, kept: string) => (kept === "" ? "" : `.${kept}`));
