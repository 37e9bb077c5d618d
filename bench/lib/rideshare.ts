// The rideshare app as the benches send it: 3 regions × 3 vehicles, one pprof of about 5 kB with 8 profile types from each of
// the nine every 10 s. That is 28 million uploads a year.
//
// Stacks and weights are the demo's (scripts/demo). Values differ from body to body; a pool of bodies is made once, so that
// the driver costs little, and no body is sent twice under one name and range.
import { gzipSync } from "node:zlib";
import type { WeightedStack } from "../../scripts/demo/call-tree.ts";
import { NORMAL_CPU, VEHICLES } from "../../scripts/demo/cpu-stacks.ts";
import { HELD_MUTEXES, MEMORY } from "../../scripts/demo/other-stacks.ts";
import { type PprofSample, writePprof } from "../../scripts/demo/pprof-writer.ts";
import { apportion, type Random, randomOf } from "../../scripts/demo/random.ts";
import { REGIONS } from "../../scripts/demo/story.ts";
import type { LoadRequest } from "./load.ts";

export const SLOT_S = 10;
export const INSTANCES = REGIONS.flatMap(({ region }) => VEHICLES.map(({ vehicle }) => ({ region, vehicle })));

const VALUE_TYPES = [
  { type: "samples", unit: "count" },
  { type: "cpu", unit: "nanoseconds" },
  { type: "alloc_objects", unit: "count" },
  { type: "alloc_space", unit: "bytes" },
  { type: "inuse_objects", unit: "count" },
  { type: "inuse_space", unit: "bytes" },
  { type: "contentions", unit: "count" },
  { type: "delay", unit: "nanoseconds" },
] as const;
const NANOSECONDS_PER_SAMPLE = 10_000_000;
/** An instance's bodies come round after an hour: a block must not hold one twice, or it would compress too well. */
const VARIANTS = 361;

export interface RideshareBody {
  readonly bytes: Uint8Array;
  /** Stacks with a value, over all types: what a store keeps one number for. */
  readonly sampledStacks: number;
}

/**
 * The request of an instance for a slot: the same instance and slot give the same request. Instances from the tenth on are
 * further pods of the nine.
 */
export function rideshareUpload(app: string, instance: number, slotS: number): LoadRequest {
  const { region, vehicle } = INSTANCES[instance % INSTANCES.length] as (typeof INSTANCES)[number];
  const pod = instance < INSTANCES.length ? "" : `%2Cpod%3Dp${Math.floor(instance / INSTANCES.length)}`;
  const query = `name=${app}%7Bregion%3D${region}%2Cvehicle%3D${vehicle}${pod}%7D&from=${slotS}&until=${slotS + SLOT_S}&format=pprof`;
  const body = rideshareBody(instance, slotS).bytes;
  return { method: "POST", path: `/ingest?${query}`, body, contentType: "binary/octet-stream" };
}

const pool = new Map<string, RideshareBody>();

export function rideshareBody(instance: number, slotS: number): RideshareBody {
  const { region, vehicle } = INSTANCES[instance % INSTANCES.length] as (typeof INSTANCES)[number];
  const key = `${region}/${vehicle}/${Math.floor(slotS / SLOT_S) % VARIANTS}`;
  let body = pool.get(key);
  if (body === undefined) {
    body = makeBody(vehicle, randomOf("rideshare", key));
    pool.set(key, body);
  }
  return body;
}

function makeBody(vehicle: string, random: Random): RideshareBody {
  const isOurs = ({ labels }: WeightedStack) => labels.vehicle === undefined || labels.vehicle === vehicle;
  const samples = [
    ...valuesOf(NORMAL_CPU.filter(isOurs), Math.round(300 + 600 * random()), random, (value) => [
      [0, value],
      [1, value * NANOSECONDS_PER_SAMPLE],
    ]),
    ...memorySamples(MEMORY.filter(isOurs), random),
    ...valuesOf(HELD_MUTEXES.filter(isOurs), Math.round(20 + 60 * random()), random, (value) => [
      [6, value],
      [7, Math.round(value * 130_000 * (0.7 + 0.6 * random()))],
    ]),
  ];
  const period = { type: "cpu", unit: "nanoseconds" } as const;
  const pprof = writePprof({
    valueTypes: VALUE_TYPES,
    periodType: period,
    period: NANOSECONDS_PER_SAMPLE,
    startS: 1_790_000_000,
    durationS: SLOT_S,
    binary: "/rideshare",
    samples,
  });
  const sampledStacks = samples.reduce((sum, { values }) => sum + values.filter((value) => value !== 0).length, 0);
  return { bytes: new Uint8Array(gzipSync(pprof)), sampledStacks };
}

function memorySamples(stacks: readonly WeightedStack[], random: Random): PprofSample[] {
  const made = apportion(4e8 * (0.5 + random()), weights(stacks), 0.15, random);
  const kept = apportion(
    3e7 * (0.5 + random()),
    stacks.map((stack) => stack.keptWeight),
    0.1,
    random,
  );
  return stacks.flatMap(({ stack, objectBytes }, i) => {
    const [allocated, inUse] = [Math.round(made[i] ?? 0), Math.round(kept[i] ?? 0)];
    if (allocated + inUse === 0) return [];
    const values = [0, 0, Math.ceil(allocated / objectBytes), allocated, Math.ceil(inUse / objectBytes), inUse, 0, 0];
    return [{ stack, values, labels: {} }];
  });
}

function valuesOf(
  stacks: readonly WeightedStack[],
  amount: number,
  random: Random,
  columns: (part: number) => readonly (readonly [column: number, value: number])[],
): PprofSample[] {
  const parts = apportion(amount, weights(stacks), 0.12, random);
  return stacks.flatMap(({ stack }, i) => {
    const part = parts[i] ?? 0;
    if (part === 0) return [];
    const values = VALUE_TYPES.map(() => 0);
    for (const [column, value] of columns(part)) values[column] = value;
    return [{ stack, values, labels: {} }];
  });
}

const weights = (stacks: readonly WeightedStack[]): number[] => stacks.map(({ weight }) => weight);
