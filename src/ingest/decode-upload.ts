// The request of POST /ingest → DecodedUpload: choose the format, decode, name, split. Pure but for
// the form parser; nothing is stored here.
import type { ShedFacts } from "../aggregate/live-protocol.ts";
import type { Limits } from "../config.ts";
import { decodeTree, decodeTrie } from "../formats/binary-tree.ts";
import { decodeFolded, decodeLines } from "../formats/folded.ts";
import { decodePprof, type PprofOptions } from "../formats/pprof/decode.ts";
import { decodeSpeedscope } from "../formats/speedscope.ts";
import { AppError } from "../lib/app-error.ts";
import { inflateIfGzip } from "../lib/inflate.ts";
import { LabelDrops } from "../profile/label-drops.ts";
import { type LabelSet, labelValue } from "../profile/labels.ts";
import type { Profile } from "../profile/profile.ts";
import { SPAN_LABELS } from "../profile/spans.ts";
import { timeLeftOut, type UploadNote } from "../profile/upload-note.ts";
import { chooseFormat } from "./choose-format.ts";
import { decodeJfrBody, planJfr } from "./decode-jfr.ts";
import type { DecodedUpload, UploadSeries } from "./decoded-upload.ts";
import { likelyAdvice } from "./likely-format.ts";
import { planSpeedscope } from "./plan-speedscope.ts";
import { subtractPrevious } from "./previous-profile.ts";
import { readParts } from "./read-parts.ts";
import { DEFAULT_CONFIGS, parseSampleTypeConfigs, type SampleTypeConfigs } from "./sample-type-config.ts";
import { nameSeries, type SeriesNaming, withSampleLabels } from "./series-labels.ts";
import { shedNote } from "./shed-note.ts";
import { splitSeries } from "./split-series.ts";
import { type PlannedType, planPprof, planText } from "./type-plan.ts";
import { parseUploadParams, type UploadParams } from "./upload-params.ts";
import { uploadSlot } from "./upload-slot.ts";

export interface UploadRequest {
  readonly params: URLSearchParams;
  readonly contentType: string;
  readonly body: Uint8Array<ArrayBuffer>;
}

export interface DecodeSettings {
  /** Unix seconds. */
  readonly now: number;
  readonly limits: Limits;
  /** Switches of TenantLimits; those that are absent are on. */
  readonly goRepair: boolean;
  readonly scriptFileNames?: boolean;
  readonly dotnetIds?: boolean;
  /** Whether the tenant is known to be over its rate; throws rate_limited where it would rather refuse. */
  readonly overRate?: (service: string) => ShedFacts | null;
  /** Older profiles are refused; absent or null: nothing is too old. */
  readonly tooOldSeconds?: number | null;
  /** Profiles further ahead are stored at the time of receipt; absent: a day. */
  readonly tooNewSeconds?: number;
}

/**
 * @returns null for a legal upload that holds nothing to store
 * @throws AppError invalid_argument, malformed_profile, profile_too_large, body_too_large
 */
export async function decodeUpload(request: UploadRequest, settings: DecodeSettings): Promise<DecodedUpload | null> {
  const { limits } = settings;
  if (request.body.length > limits.bodyBytes) throw bodyTooLarge(request.body.length, limits.bodyBytes);
  const params = parseUploadParams(request.params, settings.now, limits);
  const format = chooseFormat(params.format, request.contentType);
  switch (format) {
    case "folded":
    case "lines":
    case "trie":
    case "tree":
      return decodeText(TEXT_DECODERS[format], request.body, params, settings);
    case "speedscope":
      return decodeSpeedscopeFile(request.body, params, settings);
    case "jfr":
      return decodeRecording(request, params, settings);
    case "pprof":
      return decodePprofParts({ profile: request.body }, params, settings);
    case "pprof-parts": {
      const parts = readParts(request.body, request.contentType, PPROF_PARTS);
      return decodePprofParts(
        {
          profile: parts.get("profile"),
          previous: parts.get("prev_profile"),
          config: parts.get("sample_type_config"),
        },
        params,
        settings,
      );
    }
  }
}

