// Retention in the catalog: what is kept how long, and the bounded pass of cron that lets go of what is past it.
//
//   segments.expires_at ≤ now ──▶ one batch per app: dropped_<class> rises, rows go, their objects are retired
//
// A class may go only where the next one has what it says: hours where a merged row covers their part, windows where a
// row of days does. Class 10 and spans are read by nothing that writes, and always go.
import { and, eq, inArray } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import { DAY_SECONDS, HOUR_SECONDS, MERGED_SHARD, RETENTION, type RetentionClass, SPAN_CLASS } from "../config.ts";
import { redate, redatingStatement } from "./redating.ts";
import { apps, retention, tenants } from "./schema.ts";
import { collectStatements } from "./unused-dictionaries.ts";

export const RETENTION_CLASSES = [SPAN_CLASS, 10, 60, 3600, 86_400] as const satisfies readonly RetentionClass[];

export interface KeptClass {
  readonly finest: RetentionClass;
  /** Null: for ever. */
  readonly seconds: number | null;
  readonly source: "app" | "tenant" | "default";
  /** Unix seconds before which it may be gone; null for a tenant. */
  readonly goneBefore: number | null;
}

/** What to write: seconds, null for ever, undefined to remove the row. */
export type RetentionChanges = ReadonlyMap<RetentionClass, number | null | undefined>;

export interface RetentionRows {
  /** Own rows by app id; 0 for the tenant's. */
  readonly byApp: ReadonlyMap<number, ReadonlyMap<number, number | null>>;
  readonly tenantId: number | null;
  readonly apps: readonly (typeof apps.$inferSelect)[];
}

/** All that a tenant has said, with the apps named, or those that said something themselves. */
export async function readRetention(
  database: D1Database,
  tenant: string,
  service: string | null,
): Promise<RetentionRows> {
  const db = drizzle(database);
  const [known] = await db.select({ id: tenants.id }).from(tenants).where(eq(tenants.name, tenant)).limit(1);
  if (known === undefined) return { byApp: new Map(), tenantId: null, apps: [] };
  const rows = await db.select().from(retention).where(eq(retention.tenantId, known.id));
  const byApp = new Map(
    [...Map.groupBy(rows, (row) => row.appId)].map(([appId, list]) => [
      appId,
      new Map(list.map(({ finest, seconds }) => [finest, seconds])),
    ]),
  );
  const own = db.select({ id: retention.appId }).from(retention).where(eq(retention.tenantId, known.id));
  const chosen = service === null ? inArray(apps.id, own) : eq(apps.name, service);
  const found = await db
    .select()
    .from(apps)
    .where(and(eq(apps.tenantId, known.id), chosen));
  return { byApp, tenantId: known.id, apps: found };
}

/** What is in force for an app, or for a tenant's apps that say nothing themselves. */
export function keptClasses({ byApp }: Pick<RetentionRows, "byApp">, app: RetentionRows["apps"][number] | null) {
  return RETENTION_CLASSES.map((finest): KeptClass => {
    const goneBefore =
      app === null
        ? null
        : { [SPAN_CLASS]: null, 10: app.dropped10, 60: app.dropped60, 3600: app.dropped3600, 86400: app.dropped86400 }[
            finest
          ];
    const ofApp = app === null ? undefined : byApp.get(app.id)?.get(finest);
    if (ofApp !== undefined) return { finest, seconds: ofApp, source: "app", goneBefore };
    const ofTenant = byApp.get(0)?.get(finest);
    if (ofTenant !== undefined) return { finest, seconds: ofTenant, source: "tenant", goneBefore };
    return { finest, seconds: RETENTION[finest], source: "default", goneBefore };
  });
}

/** @param appId 0 for the tenant */
export async function writeRetention(
  database: D1Database,
  { tenantId, appId }: { tenantId: number; appId: number },
  changes: RetentionChanges,
): Promise<void> {
  const statements = [...changes].map(([finest, seconds]) =>
    seconds === undefined
      ? database
          .prepare("DELETE FROM retention WHERE tenant_id = ?1 AND app_id = ?2 AND finest = ?3")
          .bind(tenantId, appId, finest)
      : database
          .prepare(
            `INSERT INTO retention (tenant_id, app_id, finest, seconds) VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT (tenant_id, app_id, finest) DO UPDATE SET seconds = excluded.seconds`,
          )
          .bind(tenantId, appId, finest, seconds),
  );
  if (statements.length === 0) return;
  // What is written from here on has the new dates; what is there gets them here, or app by app.
  statements.push(
    appId === 0 ? redatingStatement(database, tenantId) : redate(database, tenantId, appId, [...changes.keys()]),
  );
  await database.batch(statements);
}

interface ExpiredRow {
  readonly id: number;
  readonly objectKey: string;
  readonly appId: number;
  readonly finest: RetentionClass;
  readonly end: number;
}

// CROSS JOIN: the few widths are probed one by one. In the order that SQLite would choose, each row meets all of its app's.
/** `m` is a merged row of one of `widths` over the row `s`, with all that `s` holds. */
const coveredBy = (widths: string) => `EXISTS (
  SELECT 1 FROM json_each('[${widths}]') w CROSS JOIN segments m
    ON m.app_id = s.app_id AND m.width = w.value AND m.start = s.start - s.start % w.value AND m.shard = ${MERGED_SHARD}
  WHERE NOT EXISTS (SELECT 1 FROM json_each(coalesce(s.covers, json_object('' || s.shard, s.part))) own
    WHERE own.value > coalesce((SELECT value FROM json_each(m.covers) c WHERE c.key = own.key), 0)))`;

