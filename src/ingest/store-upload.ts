// Sends decoded uploads to their app's objects; returns when they are durable. Which shard each goes to is told by the app's
// shard map as this isolate knows it; a shard that knows a newer one says so, and all is tried again by that (decision 0012).
import type {
  AppendAnswer,
  AppendManyAnswer,
  AppendManyRequest,
  AppendRequest,
  ForgoAnswer,
  ForgoRequest,
  ShedFacts,
} from "../aggregate/live-protocol.ts";
import { LIMITS } from "../config.ts";
import { AppError, type ErrorCode, tooLarge } from "../lib/app-error.ts";
import type { Clock } from "../lib/clock.ts";
import { concurrently } from "../lib/concurrently.ts";
import type { TypeInfo } from "../profile/profile-type.ts";
import { returnStacks } from "../profile/stack-dictionary.ts";
import { encodeUpload } from "../segment/batch.ts";
import { olderShards, type ShardMap, shardOf } from "../segment/shard-map.ts";
import { withoutUploads } from "../segment/without-uploads.ts";
import type { DecodedUpload } from "./decoded-upload.ts";
import type { KnownMaps } from "./known-maps.ts";
import type { UploadIdentity } from "./upload-id.ts";

export interface StorePorts {
  readonly tenant: string;
  readonly clock: Clock;
  /** A route for uploads that may go anywhere. */
  readonly anyRoute: () => number;
  /** What this isolate heard of the apps' shard maps. */
  readonly maps: KnownMaps;
  /** Hands a batch to the object of an app's shard. Resolves when it is durable, or when the map is too old. */
  append(request: AppendRequest): Promise<AppendAnswer>;
  /** The same for a batch of many uploads, each of which may have been stored before. */
  appendMany(request: AppendManyRequest): Promise<AppendManyAnswer>;
  forgo(service: string, shard: number, request: ForgoRequest): Promise<ForgoAnswer>;
  /** An object said that the tenant is over its rate. */
  heardOver?(service: string, facts: ShedFacts): void;
}

/** An app's map changes once a minute at most: more refusals in a row are a mistake of ours. */
const MOST_ATTEMPTS = 5;

/** Six calls may be open at once: each share asks its older shards, and then sends. */
const SHARES_AT_ONCE = 2;
const ASKED_AT_ONCE = 3;

const tooManyAttempts = () =>
  new AppError("unavailable", "the app's shards are changing; try again", { retryAfterSeconds: 1 });

/**
 * @param upload its dictionary is given back: nobody may use it afterwards
 * @param bytes of the profile as sent
 * @returns `duplicate` when an attempt with one of its ids was stored before
 * @throws AppError profile_too_large when the batch does not fit one call to the object
 */
export async function storeUpload(
  ports: StorePorts,
  upload: DecodedUpload,
  { ids, route }: UploadIdentity,
  bytes = 0,
): Promise<StoreOutcome> {
  const batch = encodeUpload(upload.stacks, upload.slot, upload.series);
  returnStacks(upload.stacks);
  const isShed = upload.isShed === true;
  if (batch.length > LIMITS.batchBytes) {
    throw tooLarge("batchBytes", batch.length, LIMITS.batchBytes, "bytes of the encoded profile");
  }
  const { service } = upload;
  const { tenant } = ports;
  const types = [...new Map(upload.series.map(({ type }) => [type.id, type])).values()];
  const routed = ids.map((one) => ({ ...one, route }));
  for (let attempt = 0; attempt < MOST_ATTEMPTS; attempt++) {
    const map = await ports.maps.of(tenant, service);
    const older = await askOlderShards(ports, service, map, routed);
    if (older.kind === "forgone" && older.stored.length > 0) return { kind: "duplicate", shed: null };
    const shard = shardOf(route, map[0].count);
    const answer =
      older.kind === "map changed"
        ? older
        : await ports.append({ tenant, service, shard, types, batch, ids, route, map, bytes, isShed });
    if (answer.kind === "duplicate") return { kind: "duplicate", shed: null };
    if (answer.kind === "stored") {
      if (answer.shed !== undefined) ports.heardOver?.(service, answer.shed);
      return { kind: "stored", shed: answer.shed ?? null };
    }
    ports.maps.learn(tenant, service, answer.map);
  }
  throw tooManyAttempts();
}