/** Its message begins as Pyroscope's does. */
export const bodyTooLarge = (actual: number | string, allowed: number): AppError =>
  new AppError("body_too_large", `request body too large: ${actual} bytes, limit bodyBytes is ${allowed}`, {
    limit: "bodyBytes",
    actual,
    allowed,
  });

type TextDecoder = (bytes: Uint8Array, limits: Limits) => Profile;

const TEXT_DECODERS: Readonly<Record<"folded" | "lines" | "trie" | "tree", TextDecoder>> = {
  folded: decodeFolded,
  lines: decodeLines,
  trie: decodeTrie,
  tree: decodeTree,
};

function decodeText(
  decode: TextDecoder,
  body: Uint8Array,
  params: UploadParams,
  settings: DecodeSettings,
): DecodedUpload | null {
  const { limits } = settings;
  // Text with an exemplar's id is that exemplar alone; upstream drops it too.
  if (labelValue(params.name.labels, "profile_id")) return null;
  const profile = decode(inflateIfGzip(body, limits), limits);
  const plan = planText(params.name.app, params);
  const naming = nameSeries(plan.service, params, "keep", limits);
  const { series, notes } = splitText(profile, plan.types, naming, limits);
  return assemble({ ...profile, notes: [...profile.notes, ...notes] }, series, naming, params, settings);
}

/** Counts of bytes or nanoseconds that nobody named so are taken for samples: their time may be too long, they are not. */
function splitText(
  profile: Profile,
  types: readonly PlannedType[],
  naming: SeriesNaming,
  limits: Limits,
): { readonly series: readonly UploadSeries[]; readonly notes: readonly UploadNote[] } {
  try {
    return { series: split(profile, types, naming, limits), notes: [] };
  } catch (error) {
    const counts = types.filter(({ multiplier }) => multiplier === 1);
    if (!(error instanceof AppError) || error.facts.limit !== "totalOfType" || counts.length === types.length)
      throw error;
    return { series: split(profile, counts, naming, limits), notes: [timeLeftOut()] };
  }
}

function decodeSpeedscopeFile(body: Uint8Array, params: UploadParams, settings: DecodeSettings): DecodedUpload | null {
  const { limits } = settings;
  if (labelValue(params.name.labels, "profile_id")) return null;
  const file = decodeSpeedscope(inflateIfGzip(body, limits), limits);
  const plan = planSpeedscope(file, params);
  const naming = nameSeries(plan.service, params, "keep", limits);
  const series = plan.groups.flatMap(({ profile, types }) => split(profile, types, naming, limits));
  const [first] = file.groups;
  return first === undefined ? null : assemble(first.profile, series, naming, params, settings);
}

function decodeRecording(
  { body, contentType }: UploadRequest,
  params: UploadParams,
  settings: DecodeSettings,
): DecodedUpload | null {
  const { limits } = settings;
  const jfr = decodeJfrBody(body, contentType, params, limits);
  if (jfr === null) return null;
  const naming = nameSeries(params.name.app, params, "keep", limits);
  const event: LabelSet = [["jfr_event", jfr.event]];
  const withEvent = {
    ...naming,
    labels: withSampleLabels(naming.labels, event, limits, naming.drops),
    notes: [...jfr.labelNotes, ...naming.notes],
  };
  const series = split(jfr.profile, planJfr(jfr, params), withEvent, limits);
  const upload = assemble(jfr.profile, series, withEvent, params, settings);
  // Each of its chunks has one.
  return upload === null ? null : { ...upload, carriesTime: true };
}

const PPROF_PARTS = ["profile", "prev_profile", "sample_type_config"];

interface PprofParts {
  readonly profile: Uint8Array | undefined;
  readonly previous?: Uint8Array | undefined;
  readonly config?: Uint8Array | undefined;
}

