// A tenant's retention has changed: its apps' segments get their new dates, some apps at a time. A row of `redating` says how
// far that is; whatever interrupts it, cron goes on.
import { RETENTION } from "../config.ts";

/** Each is an UPDATE of an app's rows: a year has some thousands. */
const APPS_PER_BATCH = 10;

const ALL_CLASSES = Object.keys(RETENTION).map(Number);

interface RedatingRow {
  readonly tenantId: number;
  readonly version: number;
  readonly afterApp: number;
}

/** Gives an app's rows of these classes the dates that now hold. */
export function redate(
  database: D1Database,
  tenantId: number,
  appId: number,
  classes: readonly number[] = ALL_CLASSES,
): D1PreparedStatement {
  const standard = JSON.stringify(
    Object.entries(RETENTION).flatMap(([finest, seconds]) =>
      classes.includes(Number(finest)) ? [{ finest: Number(finest), seconds }] : [],
    ),
  );
  return database
    .prepare(
      `UPDATE segments SET expires_at = start + width + (SELECT seconds FROM (
         SELECT r.seconds AS seconds, r.app_id AS rank FROM retention r
           WHERE r.tenant_id = ?1 AND r.app_id IN (0, ?2) AND r.finest = segments.finest
         UNION ALL SELECT value ->> 'seconds', -1 FROM json_each(?3) WHERE value ->> 'finest' = segments.finest
       ) ORDER BY rank DESC LIMIT 1)
       WHERE app_id = ?2 AND finest IN (SELECT value ->> 'finest' FROM json_each(?3))`,
    )
    .bind(tenantId, appId, standard);
}

/** Begins, or begins anew. */
export const redatingStatement = (database: D1Database, tenantId: number): D1PreparedStatement =>
  database
    .prepare(
      `INSERT INTO redating (tenant_id, version, after_app) VALUES (?1, abs(random() % 1000000000), 0)
       ON CONFLICT (tenant_id) DO UPDATE SET version = excluded.version, after_app = 0`,
    )
    .bind(tenantId);

/**
 * One pass. Repeating it is harmless, and so is a crash at any point, or a second one at the same time.
 * @returns how many apps got their dates; when fewer than `most`, all have them
 */
export async function redateApps(database: D1Database, most: number): Promise<number> {
  let done = 0;
  while (done < most) {
    const row = await database
      .prepare("SELECT tenant_id AS tenantId, version, after_app AS afterApp FROM redating ORDER BY tenant_id LIMIT 1")
      .first<RedatingRow & Record<string, unknown>>();
    if (row === null) break;
    done += Math.max(1, await redateSome(database, row));
  }
  return done;
}

async function redateSome(database: D1Database, { tenantId, version, afterApp }: RedatingRow): Promise<number> {
  const { results } = await database
    .prepare("SELECT id FROM apps WHERE tenant_id = ?1 AND id > ?2 ORDER BY id LIMIT ?3")
    .bind(tenantId, afterApp, APPS_PER_BATCH)
    .all<{ id: number }>();
  const last = results.at(-1);
  // Of another version: somebody has changed it again, and it begins anew.
  const progress =
    last === undefined
      ? database.prepare("DELETE FROM redating WHERE tenant_id = ?1 AND version = ?2 AND after_app = ?3")
      : database.prepare(
          `UPDATE redating SET after_app = ${last.id} WHERE tenant_id = ?1 AND version = ?2 AND after_app = ?3`,
        );
  await database.batch([
    ...results.map(({ id }) => redate(database, tenantId, id)),
    progress.bind(tenantId, version, afterApp),
  ]);
  return results.length;
}
