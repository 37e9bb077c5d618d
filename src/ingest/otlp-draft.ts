// What a service is sent of an OTLP export: its profiles as they are read, one batch of them at the end.
import type { Limits } from "../config.ts";
import type { OtlpUpload } from "../formats/otlp/decode.ts";
import { tooLarge } from "../lib/app-error.ts";
import type { AppName } from "../profile/app-name.ts";
import { LabelDrops } from "../profile/label-drops.ts";
import { type LabelSet, labelSet, labelsText } from "../profile/labels.ts";
import type { Profile } from "../profile/profile.ts";
import { DEFAULT_RATE_HZ, rateOfPeriod } from "../profile/sample-rate.ts";
import { UploadNotes } from "../profile/upload-note.ts";
import { BatchWriter } from "../segment/batch.ts";
import type { DecodeSettings } from "./decode-upload.ts";
import { seriesPairs, withSampleLabels } from "./series-labels.ts";
import { splitSeries } from "./split-series.ts";
import type { ManyUploads, Route, Routed, StorePorts } from "./store-upload.ts";
import type { PlannedType } from "./type-plan.ts";
import { placeId, routeOfUpload } from "./upload-id.ts";
import type { UploadSubject } from "./upload-incident.ts";
import { noTime, uploadSlot } from "./upload-slot.ts";
import { uploadedTypeId } from "./uploaded-type-id.ts";

const SPY_NAME = "otel";

export interface OtlpDraft {
  readonly service: string;
  readonly subject: UploadSubject;
  readonly writer: BatchWriter;
  readonly types: Map<string, readonly PlannedType["info"][]>;
  readonly uploads: Routed[];
  readonly notes: UploadNotes;
  readonly drops: LabelDrops;
  /** The last attributes that were told of: all uploads of a scope have the same. */
  told: OtlpUpload["attributeNotes"];
  /** Profiles of the service so far, empty ones too. */
  seen: number;
}

/** The request holds several: none has bytes of its own. @param upload the service's first */
export const otlpDraft = ({ service, labels, profile }: OtlpUpload): OtlpDraft => ({
  service,
  subject: { app: service, series: `${service}${labelsText(labels)}`, spyName: SPY_NAME, bytes: null },
  writer: new BatchWriter(profile.stacks),
  types: new Map(),
  uploads: [],
  notes: new UploadNotes(),
  drops: new LabelDrops(),
  told: [],
  seen: 0,
});

/** @throws AppError malformed_profile, profile_too_large, profile_too_old */
export async function addToDraft(
  ports: StorePorts,
  draft: OtlpDraft,
  { upload, bodyHash }: { readonly upload: OtlpUpload; readonly bodyHash: string },
  settings: DecodeSettings,
): Promise<void> {
  const { limits } = settings;
  const { profile, attributeNotes } = upload;
  const { service, types, notes, drops } = draft;
  const place = draft.seen++;
  const { slot, isOwn, notes: ofSlot } = slotOf(profile, settings);
  const { labels, notes: ofLabels } = labelsOf(upload, limits);
  if (attributeNotes !== draft.told) notes.add(...attributeNotes);
  draft.told = attributeNotes;
  const plan = planOf(upload, limits);
  const ofSample = (sample: LabelSet) => withSampleLabels(labels, sample, limits, drops);
  const series = splitSeries(profile, [plan], ofSample, limits, drops);
  if (series.length === 0) return;
  notes.add(...ofSlot, ...ofLabels, ...profile.notes);
  draft.writer.add(slot, series);
  const ofType = types.get(plan.info.id) ?? [plan.info];
  types.set(plan.info.id, ofType);
  const route = await routedOf(ports, { app: service, labels }, isOwn ? { hash: bodyHash, place } : null);
  draft.uploads.push({ ...route, types: ofType });
}

/** Null where there is nothing to store. @throws AppError profile_too_large */
export function batchOfDraft(
  { service, writer, uploads, notes, drops }: OtlpDraft,
  limits: Limits,
): ManyUploads | null {
  notes.add(...drops.notes());
  if (writer.uploads === 0) return null;
  const batch = writer.finish();
  if (batch.length > limits.batchBytes)
    throw tooLarge("batchBytes", batch.length, limits.batchBytes, "bytes of a service's encoded profiles");
  return { service, batch, uploads };
}

/** @returns `isOwn`: the time is the profile's */
function slotOf({ timeNanos }: Profile, settings: DecodeSettings) {
  const taken = timeNanos === 0n ? null : Number(BigInt.asUintN(64, timeNanos) / 1_000_000_000n);
  const { slot, notes } = uploadSlot(taken, null, settings.now, settings);
  return taken === null
    ? { slot, isOwn: false, notes: [...notes, noTime("time_unix_nano")] }
    : { slot, isOwn: notes.length === 0, notes };
}

/** Equal profiles that don't say when they were taken may well be two: those have no id. */
async function routedOf(
  { tenant, anyRoute }: StorePorts,
  name: AppName,
  sent: { readonly hash: string; readonly place: number } | null,
): Promise<Route> {
  if (sent === null) return { id: "", keepSeconds: 0, route: routeOfUpload(name, [], anyRoute) };
  const id = await placeId("otlp", tenant, name, sent);
  return { ...id, route: routeOfUpload(name, [id], anyRoute) };
}

function labelsOf({ labels }: OtlpUpload, limits: Limits) {
  const { pairs, notes } = seriesPairs(labels, limits);
  return { labels: labelSet(pairs), notes };
}

/** @throws AppError malformed_profile */
function planOf({ metric, profile }: OtlpUpload, limits: Limits): PlannedType {
  const [{ type, unit } = { type: "", unit: "" }] = profile.sampleTypes;
  const { periodType } = profile;
  const id = uploadedTypeId(
    {
      name: metric || type || "otlp",
      sampleType: type,
      sampleUnit: unit,
      periodType: periodType.type,
      periodUnit: periodType.unit,
    },
    limits.labelValueBytes,
  );
  return {
    valueIndex: 0,
    multiplier: 1,
    cumulative: false,
    info: {
      id,
      oldSuffix: metric === "process_cpu" ? "cpu" : type,
      units: unit,
      aggregation: "sum",
      sampleRate: rateOfPeriod(profile) ?? DEFAULT_RATE_HZ,
      spyName: SPY_NAME,
    },
  };
}
