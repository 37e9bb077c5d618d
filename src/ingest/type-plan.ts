// Which profile types an upload's values are stored as, and what each is called and measured in.
// Names and ids are v2's; the old suffix lets `app.cpu` read the same data.
import { LIMITS } from "../config.ts";
import type { Profile } from "../profile/profile.ts";
import { profileTypeId, type TypeInfo } from "../profile/profile-type.ts";
import { DEFAULT_RATE_HZ, rateOfPeriod } from "../profile/sample-rate.ts";
import type { SampleTypeConfig, SampleTypeConfigs } from "./sample-type-config.ts";
import type { UploadParams } from "./upload-params.ts";
import { uploadedTypeId } from "./uploaded-type-id.ts";

export interface PlannedType {
  /** Which of a sample's values. */
  readonly valueIndex: number;
  readonly info: TypeInfo;
  /** A whole number; what is stored is value × multiplier. */
  readonly multiplier: number;
  /** Values only grow: with a previous profile, the difference is stored. */
  readonly cumulative: boolean;
}

/** What of a request says how its types are measured. */
export type Sampler = Pick<UploadParams, "spyName" | "sampleRate">;

/**
 * Every sample type of a pprof, in order; of two with one id the first counts.
 * @param metric the profile's name when the sender gave one; guessed from the types when not
 */
export function planPprof(
  profile: Profile,
  configs: SampleTypeConfigs,
  params: Sampler,
  metric?: string,
): PlannedType[] {
  const types = profile.sampleTypes;
  const configOf = (type: string): SampleTypeConfig | undefined => configs.byType.get(type);
  const name =
    metric ??
    metricName(
      types.map(({ type }) => type),
      configs,
    );
  const suffixes = oldSuffixes(
    types.map(({ type }) => type),
    name,
    configs,
  );
  const planned = new Map<string, PlannedType>();
  types.forEach(({ type, unit }, valueIndex) => {
    const config = configOf(type);
    const id = uploadedTypeId(
      {
        // Upstream's default relabelling: CPU time that a wall profile carries is CPU time.
        name: name === "wall" && type === "cpu" ? "process_cpu" : name,
        sampleType: type,
        sampleUnit: unit,
        periodType: profile.periodType.type,
        periodUnit: profile.periodType.unit,
      },
      LIMITS.labelValueBytes,
    );
    if (planned.has(id)) return;
    planned.set(id, {
      valueIndex,
      multiplier: 1,
      cumulative: config?.cumulative ?? false,
      info: {
        id,
        oldSuffix: suffixes[valueIndex] ?? "",
        units: config?.units ?? unit,
        aggregation: config?.aggregation ?? "sum",
        sampleRate: rateOf(profile, config, params),
        spyName: params.spyName,
      },
    });
  });
  return [...planned.values()];
}

/** First hit over the sample types in order. */
const METRIC_NAMES: readonly { readonly name: string; readonly fits: (type: string) => boolean }[] = [
  { name: "process_cpu", fits: (type) => type.includes("cpu") },
  { name: "memory", fits: (type) => /alloc_|inuse_/.test(type) || type === "space" || type === "objects" },
  { name: "mutex", fits: (type) => type.includes("mutex_") },
  { name: "block", fits: (type) => type.includes("block_") },
  { name: "goroutines", fits: (type) => type.includes("goroutines") },
];

/** v2's `__name__` of a pprof: guessed from what its types are displayed as. */
function metricName(types: readonly string[], configs: SampleTypeConfigs): string {
  if (types.includes("wall")) return "wall";
  let last = "";
  for (const type of types) {
    last = configs.byType.get(type)?.displayName ?? type;
    const known = METRIC_NAMES.find(({ fits }) => fits(last));
    if (known !== undefined) return known.name;
  }
  return last;
}

/**
 * What follows the dot in the old name of each type, "" for none. No two types share one: a type that
 * the config names goes first.
 */
function oldSuffixes(types: readonly string[], name: string, configs: SampleTypeConfigs): string[] {
  const suffixes = types.map((type) => {
    // The default config calls samples `cpu`, which is wrong for samples of wall time.
    if (configs.isDefault && name === "wall") return type;
    return configs.byType.get(type)?.displayName ?? type;
  });
  const taken = new Set<string>();
  const claim = (isConfigured: boolean): void =>
    types.forEach((type, i) => {
      if (configs.byType.has(type) !== isConfigured) return;
      const suffix = suffixes[i] ?? "";
      if (taken.has(suffix)) suffixes[i] = "";
      taken.add(suffix);
    });
  claim(true);
  claim(false);
  return suffixes;
}

const NANOSECONDS_PER_SECOND = 1e9;

/** Of sampled types the period's, which the profiler itself wrote; else the rate sent along; else the usual one. */
function rateOf(profile: Profile, config: SampleTypeConfig | undefined, params: Sampler): number {
  const ofPeriod = config?.sampled ? rateOfPeriod(profile) : null;
  return ofPeriod ?? (params.sampleRate || DEFAULT_RATE_HZ);
}

