// An OTLP export: one request is one batch per service. Nothing of a request is stored unless all of it can be read.
import type { Limits } from "../config.ts";
import { decodeOtlp, type OtlpUpload } from "../formats/otlp/decode.ts";
import type { OtlpRequest } from "../formats/otlp/messages.ts";
import { readOtlpJson, readOtlpProto } from "../formats/otlp/read-request.ts";
import { AppError, malformed, tooLarge } from "../lib/app-error.ts";
import { concurrently } from "../lib/concurrently.ts";
import type { AppName } from "../profile/app-name.ts";
import { LabelDrops } from "../profile/label-drops.ts";
import { type LabelSet, labelSet, labelsText } from "../profile/labels.ts";
import type { Profile } from "../profile/profile.ts";
import { profileTypeId } from "../profile/profile-type.ts";
import { DEFAULT_RATE_HZ, rateOfPeriod } from "../profile/sample-rate.ts";
import { type UploadNote, UploadNotes } from "../profile/upload-note.ts";
import { BatchWriter } from "../segment/batch.ts";
import type { DecodeSettings } from "./decode-upload.ts";
import { seriesPairs, withSampleLabels } from "./series-labels.ts";
import { shedNote } from "./shed-note.ts";
import { splitSeries } from "./split-series.ts";
import { type ManyUploads, type Route, type Routed, type StorePorts, storeMany } from "./store-upload.ts";
import type { PlannedType } from "./type-plan.ts";
import { placeId, routeOfUpload } from "./upload-id.ts";
import { type IncidentListener, NOBODY_LISTENS, type UploadSubject } from "./upload-incident.ts";
import { noTime, uploadSlot } from "./upload-slot.ts";

export interface OtlpOutcome {
  /** Profiles that are durable now, and those that were before. */
  readonly stored: number;
  readonly duplicates: number;
  readonly notes: readonly UploadNote[];
}

const SERVICES_AT_ONCE = 2;
/** Of a batch that is refused for some of its types; of all batches of a request together. */
const MOST_PARTS = 8;
const MOST_PARTS_OF_REQUEST = 64;
const SPY_NAME = "otel";

/** By media type. */
export const OTLP_READERS: ReadonlyMap<string, (bytes: Uint8Array, limits: Limits) => OtlpRequest> = new Map([
  ["application/x-protobuf", readOtlpProto],
  ["application/protobuf", readOtlpProto],
  ["application/json", readOtlpJson],
]);

/**
 * @param bodyHash names the request: what of it carries its time counts once when it is sent again
 * @throws AppError malformed_profile, profile_too_large, profile_too_old before anything is stored
 */
export async function storeOtlp(
  ports: StorePorts,
  request: OtlpRequest,
  bodyHash: string,
  settings: DecodeSettings,
  listener: IncidentListener = NOBODY_LISTENS,
): Promise<OtlpOutcome> {
  const uploads = decodeOtlp(request, settings.limits);
  const byService = [...Map.groupBy(uploads, ({ service }) => service)];
  const notes: UploadNote[] = [];
  const mended: { readonly notes: readonly UploadNote[]; readonly subject: UploadSubject }[] = [];
  const batches: Told[] = [];
  for (const [service, own] of byService) {
    const ofService = new UploadNotes();
    const subject = subjectOf(service, own);
    try {
      const batch = await batchOf(ports, { service, own, bodyHash, notes: ofService }, settings);
      if (batch !== null) batches.push({ ...batch, subject });
    } catch (error) {
      if (error instanceof AppError) listener.refused(error, subject);
      throw error;
    }
    if (ofService.count > 0) mended.push({ notes: ofService.list, subject });
    notes.push(...ofService.list);
  }
  const { answers, refusal } = await storeAll(ports, batches, listener);
  answers.forEach(({ shed }, i) => {
    if (shed === null) return;
    notes.push(shedNote(shed));
    const service = batches[i]?.service ?? "";
    mended.push({ notes: [shedNote(shed)], subject: subjectOf(service, []) });
  });
  for (const one of mended) listener.mended(one.notes, one.subject);
  if (refusal !== null) throw refusal;
  return {
    stored: answers.reduce((sum, { stored }) => sum + stored, 0),
    duplicates: answers.reduce((sum, { duplicates }) => sum + duplicates, 0),
    notes,
  };
}

