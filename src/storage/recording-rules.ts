// A tenant's recording rules: few, each a JSON text with the number of its version.
import { CLIENT_STORE } from "../config/clients.ts";
import { ensureTenant, TENANT_ID } from "./tenants.ts";

export interface RuleRow {
  readonly id: string;
  readonly generation: number;
  readonly rule: string;
}

/** All in order of their ids, or the one. */
export async function readRules(database: D1Database, tenant: string, id: string | null): Promise<RuleRow[]> {
  const { results } = await database
    .prepare(
      `SELECT id, generation, rule FROM recording_rules
       WHERE tenant_id = ${TENANT_ID} AND (?2 IS NULL OR id = ?2) ORDER BY id`,
    )
    .bind(tenant, id)
    .all<RuleRow & Record<string, unknown>>();
  return results;
}

/**
 * A new one is of generation 1, whatever its writer says; another is replaced only by who has read its last version.
 * @returns its generation now, or why it was not written
 */
export async function writeRule(
  database: D1Database,
  tenant: string,
  { id, generation, rule }: RuleRow,
  now: number,
): Promise<number | "conflict" | "full"> {
  const [, written, found] = await database.batch<{ generation: number }>([
    ensureTenant(database, tenant, now),
    database
      .prepare(
        `INSERT INTO recording_rules (tenant_id, id, generation, rule) SELECT ${TENANT_ID}, ?2, 1, ?3
         WHERE (SELECT count(*) FROM recording_rules WHERE tenant_id = ${TENANT_ID} AND id <> ?2) < ?5
         ON CONFLICT DO UPDATE SET rule = excluded.rule, generation = generation + 1 WHERE generation = ?4
         RETURNING generation`,
      )
      .bind(tenant, id, rule, generation, CLIENT_STORE.recordingRules),
    database
      .prepare(`SELECT generation FROM recording_rules WHERE tenant_id = ${TENANT_ID} AND id = ?2`)
      .bind(tenant, id),
  ]);
  const row = written?.results[0];
  if (row !== undefined) return row.generation;
  return (found?.results.length ?? 0) > 0 ? "conflict" : "full";
}

/** @returns whether there was one */
export async function deleteRule(database: D1Database, tenant: string, id: string): Promise<boolean> {
  const { meta } = await database
    .prepare(`DELETE FROM recording_rules WHERE tenant_id = ${TENANT_ID} AND id = ?2`)
    .bind(tenant, id)
    .run();
  return meta.changes > 0;
}
