// An OTLP export: one request is one batch per service. Nothing of a request is stored unless all of it can be read.
import type { Limits } from "../config.ts";
import { decodeOtlp } from "../formats/otlp/decode.ts";
import type { OtlpRequest } from "../formats/otlp/messages.ts";
import { readOtlpJson, readOtlpProto } from "../formats/otlp/read-request.ts";
import { AppError } from "../lib/app-error.ts";
import { concurrently } from "../lib/concurrently.ts";
import type { UploadNote } from "../profile/upload-note.ts";
import type { DecodeSettings } from "./decode-upload.ts";
import { addToDraft, batchOfDraft, type OtlpDraft, otlpDraft } from "./otlp-draft.ts";
import { shedNote } from "./shed-note.ts";
import { type ManyUploads, type StorePorts, storeMany } from "./store-upload.ts";
import { type IncidentListener, NOBODY_LISTENS, type UploadSubject } from "./upload-incident.ts";

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
  const drafts = new Map<string, OtlpDraft>();
  for (const upload of decodeOtlp(request, settings)) {
    const draft = drafts.get(upload.service) ?? otlpDraft(upload);
    drafts.set(upload.service, draft);
    await judged(draft, listener, () => addToDraft(ports, draft, { upload, bodyHash }, settings));
  }
  const batches: Told[] = [];
  for (const draft of drafts.values()) {
    const batch = await judged(draft, listener, async () => batchOfDraft(draft, settings.limits));
    if (batch !== null) batches.push({ ...batch, subject: draft.subject });
  }
  const { answers, refusal } = await storeAll(ports, batches, listener);
  answers.forEach(({ shed }, i) => {
    if (shed !== null) drafts.get(batches[i]?.service ?? "")?.notes.add(shedNote(shed));
  });
  for (const { notes, subject } of drafts.values()) if (notes.count > 0) listener.mended(notes.list, subject);
  if (refusal !== null) throw refusal;
  return {
    stored: answers.reduce((sum, { stored }) => sum + stored, 0),
    duplicates: answers.reduce((sum, { duplicates }) => sum + duplicates, 0),
    notes: [...drafts.values()].flatMap(({ notes }) => notes.list),
  };
}

/** Refusals of a service's profiles are told as the service's. */
async function judged<T>({ subject }: OtlpDraft, listener: IncidentListener, act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    if (error instanceof AppError) listener.refused(error, subject);
    throw error;
  }
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
  const services = answers.filter(({ refused }) => refused.length > 0).length;
  const refusals = answers.flatMap(({ refused }, i) => {
    const batch = batches[i];
    const [first] = refused;
    if (batch === undefined || first === undefined) return [];
    const { service, subject, uploads: all } = batch;
    const { error } = first;
    const count = refused.reduce((sum, { uploads }) => sum + uploads.length, 0);
    const isWhole = count === all.length;
    const others = `${isWhole ? "" : ", the others are stored"}${services === 1 ? "" : "; other services have refused ones, too"}`;
    const what = `${count} of ${all.length} profiles of ${service} are refused${others}`;
    const isAll = batches.length === 1 && isWhole;
    const told = isAll ? error : new AppError(error.code, `${what}: ${error.message}`, error.facts);
    listener.refused(told, subject);
    return told;
  });
  return { answers, refusal: refusals[0] ?? null };
}
