// What a query (and compaction) reads of the segment catalog: one consistent picture of an app over a range.
//
// Rows are asked for without their heads, and only those that a plan can need (decision 0009): of a year that is compacted a
// handful, however many hours' rows are still there. Heads come in a second call for what no cache has.
import { HOUR_SECONDS, SPAN_CLASS } from "../config.ts";
import { corrupt } from "../lib/app-error.ts";
import type { PlanRow } from "../segment/cover-plan.ts";
import type { Dropped } from "../segment/kept-grid.ts";

export interface CatalogShard {
  readonly shard: number;
  /** Whether the object holds what no segment holds. */
  readonly live: boolean;
  readonly lastPart: number;
  readonly firstSlot: number | null;
  readonly lastSlot: number | null;
}

export interface CatalogSegment extends PlanRow {
  /** The dictionary its vectors refer to. */
  readonly dictShard: number;
  readonly epoch: number;
  readonly objectKey: string;
  readonly objectBytes: number;
  readonly headOffset: number;
  readonly headLength: number;
}

export interface CatalogStretch {
  /** Owner of the dictionary; MERGED_SHARD is compaction. */
  readonly shard: number;
  readonly epoch: number;
  readonly fromNode: number;
  readonly toNode: number;
  readonly objectKey: string;
  readonly objectBytes: number;
}

export interface CatalogPlan {
  readonly shards: readonly CatalogShard[];
  readonly segments: readonly CatalogSegment[];
  readonly stretches: readonly CatalogStretch[];
  readonly dropped: Dropped;
}

/** Which rows can matter. Class 86400 always comes, and whatever no wider row stands over or may lack. Unix seconds. */
export interface PlanNeed {
  readonly from: number;
  readonly until: number;
  /** Days whose 6 h windows are wanted even under a wider row: an edge cuts them. */
  readonly edgeDays: readonly number[];
  /** Hours wanted likewise under their window. */
  readonly edgeHours: readonly number[];
  /** Hours whose 10 s nodes are wanted. */
  readonly fineHours: readonly number[];
  /** A timeline's range, when it steps below what the days' totals give, and below a minute. */
  readonly windowsIn: { readonly from: number; readonly until: number } | null;
  readonly fineIn: { readonly from: number; readonly until: number } | null;
  /** Only hours' spans are wanted, of this range. */
  readonly spansIn?: { readonly from: number; readonly until: number };
}

export interface PlanReads {
  /** @param bookmark read at least as new as this; null: what the primary has */
  plan(appId: number, need: PlanNeed, bookmark: string | null): Promise<CatalogPlan>;
  /** Base64 heads by object key; null where the head must be read from the object. */
  heads(appId: number, segments: readonly CatalogSegment[]): Promise<Map<string, string | null>>;
}

/** Of `segments s`: what segmentOf reads. */
export const SEGMENT_COLUMNS = `s.width, s.start, s.shard, s.part, s.finest, s.dict_shard, s.epoch, s.covers, s.object_key, s.object_bytes,
  s.head_offset, s.head_length`;

/** Of `dictionaries`: what stretchOf reads. */
export const STRETCH_COLUMNS = "shard, epoch, from_node, to_node, object_key, object_bytes";

// One probe of the key each: an OR inside one EXISTS, or a join in an order that SQLite chooses, walks all of an app's rows.
/** Whether a row of class 86400 holds the day of `s`. */
const DAY_IS_MERGED = `(${[86_400, 432_000, 2_592_000].map(isThere("segments")).join(" OR ")})`;
const WINDOW_IS_MERGED = isThere("segments")(21_600);
const MAY_BE_RESIDUAL = `(${[21_600, 86_400].map(isThere("compactions")).join(" OR ")})`;

/** SQL: a row of a width stands over the start of `s`. */
function isThere(table: "segments" | "compactions"): (width: number) => string {
  return (width) => `EXISTS (SELECT 1 FROM ${table} w WHERE w.app_id = s.app_id AND w.width = ${width}
    AND w.start = s.start - s.start % ${width})`;
}

const DAYS_SQL = `SELECT ${SEGMENT_COLUMNS} FROM segments s WHERE s.app_id = ?1 AND s.width IN (86400, 432000, 2592000)
  AND s.start > ?2 - s.width AND s.start < ?3`;
const WINDOWS_SQL = `SELECT ${SEGMENT_COLUMNS} FROM segments s WHERE s.app_id = ?1 AND s.width = 21600 AND s.start >= ?2 AND s.start < ?3
  AND ((s.start > ?4 - 21600 AND s.start < ?5) OR s.start - s.start % 86400 IN (SELECT value FROM json_each(?6))
    OR NOT ${DAY_IS_MERGED})`;
const HOURS_SQL = `SELECT ${SEGMENT_COLUMNS} FROM segments s WHERE s.app_id = ?1 AND s.width = 3600 AND s.start >= ?2 AND s.start < ?3
  AND s.finest = 60 AND (s.start IN (SELECT value FROM json_each(?4)) OR ${MAY_BE_RESIDUAL}
    OR (NOT ${WINDOW_IS_MERGED} AND NOT ${DAY_IS_MERGED}))`;
const FINE_SQL = `SELECT ${SEGMENT_COLUMNS} FROM segments s WHERE s.app_id = ?1 AND s.width = 3600 AND s.start >= ?2 AND s.start < ?3
  AND s.finest = 10 AND (s.start IN (SELECT value FROM json_each(?4)) OR (s.start > ?5 - 3600 AND s.start < ?6))`;
