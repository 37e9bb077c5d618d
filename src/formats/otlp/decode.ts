// An OTLP export request → profiles, each of one service and one sample type (wire-contract 3.3).
import type { Limits } from "../../config.ts";
import { malformed, tooLarge } from "../../lib/app-error.ts";
import { LabelDrops } from "../../profile/label-drops.ts";
import { type LabelSet, labelKey, labelSet } from "../../profile/labels.ts";
import type { Profile } from "../../profile/profile.ts";
import type { UploadNote } from "../../profile/upload-note.ts";
import { type Meaning, meaningOf, stringAt, weightOf } from "./meaning.ts";
import type { AnyValue, Dictionary, KeyValue, OtlpProfile, OtlpRequest, OtlpSample } from "./messages.ts";
import { SERVICE_NAMES, serviceOf } from "./service-name.ts";
import { type OtlpSpans, otlpSpans } from "./spans.ts";
import { type OtlpBudget, type OtlpStacks, otlpBudget, otlpStacks, rowOf } from "./stacks.ts";

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

/** @throws AppError malformed_profile, profile_too_large */
export function decodeOtlp(request: OtlpRequest, limits: Limits): OtlpUpload[] {
  const tables = request.dictionary ?? {};
  const budget = otlpBudget(limits, entriesOf(tables));
  const stacksByService = new Map<string, OtlpStacks>();
  const stacksOf = (service: string): OtlpStacks => {
    let stacks = stacksByService.get(service);
    if (stacks === undefined) {
      if (stacksByService.size === limits.servicesPerRequest)
        throw tooLarge(
          "servicesPerRequest",
          `over ${limits.servicesPerRequest}`,
          limits.servicesPerRequest,
          "services in the request",
        );
      stacks = otlpStacks(tables, limits, budget);
      stacksByService.set(service, stacks);
    }
    return stacks;
  };
  const uploads: OtlpUpload[] = [];
  let samples = 0;
  for (const { resource, scopeProfiles = [] } of request.resourceProfiles ?? []) {
    const ofResourceDrops = new LabelDrops();
    const told = { budget, drops: ofResourceDrops };
    const ofResource = firstOf(resource?.attributes ?? [], NO_ATTRIBUTES, limits, told);
    for (const { scope, profiles = [] } of scopeProfiles) {
      if (profiles.length === 0) continue;
      const drops = new LabelDrops();
      const attributes = firstOf(scope?.attributes ?? [], ofResource, limits, { budget, drops });
      const attributeNotes = [...ofResourceDrops.notes(), ...drops.notes()];
      for (const profile of profiles) {
        samples += profile.samples?.length ?? 0;
        if (samples > limits.samplesPerProfile)
          throw tooLarge("samplesPerProfile", samples, limits.samplesPerProfile, "samples of the request");
        if (request.dictionary === undefined) throw malformed("otlp: the request has no dictionary");
        if ((profile.samples ?? []).length === 0) continue;
        for (const one of splitByService(profile, attributes, { tables, stacksOf, limits, budget }))
          uploads.push({ ...one, attributeNotes });
      }
    }
  }
  return uploads;
}

/** Frames of all stacks and of all locations. */
function entriesOf({ stackTable = [], locationTable = [] }: Dictionary): number {
  let entries = 0;
  for (const { locationIndices } of stackTable) entries += locationIndices?.length ?? 0;
  for (const { lines } of locationTable) entries += lines?.length ?? 0;
  return entries;
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
  attributes: readonly KeyValue[],
  before: ReadonlyMap<string, string>,
  limits: Limits,
  { budget, drops }: { readonly budget: OtlpBudget; readonly drops: LabelDrops },
): ReadonlyMap<string, string> {
  if (attributes.length === 0) return before;
  const first = new Map(before);
  budget.attributes(attributes.length + before.size);
  // A few more than are kept, so that it is noted that there are.
  const most = limits.labelsPerSeries + SERVICE_NAMES.size;
  for (const { key = "", value } of attributes) {
    if (first.size > most && !SERVICE_NAMES.has(key)) continue;
    const text = textOf(value);
    if (text === null) continue;
    const known = first.get(key);
    if (known === undefined) {
      if (isLabel(key, text, limits, drops)) first.set(key, text);
    } else if (known !== text && !before.has(key)) drops.repeated(key, "first");
  }
  return first;
}

