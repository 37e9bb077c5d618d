// What is read of which events (wire-contract 1.7): each adds to columns of the profile.
import type { JfrCursor, JfrString } from "./jfr-cursor.ts";
import { type ClassPlan, skipField } from "./metadata.ts";

export interface JfrColumn {
  /** `__name__` of its profile type. */
  readonly metric: string;
  readonly type: string;
  readonly unit: string;
  readonly periodType: string;
  readonly periodUnit: string;
}

const column = (metric: string, type: string, unit: string, periodType: string, periodUnit: string): JfrColumn => ({
  metric,
  type,
  unit,
  periodType,
  periodUnit,
});

/** All that JFR can give; a profile has those of them that occur. */
export const COLUMNS = {
  cpu: column("process_cpu", "cpu", "nanoseconds", "cpu", "nanoseconds"),
  wall: column("wall", "wall", "nanoseconds", "wall", "nanoseconds"),
  inTlabObjects: column("memory", "alloc_in_new_tlab_objects", "count", "space", "bytes"),
  inTlabBytes: column("memory", "alloc_in_new_tlab_bytes", "bytes", "space", "bytes"),
  outsideTlabObjects: column("memory", "alloc_outside_tlab_objects", "count", "space", "bytes"),
  outsideTlabBytes: column("memory", "alloc_outside_tlab_bytes", "bytes", "space", "bytes"),
  sampledObjects: column("memory", "alloc_sample_objects", "count", "space", "bytes"),
  sampledBytes: column("memory", "alloc_sample_bytes", "bytes", "space", "bytes"),
  contentions: column("mutex", "contentions", "count", "mutex", "count"),
  contentionDelay: column("mutex", "delay", "nanoseconds", "mutex", "count"),
  parks: column("block", "contentions", "count", "block", "count"),
  parkDelay: column("block", "delay", "nanoseconds", "block", "count"),
  live: column("memory", "live", "count", "objects", "count"),
  mallocObjects: column("memory", "malloc_objects", "count", "space", "bytes"),
  mallocBytes: column("memory", "malloc_bytes", "bytes", "space", "bytes"),
} as const;
export type ColumnName = keyof typeof COLUMNS;

/** Fields that an event may have; absent ones are 0. */
export interface EventFields {
  stackTrace: number;
  state: number;
  samples: number;
  tlabSize: number;
  allocationSize: number;
  weight: number;
  size: number;
  /** Ticks. */
  duration: number;
  contextId: number;
  spanName: number;
  /** 16 hexadecimal digits; empty when the event has none. */
  spanId: string;
}
type FieldName = Exclude<keyof EventFields, "spanId">;

const FIELD_NAMES: readonly FieldName[] = [
  "stackTrace",
  "state",
  "samples",
  "tlabSize",
  "allocationSize",
  "weight",
  "size",
  "duration",
  "contextId",
  "spanName",
];
const IS_FIELD: ReadonlySet<string> = new Set(FIELD_NAMES);

/** What is asked of whoever sums up: `state` is the name of the thread's state. */
export type Measure = (fields: EventFields, state: () => string) => readonly (readonly [ColumnName, number])[];

/** Times on processor and clock are counts here; the sampling period multiplies them in the end. */
export const EVENTS: Readonly<Record<string, Measure>> = {
  // Whether it is wall time as well is the recording's setting: see decode.ts.
  "jdk.ExecutionSample": (_, state) =>
    state() === "STATE_SLEEPING"
      ? [["wall", 1]]
      : [
          ["cpu", 1],
          ["wall", 1],
        ],
  "profiler.WallClockSample": ({ samples }, state) =>
    state() === "STATE_RUNNABLE"
      ? [
          ["wall", samples],
          ["cpu", samples],
        ]
      : [["wall", samples]],
  "jdk.ObjectAllocationInNewTLAB": ({ tlabSize }) => [
    ["inTlabObjects", 1],
    ["inTlabBytes", tlabSize],
  ],
  "jdk.ObjectAllocationOutsideTLAB": ({ allocationSize }) => [
    ["outsideTlabObjects", 1],
    ["outsideTlabBytes", allocationSize],
  ],
  "jdk.ObjectAllocationSample": ({ weight }) => [
    ["sampledObjects", 1],
    ["sampledBytes", weight],
  ],
  "jdk.JavaMonitorEnter": ({ duration }) => [
    ["contentions", 1],
    ["contentionDelay", duration],
  ],
  "jdk.ThreadPark": ({ duration }) => [
    ["parks", 1],
    ["parkDelay", duration],
  ],
  "profiler.LiveObject": () => [["live", 1]],
  "profiler.Malloc": ({ size }) => [
    ["mallocObjects", 1],
    ["mallocBytes", size],
  ],
};

export const noFields = (): EventFields => ({
  stackTrace: 0,
  state: 0,
  samples: 0,
  tlabSize: 0,
  allocationSize: 0,
  weight: 0,
  size: 0,
  duration: 0,
  contextId: 0,
  spanName: 0,
  spanId: "",
});

/** Reads an event's fields into `into`. */
export function readEvent(cursor: JfrCursor, { fields }: ClassPlan, into: EventFields): void {
  for (const name of FIELD_NAMES) into[name] = 0;
  into.spanId = "";
  for (const field of fields) {
    if (field.name === "spanId" && field.kind === "long" && !field.isArray) into.spanId = cursor.bits();
    else if (IS_FIELD.has(field.name) && field.kind === "long" && !field.isArray)
      into[field.name as FieldName] = cursor.long();
    else skipField(cursor, field);
  }
}

/** A setting of the recording: its name and value. */
export function readSetting(cursor: JfrCursor, { fields }: ClassPlan): { name: JfrString; value: JfrString } {
  const setting: { name: JfrString; value: JfrString } = { name: null, value: null };
  for (const field of fields) {
    const isText = field.kind === "string" && !field.isArray;
    if (isText && field.name === "name") setting.name = cursor.string();
    else if (isText && field.name === "value") setting.value = cursor.string();
    else skipField(cursor, field);
  }
  return setting;
}