const SPANS_SQL = `SELECT ${SEGMENT_COLUMNS} FROM segments s WHERE s.app_id = ?1 AND s.width = ${HOUR_SECONDS}
  AND s.start > ?2 - ${HOUR_SECONDS} AND s.start < ?3 AND s.finest = ${SPAN_CLASS}`;

export function d1PlanReads(database: D1Database): PlanReads {
  return {
    async plan(appId, need, bookmark) {
      // A replica could still say "idle" of an object that has acknowledged uploads: the first look is at the primary.
      const session = database.withSession(bookmark ?? "first-primary");
      const [from, until] = [need.from - (need.from % 86_400), Math.ceil(need.until / 86_400) * 86_400];
      const windows = need.windowsIn ?? { from: 0, until: 0 };
      const fine = need.fineIn ?? { from: 0, until: 0 };
      const statement = (text: string, ...values: unknown[]) => session.prepare(text).bind(appId, ...values);
      const rows =
        need.spansIn === undefined
          ? [
              statement(DAYS_SQL, need.from, need.until),
              statement(WINDOWS_SQL, from, until, windows.from, windows.until, JSON.stringify(need.edgeDays)),
              statement(HOURS_SQL, from, until, JSON.stringify(need.edgeHours)),
              statement(FINE_SQL, from, until, JSON.stringify(need.fineHours), fine.from, fine.until),
            ]
          : [statement(SPANS_SQL, need.spansIn.from, need.spansIn.until)];
      const [apps, shards, stretches, ...found] = await session.batch<Record<string, unknown>>([
        statement("SELECT dropped_10, dropped_60, dropped_3600, dropped_86400 FROM apps WHERE id = ?1"),
        statement("SELECT shard, live_since, last_part, first_slot, last_slot FROM shards WHERE app_id = ?1"),
        statement(`SELECT ${STRETCH_COLUMNS} FROM dictionaries WHERE app_id = ?1 ORDER BY from_node`),
        ...rows,
      ]);
      const segments = found.flatMap(({ results }) => results.map(segmentOf));
      return {
        dropped: droppedOf(apps?.results[0] ?? {}),
        shards: (shards?.results ?? []).map(shardOf),
        stretches: (stretches?.results ?? []).map(stretchOf),
        segments,
      };
    },
    async heads(appId, segments) {
      const found = new Map<string, string | null>();
      // An answer of D1 is held whole: heads of up to a few hundred kilobytes each come in groups.
      for (let at = 0; at < segments.length; at += HEADS_AT_ONCE) {
        const keys = segments
          .slice(at, at + HEADS_AT_ONCE)
          .map(({ width, start, shard, part, finest }) => [width, start, shard, part, finest]);
        const { results } = await database
          .prepare(
            `SELECT s.object_key, s.head FROM json_each(?2) k CROSS JOIN segments s ON s.app_id = ?1 AND s.width = k.value ->> 0
             AND s.start = k.value ->> 1 AND s.shard = k.value ->> 2 AND s.part = k.value ->> 3 AND s.finest = k.value ->> 4`,
          )
          .bind(appId, JSON.stringify(keys))
          .all<{ object_key: string; head: string | null }>();
        for (const row of results) found.set(row.object_key, row.head);
      }
      return found;
    },
  };
}

const HEADS_AT_ONCE = 40;

export const droppedOf = (row: Record<string, unknown>): Dropped => ({
  10: Number(row.dropped_10 ?? 0),
  60: Number(row.dropped_60 ?? 0),
  3600: Number(row.dropped_3600 ?? 0),
  86400: Number(row.dropped_86400 ?? 0),
});

const optional = (value: unknown): number | null => (value === null || value === undefined ? null : Number(value));

const shardOf = (row: Record<string, unknown>): CatalogShard => ({
  shard: Number(row.shard),
  live: row.live_since !== null,
  lastPart: Number(row.last_part),
  firstSlot: optional(row.first_slot),
  lastSlot: optional(row.last_slot),
});

export const stretchOf = (row: Record<string, unknown>): CatalogStretch => ({
  shard: Number(row.shard),
  epoch: Number(row.epoch),
  fromNode: Number(row.from_node),
  toNode: Number(row.to_node),
  objectKey: String(row.object_key),
  objectBytes: Number(row.object_bytes),
});

/** A row with the columns of SEGMENT_COLUMNS. */
export function segmentOf(row: Record<string, unknown>): CatalogSegment {
  return {
    width: Number(row.width),
    start: Number(row.start),
    shard: Number(row.shard),
    part: Number(row.part),
    finest: Number(row.finest),
    dictShard: Number(row.dict_shard),
    epoch: Number(row.epoch),
    covers: row.covers === null ? null : parseCovers(String(row.covers)),
    objectKey: String(row.object_key),
    objectBytes: Number(row.object_bytes),
    headOffset: Number(row.head_offset),
    headLength: Number(row.head_length),
  };
}

/** `{"0": 17}` → shard 0 up to part 17. */
function parseCovers(text: string): Map<number, number> {
  const covers = JSON.parse(text) as unknown;
  if (typeof covers !== "object" || covers === null) throw corrupt(`covers ${text}`);
  return new Map(Object.entries(covers).map(([shard, part]) => [Number(shard), Number(part)]));
}
