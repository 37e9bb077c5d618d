// Shares in the catalog and in the bucket. A share is there when its row is: the row is written last and removed first.
import { AppError } from "../lib/app-error.ts";
import type { Clock } from "../lib/clock.ts";
import { lengthOf, streamOf } from "../lib/read-stream.ts";
import { tenantPrefix } from "../segment/keys.ts";
import { retireStatement } from "./merge-commit.ts";
import { removePrefix } from "./prefix-delete.ts";
import { TENANT_ID } from "./tenants.ts";

export interface ShareRow {
  readonly key: string;
  readonly tenantId: number;
  readonly title: string;
  /** Unix seconds. */
  readonly createdAt: number;
  readonly expiresAt: number | null;
  readonly lifeSeconds: number | null;
  readonly deleteHash: string;
  /** JSON list. */
  readonly frameHosts: string | null;
  readonly facts: string;
  readonly storedBytes: number;
  readonly isClaimed: 0 | 1;
}

type ShareRef = Pick<ShareRow, "tenantId" | "key">;

interface ShareStores {
  readonly database: D1Database;
  readonly bucket: R2Bucket;
}

/** One of a share's objects: its name below the share's prefix. */
export interface ShareObject {
  readonly name: string;
  /** Whole, or in pieces. */
  readonly bytes: Uint8Array<ArrayBuffer> | readonly Uint8Array[];
}

export const bytesIn = ({ bytes }: ShareObject): number =>
  bytes instanceof Uint8Array ? bytes.length : lengthOf(bytes);

export const sharePrefix = ({ tenantId, key }: ShareRef): string => `${tenantPrefix(tenantId)}s/${key}/`;

const COLUMNS =
  "key, tenant_id AS tenantId, title, created_at AS createdAt, expires_at AS expiresAt, life_seconds AS lifeSeconds, delete_hash AS deleteHash, frame_hosts AS frameHosts, facts, stored_bytes AS storedBytes, is_claimed AS isClaimed";

/**
 * Objects first: whoever sees the row finds them. They are announced to cron before, for when nobody lives to write the row. A tenant
 * that is deleted meanwhile takes it along: its number is dead, and nobody would look below it again.
 * @throws AppError conflict when it was
 */
export async function writeShare(
  { database, bucket, tenant }: ShareStores & { readonly tenant: string },
  row: ShareRow,
  objects: readonly ShareObject[],
): Promise<void> {
  const prefix = sharePrefix(row);
  const keys = objects.map(({ name }) => prefix + name);
  await retireStatement(database, keys, row.createdAt).run();
  try {
    for (const object of objects) await putObject(bucket, prefix + object.name, object);
    const [inserted] = await database.batch([
      insertStatement(database, tenant, row),
      database
        .prepare(
          `DELETE FROM retired_objects WHERE object_key IN (SELECT value FROM json_each(?1))
             AND EXISTS (SELECT 1 FROM shares WHERE key = ?2)`,
        )
        .bind(JSON.stringify(keys), row.key),
    ]);
    if (inserted?.meta.changes !== 1)
      throw new AppError("conflict", "all of this tenant was deleted while this was being shared, and this with it");
  } catch (error) {
    await removePrefix(bucket, prefix, 1).catch(() => undefined);
    throw error;
  }
}

/** Changes nothing when its tenant is deleted. */
const insertStatement = (database: D1Database, tenant: string, row: ShareRow): D1PreparedStatement =>
  database
    .prepare(
      `INSERT INTO shares (key, tenant_id, title, created_at, expires_at, life_seconds, delete_hash, frame_hosts, facts,
         stored_bytes, is_claimed) SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11
       WHERE EXISTS (SELECT 1 FROM tenants WHERE id = ?2 AND name = ?12)`,
    )
    .bind(
      row.key,
      row.tenantId,
      row.title,
      row.createdAt,
      row.expiresAt,
      row.lifeSeconds,
      row.deleteHash,
      row.frameHosts,
      row.facts,
      row.storedBytes,
      row.isClaimed,
      tenant,
    );

