// Takes an app, or a tenant, out of the catalog: every row that has its id. Bounded: an app of years has tens of thousands.
import { appPrefix, prefixEnd, tenantPrefix } from "../segment/keys.ts";

const ROWS_AT_ONCE = 5000;
const TABLES_OF_APP = [
  "segments",
  "dictionaries",
  "compactions",
  "shards",
  "shard_maps",
  "label_values",
  "profile_types",
  "retention",
  "shed_times",
] as const;

/** Those whose keys begin with the prefix. */
const retiredBelow = (database: D1Database, prefix: string): D1PreparedStatement => {
  const statement = database.prepare("DELETE FROM retired_objects WHERE object_key >= ?1 AND object_key < ?2");
  return statement.bind(prefix, prefixEnd(prefix));
};

/** @returns whether nothing was left; the app's own row stays */
export async function removeAppRows(
  database: D1Database,
  { tenantId, appId, except }: { tenantId: number; appId: number; except: number },
): Promise<boolean> {
  const answers = await database.batch([
    ...TABLES_OF_APP.map((table) =>
      database
        .prepare(
          `DELETE FROM ${table} WHERE rowid IN (SELECT rowid FROM ${table} WHERE app_id = ?1 LIMIT ${ROWS_AT_ONCE})`,
        )
        .bind(appId),
    ),
    // Earlier deletions of parts of it name it, and what they were about.
    database.prepare("DELETE FROM deletions WHERE app_id = ?1 AND id <> ?2").bind(appId, except),
    retiredBelow(database, appPrefix({ tenantId, appId })),
  ]);
  return answers.slice(0, TABLES_OF_APP.length).every(({ meta }) => meta.changes < ROWS_AT_ONCE);
}

export const removeAppRow = (database: D1Database, appId: number): D1PreparedStatement =>
  database.prepare("DELETE FROM apps WHERE id = ?1 AND tenant_id < 0").bind(appId);

const TABLES_OF_TENANT = [
  "retention",
  "redating",
  "shares",
  "live_embeds",
  "share_reports",
  "settings",
  "recording_rules",
  "adhoc_files",
  "async_queries",
  "annotations",
] as const;

/** The rest of a tenant whose apps are gone. */
export function removeTenantRows(database: D1Database, tenantId: number, except: number): D1PreparedStatement[] {
  return [
    ...TABLES_OF_TENANT.map((table) => database.prepare(`DELETE FROM ${table} WHERE tenant_id = ?`).bind(tenantId)),
    database.prepare("DELETE FROM deletions WHERE tenant_id = ?1 AND id <> ?2").bind(tenantId, except),
    database.prepare("DELETE FROM tenants WHERE id = ?").bind(tenantId),
    retiredBelow(database, tenantPrefix(tenantId)),
  ];
}

export interface Tombstone {
  readonly appId: number;
  readonly name: string;
}

/** Apps of a tenant that are tombstones and wait to be removed. */
export async function tombstonesOf(database: D1Database, tenantId: number, most: number): Promise<Tombstone[]> {
  const { results } = await database
    .prepare("SELECT id AS appId, name FROM apps WHERE tenant_id = -?1 ORDER BY id LIMIT ?2")
    .bind(tenantId, most)
    .all<{ appId: number; name: string }>();
  return results;
}

/** How many objects an app may have: each that ever was in its map or in the catalog. */
export async function countShards(database: D1Database, appId: number): Promise<number> {
  const row = await database
    .prepare(
      `SELECT max(1, coalesce((SELECT max(count) FROM shard_maps WHERE app_id = ?1), 1),
         coalesce((SELECT max(shard) + 1 FROM shards WHERE app_id = ?1), 1)) AS shards`,
    )
    .bind(appId)
    .first<{ shards: number }>();
  return row?.shards ?? 1;
}
