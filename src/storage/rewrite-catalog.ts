// The catalog (D1) as the rewriting of segments reads and writes it: what is still to be done is what still refers to a
// dictionary from before, so that work goes on wherever it stopped.
import { drizzle } from "drizzle-orm/d1";
import { DAY_SECONDS, HOUR_SECONDS, MERGED_SHARD, WINDOW_SECONDS } from "../config.ts";
import type { Dropped } from "../segment/kept-grid.ts";
import { floorTo } from "../segment/ladder.ts";
import { type DictionaryRow, expiry, type SegmentRow } from "./catalog-writes.ts";
import type { MergeJob } from "./merge-catalog.ts";
import { dictionaryStatements, fenceStatements } from "./merge-commit.ts";
import {
  type CatalogSegment,
  type CatalogStretch,
  droppedOf,
  SEGMENT_COLUMNS,
  STRETCH_COLUMNS,
  segmentOf,
  stretchOf,
} from "./plan-reads.ts";
import { segments } from "./schema.ts";

/** What a deletion has fixed before it rewrites. */
export interface RewriteScope {
  /** Shard → newest part that came before the deletion. */
  readonly horizons: Readonly<Record<string, number>>;
  /** Merged dictionaries from this epoch on hold nothing that is deleted. */
  readonly epoch: number;
  /** Unix seconds. */
  readonly from: number;
  readonly until: number;
}

export interface RewriteSnapshot {
  readonly mergeSeq: number;
  /** The next few, of one class and width, finest first. */
  readonly rows: readonly CatalogSegment[];
  /** Hours and windows at the range's edges. */
  readonly finer: readonly CatalogSegment[];
  readonly stretches: readonly CatalogStretch[];
}

/** Seconds for which a query that runs may still read what was rewritten. */
export const ERASED_RETIRE_SECONDS = 60;

const edgeTimes = (scope: Pick<RewriteScope, "from" | "until">, width: number, step: number): number[] =>
  [scope.from, scope.until].flatMap((edge) => {
    const start = floorTo(width, edge);
    return edge % width === 0 ? [] : Array.from({ length: width / step }, (_, i) => start + i * step);
  });

export async function readRewrite(
  database: D1Database,
  appId: number,
  scope: RewriteScope,
  most: number,
): Promise<RewriteSnapshot | null> {
  const [apps, rows, finer, stretches] = await database.withSession("first-primary").batch<Record<string, unknown>>([
    database.prepare("SELECT merge_seq FROM apps WHERE id = ? AND tenant_id > 0").bind(appId),
    database
      .prepare(
        `SELECT ${SEGMENT_COLUMNS} FROM segments s WHERE s.app_id = ?1
         AND NOT (s.dict_shard = ${MERGED_SHARD} AND s.epoch >= ?2)
         AND (s.shard = ${MERGED_SHARD} OR s.part <= coalesce((SELECT value FROM json_each(?3) h WHERE h.key = '' || s.shard), 0))
         ORDER BY s.finest, s.width, s.start, s.shard, s.part LIMIT ?4`,
      )
      .bind(appId, scope.epoch, JSON.stringify(scope.horizons), most),
    database
      .prepare(
        `SELECT ${SEGMENT_COLUMNS} FROM segments s WHERE s.app_id = ?1 AND (
           (s.width = ${HOUR_SECONDS} AND s.start IN (SELECT value FROM json_each(?2)))
           OR (s.width = ${WINDOW_SECONDS} AND s.start IN (SELECT value FROM json_each(?3))))`,
      )
      .bind(
        appId,
        JSON.stringify(edgeTimes(scope, HOUR_SECONDS, HOUR_SECONDS)),
        JSON.stringify(edgeTimes(scope, DAY_SECONDS, WINDOW_SECONDS)),
      ),
    database
      .prepare(
        `SELECT ${STRETCH_COLUMNS} FROM dictionaries WHERE app_id = ?
         ORDER BY from_node`,
      )
      .bind(appId),
  ]);
  const app = apps?.results[0];
  if (app === undefined) return null;
  const all = (rows?.results ?? []).map(segmentOf);
  return {
    mergeSeq: Number(app.merge_seq),
    rows: all.filter((row) => row.finest === all[0]?.finest && row.width === all[0]?.width),
    finer: (finer?.results ?? []).map(segmentOf),
    stretches: (stretches?.results ?? []).map(stretchOf),
  };
}

export interface RewriteCommit {
  readonly appId: number;
  readonly expected: number;
  readonly mergeSeq: number;
  readonly epoch: number;
  readonly rows: readonly RewrittenRow[];
  readonly dictionary: { readonly added: DictionaryRow; readonly replaces: readonly DictionaryRow[] } | null;
  /** Unix seconds. */
  readonly now: number;
}

export interface RewrittenRow {
  readonly old: CatalogSegment;
  /** None when all of it was deleted; a merged row may be several. */
  readonly objects: readonly (SegmentRow & { readonly part: number })[];
}

