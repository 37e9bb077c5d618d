// The table of events (wire-contract 1.7): what each kind adds to which profile type, under each `event` setting of a recording.
import { describe, expect, it } from "vitest";
import { LIMITS } from "../../src/config.ts";
import { decodeJfr } from "../../src/formats/jfr/decode.ts";
import { NO_SNAPSHOT } from "../../src/formats/jfr/label-snapshot.ts";
import { planJfr } from "../../src/ingest/decode-jfr.ts";
import { parseUploadParams } from "../../src/ingest/upload-params.ts";
import { type JfrChunk, type JfrClass, jfrChunk, jfrEvent, jfrLong, jfrText } from "./jfr-bytes.ts";
import { joined } from "./mutations.ts";

const [LONG, STRING, STATE, SETTING] = [10, 11, 12, 13];
/** Any number of fields that are longs; a state is the first of an event that has one. */
const kindOf = (id: number, name: string, longs: readonly string[], hasState = false): JfrClass => ({
  id,
  name,
  fields: [
    ...(hasState ? [{ name: "state", type: STATE, isPooled: true }] : []),
    ...longs.map((field) => ({ name: field, type: LONG })),
  ],
});
const CLASSES: readonly JfrClass[] = [
  { id: LONG, name: "long" },
  { id: STRING, name: "java.lang.String" },
  { id: STATE, name: "jdk.types.ThreadState", fields: [{ name: "name", type: STRING }] },
  {
    id: SETTING,
    name: "jdk.ActiveSetting",
    fields: [
      { name: "name", type: STRING },
      { name: "value", type: STRING },
    ],
  },
  kindOf(20, "jdk.ExecutionSample", ["startTime"], true),
  kindOf(21, "profiler.WallClockSample", ["startTime", "samples"], true),
  kindOf(22, "jdk.ObjectAllocationInNewTLAB", ["allocationSize", "tlabSize"]),
  kindOf(23, "jdk.ObjectAllocationOutsideTLAB", ["allocationSize"]),
  kindOf(24, "jdk.ObjectAllocationSample", ["weight"]),
  kindOf(25, "jdk.JavaMonitorEnter", ["startTime", "duration"]),
  kindOf(26, "jdk.ThreadPark", ["duration", "timeout"]),
  kindOf(27, "profiler.LiveObject", ["allocationSize", "allocationTime"]),
  kindOf(28, "profiler.Malloc", ["address", "size"]),
  kindOf(29, "profiler.Free", ["address"]),
];
const [RUNNABLE, SLEEPING] = [1, 2];
const POOLS: JfrChunk["pools"] = [
  {
    type: STATE,
    count: 2,
    entries: joined(jfrLong(RUNNABLE), jfrText("STATE_RUNNABLE"), jfrLong(SLEEPING), jfrText("STATE_SLEEPING")),
  },
];
const chunkOf = (...events: readonly Uint8Array[]) =>
  jfrChunk({ classes: CLASSES, pools: POOLS, events: joined(...events) });
const eventSetting = (value: string) => jfrEvent(SETTING, joined(jfrText("event"), jfrText(value)));
const PERIOD_NANOS = 10_000_000;

/** Sums by profile type; times are told in periods. */
function sumsOf(...chunks: readonly Uint8Array[]): Record<string, number> {
  const jfr = decodeJfr(joined(...chunks), { limits: LIMITS, periodNanos: PERIOD_NANOS, labels: NO_SNAPSHOT });
  if (jfr === null) return {};
  const params = parseUploadParams(new URLSearchParams("name=shop&sampleRate=100"), 0, LIMITS);
  const { sampleValues } = jfr.profile;
  const width = jfr.columns.length;
  return Object.fromEntries(
    planJfr(jfr, params).map(({ info }, column) => {
      const sum = sampleValues.filter((_, i) => i % width === column).reduce((a, b) => a + b, 0n);
      return [info.id, Number(sum) / (/^(process_cpu|wall):/.test(info.id) ? PERIOD_NANOS : 1)];
    }),
  );
}

const CPU = "process_cpu:cpu:nanoseconds:cpu:nanoseconds";
const WALL = "wall:wall:nanoseconds:wall:nanoseconds";
const running = jfrEvent(20, jfrLong(RUNNABLE, 5));
const asleep = jfrEvent(20, jfrLong(SLEEPING, 6));
const runningBatch = jfrEvent(21, jfrLong(RUNNABLE, 7, 100));
const asleepBatch = jfrEvent(21, jfrLong(SLEEPING, 8, 1000));

interface Kind {
  readonly kind: string;
  readonly events: readonly Uint8Array[];
  /** Under any other event than wall. */
  readonly sums: Readonly<Record<string, number>>;
  readonly byWall?: Readonly<Record<string, number>>;
}

