// What a query reads from the catalog (D1): which apps, what their types are called, which segments
// and shards to ask.
import { and, asc, eq, inArray, sql } from "drizzle-orm";
import { type DrizzleD1Database, drizzle } from "drizzle-orm/d1";
import type { TypeInfo } from "../profile/profile-type.ts";
import type { Dropped } from "../segment/kept-grid.ts";
import { type AnnotationRow, readAnnotations } from "./annotations.ts";
import { type CatalogShard, d1PlanReads, type PlanReads } from "./plan-reads.ts";
import { apps, labelValues, profileTypes, shards, tenants } from "./schema.ts";
import { readShedTimes, type ShedTime } from "./shed-times.ts";

export interface CatalogApp {
  readonly tenantId: number;
  readonly appId: number;
  readonly service: string;
  /** Unix seconds. */
  readonly createdAt: number;
  readonly types: readonly TypeInfo[];
  /** What retention has dropped: readers widen ranges by it. */
  readonly dropped: Dropped;
}

export interface LabelFilter {
  readonly name: string;
  readonly prefix: string;
  readonly limit: number;
}

export interface CatalogReads extends PlanReads {
  /** Apps of a tenant with their types, by name; all, or those named. */
  apps(tenant: string, services: readonly string[] | null): Promise<CatalogApp[]>;
  shards(appIds: readonly number[]): Promise<(CatalogShard & { appId: number })[]>;
  /** Label names and values ever sealed, between two days; of one label, values of one beginning, the first few. */
  labels(
    appIds: readonly number[],
    firstDay: number,
    lastDay: number,
    only?: LabelFilter,
  ): Promise<{ name: string; value: string }[]>;
  /** Times in which stacks were shed, in order; what touches is one. */
  shedTimes(appIds: readonly number[], range: { from: number; until: number }): Promise<ShedTime[]>;
  /** Remarks on apps by any of these names, newest first. */
  annotations(
    tenant: string,
    names: readonly string[],
    range: { from: number; until: number },
  ): Promise<AnnotationRow[]>;
  isReachable(): Promise<boolean>;
}

export function d1CatalogReads(database: D1Database): CatalogReads {
  return {
    ...appReads(drizzle(database)),
    ...labelReads(drizzle(database)),
    ...d1PlanReads(database),
    shedTimes: (appIds, range) => readShedTimes(database, appIds, range),
    annotations: (tenant, names, range) => readAnnotations(database, tenant, names, range),
    async isReachable() {
      await database.prepare("SELECT 1").run();
      return true;
    },
  };
}

function appReads(db: DrizzleD1Database): Pick<CatalogReads, "apps" | "shards"> {
  return {
    async apps(tenant, services) {
      const columns = {
        tenantId: apps.tenantId,
        appId: apps.id,
        service: apps.name,
        createdAt: apps.createdAt,
        dropped: { 10: apps.dropped10, 60: apps.dropped60, 3600: apps.dropped3600, 86400: apps.dropped86400 },
      };
      const ofTenant = eq(tenants.name, tenant);
      // A statement takes 100 parameters; names beyond that are filtered here.
      const named =
        services !== null && services.length <= 50 ? and(ofTenant, inArray(apps.name, [...services])) : ofTenant;
      const rows = await db
        .select(columns)
        .from(apps)
        .innerJoin(tenants, eq(tenants.id, apps.tenantId))
        .where(named)
        .orderBy(asc(apps.name));
      const wanted = services === null ? rows : rows.filter((row) => services.includes(row.service));
      if (wanted.length === 0) return [];
      const typeRows = await db
        .select()
        .from(profileTypes)
        .where(
          wanted.length <= 50
            ? inArray(
                profileTypes.appId,
                wanted.map((row) => row.appId),
              )
            : undefined,
        )
        .orderBy(asc(profileTypes.typeId));
      const typesOf = Map.groupBy(typeRows, (row) => row.appId);
      return wanted.map((row) => ({
        ...row,
        types: (typesOf.get(row.appId) ?? []).map(({ typeId, appId: _, ...facts }) => ({ id: typeId, ...facts })),
      }));
    },
    async shards(appIds) {
      if (appIds.length === 0) return [];
      const rows = await db
        .select()
        .from(shards)
        .where(appIds.length <= 50 ? inArray(shards.appId, [...appIds]) : undefined);
      const wanted = new Set(appIds);
      return rows.filter((row) => wanted.has(row.appId)).map((row) => ({ ...shardOf(row), appId: row.appId }));
    },
  };
}

const shardOf = (row: typeof shards.$inferSelect): CatalogShard => ({
  shard: row.shard,
  live: row.liveSince !== null,
  lastPart: row.lastPart,
  firstSlot: row.firstSlot,
  lastSlot: row.lastSlot,
});

const labelReads = (db: DrizzleD1Database): Pick<CatalogReads, "labels"> => ({
  async labels(appIds, firstDay, lastDay, only) {
    if (appIds.length === 0) return [];
    const { name, value, firstDay: first, lastDay: last, appId } = labelValues;
    const found = db
      .selectDistinct({ name, value })
      .from(labelValues)
      .where(
        and(
          sql`${appId} IN (SELECT value FROM json_each(${JSON.stringify(appIds)}))`,
          sql`${last} >= ${firstDay}`,
          sql`${first} <= ${lastDay}`,
          only === undefined ? undefined : eq(name, only.name),
          // The comparison lets the key's index find the place, the second term is the rule.
          only === undefined ? undefined : sql`${value} >= ${only.prefix}`,
          only === undefined ? undefined : sql`substr(${value}, 1, ${only.prefix.length}) = ${only.prefix}`,
        ),
      )
      .orderBy(asc(name), asc(value));
    return only === undefined ? found : found.limit(only.limit);
  },
});
