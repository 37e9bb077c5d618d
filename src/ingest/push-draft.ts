// One service's profiles of a Push request, as they are gathered for its object: a batch with one dictionary, and of each profile
// what it is known by and what its sender is told of it.
import type { ShedFacts, UploadId } from "../aggregate/live-protocol.ts";
import { type AppError, tooLarge } from "../lib/app-error.ts";
import { sha256Hex } from "../lib/sha256.ts";
import type { AppName } from "../profile/app-name.ts";
import type { TypeInfo } from "../profile/profile-type.ts";
import { StackDictionary } from "../profile/stack-dictionary.ts";
import { BatchWriter } from "../segment/batch.ts";
import type { PushedProfile } from "./push-profile.ts";
import { type Route, type StorePorts, storeMany } from "./store-upload.ts";
import { keyId, placeId, routeOfUpload } from "./upload-id.ts";
import type { UploadSubject } from "./upload-incident.ts";

/** One profile of the request, as sent. */
export interface Sample {
  readonly profile: Uint8Array;
  /** Empty where the sender gave none. */
  readonly id: string;
  /** In the request, from 1. */
  readonly place: number;
  /** Made only when there is something to tell. */
  readonly subject: () => UploadSubject;
}

/** A sample that is in the batch. */
interface Added extends Sample {
  readonly name: AppName;
  readonly types: readonly TypeInfo[];
  readonly hasTime: boolean;
}

export interface Draft {
  readonly service: string;
  /** Of the batch, by id. */
  types: Map<string, { readonly info: TypeInfo; readonly place: number }>;
  /** By the places of their types: thousands of profiles are of a few. */
  typeLists: Map<string, readonly TypeInfo[]>;
  writer: BatchWriter;
  /** Of each upload in the writer. */
  added: Added[];
}

export interface DraftOutcome {
  readonly stored: number;
  readonly duplicates: number;
  readonly shed: ShedFacts | null;
  readonly refused: readonly { readonly sample: Sample; readonly error: AppError }[];
}

export interface DraftTerms {
  readonly batchBytes: number;
  /** ManyUploads' */
  readonly mostParts: number;
}

const emptyWriter = (): BatchWriter => new BatchWriter(new StackDictionary());

export const newDraft = (service: string): Draft => ({
  service,
  types: new Map(),
  typeLists: new Map(),
  writer: emptyWriter(),
  added: [],
});

export function addToDraft(
  draft: Draft,
  sample: Sample,
  name: AppName,
  { slot, series, hasTime }: PushedProfile,
): void {
  draft.writer.add(slot, series);
  const own = [...new Set(series.map(({ type }) => type))].map((info) => {
    const known = draft.types.get(info.id) ?? { info, place: draft.types.size };
    draft.types.set(info.id, known);
    return known;
  });
  const key = own.map(({ place }) => place).join();
  const types = draft.typeLists.get(key) ?? own.map(({ info }) => info);
  draft.typeLists.set(key, types);
  draft.added.push({ ...sample, name, types, hasTime });
}

/**
 * Hands the draft's batch over and begins another.
 * @throws AppError rate_limited, unavailable: all of it may be sent again
 */
export async function storeDraft(
  ports: StorePorts,
  draft: Draft,
  { batchBytes, mostParts }: DraftTerms,
): Promise<DraftOutcome> {
  const { service, writer, added } = draft;
  draft.writer = emptyWriter();
  draft.added = [];
  draft.types = new Map();
  draft.typeLists = new Map();
  const batch = writer.finish();
  if (batch.length > batchBytes) {
    const error = tooLarge("batchBytes", batch.length, batchBytes, "bytes of the encoded profile");
    return { stored: 0, duplicates: 0, shed: null, refused: added.map((sample) => ({ sample, error })) };
  }
  const uploads = await Promise.all(
    added.map(async (one) => ({
      ...(await routedOf(ports, one)),
      types: one.types,
      bytes: one.profile.length,
    })),
  );
  const { refused, ...outcome } = await storeMany(ports, { service, batch, uploads, mostParts });
  const each = refused.flatMap(({ error, uploads: places }) => places.map((i) => ({ sample: added[i], error })));
  return {
    ...outcome,
    refused: each.flatMap(({ sample, error }) => (sample === undefined ? [] : { sample, error })),
  };
}

/** Without an id of its sender's it is known by its bytes and its place: what was stored of a request that failed counts once when it comes again. */
async function routedOf(
  { tenant, anyRoute }: StorePorts,
  { name, id, place, hasTime, profile }: Added,
): Promise<Route> {
  if (id !== "") return routed(await keyId("push", tenant, name, id));
  if (!hasTime) return { id: "", keepSeconds: 0, route: routeOfUpload(name, [], anyRoute) };
  return routed(await placeId("push", tenant, name, { hash: await sha256Hex(profile), place }));
  function routed(known: UploadId): Route {
    return { ...known, route: routeOfUpload(name, [known], anyRoute) };
  }
}