export interface StoreOutcome {
  readonly kind: "stored" | "duplicate";
  /** The tenant is over its rate, and the object kept the totals alone. */
  readonly shed: ShedFacts | null;
}

export interface ManyUploads {
  readonly service: string;
  /** BatchWriter */
  readonly batch: Uint8Array<ArrayBuffer>;
  /** Of each upload in the batch: what it is known by ("": it always counts), and where it belongs. */
  readonly uploads: readonly Routed[];
  /** Into so many parts a batch may be cut that is refused for the types of some of its uploads. */
  readonly mostParts?: number;
}

export interface ManyOutcome {
  readonly stored: number;
  readonly duplicates: number;
  readonly shed: ShedFacts | null;
  /** What is wrong with them is so each time they are sent. The others are stored. */
  readonly refused: readonly RefusedUploads[];
}

export interface RefusedUploads {
  readonly error: AppError;
  /** Their places in the batch. */
  readonly uploads: readonly number[];
}

/** Uploads that go together while they may; those of one shard in one call. */
interface Part {
  readonly own: readonly number[];
  /** Of a part already. */
  readonly isCut: boolean;
}

/**
 * Stores a batch of many uploads, cut up by shard. Where it fails in the middle, ids make its repetition harmless.
 * @throws AppError rate_limited, unavailable
 */
export async function storeMany(ports: StorePorts, many: ManyUploads): Promise<ManyOutcome> {
  const sum = { stored: 0, duplicates: 0 };
  const refused: RefusedUploads[] = [];
  let shed: ShedFacts | null = null;
  let open: readonly Part[] = [{ own: many.uploads.map((_, i) => i), isCut: false }];
  for (let attempt = 0; attempt < MOST_ATTEMPTS && open.length > 0; attempt++) {
    const map = await ports.maps.of(ports.tenant, many.service);
    const shares = open.flatMap(({ own, isCut }) =>
      [...Map.groupBy(own, (i) => shardOf(many.uploads[i]?.route ?? 0, map[0].count))].map(
        ([shard, ofShard]): Share => ({ map, shard, own: ofShard, isCut }),
      ),
    );
    const answers = await concurrently(shares, SHARES_AT_ONCE, (share) => storeShare(ports, many, share));
    const next: Part[] = [];
    answers.forEach((answer, i) => {
      const share = shares[i];
      if (share === undefined) return;
      if (answer.kind === "map changed") {
        ports.maps.learn(ports.tenant, many.service, answer.map);
        next.push(share);
      } else if (answer.kind === "refused") {
        const parts =
          answer.error.facts.limit === "typesPerApp" && !share.isCut
            ? partsByTypes(many, share.own, shares.length)
            : [];
        if (parts.length > 1) next.push(...parts.map((own) => ({ own, isCut: true })));
        else refused.push({ error: answer.error, uploads: share.own });
      } else {
        sum.stored += answer.stored;
        sum.duplicates += answer.duplicates;
        if (answer.shed === undefined) return;
        shed = { ...answer.shed, uploads: answer.shed.uploads + (shed?.uploads ?? 0) };
        ports.heardOver?.(many.service, answer.shed);
      }
    });
    open = next;
  }
  if (open.length > 0) throw tooManyAttempts();
  return { ...sum, shed, refused };
}

/** Uploads of the same types together, most first: an app that has no room for one's may know the other's. The last part has the rest. */
function partsByTypes(
  { uploads, mostParts = 1 }: ManyUploads,
  own: readonly number[],
  shares: number,
): readonly (readonly number[])[] {
  const sets = [...Map.groupBy(own, (i) => uploads[i]?.types).values()].sort((a, b) => b.length - a.length);
  const rest = sets.splice(Math.max(0, Math.floor(mostParts / shares) - 1)).flat();
  return rest.length === 0 ? sets : [...sets, rest];
}

