// A Push request of Pyroscope 2, read from untrusted bytes. Nothing is copied: profiles are views of the message.
//
//   PushRequest      { repeated RawProfileSeries series = 1 }
//   RawProfileSeries { repeated LabelPair labels = 1; repeated RawSample samples = 2; annotations = 3, not read }
//   RawSample        { bytes rawProfile = 1; string ID = 2 }
//   LabelPair        { string name = 1; string value = 2 }
import type { Limits } from "../../config.ts";
import { tooLarge } from "../../lib/app-error.ts";
import { ProtobufReader, WIRE } from "../protobuf.ts";

export interface PushSample {
  /** pprof, gzip or not: a view of the request. */
  readonly profile: Uint8Array;
  /** As sent; "" for none. */
  readonly id: string;
}

export type PushLabel = readonly [name: string, value: string];

export interface PushSeries {
  /** In the order sent; names may repeat. Not all, where `labelCount` is larger. */
  readonly labels: readonly PushLabel[];
  /** As sent. */
  readonly labelCount: number;
  readonly samples: readonly PushSample[];
}

const FIELD_1 = 8 + WIRE.bytes;
const FIELD_2 = 16 + WIRE.bytes;
const NO_BYTES = new Uint8Array(0);
const TEXT = new TextDecoder("utf-8", { fatal: false, ignoreBOM: true });

/** @throws AppError malformed_profile, profile_too_large (counts only: each profile is judged by itself later) */
export function readPush(bytes: Uint8Array, limits: Limits): PushSeries[] {
  const reader = new ProtobufReader(bytes);
  const series: PushSeries[] = [];
  const room = { profiles: limits.profilesPerRequest };
  while (reader.at < reader.end) {
    const tag = reader.tag();
    if (tag === FIELD_1) series.push(readSeries(reader, limits, room));
    else if (tag >>> 3 === 1) throw reader.wrongType(tag);
    else reader.skip(tag);
    if (series.length > limits.profilesPerRequest) throw tooManyProfiles(limits);
  }
  return series;
}

/** The same limits for a request that somebody else read, from JSON for example. */
export function requireFewProfiles(series: readonly PushSeries[], limits: Limits): void {
  if (series.length > limits.profilesPerRequest) throw tooManyProfiles(limits);
  let profiles = 0;
  for (const { samples } of series) {
    profiles += samples.length;
    if (profiles > limits.profilesPerRequest) throw tooManyProfiles(limits);
  }
}

function readSeries(reader: ProtobufReader, limits: Limits, room: { profiles: number }): PushSeries {
  const labels: PushLabel[] = [];
  let labelCount = 0;
  const samples: PushSample[] = [];
  const outer = reader.enter();
  while (reader.at < reader.end) {
    const tag = reader.tag();
    if (tag === FIELD_1) {
      const [name, value] = readPair(reader);
      labelCount++;
      if (labels.length < mostLabels(limits) || name.length <= LONGEST_NAMING)
        keepLabel(labels, [TEXT.decode(name), TEXT.decode(value)], limits);
    } else if (tag === FIELD_2) {
      if (--room.profiles < 0) throw tooManyProfiles(limits);
      const [profile, id] = readPair(reader);
      samples.push({ profile, id: id.length === 0 ? "" : TEXT.decode(id) });
    } else if (tag >>> 3 <= 2) throw reader.wrongType(tag);
    else reader.skip(tag);
  }
  reader.leave(outer);
  return { labels, labelCount, samples };
}

/** LabelPair and RawSample have one shape: two fields of bytes. Of a repeated field the last counts, as proto has it. */
function readPair(reader: ProtobufReader): [Uint8Array, Uint8Array] {
  let first = NO_BYTES;
  let second = NO_BYTES;
  const outer = reader.enter();
  while (reader.at < reader.end) {
    const tag = reader.tag();
    if (tag === FIELD_1) first = readBytes(reader);
    else if (tag === FIELD_2) second = readBytes(reader);
    else if (tag >>> 3 <= 2) throw reader.wrongType(tag);
    else reader.skip(tag);
  }
  reader.leave(outer);
  return [first, second];
}

function readBytes(reader: ProtobufReader): Uint8Array<ArrayBuffer> {
  const length = reader.length();
  const from = reader.at;
  reader.at += length;
  return reader.bytes.subarray(from, reader.at) as Uint8Array<ArrayBuffer>;
}

/** Of what is far over the limit only what says whose profiles these are. */
function keepLabel(labels: PushLabel[], label: PushLabel, limits: Limits): void {
  const most = mostLabels(limits);
  if (labels.length < most) labels.push(label);
  else if (NAMING.has(label[0])) {
    // Few are behind `most`, one of each name: the last counts.
    let at = most;
    while (at < labels.length && labels[at]?.[0] !== label[0]) at++;
    labels[at] = label;
  }
}

/** The labels of a series that somebody else read. */
export function keptLabels(sent: Iterable<PushLabel>, limits: Limits): PushLabel[] {
  const labels: PushLabel[] = [];
  for (const label of sent) keepLabel(labels, label, limits);
  return labels;
}

const NAMING: ReadonlySet<string> = new Set(["__name__", "service_name"]);
const LONGEST_NAMING = Math.max(...[...NAMING].map((name) => name.length));

/** Whoever names the series drops what is over the limit; but no series may have them without end. */
const mostLabels = ({ labelsPerSeries }: Limits): number => 10 * labelsPerSeries;

const tooManyProfiles = ({ profilesPerRequest }: Limits): Error =>
  tooLarge(
    "profilesPerRequest",
    `over ${profilesPerRequest}`,
    profilesPerRequest,
    "the request holds too many profiles",
  );