/** Text, a whole number, or a list of one such. */
function textOf(value: AnyValue | undefined): string | null {
  if (value?.stringValue !== undefined) return value.stringValue;
  if (value?.intValue !== undefined) return value.intValue.toString();
  const [only, ...more] = value?.arrayValue?.values ?? [];
  return only !== undefined && more.length === 0 && only.arrayValue === undefined ? textOf(only) : null;
}

interface Share {
  readonly nodes: number[];
  readonly values: bigint[];
  readonly sets: number[];
  /** Index into the profile's span keys; -1 for none. */
  readonly spans: number[];
}

interface SplitContext {
  readonly tables: Dictionary;
  readonly limits: Limits;
  readonly budget: OtlpBudget;
  stacksOf(service: string): OtlpStacks;
}

/** The samples' services and labels: by the list of their attributes, which many samples share. */
function ownReader(attributes: ReadonlyMap<string, string>, { tables, limits, budget }: SplitContext) {
  const labelSets: LabelSet[] = [];
  const drops = new LabelDrops();
  const setOf = new Map<string, number>();
  const known = new Map<string, { readonly service: string; readonly set: number }>();
  const ownOf = (sample: OtlpSample): { readonly service: string; readonly set: number } => {
    const list = (sample.attributeIndices ?? []).join();
    const found = known.get(list);
    if (found !== undefined) return found;
    const own = attributesOf(sample, tables, limits, drops);
    const service = serviceOf(own, attributes);
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
  return { labelSets, ownOf, drops };
}

function splitByService(
  profile: OtlpProfile,
  attributes: ReadonlyMap<string, string>,
  context: SplitContext,
): Omit<OtlpUpload, "attributeNotes">[] {
  const { tables, budget, stacksOf } = context;
  const meaning = meaningOf(profile, tables);
  const shares = new Map<string, Share>();
  const { labelSets, ownOf, drops } = ownReader(attributes, context);
  const spans = otlpSpans(tables, context.limits);
  for (const sample of profile.samples ?? []) {
    const value = weightOf(sample) * meaning.multiplier;
    if (value <= 0n) continue;
    if (value >= 2n ** 63n) throw malformed("otlp: a sample's value does not fit 64 bits");
    const { service, set } = ownOf(sample);
    let share = shares.get(service);
    if (share === undefined) {
      share = { nodes: [], values: [], sets: [], spans: [] };
      shares.set(service, share);
    }
    share.nodes.push(stacksOf(service).nodeOf(sample.stackIndex ?? 0));
    share.values.push(value);
    share.sets.push(set);
    share.spans.push(spans.of(sample));
  }
  if (shares.size === 0) return [];
  budget.attributes(attributes.size * shares.size);
  const shared = new Map(attributes);
  shared.delete("service.name");
  const labels = labelSet(shared);
  // Each upload is known by its labels.
  budget.labels(shares.size * labels.reduce((sum, [name, value]) => sum + name.length + value.length, 0));
  return [...shares].map(([service, share]) => ({
    service,
    labels,
    metric: meaning.metric,
    profile: profileOf(share, meaning, profile, { labelSets, drops, spans }, stacksOf(service)),
  }));
}

function attributesOf(
  { attributeIndices = [] }: OtlpSample,
  tables: Dictionary,
  limits: Limits,
  drops: LabelDrops,
): Map<string, string> {
  const own = new Map<string, string>();
  for (const index of attributeIndices) {
    const { keyStrindex = 0, value } = rowOf(tables.attributeTable, index, "attribute");
    const key = stringAt(tables, keyStrindex);
    const text = value?.stringValue;
    if (text === undefined) continue;
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
    drops,
    spans,
  }: { readonly labelSets: readonly LabelSet[]; readonly drops: LabelDrops; readonly spans: OtlpSpans },
  stacks: OtlpStacks,
): Profile {
  const notes: UploadNote[] = [...stacks.notes(), ...drops.notes(), ...spans.notes()];
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
    notes,
  };
}
