// The profiles of the demo: what the app in a region recorded in one step, as samples.

import type { WeightedStack } from "./call-tree.ts";
import { LOCK_CPU, NORMAL_CPU } from "./cpu-stacks.ts";
import { BLOCKED, GOROUTINES, HELD_LEDGER, HELD_MUTEXES, MEMORY, WAITING } from "./other-stacks.ts";
import type { PprofSample, PprofValueType } from "./pprof-writer.ts";
import { apportion, type Random, randomOf } from "./random.ts";
import { busyCores, CPU_STEP_S, type DemoRange, incidentAt, LOCK_SHARE, OTHER_STEP_S, type Region } from "./story.ts";

export interface ProfileKind {
  readonly stepS: number;
  readonly valueTypes: readonly PprofValueType[];
  readonly periodType: PprofValueType;
  readonly period: number;
  /** The parameters and the part that the current Go client sends with this kind. */
  readonly form: { readonly sampleRate: number; readonly units: string; readonly aggregationType: string };
  readonly sampleTypeConfig: Readonly<Record<string, Readonly<Record<string, string>>>> | null;
  readonly record: (moment: Moment) => PprofSample[];
}

interface Moment {
  readonly stepS: number;
  /** Cores taken without the incident. */
  readonly busy: number;
  readonly incident: keyof typeof LOCK_SHARE;
  readonly random: Random;
}

export const SAMPLES_PER_S = 100;
const NANOSECONDS_PER_SAMPLE = 10_000_000;
/** How long a stretch of waiting is, on average, and how many there are per busy core and second. */
const LEDGER_WAIT = { nanoseconds: 48_000_000, low: 4, high: 21 };
const USUAL_WAIT = { nanoseconds: 130_000, perS: 6 };
const ALLOCATED_BYTES_PER_BUSY_S = 45_000_000;

const count = (type: string): PprofValueType => ({ type, unit: "count" });
const bytes = (type: string): PprofValueType => ({ type, unit: "bytes" });
const nanoseconds = (type: string): PprofValueType => ({ type, unit: "nanoseconds" });
const noForm = { sampleRate: 0, units: "", aggregationType: "" };
const lockConfig = (name: string) => ({
  contentions: { units: "lock_samples", "display-name": `${name}_count` },
  delay: { units: "lock_nanoseconds", "display-name": `${name}_duration` },
});

export const PROFILE_KINDS = {
  cpu: {
    stepS: CPU_STEP_S,
    valueTypes: [count("samples"), nanoseconds("cpu")],
    periodType: nanoseconds("cpu"),
    period: NANOSECONDS_PER_SAMPLE,
    form: { sampleRate: SAMPLES_PER_S, units: "samples", aggregationType: "sum" },
    sampleTypeConfig: null,
    record: recordCpu,
  },
  memory: {
    stepS: OTHER_STEP_S,
    valueTypes: [count("alloc_objects"), bytes("alloc_space"), count("inuse_objects"), bytes("inuse_space")],
    periodType: bytes("space"),
    period: 524_288,
    form: { ...noForm, sampleRate: SAMPLES_PER_S },
    sampleTypeConfig: {
      alloc_objects: { units: "objects" },
      alloc_space: { units: "bytes" },
      inuse_objects: { units: "objects", aggregation: "average" },
      inuse_space: { units: "bytes", aggregation: "average" },
    },
    record: recordMemory,
  },
  goroutines: {
    stepS: OTHER_STEP_S,
    valueTypes: [count("goroutine")],
    periodType: count("goroutine"),
    period: 1,
    form: { ...noForm, units: "goroutines", aggregationType: "average" },
    sampleTypeConfig: { goroutine: { units: "goroutines", aggregation: "average", "display-name": "goroutines" } },
    record: ({ busy, incident, random }) => [
      ...samplesOf(GOROUTINES, Math.round(24 + 40 * busy), random, (value) => [value]),
      ...samplesOf(WAITING, Math.round(140 * busy * LOCK_SHARE[incident] ** 2), random, (value) => [value]),
    ],
  },
  mutex: {
    stepS: OTHER_STEP_S,
    valueTypes: [count("contentions"), nanoseconds("delay")],
    periodType: count("contentions"),
    period: 1,
    form: noForm,
    sampleTypeConfig: lockConfig("mutex"),
    record: (moment) => recordWaits(moment, HELD_MUTEXES, HELD_LEDGER),
  },
  block: {
    stepS: OTHER_STEP_S,
    valueTypes: [count("contentions"), nanoseconds("delay")],
    periodType: count("contentions"),
    period: 1,
    form: noForm,
    sampleTypeConfig: lockConfig("block"),
    record: (moment) => recordWaits(moment, BLOCKED, WAITING),
  },
} satisfies Record<string, ProfileKind>;

