// Flame graphs that are asked for now and fetched later: a row each in the catalog, an answer each in the bucket.
//
//   (none) ── ask ──▶ running ── answered ──▶ done      the first attempt that answers is the one that counts
//                       │  ▲ └─── failed ───▶ failed
//                       └──┘ resume: who ran it is dead; whoever polls runs it
//
// An answer's object is given to cron before it is put, for when its time is over: none outlives its row for long.
import { ASYNC_QUERIES } from "../config/clients.ts";
import { tenantPrefix } from "../segment/keys.ts";
import { ensureTenant, TENANT_ID } from "./tenants.ts";

export interface AsyncStore {
  readonly database: D1Database;
  readonly bucket: R2Bucket;
  readonly tenant: string;
}

export interface AsyncRow {
  readonly tenantId: number;
  readonly state: "running" | "done" | "failed";
  readonly attempt: number;
  /** Unix seconds. */
  readonly leaseUntil: number;
  readonly message: string | null;
  /** Whether profiles were deleted since: an answer may still show them. */
  readonly isStale: boolean;
}

const objectKey = (tenantId: number, id: string, attempt: number): string =>
  `${tenantPrefix(tenantId)}q/${id}-${attempt}`;
/** The same in SQL. */
const KEY_OF_ROW = "'t/' || tenant_id || '/q/' || id || '-' || attempt";

/** Without the hour that others' objects are kept for: nobody reads one whose row is gone. */
const RETIRE = "INSERT INTO retired_objects (object_key, delete_after)";

/** @returns false when as many are under way as may be */
export async function askAsync(
  { database, tenant }: Omit<AsyncStore, "bucket">,
  { id, question }: { readonly id: string; readonly question: string },
  now: number,
): Promise<boolean> {
  const { running, kept, keptBytes, leaseSeconds } = ASYNC_QUERIES;
  // Those that nobody works on, from the oldest on, beyond what may be kept.
  const over = `SELECT id FROM (SELECT id, state, lease_until, row_number() OVER newest AS place, sum(stored_bytes) OVER newest AS total
      FROM async_queries WHERE tenant_id = ${TENANT_ID} WINDOW newest AS (ORDER BY asked_at DESC, id DESC))
    WHERE (place > ?3 OR total > ?4) AND NOT (state = 'running' AND lease_until > ?2)`;
  const bounds = [tenant, now, kept, keptBytes] as const;
  const [, asked] = await database.batch([
    ensureTenant(database, tenant, now),
    database
      .prepare(
        `INSERT INTO async_queries (tenant_id, id, asked_at, state, question, attempt, lease_until, stored_bytes)
         SELECT ${TENANT_ID}, ?3, ?2, 'running', ?4, 1, ?5, 0
         WHERE (SELECT count(*) FROM async_queries WHERE tenant_id = ${TENANT_ID} AND state = 'running' AND lease_until > ?2) < ?6`,
      )
      .bind(tenant, now, id, question, now + leaseSeconds, running),
    database
      .prepare(
        `${RETIRE} SELECT ${KEY_OF_ROW}, ?2 FROM async_queries
         WHERE tenant_id = ${TENANT_ID} AND state = 'done' AND id IN (${over}) ON CONFLICT DO UPDATE SET delete_after = ?2`,
      )
      .bind(...bounds),
    database.prepare(`DELETE FROM async_queries WHERE tenant_id = ${TENANT_ID} AND id IN (${over})`).bind(...bounds),
  ]);
  return asked?.meta.changes === 1;
}

/** Null: there is none of this tenant, or no longer. */
export async function findAsync(
  { database, tenant }: Omit<AsyncStore, "bucket">,
  id: string,
  now: number,
): Promise<AsyncRow | null> {
  const row = await database
    .prepare(
      `SELECT tenant_id AS tenantId, state, attempt, lease_until AS leaseUntil, message,
         EXISTS (SELECT 1 FROM deletions d WHERE d.tenant_id = q.tenant_id AND max(d.requested_at, coalesce(d.done_at, 0)) >= q.asked_at)
           AS isStale
       FROM async_queries q WHERE tenant_id = ${TENANT_ID} AND id = ?2 AND asked_at > ?3`,
    )
    .bind(tenant, id, now - ASYNC_QUERIES.keepSeconds)
    .first<Omit<AsyncRow, "isStale"> & { isStale: number }>();
  return row === null ? null : { ...row, isStale: row.isStale === 1 };
}

/** Takes over a question whose runner is dead; null when somebody else has. */
export async function resumeAsync(
  { database, tenant }: Omit<AsyncStore, "bucket">,
  id: string,
  now: number,
): Promise<{ readonly question: string; readonly attempt: number } | null> {
  const { attempts, leaseSeconds } = ASYNC_QUERIES;
  return database
    .prepare(
      `UPDATE async_queries SET attempt = attempt + 1, lease_until = ?3
       WHERE tenant_id = ${TENANT_ID} AND id = ?2 AND state = 'running' AND lease_until <= ?4 AND attempt < ?5
       RETURNING question, attempt`,
    )
    .bind(tenant, id, now + leaseSeconds, now, attempts)
    .first<{ question: string; attempt: number }>();
}

/** What an attempt came to; a later word on the same question changes nothing. */
export async function answerAsync(
  { database, bucket, tenant }: AsyncStore,
  { id, attempt }: { readonly id: string; readonly attempt: number },
  bytes: Uint8Array,
  now: number,
): Promise<void> {
  const found = await database
    .prepare(`SELECT ${TENANT_ID} AS tenantId`)
    .bind(tenant)
    .first<{ tenantId: number | null }>();
  if (found === null || found.tenantId === null) return;
  const key = objectKey(found.tenantId, id, attempt);
  const until = now + ASYNC_QUERIES.keepSeconds;
  await database.prepare(`${RETIRE} VALUES (?1, ?2) ON CONFLICT DO NOTHING`).bind(key, until).run();
  await bucket.put(key, bytes);
  const { meta } = await database
    .prepare(
      `UPDATE async_queries SET state = 'done', attempt = ?3, stored_bytes = ?4, question = ''
       WHERE tenant_id = ?1 AND id = ?2 AND state = 'running'`,
    )
    .bind(found.tenantId, id, attempt, bytes.length)
    .run();
  if (meta.changes === 0) await bucket.delete(key);
}

export async function failAsync(
  { database, tenant }: Omit<AsyncStore, "bucket">,
  id: string,
  message: string,
): Promise<void> {
  await database
    .prepare(
      `UPDATE async_queries SET state = 'failed', message = ?3, question = ''
       WHERE tenant_id = ${TENANT_ID} AND id = ?2 AND state = 'running'`,
    )
    .bind(tenant, id, message)
    .run();
}

/** Null: its time has just run out. */
export async function readAsyncAnswer(
  { bucket }: Pick<AsyncStore, "bucket">,
  id: string,
  { tenantId, attempt }: AsyncRow,
): Promise<Uint8Array | null> {
  const object = await bucket.get(objectKey(tenantId, id, attempt));
  return object === null ? null : new Uint8Array(await object.arrayBuffer());
}

/** Those whose time is over; their objects are cron's already. @param most of one call */
export async function forgetAsync(database: D1Database, now: number, most: number): Promise<void> {
  const old = "SELECT rowid FROM async_queries WHERE asked_at <= ?1 ORDER BY asked_at LIMIT ?2";
  await database
    .prepare(`DELETE FROM async_queries WHERE rowid IN (${old})`)
    .bind(now - ASYNC_QUERIES.keepSeconds, most)
    .run();
}
