// An OTLP export request → profiles, each of one service and one sample type (wire-contract 3.3).
import type { Limits } from "../../config.ts";
import { malformed, tooLarge } from "../../lib/app-error.ts";
import { LabelDrops } from "../../profile/label-drops.ts";
import { type LabelSet, labelKey, labelSet } from "../../profile/labels.ts";
import type { Profile } from "../../profile/profile.ts";
import { SPAN_TOO_MANY, SPANLESS } from "../../profile/spans.ts";
import { spansLeftOut, type UploadNote } from "../../profile/upload-note.ts";
import type { OtlpAttribute } from "./attributes.ts";
import { type Meaning, meaningOf, weightOf } from "./meaning.ts";
import type { KeyValue, OtlpProfile, OtlpRequest, OtlpSample } from "./messages.ts";
import { SERVICE_NAMES, serviceOf } from "./service-name.ts";
import { type OtlpOptions, type StackSource, stackSource } from "./source.ts";
import { type OtlpSpans, otlpSpans } from "./spans.ts";
import { type OtlpStacks, otlpStacks } from "./stacks.ts";
import { NO_INDICES, NO_ROWS, rowsOf, type Table } from "./tables.ts";

export interface OtlpUpload {
  readonly service: string;
  /** Of the resource and the scope, without the service's name. */
  readonly labels: LabelSet;
  /** First part of its type's id. */
  readonly metric: string;
  /** One sample type. All profiles of one service share one dictionary. */
  readonly profile: Profile;
  /** On attributes of the resource and the scope; the same list for all uploads of a scope. */
  readonly attributeNotes: readonly UploadNote[];
}

const NO_ATTRIBUTES: ReadonlyMap<string, string> = new Map();

/**
 * One after another: who asks for the next has no need of the one before.
 * @throws AppError malformed_profile, profile_too_large
 */
export function* decodeOtlp(request: OtlpRequest, options: OtlpOptions): Generator<OtlpUpload> {
  const source = stackSource(request, options);
  const { limits } = source;
  const split: SplitContext = { source, typesSeen: new Set(), stacksOf: stacksByService(source) };
  let samples = 0;
  for (const { resource, scopeProfiles } of rowsOf(request.resourceProfiles)) {
    const ofResourceDrops = new LabelDrops();
    const ofResource = firstOf(resource?.attributes, NO_ATTRIBUTES, source, ofResourceDrops);
    for (const { scope, profiles = NO_ROWS } of rowsOf(scopeProfiles)) {
      if (profiles.length === 0) continue;
      const drops = new LabelDrops();
      const attributes = firstOf(scope?.attributes, ofResource, source, drops);
      const attributeNotes = [...ofResourceDrops.notes(), ...drops.notes()];
      for (const profile of rowsOf<OtlpProfile>(profiles)) {
        const own = profile.samples?.length ?? 0;
        samples += own;
        if (samples > limits.samplesPerProfile)
          throw tooLarge("samplesPerProfile", samples, limits.samplesPerProfile, "samples of the request");
        if (request.dictionary === undefined) throw malformed("otlp: the request has no dictionary");
        if (own === 0) continue;
        for (const one of splitByService(profile, attributes, split)) {
          source.budget.profiles(1);
          yield { ...one, attributeNotes };
        }
      }
    }
  }
}

function stacksByService(source: StackSource): (service: string) => OtlpStacks {
  const { servicesPerRequest } = source.limits;
  const known = new Map<string, OtlpStacks>();
  return (service) => {
    let stacks = known.get(service);
    if (stacks === undefined) {
      if (known.size === servicesPerRequest)
        throw tooLarge(
          "servicesPerRequest",
          `over ${servicesPerRequest}`,
          servicesPerRequest,
          "services in the request",
        );
      stacks = otlpStacks(source);
      known.set(service, stacks);
    }
    return stacks;
  };
}

/** What is too long for a label or a name is none. */
function isLabel(key: string, value: string, limits: Limits, drops: LabelDrops): boolean {
  if (key === "") drops.unnamed();
  else if (key.length > limits.labelNameBytes) drops.nameTooLong(key, UTF8.encode(key).length, limits);
  else if (value.length > limits.labelValueBytes) drops.valueTooLong(key, UTF8.encode(value).length, limits);
  else return true;
  return false;
}
const UTF8 = new TextEncoder();

/** Of attributes of one name the first counts. */
function firstOf(
  attributes: Table<KeyValue> = NO_ROWS,
  before: ReadonlyMap<string, string>,
  { attributes: reader, limits, budget }: StackSource,
  drops: LabelDrops,
): ReadonlyMap<string, string> {
  if (attributes.length === 0) return before;
  const first = new Map(before);
  budget.attributes(attributes.length + before.size);
  // A few more than are kept, so that it is noted that there are: no more than labels can be, and what services are called by.
  const most = limits.labelsPerSeries + SERVICE_NAMES.size;
  for (const attribute of rowsOf(attributes)) {
    const { key, text } = reader.of(attribute);
    if (text === null || (first.size > most && !SERVICE_NAMES.has(key))) continue;
    const known = first.get(key);
    if (known === undefined) {
      if (isLabel(key, text, limits, drops)) first.set(key, text);
    } else if (known !== text && !before.has(key)) drops.repeated(key, "first");
  }
  return first;
}

interface Share {
  readonly nodes: number[];
  readonly values: bigint[];
  readonly sets: number[];
  /** Index into the profile's span keys; -1 for none. */
  readonly spans: number[];
  /** Samples of spans that were one too many. */
  spansLeft: number;
}

