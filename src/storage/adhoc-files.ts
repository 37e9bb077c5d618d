// Files that were uploaded to be looked at: a row each in the catalog, an object each in the bucket. A file is there when its row
// is. Objects are announced to cron before they are put, and given to it when their row goes.

import { ADHOC_FILES } from "../config/clients.ts";
import { tenantPrefix } from "../segment/keys.ts";
import { retireStatement } from "./merge-commit.ts";
import { TENANT_ID, tenantIdOf } from "./tenants.ts";

export interface AdhocRow {
  readonly id: string;
  readonly name: string;
  /** Milliseconds since 1970. */
  readonly uploadedAt: number;
  readonly storedBytes: number;
  /** JSON: what its sender said it is. */
  readonly said: string;
}

export interface AdhocStore {
  readonly database: D1Database;
  readonly bucket: R2Bucket;
  readonly tenant: string;
}

const COLUMNS = "id, name, uploaded_at AS uploadedAt, stored_bytes AS storedBytes, said";

const objectKey = (tenantId: number, id: string): string => `${tenantPrefix(tenantId)}f/${id}`;
/** The same in SQL. */
const KEY_OF_ROW = "'t/' || tenant_id || '/f/' || id";

/**
 * The oldest make room for it: as many stay as a tenant may have. A tenant that is deleted meanwhile takes it along: its number is
 * dead, nobody would look below it again, and what was announced is gone with its rows.
 */
export async function writeAdhocFile(
  { database, bucket, tenant }: AdhocStore,
  row: AdhocRow,
  bytes: Uint8Array<ArrayBuffer>,
  now: number,
): Promise<void> {
  const tenantId = await tenantIdOf(database, tenant, now);
  const key = objectKey(tenantId, row.id);
  const announced = retireStatement(database, [key], now);
  await announced.run();
  await bucket.put(key, bytes);
  const over = `SELECT id FROM (SELECT id, row_number() OVER newest AS place, sum(stored_bytes) OVER newest AS total
    FROM adhoc_files WHERE tenant_id = ?1 WINDOW newest AS (ORDER BY id DESC)) WHERE place > ?2 OR total > ?3`;
  const bounds = [tenantId, ADHOC_FILES.most, ADHOC_FILES.mostBytes] as const;
  const [, inserted] = await database.batch([
    announced,
    database
      .prepare(
        `INSERT INTO adhoc_files (tenant_id, id, name, uploaded_at, stored_bytes, said) SELECT ?1, ?2, ?3, ?4, ?5, ?6
         WHERE EXISTS (SELECT 1 FROM tenants WHERE id = ?1 AND name = ?7)`,
      )
      .bind(tenantId, row.id, row.name, row.uploadedAt, row.storedBytes, row.said, tenant),
    database
      .prepare(
        `DELETE FROM retired_objects WHERE object_key = ?1
           AND EXISTS (SELECT 1 FROM adhoc_files WHERE tenant_id = ?2 AND id = ?3)`,
      )
      .bind(key, tenantId, row.id),
    database
      .prepare(
        `INSERT INTO retired_objects (object_key, delete_after)
         SELECT ${KEY_OF_ROW}, ?4 FROM adhoc_files WHERE tenant_id = ?1 AND id IN (${over}) ON CONFLICT DO NOTHING`,
      )
      .bind(...bounds, now),
    database.prepare(`DELETE FROM adhoc_files WHERE tenant_id = ?1 AND id IN (${over})`).bind(...bounds),
  ]);
  // The deletion may be about to forget what is announced, having looked for objects before.
  if (inserted?.meta.changes === 0) await bucket.delete(key);
}

/** null: there is none, or no longer. */
export async function readAdhocFile(
  { database, bucket, tenant }: AdhocStore,
  id: string,
): Promise<{ readonly row: AdhocRow; readonly bytes: Uint8Array } | null> {
  const row = await database
    .prepare(`SELECT tenant_id AS tenantId, ${COLUMNS} FROM adhoc_files WHERE tenant_id = ${TENANT_ID} AND id = ?2`)
    .bind(tenant, id)
    .first<AdhocRow & { tenantId: number }>();
  const object = row === null ? null : await bucket.get(objectKey(row.tenantId, id));
  return row === null || object === null ? null : { row, bytes: new Uint8Array(await object.arrayBuffer()) };
}

/** Newest first. */
export async function listAdhocFiles({ database, tenant }: Omit<AdhocStore, "bucket">): Promise<AdhocRow[]> {
  const { results } = await database
    .prepare(`SELECT ${COLUMNS} FROM adhoc_files WHERE tenant_id = ${TENANT_ID} ORDER BY id DESC LIMIT ?2`)
    .bind(tenant, ADHOC_FILES.most)
    .all<AdhocRow & Record<string, unknown>>();
  return results;
}

/** Those whose time is over. @param most of one call */
export async function forgetAdhocFiles(database: D1Database, now: number, most: number): Promise<void> {
  const old = "SELECT rowid FROM adhoc_files WHERE uploaded_at < ?1 ORDER BY uploaded_at LIMIT ?2";
  const before = (now - ADHOC_FILES.days * 86_400) * 1000;
  await database.batch([
    database
      .prepare(
        `INSERT INTO retired_objects (object_key, delete_after)
         SELECT ${KEY_OF_ROW}, ?3 FROM adhoc_files WHERE rowid IN (${old}) ON CONFLICT DO NOTHING`,
      )
      .bind(before, most, now),
    database.prepare(`DELETE FROM adhoc_files WHERE rowid IN (${old})`).bind(before, most),
  ]);
}
