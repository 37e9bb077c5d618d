// What is read of which events (wire-contract 1.7): each adds to columns of the profile.
import type { JfrCursor, JfrString, Words } from "./jfr-cursor.ts";
import { type ClassPlan, skipField } from "./metadata.ts";
import { ROLE } from "./roles.ts";

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
  // Upstream gives these no period.
  mallocObjects: column("memory", "malloc_objects", "count", "", ""),
  mallocBytes: column("memory", "malloc_bytes", "bytes", "", ""),
} as const;
export type ColumnName = keyof typeof COLUMNS;

/** What is time only in a recording that samples by the clock, and the column of it there. */
const ONLY_BY_WALL = { wallOfExecution: "wall", cpuOfWallClock: "cpu" } as const;
/** What events are counted under: the recording's `event` setting, which may come after them, says which of it counts. */
export type TallyName = ColumnName | keyof typeof ONLY_BY_WALL;

/** @returns null for what such a recording counts elsewhere: with another event, samples of both kinds say each their own time */
export function columnOf(tally: TallyName, event: string): ColumnName | null {
  if (tally !== "wallOfExecution" && tally !== "cpuOfWallClock") return tally;
  return event === "wall" ? ONLY_BY_WALL[tally] : null;
}

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
  readonly request: RequestIds;
}

/** Ids of the span and of the trace that an event was in; an absent one is 0. */
export interface RequestIds {
  /** Whether one is not: most events are in no request. */
  isKnown: boolean;
  readonly span: Words;
  /** Halves of 64 bits. */
  readonly traceHigh: Words;
  readonly traceLow: Words;
}

export const noRequest = (): RequestIds => ({
  isKnown: false,
  span: { low: 0, high: 0 },
  traceHigh: { low: 0, high: 0 },
  traceLow: { low: 0, high: 0 },
});

/** Adds up what an event says: `state` is the name of the thread's state. */
export type Measure = (
  fields: EventFields,
  add: (tally: TallyName, value: number) => void,
  state: () => string,
) => void;

/** Times on processor and clock are counts here; the sampling period multiplies them in the end. */
export const EVENTS: Readonly<Record<string, Measure>> = {
  "jdk.ExecutionSample": (_, add, state) => {
    if (state() !== "STATE_SLEEPING") add("cpu", 1);
    add("wallOfExecution", 1);
  },
  "profiler.WallClockSample": ({ samples }, add, state) => {
    add("wall", samples);
    if (state() === "STATE_RUNNABLE") add("cpuOfWallClock", samples);
  },
  "jdk.ObjectAllocationInNewTLAB": ({ tlabSize }, add) => {
    add("inTlabObjects", 1);
    add("inTlabBytes", tlabSize);
  },
  "jdk.ObjectAllocationOutsideTLAB": ({ allocationSize }, add) => {
    add("outsideTlabObjects", 1);
    add("outsideTlabBytes", allocationSize);
  },
  "jdk.ObjectAllocationSample": ({ weight }, add) => {
    add("sampledObjects", 1);
    add("sampledBytes", weight);
  },
  "jdk.JavaMonitorEnter": ({ duration }, add) => {
    add("contentions", 1);
    add("contentionDelay", duration);
  },
  "jdk.ThreadPark": ({ duration }, add) => {
    add("parks", 1);
    add("parkDelay", duration);
  },
  "profiler.LiveObject": (_, add) => add("live", 1),
  "profiler.Malloc": ({ size }, add) => {
    add("mallocObjects", 1);
    add("mallocBytes", size);
  },
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
  request: noRequest(),
});

function clear(into: EventFields): void {
  into.stackTrace = 0;
  into.state = 0;
  into.samples = 0;
  into.tlabSize = 0;
  into.allocationSize = 0;
  into.weight = 0;
  into.size = 0;
  into.duration = 0;
  into.contextId = 0;
  into.spanName = 0;
  if (into.request.isKnown) forget(into.request);
}

function forget(request: RequestIds): void {
  request.isKnown = false;
  for (const half of [request.span, request.traceHigh, request.traceLow]) {
    half.low = 0;
    half.high = 0;
  }
}

function readId(cursor: JfrCursor, request: RequestIds, half: Words): void {
  cursor.words(half);
  if ((half.low | half.high) !== 0) request.isKnown = true;
}

/** Reads an event's fields into `into`. */
export function readEvent(cursor: JfrCursor, { fields }: ClassPlan, into: EventFields): void {
  clear(into);
  for (let i = 0; i < fields.length; i++) {
    const field = fields[i]!;
    switch (field.role) {
      case ROLE.stackTrace:
        into.stackTrace = cursor.long();
        break;
      case ROLE.state:
        into.state = cursor.long();
        break;
      case ROLE.samples:
        into.samples = cursor.long();
        break;
      case ROLE.tlabSize:
        into.tlabSize = cursor.long();
        break;
      case ROLE.allocationSize:
        into.allocationSize = cursor.long();
        break;
      case ROLE.weight:
        into.weight = cursor.long();
        break;
      case ROLE.size:
        into.size = cursor.long();
        break;
      case ROLE.duration:
        into.duration = cursor.long();
        break;
      case ROLE.contextId:
        into.contextId = cursor.long();
        break;
      case ROLE.spanName:
        into.spanName = cursor.long();
        break;
      case ROLE.spanId:
        readId(cursor, into.request, into.request.span);
        break;
      case ROLE.traceIdHi:
        readId(cursor, into.request, into.request.traceHigh);
        break;
      case ROLE.traceIdLo:
        readId(cursor, into.request, into.request.traceLow);
        break;
      default:
        skipField(cursor, field);
    }
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
