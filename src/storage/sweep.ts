// What cron does over the catalog: finds objects that should be awake, and removes objects that no row names.
import { and, asc, eq, lte, sql } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import { apps, retiredObjects, shards, tenants } from "./schema.ts";
import type { SegmentStore } from "./segment-store.ts";

export interface LiveShardRow {
  readonly tenant: string;
  readonly service: string;
  readonly shard: number;
  /** Unix seconds. */
  readonly liveSince: number;
}

/**
 * Shards that hold something unsealed since `before` (unix seconds), oldest first. When there are more than `most`, each turn gets another
 * share of the apps, so that none is passed over for ever.
 */
export async function liveShards(
  database: D1Database,
  most: number,
  turn = 0,
  before = Number.MAX_SAFE_INTEGER,
): Promise<LiveShardRow[]> {
  const shares = Math.max(1, Math.ceil((await liveSummary(database, before)).count / most));
  const rows = await drizzle(database)
    .select({ tenant: tenants.name, service: apps.name, shard: shards.shard, liveSince: shards.liveSince })
    .from(shards)
    .innerJoin(apps, eq(apps.id, shards.appId))
    .innerJoin(tenants, eq(tenants.id, apps.tenantId))
    .where(and(lte(shards.liveSince, before), sql`${shards.appId} % ${shares} = ${turn % shares}`))
    .orderBy(asc(shards.liveSince))
    .limit(most);
  return rows.map((row) => ({ ...row, liveSince: row.liveSince ?? 0 }));
}

/** How many shards hold something unsealed since `before`, and since when the first of them does (unix seconds). */
export async function liveSummary(
  database: D1Database,
  before = Number.MAX_SAFE_INTEGER,
): Promise<{ count: number; oldest: number | null }> {
  const rows = await drizzle(database)
    .select({ count: sql<number>`count(*)`, oldest: sql<number | null>`min(${shards.liveSince})` })
    .from(shards)
    .where(lte(shards.liveSince, before));
  return rows[0] ?? { count: 0, oldest: null };
}

/** Deletes objects whose time has come; at most `most` a call. Repeating it is harmless. */
export async function removeRetired(
  database: D1Database,
  store: SegmentStore,
  now: number,
  most: number,
): Promise<number> {
  const db = drizzle(database);
  const rows = await db
    .select({ key: retiredObjects.objectKey })
    .from(retiredObjects)
    .where(lte(retiredObjects.deleteAfter, now))
    .limit(most);
  const keys = rows.map((row) => row.key);
  if (keys.length === 0) return 0;
  await store.remove(keys);
  await database
    .prepare("DELETE FROM retired_objects WHERE object_key IN (SELECT value FROM json_each(?1))")
    .bind(JSON.stringify(keys))
    .run();
  return keys.length;
}
