// What a tenant's clients keep with the server: names and values.
import { CLIENT_STORE } from "../config/clients.ts";
import { ensureTenant, TENANT_ID } from "./tenants.ts";

export interface Setting {
  readonly name: string;
  readonly value: string;
  /** Milliseconds since 1970. */
  readonly modifiedAt: number;
}

/** By name. */
export async function readSettings(database: D1Database, tenant: string): Promise<Setting[]> {
  const { results } = await database
    .prepare(`SELECT name, value, modified_at AS modifiedAt FROM settings WHERE tenant_id = ${TENANT_ID} ORDER BY name`)
    .bind(tenant)
    .all<Setting & Record<string, unknown>>();
  return results;
}

/** @returns why it was not written: there is a newer one, or there are too many */
export async function writeSetting(
  database: D1Database,
  tenant: string,
  { name, value, modifiedAt }: Setting,
  now: number,
): Promise<"written" | "newer" | "full"> {
  const [, written, found] = await database.batch([
    ensureTenant(database, tenant, now),
    database
      .prepare(
        `INSERT INTO settings (tenant_id, name, value, modified_at) SELECT ${TENANT_ID}, ?2, ?3, ?4
         WHERE (SELECT count(*) FROM settings WHERE tenant_id = ${TENANT_ID} AND name <> ?2) < ?5
         ON CONFLICT DO UPDATE SET value = excluded.value, modified_at = excluded.modified_at
         WHERE modified_at <= excluded.modified_at RETURNING 1`,
      )
      .bind(tenant, name, value, modifiedAt, CLIENT_STORE.settings),
    database.prepare(`SELECT 1 FROM settings WHERE tenant_id = ${TENANT_ID} AND name = ?2`).bind(tenant, name),
  ]);
  if ((written?.results.length ?? 0) > 0) return "written";
  return (found?.results.length ?? 0) > 0 ? "newer" : "full";
}

/** One that is not there is deleted already. */
export const deleteSetting = (database: D1Database, tenant: string, name: string): Promise<unknown> =>
  database.prepare(`DELETE FROM settings WHERE tenant_id = ${TENANT_ID} AND name = ?2`).bind(tenant, name).run();