/** Errors that the same uploads don't have when they come again. */
const PASSING: ReadonlySet<ErrorCode> = new Set(["rate_limited", "unavailable", "corrupt_storage"]);

interface Share extends Part {
  readonly map: ShardMap;
  readonly shard: number;
}

interface ShareRefused {
  readonly kind: "refused";
  readonly error: AppError;
}

/** @param share `own`: which of the uploads are the shard's */
async function storeShare(
  ports: StorePorts,
  { service, batch, uploads }: ManyUploads,
  { map, shard, own }: Share,
): Promise<AppendManyAnswer | ShareRefused> {
  const mine = own.flatMap((i) => uploads[i] ?? []);
  const known = mine.filter(({ id }) => id !== "");
  const older = await askOlderShards(ports, service, map, known);
  if (older.kind === "map changed") return older;
  const elsewhere = new Set(older.stored);
  const sent = new Set(own.filter((i) => !elsewhere.has(uploads[i]?.id ?? "")));
  const kept = mine.filter(({ id }) => !elsewhere.has(id));
  const duplicates = mine.length - kept.length;
  if (kept.length === 0) return { kind: "stored", stored: 0, duplicates };
  const request = {
    tenant: ports.tenant,
    service,
    shard,
    types: typesOf(kept),
    batch: sent.size === uploads.length ? batch : withoutUploads(batch, (i) => sent.has(i)),
    uploadIds: kept.map(({ id }) => id),
    keepSeconds: kept.map(({ keepSeconds }) => keepSeconds),
    routes: kept.map(({ route }) => route),
    ...bytesOf(kept),
    map,
  };
  try {
    const answer = await ports.appendMany(request);
    return answer.kind === "map changed" ? answer : { ...answer, duplicates: answer.duplicates + duplicates };
  } catch (error) {
    if (error instanceof AppError && !PASSING.has(error.code)) return { kind: "refused", error };
    throw error;
  }
}

const typesOf = (uploads: readonly Routed[]): readonly TypeInfo[] => {
  const sets = new Set(uploads.map(({ types }) => types));
  return [...new Map([...sets].flatMap((types) => types.map((type) => [type.id, type] as const))).values()];
};

export interface Routed extends Route {
  /** Of the upload's series. Uploads of the same types have one list. */
  readonly types: readonly TypeInfo[];
  /** Of the profile as sent. */
  readonly bytes?: number;
}

/** What an upload is known by, and where it belongs. */
export interface Route {
  readonly id: string;
  readonly keepSeconds: number;
  readonly route: number;
}

/** Absent where the request does not tell its profiles apart: what is stored of them counts then. */
function bytesOf(uploads: readonly Routed[]): { bytes?: number } {
  const known = uploads.flatMap(({ bytes }) => bytes ?? []);
  return known.length < uploads.length ? {} : { bytes: known.reduce((sum, bytes) => sum + bytes, 0) };
}

/** Attempts that went by older maps may have stored uploads elsewhere; from now on none will. */
async function askOlderShards(
  ports: StorePorts,
  service: string,
  map: ShardMap,
  uploads: readonly Route[],
): Promise<ForgoAnswer> {
  const asked = new Map<number, string[]>();
  const now = ports.clock();
  for (const { id, route, keepSeconds } of uploads) {
    for (const shard of olderShards(map, route, keepSeconds, now)) {
      const ids = asked.get(shard);
      if (ids === undefined) asked.set(shard, [id]);
      else ids.push(id);
    }
  }
  if (asked.size === 0) return { kind: "forgone", stored: [] };
  const answers = await concurrently([...asked], ASKED_AT_ONCE, ([shard, ids]) =>
    ports.forgo(service, shard, { ids, map }),
  );
  const stored = answers.flatMap((answer) => (answer.kind === "forgone" ? answer.stored : []));
  const refusal = answers.find(({ kind }) => kind === "map changed");
  // Stored is stored, whatever the map; but of those that are not, every shard must have spoken.
  const areAllStored = uploads.every(({ id }) => stored.includes(id));
  return refusal === undefined || areAllStored ? { kind: "forgone", stored } : refusal;
}