async function putObject(bucket: R2Bucket, key: string, object: ShareObject): Promise<void> {
  const { bytes } = object;
  if (bytes instanceof Uint8Array) {
    await bucket.put(key, bytes);
    return;
  }
  // The bucket wants to know the length of what will come.
  const sized = new FixedLengthStream(bytesIn(object));
  await Promise.all([bucket.put(key, sized.readable), streamOf(bytes).pipeTo(sized.writable)]);
}

/** @returns null when there is none, or no longer */
export async function readShare(database: D1Database, key: string, now: number): Promise<ShareRow | null> {
  return database
    .prepare(`SELECT ${COLUMNS} FROM shares WHERE key = ?1 AND (expires_at IS NULL OR expires_at > ?2)`)
    .bind(key, now)
    .first<ShareRow & Record<string, unknown>>();
}

/** A view in the last half of a share's life begins the life anew: one write in half a life at most. */
export async function noteView(database: D1Database, row: ShareRow, clock: Clock): Promise<void> {
  if (row.lifeSeconds === null || row.expiresAt === null) return;
  const until = Math.floor(clock()) + row.lifeSeconds;
  if (until - row.expiresAt < row.lifeSeconds / 2) return;
  await database
    .prepare("UPDATE shares SET expires_at = ?2 WHERE key = ?1 AND expires_at = ?3")
    .bind(row.key, until, row.expiresAt)
    .run();
}

/** Gone for readers at once, then its objects, then the row: what fails in between is for cron, which goes by the row. */
export async function removeShare(stores: ShareStores, row: ShareRef): Promise<void> {
  const { database } = stores;
  await database.batch([
    database
      .prepare("UPDATE shares SET expires_at = 0, life_seconds = NULL, title = '', facts = '' WHERE key = ?")
      .bind(row.key),
    database.prepare("DELETE FROM share_reports WHERE tenant_id = ? AND share_key = ?").bind(row.tenantId, row.key),
  ]);
  await forgetShare(stores, row);
}

/** Objects go before the row: what fails in between is tried again, since the row is still there. */
async function forgetShare({ database, bucket }: ShareStores, row: ShareRef): Promise<void> {
  if (!(await removePrefix(bucket, sharePrefix(row), 2))) return;
  await database.prepare("DELETE FROM shares WHERE key = ?").bind(row.key).run();
}

/** @returns false when somebody has claimed it before, or it is over: then nothing is changed */
export async function claimShare(
  database: D1Database,
  { key, tenantId }: ShareRef,
  { now, lifeSeconds }: { now: number; lifeSeconds: number },
): Promise<boolean> {
  const { meta } = await database
    .prepare(
      `UPDATE shares SET is_claimed = 1, expires_at = ?3 + ?4, life_seconds = ?4 WHERE key = ?1 AND tenant_id = ?2 AND is_claimed = 0
         AND (expires_at IS NULL OR expires_at > ?3)`,
    )
    .bind(key, tenantId, now, lifeSeconds)
    .run();
  return meta.changes === 1;
}

/** The last row of a page: the next one begins behind it. Many rows may be of one second. */
export type ShareCursor = Pick<ShareRow, "createdAt" | "key">;

/** A tenant's, newest first, those behind `after` only. */
export async function listShares(
  database: D1Database,
  { tenant, after, most }: { tenant: string; after: ShareCursor | null; most: number },
): Promise<ShareRow[]> {
  const { results } = await database
    .prepare(
      `SELECT ${COLUMNS} FROM shares WHERE tenant_id = ${TENANT_ID}
         AND (created_at, key) < (?2, ?3) ORDER BY created_at DESC, key DESC LIMIT ?4`,
    )
    .bind(tenant, after?.createdAt ?? Number.MAX_SAFE_INTEGER, after?.key ?? "", most)
    .all<ShareRow & Record<string, unknown>>();
  return results;
}

/** Nobody sees an expired one. @param most of one call */
export async function removeExpiredShares(stores: ShareStores, now: number, most: number): Promise<void> {
  const { results } = await stores.database
    .prepare("SELECT key, tenant_id AS tenantId FROM shares WHERE expires_at <= ?1 ORDER BY expires_at LIMIT ?2")
    .bind(now, most)
    .all<{ key: string; tenantId: number }>();
  for (const row of results) await forgetShare(stores, row);
}