/** Nothing is to be merged anywhere in the time of `s`: a row of 30 d has 120 windows. */
const SETTLED = `NOT EXISTS (SELECT 1 FROM json_each('[21600,86400]') w CROSS JOIN compactions c
  ON c.app_id = s.app_id AND c.width = w.value AND c.start > s.start - w.value AND c.start < s.start + s.width)`;

/** A deletion makes coarse nodes again from finer ones: none may go in the meantime. */
const UNDISTURBED = `NOT EXISTS (SELECT 1 FROM deletions d WHERE d.done_at IS NULL AND d.state <> 'done' AND d.app_id = s.app_id)`;

/** A row of a tenant whose retention has just changed may have the date that held before. */
const DATED = `NOT EXISTS (SELECT 1 FROM redating r JOIN apps a ON a.tenant_id = r.tenant_id
  WHERE a.id = s.app_id AND a.id > r.after_app)`;

/**
 * Rows that may go now, oldest first. Windows of a day go together, because readers then go by days; until then the day's
 * last window decides.
 */
const EXPIRED = `
  SELECT s.rowid AS id, s.object_key AS objectKey, s.app_id AS appId, s.finest AS finest, s.start + s.width AS end FROM segments s
  WHERE s.expires_at <= ?1 AND ${DATED} AND ${UNDISTURBED} AND CASE s.finest
    WHEN ${SPAN_CLASS} THEN 1
    WHEN 10 THEN 1
    WHEN 60 THEN ${SETTLED} AND (${coveredBy("21600")} OR ${coveredBy("86400,432000,2592000")})
    WHEN 3600 THEN s.expires_at + (${DAY_SECONDS} - (s.start + s.width) % ${DAY_SECONDS}) % ${DAY_SECONDS} <= ?1
      AND ${SETTLED} AND ${coveredBy("86400,432000,2592000")}
    ELSE ${SETTLED} END
  ORDER BY s.expires_at LIMIT ?2`;

/**
 * One pass: lets go of at most `most` rows. Repeating it is harmless, and so is a crash at any point.
 * @param retireAfter unix seconds until which running queries may still read what goes
 * @returns how many rows went, by class
 */
export async function dropExpired(
  database: D1Database,
  { now, most, retireAfter }: { now: number; most: number; retireAfter: number },
): Promise<ReadonlyMap<RetentionClass, number>> {
  const { results } = await database.prepare(EXPIRED).bind(now, most).all<ExpiredRow & Record<string, unknown>>();
  const gone = new Map<RetentionClass, number>();
  for (const [appId, rows] of Map.groupBy(results, (row) => row.appId)) {
    await database.batch(dropStatements(database, appId, rows, retireAfter));
    for (const { finest } of rows) gone.set(finest, (gone.get(finest) ?? 0) + 1);
  }
  return gone;
}

function dropStatements(
  database: D1Database,
  appId: number,
  rows: readonly ExpiredRow[],
  retireAfter: number,
): D1PreparedStatement[] {
  const going = JSON.stringify(rows.map(({ id, objectKey }) => ({ id, key: objectKey })));
  // By rowid, and by key: another row may have got the rowid since it was read.
  const chosen =
    "json_each(?2) j CROSS JOIN segments s ON s.rowid = j.value ->> 'id' AND s.object_key = j.value ->> 'key'";
  const droppedBefore = (finest: RetentionClass) =>
    rows.reduce((latest, row) => (row.finest === finest ? Math.max(latest, gridEnd(row)) : latest), 0);
  const merged = rows.some(({ finest }) => finest >= HOUR_SECONDS) ? 1 : 0;
  const statements = [
    // A compaction that has read merged rows which now go must not write them down again: merge_seq tells it.
    database
      .prepare(
        `UPDATE apps SET dropped_10 = max(dropped_10, ?2), dropped_60 = max(dropped_60, ?3),
           dropped_3600 = max(dropped_3600, ?4), dropped_86400 = max(dropped_86400, ?5), merge_seq = merge_seq + ?6
         WHERE id = ?1`,
      )
      .bind(appId, droppedBefore(10), droppedBefore(60), droppedBefore(3600), droppedBefore(86_400), merged),
    database
      .prepare(
        `INSERT INTO retired_objects (object_key, delete_after)
         SELECT s.object_key, ?3 FROM ${chosen} WHERE s.app_id = ?1 ON CONFLICT DO NOTHING`,
      )
      .bind(appId, going, retireAfter),
    database
      .prepare(`DELETE FROM segments WHERE app_id = ?1 AND rowid IN (SELECT s.rowid FROM ${chosen})`)
      .bind(appId, going),
  ];
  if (rows.some(({ finest }) => finest === 60 || finest === SPAN_CLASS))
    statements.push(...collectStatements(database, appId, retireAfter));
  if (rows.some(({ finest }) => finest === 86_400)) {
    statements.push(
      database
        .prepare(
          `DELETE FROM label_values WHERE app_id = ?1
             AND (last_day + 1) * ${DAY_SECONDS} <= (SELECT dropped_86400 FROM apps WHERE id = ?1)`,
        )
        .bind(appId),
    );
  }
  return statements;
}

/** Before which a row's going makes readers take the next class: windows are followed by days. */
const gridEnd = ({ finest, end }: ExpiredRow): number =>
  finest === HOUR_SECONDS ? Math.ceil(end / DAY_SECONDS) * DAY_SECONDS : end;
