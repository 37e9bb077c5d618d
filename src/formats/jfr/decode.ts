// Java Flight Recorder bytes → one Profile with a column for each kind of event that occurs.
//
//   chunk: header of 68 bytes | events …      several chunks may follow one another
//   header: "FLR\0" | u32 version | u64 size | u64 constant pools | u64 metadata | u64 start ns | u64 duration ns
//           | u64 start ticks | u64 ticks per second | u32 features
//   event:  size | class id | fields, as the metadata says
//
// Recorders: OpenJDK (version 2.0, 2.1) and async-profiler. Delays stay in ticks, as Pyroscope keeps them.
import { DECODING, type Limits } from "../../config.ts";
import { malformed, tooLarge } from "../../lib/app-error.ts";
import { NumberMap } from "../../lib/number-map.ts";
import type { LabelSet } from "../../profile/labels.ts";
import type { Profile } from "../../profile/profile.ts";
import type { UploadNote } from "../../profile/upload-note.ts";
import { type ConstantPools, readPools } from "./constant-pools.ts";
import {
  COLUMNS,
  type ColumnName,
  columnOf,
  EVENTS,
  type EventFields,
  type JfrColumn,
  type Measure,
  noFields,
  readEvent,
  readSetting,
  type TallyName,
} from "./events.ts";
import { JfrCursor } from "./jfr-cursor.ts";
import type { LabelSnapshot } from "./label-snapshot.ts";
import { type ClassPlan, readMetadata } from "./metadata.ts";
import { type EventPlace, type JfrSamples, jfrSamples } from "./samples.ts";
import { jfrStacks } from "./stacks.ts";

const HEADER_BYTES = 68;
const MAGIC = 0x464c5200;
/** Integers are LEB128: every recorder of the last ten years says so. */
const COMPRESSED_INTEGERS = 1;
const MOST_CHUNKS = DECODING.jfrChunks;

export interface JfrOptions {
  readonly limits: Limits;
  /** Nanoseconds that one sample of time stands for. */
  readonly periodNanos: number;
  readonly labels: LabelSnapshot;
}

export interface JfrProfile {
  /** Its sample types are those of `columns`. */
  readonly profile: Profile;
  readonly columns: readonly JfrColumn[];
  /** The recording's `event` setting: cpu, itimer, wall, …; "" when it has none. */
  readonly event: string;
}

/**
 * @param bytes inflated
 * @returns null when no event of interest is in it
 * @throws AppError malformed_profile, profile_too_large
 */
export function decodeJfr(bytes: Uint8Array, options: JfrOptions): JfrProfile | null {
  const stacks = jfrStacks(options.limits, bytes.length);
  const samples = jfrSamples(options.limits);
  const labelsOf = labelReader(options.labels, options.limits);
  let event = "";
  if (bytes.length < HEADER_BYTES) throw malformed(`JFR: ${bytes.length} bytes are no chunk`);
  for (let at = 0, chunks = 0; at < bytes.length; chunks++) {
    if (chunks === MOST_CHUNKS)
      throw tooLarge("jfrChunks", `over ${MOST_CHUNKS}`, MOST_CHUNKS, "chunks of a recording");
    const chunk = readHeader(bytes.subarray(at));
    const found = readChunk(bytes.subarray(at, at + chunk.size), chunk, options.limits, { stacks, samples, labelsOf });
    if (found !== null) event = found;
    at += chunk.size;
  }
  return finish(stacks, samples, options, event);
}

interface ChunkHeader {
  readonly size: number;
  readonly pools: number;
  readonly metadata: number;
}

function readHeader(bytes: Uint8Array): ChunkHeader {
  const cursor = new JfrCursor(bytes);
  if (bytes.length < HEADER_BYTES) throw malformed(`JFR: ${bytes.length} bytes are no chunk`);
  if (cursor.u32() !== MAGIC) throw malformed("JFR: a chunk does not begin with FLR");
  const version = cursor.u32();
  if (version < 0x20000 || version > 0x2ffff)
    throw malformed(`JFR: version ${version >>> 16}.${version & 0xffff} is not 2.x`);
  const [size, pools, metadata] = [cursor.u64(), cursor.u64(), cursor.u64()];
  cursor.at = HEADER_BYTES - 4;
  if ((cursor.u32() & COMPRESSED_INTEGERS) === 0) throw malformed("JFR: integers are not compressed");
  if (size < HEADER_BYTES || size > bytes.length)
    throw malformed(`JFR: chunk of ${size} bytes, ${bytes.length} are there`);
  for (const offset of [pools, metadata])
    if (offset < HEADER_BYTES || offset >= size) throw malformed(`JFR: offset ${offset} in a chunk of ${size} bytes`);
  return { size, pools, metadata };
}

interface Sums {
  readonly stacks: ReturnType<typeof jfrStacks>;
  readonly samples: JfrSamples;
  /** One object for equal fields. */
  readonly labelsOf: (fields: EventFields) => LabelSet;
}

