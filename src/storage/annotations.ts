// Remarks on timelines. At one moment an app has one: a second takes the place of the first, as in Pyroscope 0.3x.
import { ANNOTATIONS } from "../config/clients.ts";
import { ensureTenant, TENANT_ID } from "./tenants.ts";

export interface AnnotationRow {
  readonly id: number;
  /** As its author wrote it. */
  readonly appName: string;
  readonly content: string;
  /** Unix seconds. */
  readonly timestamp: number;
}

export interface NewRemark {
  /** The app's service name where it is known. */
  readonly service: string;
  readonly appName: string;
}

const COLUMNS = "id, app_name AS appName, content, at AS timestamp";

/** @returns null: there are too many */
export async function writeAnnotations(
  database: D1Database,
  tenant: string,
  { remarks, content, at }: { remarks: readonly NewRemark[]; content: string; at: number },
  now: number,
): Promise<AnnotationRow[] | null> {
  const [, count] = await database.batch<{ count: number }>([
    ensureTenant(database, tenant, now),
    database.prepare(`SELECT count(*) AS count FROM annotations WHERE tenant_id = ${TENANT_ID}`).bind(tenant),
  ]);
  if ((count?.results[0]?.count ?? 0) + remarks.length > ANNOTATIONS.most) return null;
  const written = await database.batch<AnnotationRow>(
    remarks.map(({ service, appName }) =>
      database
        .prepare(
          `INSERT INTO annotations (tenant_id, service, at, content, app_name) VALUES (${TENANT_ID}, ?2, ?3, ?4, ?5)
           ON CONFLICT (tenant_id, service, at) DO UPDATE SET content = excluded.content, app_name = excluded.app_name
           RETURNING ${COLUMNS}`,
        )
        .bind(tenant, service, at, content, appName),
    ),
  );
  return written.flatMap(({ results }) => results);
}

/**
 * The newest of a range, newest first.
 * @param names of apps; null for all
 */
export async function readAnnotations(
  database: D1Database,
  tenant: string,
  names: readonly string[] | null,
  { from, until }: { from: number; until: number },
): Promise<AnnotationRow[]> {
  const { results } = await database
    .prepare(
      `SELECT ${COLUMNS} FROM annotations WHERE tenant_id = ${TENANT_ID} AND at >= ?3 AND at < ?4
         AND (?2 IS NULL OR service IN (SELECT value FROM json_each(?2))) ORDER BY at DESC, id DESC LIMIT ?5`,
    )
    .bind(tenant, names === null ? null : JSON.stringify(names), from, until, ANNOTATIONS.listed)
    .all<AnnotationRow & Record<string, unknown>>();
  return results;
}

/** @returns whether there was one */
export async function deleteAnnotation(database: D1Database, tenant: string, id: number): Promise<boolean> {
  const { meta } = await database
    .prepare(`DELETE FROM annotations WHERE tenant_id = ${TENANT_ID} AND id = ?2`)
    .bind(tenant, id)
    .run();
  return meta.changes > 0;
}
