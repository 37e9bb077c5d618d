// What happens in the demo, and when. Times are UNIX seconds.
//
//   fromS                                 startS                                   untilS
//   |---------- three healthy regions --------|--high--|--low--|--high--|--low--| … --|
//                                             us-west-1 only; each period is `periodS` long
//
// The incident begins when two thirds of the history have gone by. During it, of all samples of
// `ride-sharing-app.cpu{region="us-west-1"}`, mutexLock and what it calls take 71 % in a high period and 33 % in a low one.

import { randomOf } from "./random.ts";

export interface DemoRange {
  readonly seed: string;
  readonly fromS: number;
  readonly untilS: number;
}

export interface TimeRange {
  readonly fromS: number;
  readonly untilS: number;
}

export const CPU_STEP_S = 60;
/** Of all kinds but cpu. Periods of the incident lie on this grid, so that no upload is across the border of two. */
export const OTHER_STEP_S = 300;
export const APP_NAME = "ride-sharing-app";
export const INCIDENT_REGION = "us-west-1";
export const LOCK_SHARE = { none: 0, low: 0.33, high: 0.71 } as const;

type Incident = keyof typeof LOCK_SHARE;

/** `cores` is what the region takes at its busiest without the incident. */
export const REGIONS = [
  { region: "us-east-1", utcOffsetHours: -5, cores: 1.3 },
  { region: "us-west-1", utcOffsetHours: -8, cores: 0.9 },
  { region: "eu-west-1", utcOffsetHours: 1, cores: 1.1 },
] as const;
export type Region = (typeof REGIONS)[number];

const SHORTEST_PERIOD_S = OTHER_STEP_S;
const PERIODS_IN_HISTORY = 72;

export function incidentTimes({ fromS, untilS }: DemoRange): { startS: number; periodS: number } {
  const spanS = untilS - fromS;
  const periodS = Math.max(SHORTEST_PERIOD_S, floorTo(OTHER_STEP_S, spanS / PERIODS_IN_HISTORY));
  return { startS: floorTo(OTHER_STEP_S, fromS + (2 / 3) * spanS), periodS };
}

export function incidentAt(range: DemoRange, region: string, atS: number): Incident {
  const { startS, periodS } = incidentTimes(range);
  if (region !== INCIDENT_REGION || atS < startS) return "none";
  return Math.floor((atS - startS) / periodS) % 2 === 0 ? "high" : "low";
}

/** The two ranges to compare: the last whole low period, and the high one before it. */
export function comparedPeriods(range: DemoRange): { query: string; low: TimeRange; high: TimeRange } {
  const { startS, periodS } = incidentTimes(range);
  const pairs = Math.floor((floorTo(CPU_STEP_S, range.untilS) - startS) / (2 * periodS));
  if (pairs < 1)
    throw new Error("The history is too short for one high and one low period: ask for half an hour or more");
  const highFromS = startS + 2 * (pairs - 1) * periodS;
  const lowFromS = highFromS + periodS;
  return {
    query: `${APP_NAME}.cpu{region="${INCIDENT_REGION}"}`,
    low: { fromS: lowFromS, untilS: lowFromS + periodS },
    high: { fromS: highFromS, untilS: lowFromS },
  };
}

/** How many cores the region is busy with at a time, without the incident: a quiet night, two rush hours, and noise. */
export function busyCores({ seed }: DemoRange, { region, utcOffsetHours, cores }: Region, atS: number): number {
  const localHour = (((atS / 3600 + utcOffsetHours) % 24) + 24) % 24;
  const rush = (peakHour: number, widthHours: number) => Math.exp(-(((localHour - peakHour) / widthHours) ** 2));
  const day = 0.3 + 0.35 * rush(8.5, 2) + 0.4 * rush(13, 4) + 0.55 * rush(18.5, 2.5) + 0.15 * rush(23, 2);
  const wobble = 1 + 0.05 * Math.sin(atS / 977) + 0.03 * Math.sin(atS / 211);
  const noise = 1 + 0.06 * (2 * randomOf(seed, "busy", region, atS)() - 1);
  return cores * day * wobble * noise;
}

export function floorTo(step: number, value: number): number {
  return Math.floor(value / step) * step;
}