export async function commitRewrite(database: D1Database, commit: RewriteCommit): Promise<void> {
  const { appId, epoch, rows, dictionary, now } = commit;
  const added = rows.flatMap(({ objects }) => objects.map((one) => one.objectKey));
  if (dictionary !== null) added.push(dictionary.added.objectKey);
  const removed = [
    ...rows.map(({ old }) => old.objectKey),
    ...(dictionary?.replaces ?? []).map((one) => one.objectKey),
  ];
  const db = drizzle(database);
  const inserts = rows.flatMap(({ old, objects }) =>
    objects.map((object) => {
      const covers = old.covers === null ? null : JSON.stringify(Object.fromEntries(old.covers));
      const values = { appId, shard: old.shard, dictShard: MERGED_SHARD, epoch, covers, ...object };
      const { sql, params } = db
        .insert(segments)
        .values({ ...values, expiresAt: expiry(appId, object) })
        .toSQL();
      return database.prepare(sql).bind(...params);
    }),
  );
  const places = rows.map(({ old }) => [old.width, old.start, old.shard, old.part, old.finest]);
  await database.withSession("first-primary").batch([
    ...fenceStatements(database, commit, added),
    database
      .prepare("DELETE FROM retired_objects WHERE object_key IN (SELECT value FROM json_each(?))")
      .bind(JSON.stringify(added)),
    retireSoon(database, removed, now),
    database
      .prepare(
        `DELETE FROM segments WHERE app_id = ? AND (width, start, shard, part, finest) IN
         (SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4 FROM json_each(?))`,
      )
      .bind(appId, JSON.stringify(places)),
    ...inserts,
    ...(dictionary === null ? [] : dictionaryStatements(database, appId, epoch, dictionary)),
  ]);
}

const retireSoon = (database: D1Database, keys: readonly string[], now: number): D1PreparedStatement =>
  database
    .prepare(
      `INSERT INTO retired_objects (object_key, delete_after) SELECT value, ?2 FROM json_each(?1) WHERE true
       ON CONFLICT DO UPDATE SET delete_after = min(delete_after, excluded.delete_after)`,
    )
    .bind(JSON.stringify(keys), now + ERASED_RETIRE_SECONDS);

/** What must be known before the range and the epoch are fixed. */
export interface ScopeSnapshot {
  readonly mergeSeq: number;
  readonly dropped: Dropped;
  /** Shard → newest part that a merged row holds. */
  readonly covered: ReadonlyMap<string, number>;
  /**
   * Jobs over days that an edge cuts and that are merged: windows and days must hold the same parts before a day's node is
   * made again from its windows.
   */
  readonly jobs: readonly MergeJob[];
}

export async function readScope(
  database: D1Database,
  appId: number,
  days: readonly number[],
): Promise<ScopeSnapshot | null> {
  const [apps, jobs, covers] = await database.withSession("first-primary").batch<Record<string, unknown>>([
    database
      .prepare(
        `SELECT merge_seq, dropped_10, dropped_60, dropped_3600, dropped_86400 FROM apps WHERE id = ? AND tenant_id > 0`,
      )
      .bind(appId),
    database
      .prepare(
        `SELECT c.width, c.start, c.version FROM compactions c JOIN json_each(?2) d
           ON c.start - c.start % ${DAY_SECONDS} = d.value
         WHERE c.app_id = ?1 AND c.width IN (${WINDOW_SECONDS}, ${DAY_SECONDS})
           AND EXISTS (SELECT 1 FROM segments m WHERE m.app_id = ?1 AND m.finest = ${DAY_SECONDS}
             AND m.start <= d.value AND m.start + m.width > d.value)
         ORDER BY c.width, c.start`,
      )
      .bind(appId, JSON.stringify(days)),
    database
      .prepare(
        `SELECT e.key AS shard, max(e.value) AS part FROM segments s, json_each(s.covers) e
         WHERE s.app_id = ?1 AND s.shard = ${MERGED_SHARD} GROUP BY e.key`,
      )
      .bind(appId),
  ]);
  const app = apps?.results[0];
  if (app === undefined) return null;
  return {
    mergeSeq: Number(app.merge_seq),
    dropped: droppedOf(app),
    covered: new Map((covers?.results ?? []).map((row) => [String(row.shard), Number(row.part)])),
    jobs: (jobs?.results ?? []).map((row) => ({
      width: Number(row.width),
      start: Number(row.start),
      version: Number(row.version),
    })),
  };
}

/** Fixes what the rewriting goes by; fails when anything was merged since the snapshot. */
export async function commitScope(
  database: D1Database,
  { appId, mergeSeq, now }: { appId: number; mergeSeq: number; now: number },
  advanced: D1PreparedStatement,
): Promise<void> {
  const fence = fenceStatements(database, { appId, expected: mergeSeq, mergeSeq: mergeSeq + 1, now }, []);
  await database.withSession("first-primary").batch([...fence, advanced]);
}