function decodePprofParts(parts: PprofParts, params: UploadParams, settings: DecodeSettings): DecodedUpload | null {
  const { limits } = settings;
  const sent = parts.config === undefined ? DEFAULT_CONFIGS : parseSampleTypeConfigs(parts.config);
  const dotnet = settings.dotnetIds !== false && isOldDotnet(params.spyName, sent);
  const configs = dotnet ? underscored(sent) : sent;
  const naming = nameSeries(params.name.app, params, "drop", limits);
  // A difference is made stack by stack: there the object has to leave stacks out.
  const over = parts.previous === undefined ? (settings.overRate?.(naming.service) ?? null) : null;
  const options: PprofOptions = {
    limits,
    dotnet,
    fileInName: settings.scriptFileNames === false ? "never" : (FILE_IN_NAME[params.spyName] ?? "never"),
    goRepair: settings.goRepair,
    ignoredLabels: SPAN_LABELS,
    withoutStacks: over !== null,
    stacksAsSent: parts.previous !== undefined,
  };
  const profile = parts.profile ? decodePprof(inflateIfGzip(parts.profile, limits), options) : null;
  if (profile === null) return null;
  const plan = planPprof(profile, configs, params);
  let series = split(profile, plan, naming, limits);
  if (parts.previous !== undefined) {
    // In one dictionary, equal stacks of both are one node.
    const previous = decodePrevious(parts.previous, { ...options, stacks: profile.stacks });
    const cumulative = new Set(plan.filter((type) => type.cumulative).map(({ info }) => info.id));
    const isCumulative = (one: UploadSeries): boolean => cumulative.has(one.type.id);
    // What is left out of the previous profile is of no use to anybody, and was told when that one came.
    const untold = { ...naming, drops: new LabelDrops() };
    const before =
      previous === null
        ? []
        : split(
            previous,
            planPprof(previous, configs, params).filter((type) => type.cumulative),
            untold,
            limits,
          );
    series = [
      ...series.filter((one) => !isCumulative(one)),
      ...subtractPrevious(series.filter(isCumulative), before, profile.stacks, limits),
    ];
  }
  const upload = assemble(profile, series, naming, params, settings);
  return upload === null || over === null
    ? upload
    : { ...upload, isShed: true, notes: [shedNote(over), ...upload.notes] };
}

/** Says which of the two could not be read. */
function decodePrevious(part: Uint8Array, options: PprofOptions): Profile | null {
  try {
    return decodePprof(inflateIfGzip(part, options.limits), options);
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== "malformed_profile") throw error;
    const advice = likelyAdvice(part, "pprof") ?? "correct the part prev_profile, or leave it out";
    throw new AppError(error.code, `prev_profile: ${error.message}`, { advice, ...error.facts });
  }
}

const split = (profile: Profile, types: readonly PlannedType[], naming: SeriesNaming, limits: Limits): UploadSeries[] =>
  splitSeries(
    profile,
    types,
    (sample) => withSampleLabels(naming.labels, sample, limits, naming.drops),
    limits,
    naming.drops,
  );

/** A time of whole seconds is that of the request, as py-spy's and rbspy's are: equal ones come of idle replicas. */
const NANOSECONDS_PER_SECOND = 1_000_000_000n;

function assemble(
  profile: Profile,
  series: readonly UploadSeries[],
  naming: SeriesNaming,
  params: UploadParams,
  settings: DecodeSettings,
): DecodedUpload | null {
  if (series.length === 0) return null;
  const { slot, notes } = uploadSlot(params.from, params.until, settings.now, settings);
  const all: readonly UploadNote[] = [...notes, ...naming.notes, ...profile.notes, ...naming.drops.notes()];
  return {
    service: naming.service,
    slot,
    stacks: profile.stacks,
    series,
    notes: all,
    carriesTime: profile.timeNanos % NANOSECONDS_PER_SECOND !== 0n,
  };
}

/** Samplers whose function names say little without the file. */
const FILE_IN_NAME: Readonly<Record<string, NonNullable<PprofOptions["fileInName"]>>> = {
  pyspy: "unless absolute",
  rbspy: "always",
  scripting: "always",
};

const isOldDotnet = (spyName: string, configs: SampleTypeConfigs): boolean =>
  spyName === "dotnetspy" || (spyName === "unknown" && configs.byType.has("inuse-space"));

/** The config of a profile whose type names had their dashes replaced. */
const underscored = ({ byType, isDefault }: SampleTypeConfigs): SampleTypeConfigs => ({
  isDefault,
  byType: new Map([...byType].map(([type, config]) => [type.replaceAll("-", "_"), config])),
});