const KINDS: readonly Kind[] = [
  { kind: "ExecutionSample, running", events: [running, running], sums: { [CPU]: 2 }, byWall: { [CPU]: 2, [WALL]: 2 } },
  { kind: "ExecutionSample, asleep", events: [asleep], sums: {}, byWall: { [WALL]: 1 } },
  {
    kind: "WallClockSample, running",
    events: [runningBatch],
    sums: { [WALL]: 100 },
    byWall: { [WALL]: 100, [CPU]: 100 },
  },
  { kind: "WallClockSample, asleep", events: [asleepBatch], sums: { [WALL]: 1000 } },
  {
    kind: "samples of both clocks",
    events: [running, asleepBatch, asleep, runningBatch, running],
    sums: { [CPU]: 2, [WALL]: 1100 },
    byWall: { [CPU]: 102, [WALL]: 1103 },
  },
  {
    kind: "ObjectAllocationInNewTLAB",
    events: [jfrEvent(22, jfrLong(24, 4096)), jfrEvent(22, jfrLong(24, 8192))],
    sums: {
      "memory:alloc_in_new_tlab_objects:count:space:bytes": 2,
      "memory:alloc_in_new_tlab_bytes:bytes:space:bytes": 12_288,
    },
  },
  {
    kind: "ObjectAllocationOutsideTLAB",
    events: [jfrEvent(23, jfrLong(1000))],
    sums: {
      "memory:alloc_outside_tlab_objects:count:space:bytes": 1,
      "memory:alloc_outside_tlab_bytes:bytes:space:bytes": 1000,
    },
  },
  {
    kind: "ObjectAllocationSample",
    events: [jfrEvent(24, jfrLong(600)), jfrEvent(24, jfrLong(7))],
    sums: {
      "memory:alloc_sample_objects:count:space:bytes": 2,
      "memory:alloc_sample_bytes:bytes:space:bytes": 607,
    },
  },
  {
    kind: "JavaMonitorEnter, in ticks",
    events: [jfrEvent(25, jfrLong(9, 300)), jfrEvent(25, jfrLong(9, 40))],
    sums: { "mutex:contentions:count:mutex:count": 2, "mutex:delay:nanoseconds:mutex:count": 340 },
  },
  {
    kind: "ThreadPark, in ticks",
    events: [jfrEvent(26, jfrLong(77, 5))],
    sums: { "block:contentions:count:block:count": 1, "block:delay:nanoseconds:block:count": 77 },
  },
  {
    kind: "LiveObject",
    events: [jfrEvent(27, jfrLong(512, 3)), jfrEvent(27, jfrLong(512, 4))],
    sums: { "memory:live:count:objects:count": 2 },
  },
  {
    kind: "Malloc, which no Free takes back",
    events: [jfrEvent(28, jfrLong(9, 64)), jfrEvent(28, jfrLong(10, 36)), jfrEvent(29, jfrLong(9))],
    sums: { "memory:malloc_objects:count::": 2, "memory:malloc_bytes:bytes::": 100 },
  },
];
/** "": none is told. */
const SETTINGS = ["", "cpu", "itimer", "ctimer", "alloc", "wall"];

describe.each(SETTINGS)('a recording by "%s"', (event) => {
  const setting = eventSetting(event);
  it.each(KINDS)("counts $kind", ({ events, sums, byWall }) => {
    const expected = event === "wall" ? (byWall ?? sums) : sums;
    if (event === "") expect(sumsOf(chunkOf(...events))).toEqual(expected);
    expect(sumsOf(chunkOf(setting, ...events))).toEqual(expected);
    expect(sumsOf(chunkOf(...events, setting))).toEqual(expected);
  });
});

describe("a recording of several chunks", () => {
  const all = KINDS.flatMap(({ events }) => events);
  const half = Math.floor(all.length / 2);

  it.each(["cpu", "wall"])("by %s counts the same wherever it says so", (event) => {
    const once = sumsOf(chunkOf(eventSetting(event), ...all));
    expect(once[CPU]).toBe(event === "wall" ? 204 : 4);
    expect(once[WALL]).toBe(event === "wall" ? 2206 : 2200);
    expect(sumsOf(chunkOf(...all), chunkOf(eventSetting(event)))).toEqual(once);
    expect(sumsOf(chunkOf(...all.slice(0, half)), chunkOf(...all.slice(half), eventSetting(event)))).toEqual(once);
    expect(sumsOf(chunkOf(eventSetting(event), ...all.slice(0, half)), chunkOf(), chunkOf(...all.slice(half)))).toEqual(
      once,
    );
  });
});
