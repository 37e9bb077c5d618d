// Shard maps in the catalog (D1): a row for each version. An app that was never split has none.
import { and, desc, eq, lt } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import type { MapVersion, ShardMap } from "../segment/shard-map.ts";
import { apps, shardMaps, tenants } from "./schema.ts";

export interface ShardMaps {
  /** Null for an app that was never split. */
  read(tenant: string, service: string): Promise<ShardMap | null>;
  /** Writes the newest version, and lets go of versions that the map has no more. May be repeated. */
  write(appId: number, map: ShardMap): Promise<void>;
}

export function d1ShardMaps(database: D1Database): ShardMaps {
  const db = drizzle(database);
  return {
    async read(tenant, service) {
      const rows: MapVersion[] = await db
        .select({ version: shardMaps.version, count: shardMaps.count, since: shardMaps.since })
        .from(shardMaps)
        .innerJoin(apps, eq(apps.id, shardMaps.appId))
        .innerJoin(tenants, eq(tenants.id, apps.tenantId))
        .where(and(eq(tenants.name, tenant), eq(apps.name, service)))
        .orderBy(desc(shardMaps.version));
      const [newest, ...older] = rows;
      return newest === undefined ? null : [newest, ...older];
    },
    async write(appId, map) {
      const oldest = map.reduce((least, { version }) => Math.min(least, version), map[0].version);
      const rows = map.flatMap(({ version, count, since }) =>
        since === null ? [] : [{ appId, version, count, since }],
      );
      for (const row of rows) {
        const set = { count: row.count, since: row.since };
        await db
          .insert(shardMaps)
          .values(row)
          .onConflictDoUpdate({ target: [shardMaps.appId, shardMaps.version], set });
      }
      await db.delete(shardMaps).where(and(eq(shardMaps.appId, appId), lt(shardMaps.version, oldest)));
    },
  };
}