interface SplitContext {
  readonly source: StackSource;
  /** Of every service: what its series are of is remembered for each. */
  readonly typesSeen: Set<string>;
  stacksOf(service: string): OtlpStacks;
}

/** The samples' services and labels: by the list of their attributes, which many samples share. */
function ownReader(attributes: ReadonlyMap<string, string>, { attributes: reader, limits, budget }: StackSource) {
  const labelSets: LabelSet[] = [];
  const ofService = new Map<string, LabelDrops>();
  const dropsOf = (service: string): LabelDrops => {
    const drops = ofService.get(service) ?? new LabelDrops();
    ofService.set(service, drops);
    return drops;
  };
  const setOf = new Map<string, number>();
  const known = new Map<string, { readonly service: string; readonly set: number }>();
  const ownOf = (sample: OtlpSample): { readonly service: string; readonly set: number } => {
    const indices = sample.attributeIndices ?? NO_INDICES;
    const list = indices.join();
    const found = known.get(list);
    if (found !== undefined) return found;
    const rows = Array.from(indices, reader.row);
    const untold = new LabelDrops();
    const own = attributesOf(rows, limits, untold);
    const service = serviceOf(own, attributes);
    // Whose they are is known only now.
    if (untold.notes().length > 0) attributesOf(rows, limits, dropsOf(service));
    own.delete("service.name");
    const labels = labelSet(own);
    const key = labelKey(labels);
    budget.labels(key.length + list.length);
    const set = setOf.get(key) ?? labelSets.length;
    if (set === labelSets.length) {
      setOf.set(key, set);
      labelSets.push(labels);
    }
    const one = { service, set };
    known.set(list, one);
    return one;
  };
  return { labelSets, ownOf, dropsOf };
}

function splitByService(
  profile: OtlpProfile,
  attributes: ReadonlyMap<string, string>,
  context: SplitContext,
): Omit<OtlpUpload, "attributeNotes">[] {
  const { source, stacksOf, typesSeen } = context;
  const { attributes: reader, budget } = source;
  const meaning = meaningOf(profile, reader.string);
  const shares = new Map<string, Share>();
  const { labelSets, ownOf, dropsOf } = ownReader(attributes, source);
  const spans = otlpSpans(source);
  for (const sample of rowsOf(profile.samples)) {
    const value = weightOf(sample) * meaning.multiplier;
    if (value <= 0n) continue;
    if (value >= 2n ** 63n) throw malformed("otlp: a sample's value does not fit 64 bits");
    const { service, set } = ownOf(sample);
    let share = shares.get(service);
    if (share === undefined) {
      share = { nodes: [], values: [], sets: [], spans: [], spansLeft: 0 };
      shares.set(service, share);
    }
    share.nodes.push(stacksOf(service).nodeOf(sample.stackIndex ?? 0));
    share.values.push(value);
    share.sets.push(set);
    const span = spans.of(sample);
    if (span === SPAN_TOO_MANY) share.spansLeft++;
    share.spans.push(Math.max(SPANLESS, span));
  }
  if (shares.size === 0) return [];
  budget.attributes(attributes.size * shares.size);
  const shared = new Map(attributes);
  shared.delete("service.name");
  const labels = labelSet(shared);
  const { metric, type, periodType } = meaning;
  for (const service of shares.keys()) {
    const key = [service, metric, type.type, type.unit, periodType.type, periodType.unit].join();
    if (typesSeen.has(key)) continue;
    budget.labels(key.length);
    typesSeen.add(key);
  }
  // Each upload is known by its labels.
  budget.labels(shares.size * labels.reduce((sum, [name, value]) => sum + name.length + value.length, 0));
  return [...shares].map(([service, share]) => ({
    service,
    labels,
    metric: meaning.metric,
    profile: profileOf(share, meaning, profile, {
      labelSets,
      spans,
      stacks: stacksOf(service),
      notes: [
        ...dropsOf(service).notes(),
        ...(share.spansLeft > 0 ? [spansLeftOut(share.spansLeft, source.limits)] : []),
      ],
    }),
  }));
}

function attributesOf(attributes: readonly OtlpAttribute[], limits: Limits, drops: LabelDrops): Map<string, string> {
  const own = new Map<string, string>();
  for (const { key, text } of attributes) {
    if (text === null) continue;
    const known = own.get(key);
    if (known === undefined) {
      if (isLabel(key, text, limits, drops)) own.set(key, text);
    } else if (known !== text) drops.repeated(key, "first");
  }
  return own;
}

function profileOf(
  { nodes, values, sets, spans: ofSample }: Share,
  { type, periodType }: Meaning,
  { timeUnixNano = 0n, durationNano = 0n, period = 0n }: OtlpProfile,
  {
    labelSets,
    spans,
    stacks,
    notes,
  }: {
    readonly labelSets: readonly LabelSet[];
    readonly spans: OtlpSpans;
    readonly stacks: OtlpStacks;
    readonly notes: readonly UploadNote[];
  },
): Profile {
  return {
    sampleTypes: [type],
    periodType,
    period,
    timeNanos: timeUnixNano,
    durationNanos: durationNano,
    stacks: stacks.dictionary,
    sampleNodes: Int32Array.from(nodes),
    sampleValues: BigInt64Array.from(values),
    sampleLabels: Int32Array.from(sets),
    labelSets,
    ...(spans.keys.length > 0 && { spans: { keys: spans.keys, ofSample: Int32Array.from(ofSample) } }),
    notes: [...stacks.notes(), ...notes],
  };
}
