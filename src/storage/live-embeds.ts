// Live embeds in the catalog, and what was drawn last in the bucket. One is there while its row is and its tenant is.
//
//   t/<tenant>/e/<id>/data.json.gz    what its query found, redacted
//                     preview.png     the picture of that, and of the same second
import { tenantPrefix } from "../segment/keys.ts";
import { removePrefix } from "./prefix-delete.ts";

export interface LiveEmbedRow {
  readonly id: number;
  readonly tenantId: number;
  /** The tenant's name. */
  readonly tenant: string;
  readonly revokeHash: string;
  readonly title: string;
  readonly query: string;
  readonly rangeSeconds: number;
  /** JSON. */
  readonly redact: string;
  /** JSON list; null: any. */
  readonly frameHosts: string | null;
  /** Unix seconds. */
  readonly createdAt: number;
  readonly expiresAt: number | null;
  readonly renderedAt: number;
}

interface Stores {
  readonly database: D1Database;
  readonly bucket: R2Bucket;
}

type EmbedRef = Pick<LiveEmbedRow, "tenantId" | "id">;

/** Its objects below its prefix. */
type DrawnName = "data.json.gz" | "preview.png";

const embedsPrefix = (tenantId: number): string => `${tenantPrefix(tenantId)}e/`;
const embedPrefix = ({ tenantId, id }: EmbedRef): string => `${embedsPrefix(tenantId)}${id}/`;

const SELECT = `SELECT live_embeds.id, tenant_id AS tenantId, tenants.name AS tenant, revoke_hash AS revokeHash, title, query,
  range_seconds AS rangeSeconds, redact, frame_hosts AS frameHosts, live_embeds.created_at AS createdAt, expires_at AS expiresAt,
  rendered_at AS renderedAt FROM live_embeds JOIN tenants ON tenants.id = tenant_id`;
const IS_LIVE = "(expires_at IS NULL OR expires_at > ?2)";

type Stored = LiveEmbedRow & Record<string, unknown>;

/** @returns its id; null when the tenant has `most` already, or is deleted meanwhile */
export async function insertEmbed(
  database: D1Database,
  row: Omit<LiveEmbedRow, "id" | "renderedAt"> & { readonly tokenHash: string },
  most: number,
): Promise<number | null> {
  const found = await database
    .prepare(
      `INSERT INTO live_embeds (tenant_id, token_hash, revoke_hash, title, query, range_seconds, redact, frame_hosts, created_at,
         expires_at, rendered_at) SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, 0
       WHERE (SELECT count(*) FROM live_embeds WHERE tenant_id = ?1) < ?11
         AND EXISTS (SELECT 1 FROM tenants WHERE id = ?1 AND name = ?12) RETURNING id`,
    )
    .bind(
      row.tenantId,
      row.tokenHash,
      row.revokeHash,
      row.title,
      row.query,
      row.rangeSeconds,
      row.redact,
      row.frameHosts,
      row.createdAt,
      row.expiresAt,
      most,
      row.tenant,
    )
    .first<{ id: number }>();
  return found?.id ?? null;
}

export const findEmbed = (database: D1Database, tokenHash: string, now: number): Promise<LiveEmbedRow | null> =>
  database.prepare(`${SELECT} WHERE token_hash = ?1 AND ${IS_LIVE}`).bind(tokenHash, now).first<Stored>();

export const readEmbed = (database: D1Database, id: number, now: number): Promise<LiveEmbedRow | null> =>
  database.prepare(`${SELECT} WHERE live_embeds.id = ?1 AND ${IS_LIVE}`).bind(id, now).first<Stored>();

/** A tenant's, newest first. */
export async function listEmbeds(
  database: D1Database,
  { tenant, now, below, most }: { tenant: string; now: number; below: number; most: number },
): Promise<LiveEmbedRow[]> {
  const { results } = await database
    .prepare(
      `${SELECT} WHERE tenants.name = ?1 AND ${IS_LIVE} AND live_embeds.id < ?3 ORDER BY live_embeds.id DESC LIMIT ?4`,
    )
    .bind(tenant, now, below, most)
    .all<Stored>();
  return results;
}

