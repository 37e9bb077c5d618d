// What a query reads from the catalog (D1): which apps, what their types are called, which segments
// and shards to ask.
import { and, asc, eq, gt, inArray, lt, sql } from "drizzle-orm";
import { type DrizzleD1Database, drizzle } from "drizzle-orm/d1";
import type { TypeInfo } from "../profile/profile-type.ts";
import { apps, dictionaries, labelValues, profileTypes, segments, shards, tenants } from "./schema.ts";

export interface CatalogApp {
  readonly tenantId: number;
  readonly appId: number;
  readonly service: string;
  /** Unix seconds. */
  readonly createdAt: number;
  readonly types: readonly TypeInfo[];
}

export interface CatalogShard {
  readonly shard: number;
  /** Whether the object holds what no segment holds. */
  readonly live: boolean;
  readonly lastPart: number;
  readonly firstSlot: number | null;
  readonly lastSlot: number | null;
}

export interface CatalogSegment {
  readonly shard: number;
  readonly part: number;
  readonly epoch: number;
  readonly start: number;
  readonly width: number;
  readonly finest: number;
  readonly objectKey: string;
  readonly headOffset: number;
  readonly headLength: number;
  /** Base64, or null when it must be read from the object. */
  readonly head: string | null;
}

export interface CatalogStretch {
  readonly shard: number;
  readonly epoch: number;
  readonly fromNode: number;
  readonly toNode: number;
  readonly objectKey: string;
}

export interface CatalogPlan {
  readonly shards: readonly CatalogShard[];
  readonly segments: readonly CatalogSegment[];
  readonly stretches: readonly CatalogStretch[];
}

export interface CatalogReads {
  /** Apps of a tenant with their types, by name; all, or those named. */
  apps(tenant: string, services: readonly string[] | null): Promise<CatalogApp[]>;
  shards(appIds: readonly number[]): Promise<(CatalogShard & { appId: number })[]>;
  /**
   * One consistent picture of what covers [from, until).
   * @param fine hours whose 10 s objects are wanted as well; null for all in the range
   * @param bookmark read at least as new as this
   */
  plan(
    appId: number,
    range: { from: number; until: number },
    fine: readonly number[] | null,
    bookmark: string | null,
  ): Promise<CatalogPlan>;
  /** Label names and values ever sealed, between two days. */
  labels(appIds: readonly number[], firstDay: number, lastDay: number): Promise<{ name: string; value: string }[]>;
  isReachable(): Promise<boolean>;
}

export function d1CatalogReads(database: D1Database): CatalogReads {
  return { ...appReads(drizzle(database)), ...planReads(database) };
}

function appReads(db: DrizzleD1Database): Pick<CatalogReads, "apps" | "shards" | "labels"> {
  return {
    async apps(tenant, services) {
      const columns = { tenantId: apps.tenantId, appId: apps.id, service: apps.name, createdAt: apps.createdAt };
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
      return rows.filter((row) => appIds.includes(row.appId)).map((row) => ({ ...shardOf(row), appId: row.appId }));
    },
    async labels(appIds, firstDay, lastDay) {
      if (appIds.length === 0) return [];
      const { name, value, firstDay: first, lastDay: last, appId } = labelValues;
      return db
        .selectDistinct({ name, value })
        .from(labelValues)
        .where(
          and(
            sql`${appId} IN (SELECT value FROM json_each(${JSON.stringify(appIds)}))`,
            sql`${last} >= ${firstDay}`,
            sql`${first} <= ${lastDay}`,
          ),
        )
        .orderBy(asc(name), asc(value));
    },
  };
}

function planReads(database: D1Database): Pick<CatalogReads, "plan" | "isReachable"> {
  return {
    async plan(appId, { from, until }, fine, bookmark) {
      // A replica could still say "idle" of an object that has acknowledged uploads: the first look is at the primary.
      const session = drizzle(database.withSession(bookmark ?? "first-primary") as unknown as D1Database);
      const inRange = and(
        eq(segments.appId, appId),
        eq(segments.width, 3600),
        gt(segments.start, from - 3600),
        lt(segments.start, until),
      );
      const wanted =
        fine === null
          ? inRange
          : and(
              inRange,
              sql`(${segments.finest} > 10 OR ${segments.start} IN (SELECT value FROM json_each(${JSON.stringify(fine)})))`,
            );
      const [shardRows, segmentRows, stretchRows] = await session.batch([
        session.select().from(shards).where(eq(shards.appId, appId)),
        session.select().from(segments).where(wanted).orderBy(asc(segments.start), asc(segments.part)),
        session.select().from(dictionaries).where(eq(dictionaries.appId, appId)).orderBy(asc(dictionaries.fromNode)),
      ]);
      return { shards: shardRows.map(shardOf), segments: segmentRows, stretches: stretchRows };
    },
    async isReachable() {
      await database.prepare("SELECT 1").run();
      return true;
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
