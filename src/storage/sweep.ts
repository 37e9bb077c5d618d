// What cron does over the catalog: finds objects that should be awake, and removes objects that no row names.
import { asc, eq, inArray, isNotNull, lte, sql } from "drizzle-orm";
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

/** Shards that hold something unsealed, oldest first. */
export async function liveShards(database: D1Database, most: number): Promise<LiveShardRow[]> {
  const rows = await drizzle(database)
    .select({ tenant: tenants.name, service: apps.name, shard: shards.shard, liveSince: shards.liveSince })
    .from(shards)
    .innerJoin(apps, eq(apps.id, shards.appId))
    .innerJoin(tenants, eq(tenants.id, apps.tenantId))
    .where(isNotNull(shards.liveSince))
    .orderBy(asc(shards.liveSince))
    .limit(most);
  return rows.map((row) => ({ ...row, liveSince: row.liveSince ?? 0 }));
}

export async function countLiveShards(database: D1Database): Promise<number> {
  const rows = await drizzle(database)
    .select({ n: sql<number>`count(*)` })
    .from(shards)
    .where(isNotNull(shards.liveSince));
  return rows[0]?.n ?? 0;
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
    .limit(Math.min(most, 90));
  const keys = rows.map((row) => row.key);
  if (keys.length === 0) return 0;
  await store.remove(keys);
  await db.delete(retiredObjects).where(inArray(retiredObjects.objectKey, keys));
  return keys.length;
}