/** Of all who find it too old one draws: the row says who. @returns whether it is the caller */
export async function claimDrawing(database: D1Database, id: number, now: number, olderThan: number): Promise<boolean> {
  const { meta } = await database
    .prepare("UPDATE live_embeds SET rendered_at = ?2 WHERE id = ?1 AND rendered_at <= ?3")
    .bind(id, now, olderThan)
    .run();
  return meta.changes === 1;
}

export interface DrawnEmbed {
  /** Unix seconds at which its query was asked. */
  readonly at: number;
  /** Gzip of JSON, or a PNG. */
  readonly bytes: Uint8Array<ArrayBuffer>;
}

export async function readDrawn(bucket: R2Bucket, row: EmbedRef, name: DrawnName): Promise<DrawnEmbed | null> {
  const object = await bucket.get(embedPrefix(row) + name);
  if (object === null) return null;
  return { at: Number(object.customMetadata?.at ?? 0), bytes: new Uint8Array(await object.arrayBuffer()) };
}

/**
 * What is stored while the embed is revoked is taken away again, and so is what was asked before a deletion was ordered: that may have
 * ended, and have taken what it found, before this came.
 */
export async function storeDrawn(
  { database, bucket }: Stores,
  row: EmbedRef,
  name: DrawnName,
  { at, bytes }: DrawnEmbed,
): Promise<void> {
  const key = embedPrefix(row) + name;
  await bucket.put(key, bytes, { customMetadata: { at: String(at) } });
  const isWanted = await database
    .prepare(
      `SELECT 1 FROM live_embeds WHERE id = ?1 AND ${IS_LIVE}
         AND NOT EXISTS (SELECT 1 FROM deletions WHERE tenant_id = ?3 AND requested_at >= ?2)`,
    )
    .bind(row.id, at, row.tenantId)
    .first();
  if (isWanted !== null) return;
  await bucket.delete(key);
  await mayBeDrawn(database, "id = ?1", row.id).run();
}

/** The next reader draws, and needs not wait for the minute. */
const mayBeDrawn = (database: D1Database, where: string, value: number): D1PreparedStatement =>
  database.prepare(`UPDATE live_embeds SET rendered_at = 0 WHERE ${where}`).bind(value);

/**
 * Of a deletion: what was drawn may show what it took. The links stay, and draw anew.
 * @returns whether nothing was left
 */
export async function forgetDrawn({ database, bucket }: Stores, tenantId: number): Promise<boolean> {
  if (!(await removePrefix(bucket, embedsPrefix(tenantId), 2))) return false;
  await mayBeDrawn(database, "tenant_id = ?1", tenantId).run();
  return true;
}

/** Gone for readers at once, then its object, then the row: what fails in between is for cron. */
export async function removeEmbed({ database, bucket }: Stores, row: EmbedRef): Promise<void> {
  await database
    .prepare("UPDATE live_embeds SET expires_at = 0, title = '', query = '' WHERE id = ?")
    .bind(row.id)
    .run();
  await forget({ database, bucket }, row);
}

async function forget({ database, bucket }: Stores, row: EmbedRef): Promise<void> {
  if (!(await removePrefix(bucket, embedPrefix(row), 2))) return;
  await database.prepare("DELETE FROM live_embeds WHERE id = ?").bind(row.id).run();
}

export async function removeExpiredEmbeds(stores: Stores, now: number, most: number): Promise<void> {
  const { results } = await stores.database
    .prepare("SELECT id, tenant_id AS tenantId FROM live_embeds WHERE expires_at <= ?1 LIMIT ?2")
    .bind(now, most)
    .all<{ id: number; tenantId: number }>();
  for (const row of results) await forget(stores, row);
}