/** @returns the recording's `event` setting, or null when this chunk does not say */
function readChunk(
  bytes: Uint8Array,
  { pools: poolsAt, metadata }: ChunkHeader,
  limits: Limits,
  { stacks, samples, labelsOf }: Sums,
): string | null {
  const classes = readMetadata(new JfrCursor(bytes, metadata));
  const measures = measuresOf(classes.values());
  const pools = readPools(bytes, poolsAt, classes, limits);
  const nodeOf = stacks.ofChunk(pools);
  const fields = noFields();
  let event: string | null = null;
  const state = () => pools.stateName(fields.state);
  const place: EventPlace = { node: 0, labels: NO_LABELS, request: fields.request };
  const add = (tally: TallyName, value: number): void => samples.add(place, tally, value);
  const cursor = new JfrCursor(bytes);
  for (let at = HEADER_BYTES; at < bytes.length; ) {
    cursor.over(at, bytes.length);
    const size = cursor.long();
    if (!(size > 0 && size <= bytes.length - at)) throw malformed(`JFR: event of ${size} bytes at ${at}`);
    const plan = classes.get(cursor.long());
    if (plan !== undefined) {
      const body = cursor.over(cursor.at, at + size);
      const measure = measures.get(plan);
      if (measure !== undefined) {
        readEvent(body, plan, fields);
        place.node = nodeOf(fields.stackTrace);
        place.labels = labelsOf(fields);
        measure(fields, add, state);
      } else if (plan.name === "jdk.ActiveSetting") event = eventSetting(body, plan, pools) ?? event;
    }
    at += size;
  }
  return event;
}

function measuresOf(classes: Iterable<ClassPlan>): Map<ClassPlan, Measure> {
  const found = new Map<ClassPlan, Measure>();
  for (const plan of classes) {
    const measure = Object.hasOwn(EVENTS, plan.name) ? EVENTS[plan.name] : undefined;
    if (measure !== undefined) found.set(plan, measure);
  }
  return found;
}

function eventSetting(body: JfrCursor, plan: ClassPlan, pools: ConstantPools): string | null {
  const { name, value } = readSetting(body, plan);
  return pools.text(name) === "event" ? pools.text(value) : null;
}

const NO_LABELS: LabelSet = [];

function labelReader(snapshot: LabelSnapshot, limits: Limits): (fields: EventFields) => LabelSet {
  /** By the context's id, then by that of the span's name. */
  const known = new NumberMap<NumberMap<LabelSet>>();
  let count = 0;
  return (fields) => {
    const { contextId, spanName: nameId } = fields;
    if (contextId === 0 && nameId === 0) return NO_LABELS;
    let ofContext = known.get(contextId);
    const found = ofContext?.get(nameId);
    if (found !== undefined) return found;
    const context = contextId === 0 ? undefined : snapshot.contexts.get(contextId);
    const spanName = nameId === 0 ? undefined : snapshot.strings.get(nameId);
    if (context === undefined && spanName === undefined) return NO_LABELS;
    if (count++ >= limits.seriesPerUpload)
      throw tooLarge("seriesPerUpload", `over ${count - 1}`, limits.seriesPerUpload, "label sets of the events");
    const labels = labelsFor(spanName, context);
    if (ofContext === undefined) {
      ofContext = new NumberMap<LabelSet>();
      known.set(contextId, ofContext);
    }
    ofContext.set(nameId, labels);
    return labels;
  };
}

/** A span's id names an exemplar and no series: every request has its own. */
function labelsFor(
  spanName: string | undefined,
  context: readonly (readonly [string, string])[] | undefined,
): LabelSet {
  const labels = new Map(context ?? []);
  if (spanName !== undefined) labels.set("span_name", spanName);
  return [...labels].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
}

const TIMES: ReadonlySet<ColumnName> = new Set<ColumnName>(["cpu", "wall"]);

function finish(
  stacks: ReturnType<typeof jfrStacks>,
  samples: JfrSamples,
  { periodNanos }: JfrOptions,
  event: string,
): JfrProfile | null {
  const {
    names,
    nodes,
    labels,
    labelSets,
    spans,
    values,
    notes: ofSpans,
  } = samples.finish((tally) => {
    const column = columnOf(tally, event);
    return column === null ? null : { column, multiplier: TIMES.has(column) ? periodNanos : 1 };
  });
  if (names.length === 0) return null;
  const columns = names.map((name) => COLUMNS[name]);
  const notes: UploadNote[] = [...stacks.notes(), ...ofSpans];
  const profile: Profile = {
    sampleTypes: columns.map(({ type, unit }) => ({ type, unit })),
    periodType: { type: "", unit: "" },
    period: BigInt(periodNanos),
    timeNanos: 0n,
    durationNanos: 0n,
    stacks: stacks.dictionary,
    sampleNodes: nodes,
    sampleValues: values,
    sampleLabels: labels,
    labelSets,
    ...(spans.keys.length > 0 && { spans }),
    notes,
  };
  return { profile, columns, event };
}
