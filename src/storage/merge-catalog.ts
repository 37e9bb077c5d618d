// The catalog (D1) as compaction reads it; what it writes is in merge-commit.ts. One writer per app (decision 0009).
import { DAY_SECONDS, HOUR_SECONDS, MERGED_SHARD, MERGED_WIDTHS, RETIRE_SECONDS } from "../config.ts";
import type { AppIdentity } from "./catalog-writes.ts";
import { WITHIN_STATES } from "./deletions.ts";
import { commitStatements, type MergeCommit, retireStatement } from "./merge-commit.ts";
import {
  type CatalogSegment,
  type CatalogStretch,
  d1PlanReads,
  type PlanReads,
  SEGMENT_COLUMNS,
  STRETCH_COLUMNS,
  segmentOf,
  stretchOf,
} from "./plan-reads.ts";
import { collectStatements } from "./unused-dictionaries.ts";

/** A window that waits, and the version at which it was read. */
export interface MergeJob {
  readonly width: number;
  /** Unix seconds. */
  readonly start: number;
  readonly version: number;
}

/** One consistent picture of what the window of a job is made of. */
export interface MergeSnapshot {
  readonly mergeSeq: number;
  /** Unix seconds before which 6 h windows may be gone. */
  readonly dropped3600: number;
  /** shard → newest part in the catalog. */
  readonly lastParts: ReadonlyMap<number, number>;
  /** Over the job's time, or that of the row of class 86400 that holds it: hours from 1 min up, and all that is merged. */
  readonly rows: readonly CatalogSegment[];
  /** Jobs of every width that touch that time. */
  readonly jobs: readonly MergeJob[];
  /** Of every dictionary of the app, by fromNode. */
  readonly stretches: readonly CatalogStretch[];
}

export interface MergeCatalog extends Pick<PlanReads, "heads"> {
  /** The app and its due jobs, narrow windows first, then by age; null when there is no such app. */
  due(tenant: string, service: string, now: number, most: number): Promise<DueJobs | null>;
  /** null when the app is gone. */
  snapshot(appId: number, job: Pick<MergeJob, "width" | "start">): Promise<MergeSnapshot | null>;
  /** Says that objects may be put that no row names yet: what a crash leaves behind goes an hour later. */
  announce(keys: readonly string[], now: number): Promise<void>;
  commit(commit: MergeCommit): Promise<void>;
  /** Puts a job off that failed, so that others get their turn. */
  putOff(appId: number, job: MergeJob, until: number): Promise<void>;
  /** Retires dictionaries that no segment names, but for the newest of each shard. @returns how many stretches */
  collectDictionaries(appId: number, now: number): Promise<number>;
}

export interface DueJobs {
  readonly app: AppIdentity;
  readonly jobs: readonly MergeJob[];
}

export function d1MergeCatalog(database: D1Database): MergeCatalog {
  // A replica could still show what an earlier commit replaced.
  const primary = () => database.withSession("first-primary");
  return {
    due: (tenant, service, now, most) => readDue(database, [tenant, service], now, most),
    snapshot: (appId, job) => readSnapshot(database, appId, job),
    heads: d1PlanReads(database).heads,
    async announce(keys, now) {
      await retireStatement(database, keys, now).run();
    },
    async commit(commit) {
      await primary().batch(commitStatements(database, commit));
    },
    async putOff(appId, { width, start }, until) {
      await database
        .prepare("UPDATE compactions SET due_at = ? WHERE app_id = ? AND width = ? AND start = ?")
        .bind(until, appId, width, start)
        .run();
    },
    collectDictionaries: (appId, now) => collectDictionaries(database, appId, now),
  };
}

/** Apps with due windows, those that have waited longest first. */
export async function dueApps(
  database: D1Database,
  now: number,
  most: number,
): Promise<{ tenant: string; service: string }[]> {
  const { results } = await database
    .prepare(
      `SELECT t.name AS tenant, a.name AS service FROM
         (SELECT app_id, min(due_at) AS since FROM compactions WHERE due_at <= ? GROUP BY app_id ORDER BY since LIMIT ?) d
       JOIN apps a ON a.id = d.app_id JOIN tenants t ON t.id = a.tenant_id ORDER BY d.since`,
    )
    .bind(now, most)
    .all<{ tenant: string; service: string }>();
  return results;
}

