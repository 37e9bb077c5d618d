// Shares in the catalog and in the bucket. A share is there when its row is: the row is written last and removed first.
import { AppError } from "../lib/app-error.ts";
import type { Clock } from "../lib/clock.ts";
import { lengthOf, streamOf } from "../lib/read-stream.ts";
import { tenantPrefix } from "../segment/keys.ts";
import { removePrefix } from "./prefix-delete.ts";

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

/** One of a share's objects: its name below the share's prefix. */
export interface ShareObject {
  readonly name: string;
  /** Whole, or in pieces. */
  readonly bytes: Uint8Array<ArrayBuffer> | readonly Uint8Array[];
}

export const bytesIn = ({ bytes }: ShareObject): number =>
  bytes instanceof Uint8Array ? bytes.length : lengthOf(bytes);

export const sharePrefix = ({ tenantId, key }: Pick<ShareRow, "tenantId" | "key">): string =>
  `${tenantPrefix(tenantId)}s/${key}/`;

const COLUMNS =
  "key, tenant_id AS tenantId, title, created_at AS createdAt, expires_at AS expiresAt, life_seconds AS lifeSeconds, delete_hash AS deleteHash, frame_hosts AS frameHosts, facts, stored_bytes AS storedBytes, is_claimed AS isClaimed";

/** The number of a tenant, which is made when it does not exist. */
export async function shareTenant(database: D1Database, tenant: string, now: number): Promise<number> {
  const find = database.prepare("SELECT id FROM tenants WHERE name = ?").bind(tenant);
  const [, found] = await database.batch<{ id: number }>([
    database.prepare("INSERT OR IGNORE INTO tenants (name, created_at) VALUES (?, ?)").bind(tenant, now),
    find,
  ]);
  const id = found?.results[0]?.id;
  if (id === undefined) throw new Error("the tenant was not made");
  return id;
}

/**
 * Objects first: whoever sees the row finds them. A tenant that is deleted meanwhile takes it along: its number is dead, and nobody
 * would look below it again.
 * @throws AppError conflict when it was
 */
export async function writeShare(
  { database, bucket, tenant }: { database: D1Database; bucket: R2Bucket; tenant: string },
  row: ShareRow,
  objects: readonly ShareObject[],
): Promise<void> {
  const prefix = sharePrefix(row);
  try {
    for (const object of objects) await putObject(bucket, prefix + object.name, object);
    if (!(await insertShare(database, tenant, row)))
      throw new AppError("conflict", "all of this tenant was deleted while this was being shared, and this with it");
  } catch (error) {
    await removePrefix(bucket, prefix, 1).catch(() => undefined);
    throw error;
  }
}

/** @returns false when its tenant is deleted */
async function insertShare(database: D1Database, tenant: string, row: ShareRow): Promise<boolean> {
  const { meta } = await database
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
    )
    .run();
  return meta.changes === 1;
}

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
export async function removeShare(
  { database, bucket }: { database: D1Database; bucket: R2Bucket },
  row: Pick<ShareRow, "tenantId" | "key">,
): Promise<void> {
  await database.batch([
    database
      .prepare("UPDATE shares SET expires_at = 0, life_seconds = NULL, title = '', facts = '' WHERE key = ?")
      .bind(row.key),
    database.prepare("DELETE FROM share_reports WHERE tenant_id = ? AND share_key = ?").bind(row.tenantId, row.key),
  ]);
  if (!(await removePrefix(bucket, sharePrefix(row), 2))) return;
  await database.prepare("DELETE FROM shares WHERE key = ?").bind(row.key).run();
}

/** @returns false when somebody has claimed it before, or it is over: then nothing is changed */
export async function claimShare(
  database: D1Database,
  { key, tenantId }: Pick<ShareRow, "tenantId" | "key">,
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
      `SELECT ${COLUMNS} FROM shares WHERE tenant_id = (SELECT id FROM tenants WHERE name = ?1)
         AND (created_at, key) < (?2, ?3) ORDER BY created_at DESC, key DESC LIMIT ?4`,
    )
    .bind(tenant, after?.createdAt ?? Number.MAX_SAFE_INTEGER, after?.key ?? "", most)
    .all<ShareRow & Record<string, unknown>>();
  return results;
}

/**
 * Objects go before the row: what fails in between is tried again, since the row is still there, and nobody sees an expired one.
 * @returns how many were removed
 */
export async function removeExpiredShares(
  { database, bucket }: { database: D1Database; bucket: R2Bucket },
  now: number,
  most: number,
): Promise<number> {
  const { results } = await database
    .prepare("SELECT key, tenant_id AS tenantId FROM shares WHERE expires_at <= ?1 ORDER BY expires_at LIMIT ?2")
    .bind(now, most)
    .all<{ key: string; tenantId: number }>();
  let removed = 0;
  for (const row of results) {
    if (!(await removePrefix(bucket, sharePrefix(row), 2))) continue;
    await database.prepare("DELETE FROM shares WHERE key = ?1").bind(row.key).run();
    removed++;
  }
  return removed;
}