interface TextType {
  readonly name: string;
  readonly type: string;
  readonly unit: string;
}

const textType = (name: string, type: string, unit: string): TextType => ({ name, type, unit });

/** Sampled text: counts of samples that also mean time. */
const SAMPLED = new Map<string, TextType>([
  ["cpu", textType("process_cpu", "cpu", "nanoseconds")],
  ["itimer", textType("process_cpu", "cpu", "nanoseconds")],
  ["wall", textType("wall", "wall", "nanoseconds")],
  ["seconds", textType("wall", "wall", "nanoseconds")],
  ["milliseconds", textType("wall", "wall", "nanoseconds")],
  ["microseconds", textType("wall", "wall", "nanoseconds")],
  ["nanoseconds", textType("wall", "wall", "nanoseconds")],
]);

const COUNTED = new Map<string, TextType>([
  ["inuse_objects", textType("memory", "inuse_objects", "count")],
  ["alloc_objects", textType("memory", "alloc_objects", "count")],
  ["inuse_space", textType("memory", "inuse_space", "bytes")],
  ["alloc_space", textType("memory", "alloc_space", "bytes")],
  ["goroutines", textType("goroutine", "goroutines", "count")],
  ["mutex_count", textType("mutex", "contentions", "count")],
  ["mutex_duration", textType("mutex", "delay", "nanoseconds")],
  ["block_count", textType("block", "contentions", "count")],
  ["lock_count", textType("block", "contentions", "count")],
  ["block_duration", textType("block", "delay", "nanoseconds")],
  ["lock_duration", textType("block", "delay", "nanoseconds")],
  ["alloc_in_new_tlab_objects", textType("memory", "alloc_in_new_tlab_objects", "count")],
  ["alloc_in_new_tlab_bytes", textType("memory", "alloc_in_new_tlab_bytes", "bytes")],
  ["alloc_outside_tlab_objects", textType("memory", "alloc_outside_tlab_objects", "count")],
  ["alloc_outside_tlab_bytes", textType("memory", "alloc_outside_tlab_bytes", "bytes")],
  ["live", textType("memory", "live", "count")],
  ["exceptions", textType("exceptions", "samples", "count")],
  ["bytes", textType("memory", "samples", "bytes")],
]);

export interface TextPlan {
  /** The app name without the suffix, when that is a known one. */
  readonly service: string;
  readonly types: readonly PlannedType[];
}

/** A known suffix of the name is a type and no part of the service. */
export function textService(app: string): { readonly service: string; readonly oldSuffix: string } {
  const dot = app.lastIndexOf(".");
  const suffix = dot < 0 ? "" : app.slice(dot + 1);
  const isKnown = dot > 0 && (SAMPLED.has(suffix) || COUNTED.has(suffix));
  return isKnown ? { service: app.slice(0, dot), oldSuffix: suffix } : { service: app, oldSuffix: "cpu" };
}

/** Text carries one number per stack; the app name's suffix says what it means. Without a known one: CPU samples. */
export function planText(app: string, params: UploadParams): TextPlan {
  const { service, oldSuffix } = textService(app);
  const counted = COUNTED.get(oldSuffix);
  if (counted !== undefined) {
    const id = profileTypeId({ ...idParts(counted), periodType: "", periodUnit: "" });
    return { service, types: [textPlan(id, oldSuffix, params.units, 1, params)] };
  }
  const sampled = SAMPLED.get(oldSuffix) ?? textType("process_cpu", "cpu", "nanoseconds");
  const rate = params.sampleRate ?? DEFAULT_RATE_HZ;
  const counts = { ...idParts(sampled), sampleType: "samples", sampleUnit: "count" };
  if (rate === 0)
    return {
      service,
      types: [
        textPlan(profileTypeId({ ...counts, periodType: "", periodUnit: "" }), oldSuffix, params.units, 1, params),
      ],
    };
  const period = { periodType: "cpu", periodUnit: "nanoseconds" };
  return {
    service,
    types: [
      textPlan(profileTypeId({ ...counts, ...period }), oldSuffix, params.units, 1, params),
      textPlan(
        profileTypeId({ ...idParts(sampled), ...period }),
        "",
        sampled.unit,
        Math.max(1, Math.floor(NANOSECONDS_PER_SECOND / rate)),
        params,
      ),
    ],
  };
}

const idParts = ({ name, type, unit }: TextType) => ({ name, sampleType: type, sampleUnit: unit });

const textPlan = (
  id: string,
  oldSuffix: string,
  units: string,
  multiplier: number,
  { aggregation, sampleRate, spyName }: UploadParams,
): PlannedType => ({
  valueIndex: 0,
  multiplier,
  cumulative: false,
  info: { id, oldSuffix, units, aggregation, sampleRate: sampleRate || DEFAULT_RATE_HZ, spyName },
});