/** Of all apps: how many windows are due, and since when the first of them is (unix seconds). */
export async function dueSummary(database: D1Database, now: number): Promise<{ count: number; oldest: number | null }> {
  const row = await database
    .prepare("SELECT count(*) AS count, min(due_at) AS oldest FROM compactions WHERE due_at <= ?")
    .bind(now)
    .first<{ count: number; oldest: number | null }>();
  return row ?? { count: 0, oldest: null };
}

async function readDue(
  database: D1Database,
  [tenant, service]: readonly [string, string],
  now: number,
  most: number,
): Promise<DueJobs | null> {
  const app = "apps a JOIN tenants t ON t.id = a.tenant_id WHERE t.name = ?1 AND a.name = ?2";
  const [found, jobs] = await database.withSession("first-primary").batch<unknown>([
    database.prepare(`SELECT a.tenant_id AS tenantId, a.id AS appId FROM ${app}`).bind(tenant, service),
    database
      .prepare(
        `SELECT width, start, version FROM compactions WHERE app_id = (SELECT a.id FROM ${app}) AND due_at <= ?3
         AND NOT EXISTS (SELECT 1 FROM deletions d WHERE d.app_id = compactions.app_id AND d.state IN (${WITHIN_STATES}))
         ORDER BY width, due_at, start LIMIT ?4`,
      )
      .bind(tenant, service, now, most),
  ]);
  const identity = found?.results[0] as AppIdentity | undefined;
  return identity === undefined ? null : { app: identity, jobs: (jobs?.results ?? []) as MergeJob[] };
}

/** The job's time, or that of the row of class 86400 which holds it: such a row is rewritten at its own width. */
const TARGET = `WITH target AS (
  SELECT coalesce(min(start), ?2) AS since, coalesce(max(start + width), ?3) AS until FROM segments
  WHERE app_id = ?1 AND shard = ${MERGED_SHARD} AND finest = ${DAY_SECONDS} AND width >= ?4 AND start <= ?2 AND start + width >= ?3)`;

/** Width by width, the key finds the rows; without the widths all of an app's rows would be read at each step. */
const EVERY_WIDTH = JSON.stringify([HOUR_SECONDS, ...MERGED_WIDTHS]);

async function readSnapshot(
  database: D1Database,
  appId: number,
  job: Pick<MergeJob, "width" | "start">,
): Promise<MergeSnapshot | null> {
  // A window of 6 h is never part of a wider row.
  const containing = job.width < DAY_SECONDS ? Number.MAX_SAFE_INTEGER : job.width;
  const target = [appId, job.start, job.start + job.width, containing];
  const answers = await database.withSession("first-primary").batch<unknown>([
    database.prepare("SELECT merge_seq AS mergeSeq, dropped_3600 AS dropped3600 FROM apps WHERE id = ?").bind(appId),
    database.prepare("SELECT shard, last_part AS lastPart FROM shards WHERE app_id = ?").bind(appId),
    database
      .prepare(
        `${TARGET} SELECT ${SEGMENT_COLUMNS} FROM target CROSS JOIN json_each('${EVERY_WIDTH}') w CROSS JOIN segments s
           ON s.app_id = ?1 AND s.width = w.value AND s.start > target.since - w.value AND s.start < target.until
         WHERE s.finest > 10 ORDER BY s.width, s.start, s.shard, s.part`,
      )
      .bind(...target),
    database
      .prepare(
        `${TARGET} SELECT c.width, c.start, c.version FROM compactions c, target
         WHERE c.app_id = ?1 AND c.start < target.until AND c.start + c.width > target.since`,
      )
      .bind(...target),
    database.prepare(`SELECT ${STRETCH_COLUMNS} FROM dictionaries WHERE app_id = ? ORDER BY from_node`).bind(appId),
  ]);
  const [apps, shards, rows, jobs, stretches] = answers.map((answer) => answer.results);
  const app = apps?.[0] as { mergeSeq: number; dropped3600: number } | undefined;
  if (app === undefined) return null;
  return {
    ...app,
    lastParts: new Map((shards as { shard: number; lastPart: number }[]).map((row) => [row.shard, row.lastPart])),
    rows: (rows as Record<string, unknown>[]).map(segmentOf),
    jobs: jobs as MergeJob[],
    stretches: (stretches as Record<string, unknown>[]).map(stretchOf),
  };
}

async function collectDictionaries(database: D1Database, appId: number, now: number): Promise<number> {
  const statements = collectStatements(database, appId, now + RETIRE_SECONDS);
  const [, removed] = await database.withSession("first-primary").batch(statements);
  return removed?.meta.changes ?? 0;
}