export type KindName = keyof typeof PROFILE_KINDS;
export const KIND_NAMES = Object.keys(PROFILE_KINDS) as KindName[];

/** The samples of one upload. They depend on the arguments only, so any upload can be told without those before it. */
export function samplesAt(range: DemoRange, kindName: KindName, region: Region, atS: number): PprofSample[] {
  const kind: ProfileKind = PROFILE_KINDS[kindName];
  return kind.record({
    stepS: kind.stepS,
    busy: busyCores(range, region, atS),
    incident: incidentAt(range, region.region, atS),
    random: randomOf(range.seed, kindName, region.region, atS),
  });
}

function recordCpu({ stepS, busy, incident, random }: Moment): PprofSample[] {
  const values = (samples: number) => [samples, samples * NANOSECONDS_PER_SAMPLE];
  const normal = Math.round(busy * stepS * SAMPLES_PER_S);
  // So many on top of the normal ones that they are exactly this share of both together.
  const share = LOCK_SHARE[incident];
  const locked = Math.round((normal * share) / (1 - share));
  return [...samplesOf(NORMAL_CPU, normal, random, values), ...samplesOf(LOCK_CPU, locked, random, values)];
}

function recordMemory({ stepS, busy, incident, random }: Moment): PprofSample[] {
  const allocated = Math.round(busy * stepS * ALLOCATED_BYTES_PER_BUSY_S);
  // Between two collections the heap grows; where cars wait for a lock, more rides are kept open.
  const inUse = Math.round((18e6 + 14e6 * busy) * (0.8 + 0.4 * random()) * (1 + LOCK_SHARE[incident]));
  const allocatedBy = apportion(allocated, weightsOf(MEMORY), 0.15, random);
  const keptBy = apportion(
    inUse,
    MEMORY.map((stack) => stack.keptWeight),
    0.1,
    random,
  );
  return MEMORY.flatMap(({ stack, labels, objectBytes }, index) => {
    const [made, kept] = [allocatedBy[index] ?? 0, keptBy[index] ?? 0];
    const values = [Math.ceil(made / objectBytes), made, Math.ceil(kept / objectBytes), kept];
    return made + kept === 0 ? [] : [{ stack, values, labels }];
  });
}

function recordWaits(moment: Moment, usual: readonly WeightedStack[], ledger: readonly WeightedStack[]): PprofSample[] {
  const { stepS, busy, incident, random } = moment;
  const waits = (averageNs: number) => (value: number) => [
    value,
    Math.round(value * averageNs * (0.7 + 0.6 * random())),
  ];
  const ledgerPerS = incident === "none" ? 0 : LEDGER_WAIT[incident];
  return [
    ...samplesOf(usual, Math.round(busy * stepS * USUAL_WAIT.perS), random, waits(USUAL_WAIT.nanoseconds)),
    ...samplesOf(ledger, Math.round(busy * stepS * ledgerPerS), random, waits(LEDGER_WAIT.nanoseconds)),
  ];
}

function samplesOf(
  stacks: readonly WeightedStack[],
  amount: number,
  random: Random,
  valuesOf: (part: number) => number[],
): PprofSample[] {
  const parts = apportion(amount, weightsOf(stacks), 0.12, random);
  return stacks.flatMap(({ stack, labels }, index) => {
    const part = parts[index] ?? 0;
    return part === 0 ? [] : [{ stack, labels, values: valuesOf(part) }];
  });
}

function weightsOf(stacks: readonly WeightedStack[]): number[] {
  return stacks.map((stack) => stack.weight);
}