interface Told extends ManyUploads {
  readonly subject: UploadSubject;
}

/** What an object refuses is its service's alone, and told; the others are stored. @returns `refusal`: the first one */
async function storeAll(ports: StorePorts, batches: readonly Told[], listener: IncidentListener) {
  const mostParts = Math.max(1, Math.min(MOST_PARTS, Math.floor(MOST_PARTS_OF_REQUEST / batches.length)));
  const answers = await concurrently(batches, SERVICES_AT_ONCE, async ({ subject, ...batch }) => {
    try {
      return await storeMany(ports, { ...batch, mostParts });
    } catch (error) {
      if (error instanceof AppError) listener.refused(error, subject);
      throw error;
    }
  });
  const refusals = answers.flatMap(({ refused }, i) =>
    refused.map(({ error, uploads }) => {
      const { service = "", subject, uploads: all = [] } = batches[i] ?? {};
      const isAll = batches.length === 1 && uploads.length === all.length;
      const what = `${uploads.length} of ${all.length} profiles of ${service} are refused, the others are stored`;
      const told = isAll ? error : new AppError(error.code, `${what}: ${error.message}`, error.facts);
      if (subject !== undefined) listener.refused(told, subject);
      return told;
    }),
  );
  return { answers, refusal: refusals[0] ?? null };
}

/** The request holds several: none has bytes of its own. */
function subjectOf(service: string, [first]: readonly OtlpUpload[]): UploadSubject {
  return { app: service, series: `${service}${labelsText(first?.labels ?? [])}`, spyName: SPY_NAME, bytes: null };
}

async function batchOf(
  ports: StorePorts,
  {
    service,
    own,
    bodyHash,
    notes,
  }: { service: string; own: readonly OtlpUpload[]; bodyHash: string; notes: UploadNotes },
  settings: DecodeSettings,
): Promise<ManyUploads | null> {
  const { limits } = settings;
  const [first] = own;
  if (first === undefined) return null;
  const writer = new BatchWriter(first.profile.stacks);
  const types = new Map<string, readonly PlannedType["info"][]>();
  const uploads: Routed[] = [];
  let told: OtlpUpload["attributeNotes"] = [];
  const drops = new LabelDrops();
  for (const [i, upload] of own.entries()) {
    const { profile } = upload;
    const { slot, isOwn, notes: ofSlot } = slotOf(profile, settings);
    const { labels, notes: ofLabels } = labelsOf(upload, limits);
    if (upload.attributeNotes !== told) notes.add(...upload.attributeNotes);
    told = upload.attributeNotes;
    const plan = planOf(upload, limits);
    const ofSample = (sample: LabelSet) => withSampleLabels(labels, sample, limits, drops);
    const series = splitSeries(profile, [plan], ofSample, limits, drops);
    if (series.length === 0) continue;
    notes.add(...ofSlot, ...ofLabels, ...profile.notes);
    writer.add(slot, series);
    const ofType = types.get(plan.info.id) ?? [plan.info];
    types.set(plan.info.id, ofType);
    const route = await routedOf(ports, { app: service, labels }, isOwn ? { hash: bodyHash, place: i } : null);
    uploads.push({ ...route, types: ofType });
  }
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
  const id = profileTypeId({
    name: metric || type || "otlp",
    sampleType: type,
    sampleUnit: unit,
    periodType: periodType.type,
    periodUnit: periodType.unit,
  });
  if (id.length > limits.labelValueBytes || id.split(":").length !== 5)
    throw malformed(`sample type ${type.slice(0, 100)} can't be named: ids are five parts with colons between`);
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
