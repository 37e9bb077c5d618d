// What an upload is known by, so that one that is sent again counts once, and where it belongs.
//
//   key given:  SHA-256 of (tenant, app and labels as sent, key), kept 24 hours
//   no key:     SHA-256 of (tenant, app and labels as sent, from, until, format, body), kept five minutes; only where
//               the body carries its own time: without one, equal bytes of two senders may well be two profiles
//
// Both begin with the name as sent, from which the route is made: whoever has an id's name has its shard.
import type { UploadId } from "../aggregate/live-protocol.ts";
import { KEEP_BODY_SECONDS, KEEP_KEY_SECONDS, type Limits } from "../config.ts";
import { invalidArgument } from "../lib/app-error.ts";
import { ID_LENGTH } from "../lib/id-set.ts";
import { sha256Hex } from "../lib/sha256.ts";
import type { AppName } from "../profile/app-name.ts";
import { labelKey } from "../profile/labels.ts";
import { routeOf } from "../segment/shard-map.ts";
import { chooseFormat } from "./choose-format.ts";
import type { UploadRequest } from "./decode-upload.ts";
import { parseName } from "./upload-params.ts";

export interface UploadIdentity {
  /** Of several any one that was stored makes the upload a duplicate. */
  readonly ids: readonly UploadId[];
  /** Where it belongs: of the name's labels, and so the same for every attempt. */
  readonly route: number;
}

export interface IdentitySettings {
  readonly tenant: string;
  /** The header Idempotency-Key; empty for none. */
  readonly key: string;
  /** DecodedUpload's */
  readonly carriesTime: boolean;
  readonly limits: Limits;
  /** A route for uploads that may go anywhere. */
  readonly anyRoute: () => number;
}

/** @throws AppError invalid_argument when the key is too long */
export async function identifyUpload(request: UploadRequest, settings: IdentitySettings): Promise<UploadIdentity> {
  const { name } = parseName(request.params.get("name") ?? "", settings.limits);
  const ids = await idsOf(request, name, settings);
  return { ids, route: routeOfUpload(name, ids, settings.anyRoute) };
}

/**
 * By the labels as sent, so that a series stays in one shard as long as the map does. An app without labels would never
 * split: its uploads go by their first id, or anywhere.
 */
export function routeOfUpload({ labels }: AppName, ids: readonly UploadId[], anyRoute: () => number): number {
  if (labels.length > 0) return routeOf(labelKey(labels));
  const [first] = ids;
  return first === undefined ? anyRoute() : Number.parseInt(first.id.slice(0, 8), 16);
}

async function idsOf(request: UploadRequest, name: AppName, settings: IdentitySettings): Promise<UploadId[]> {
  const { params, contentType, body } = request;
  const { tenant, key, carriesTime, limits } = settings;
  if (key !== "") {
    const bytes = UTF8.encode(key).length;
    const allowed = limits.idempotencyKeyBytes;
    if (bytes > allowed) {
      throw invalidArgument(`Idempotency-Key: ${bytes} bytes, limit idempotencyKeyBytes is ${allowed}`, {
        limit: "idempotencyKeyBytes",
        actual: bytes,
        allowed,
      });
    }
    return [await keyId("key", tenant, name, key)];
  }
  if (!carriesTime) return [];
  const format = chooseFormat(params.get("format") ?? "", contentType);
  const range = [params.get("from") ?? "", params.get("until") ?? "", format];
  const hash = await sha256Hex(body);
  return [{ id: await idOf(["body", tenant, name, ...range, hash]), keepSeconds: KEEP_BODY_SECONDS }];
}

/** The id of an upload that its sender named. @param kind where the name comes from: equal ones of two kinds differ */
export const keyId = async (kind: string, tenant: string, name: AppName, key: string): Promise<UploadId> => ({
  id: await idOf([kind, tenant, name, key]),
  keepSeconds: KEEP_KEY_SECONDS,
});

/**
 * The id of an upload without a name of its own, by its bytes and its place in a request: the same request has it when it is sent
 * again. For formats that carry their own time.
 */
export const placeId = async (
  kind: string,
  tenant: string,
  name: AppName,
  { hash, place }: { readonly hash: string; readonly place: number },
): Promise<UploadId> => ({
  id: await idOf([`${kind} place`, tenant, name, hash, place]),
  keepSeconds: KEEP_BODY_SECONDS,
});

const idOf = async (what: readonly unknown[]): Promise<string> =>
  (await sha256Hex(JSON.stringify(what))).slice(0, ID_LENGTH);

const UTF8 = new TextEncoder();
