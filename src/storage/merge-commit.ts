// What compaction writes into the catalog: one D1 batch, all or nothing. Its first statement fails, and all with it, unless
// the app is there, nobody else has committed since the snapshot, and every new object still stands in retired_objects
// (else it may be about to be removed).
import { drizzle } from "drizzle-orm/d1";
import { DAY_SECONDS, MERGED_SHARD, RETIRE_SECONDS } from "../config.ts";
import { compactionDue, type DictionaryRow, expiry, type SegmentRow } from "./catalog-writes.ts";
import { segments } from "./schema.ts";

interface WindowKey {
  readonly width: number;
  readonly start: number;
}

export interface MergedSegmentRow extends SegmentRow {
  /** Any number that no other row of the window has: from the app's merge_seq on. */
  readonly part: number;
  /** shard → newest part in it. */
  readonly covers: ReadonlyMap<number, number>;
}

export interface MergeCommit {
  readonly appId: number;
  /** apps.merge_seq as the snapshot said, and as it is to be: greater. */
  readonly expected: number;
  readonly mergeSeq: number;
  /** Of the merged dictionary that the segments refer to. */
  readonly epoch: number;
  readonly segments: readonly MergedSegmentRow[];
  /** Merged rows that go. */
  readonly replaces: readonly (WindowKey & { readonly part: number; readonly objectKey: string })[];
  /** Null when no node is new. */
  readonly dictionary: { readonly added: DictionaryRow; readonly replaces: readonly DictionaryRow[] } | null;
  /** Jobs that are done, at the versions that were read. */
  readonly settled: readonly (WindowKey & { readonly version: number })[];
  /** The job that follows. */
  readonly next: WindowKey | null;
  /** Unix seconds. */
  readonly now: number;
}

/** What is to be removed this soon may be gone before the batch is through: `now` is from before it was sent. */
const FENCE_SECONDS = 60;

/** Later than the windows they are made of, so that each is rarely written twice. */
const WAIT_SECONDS: Readonly<Record<number, number>> = { [DAY_SECONDS]: 900, 432000: 3600, 2592000: 7200 };

export function retireStatement(database: D1Database, keys: readonly string[], now: number): D1PreparedStatement {
  return database
    .prepare(
      `INSERT INTO retired_objects (object_key, delete_after) SELECT value, ?2 FROM json_each(?1) WHERE true
       ON CONFLICT DO UPDATE SET delete_after = excluded.delete_after`,
    )
    .bind(JSON.stringify(keys), now + RETIRE_SECONDS);
}

export function commitStatements(database: D1Database, commit: MergeCommit): D1PreparedStatement[] {
  const { appId, now, dictionary } = commit;
  const added = commit.segments.map((row) => row.objectKey);
  if (dictionary !== null) added.push(dictionary.added.objectKey);
  const removed = commit.replaces.map((row) => row.objectKey);
  if (dictionary !== null) removed.push(...dictionary.replaces.map((row) => row.objectKey));
  return [
    ...fenceStatements(database, commit, added),
    database
      .prepare("DELETE FROM retired_objects WHERE object_key IN (SELECT value FROM json_each(?))")
      .bind(JSON.stringify(added)),
    ...(removed.length === 0 ? [] : [retireStatement(database, removed, now)]),
    database
      .prepare(
        `DELETE FROM segments WHERE app_id = ? AND (width, start, shard, part) IN
         (SELECT value ->> 0, value ->> 1, ${MERGED_SHARD}, value ->> 2 FROM json_each(?))`,
      )
      .bind(appId, JSON.stringify(commit.replaces.map((row) => [row.width, row.start, row.part]))),
    ...insertStatements(database, commit),
    ...(dictionary === null ? [] : dictionaryStatements(database, appId, commit.epoch, dictionary)),
    ...jobStatements(database, commit),
  ];
}

/** Of every writer of merged rows: fails unless apps.merge_seq is as expected and `keys` were announced and are safe. */
export function fenceStatements(
  database: D1Database,
  { appId, expected, mergeSeq, now }: Pick<MergeCommit, "appId" | "expected" | "mergeSeq" | "now">,
  keys: readonly string[],
): D1PreparedStatement[] {
  return [
    // delete_after is NOT NULL: a row that is to be inserted here fails the batch.
    database
      .prepare(
        `INSERT INTO retired_objects (object_key, delete_after) SELECT 'fence', NULL
         WHERE NOT EXISTS (SELECT 1 FROM apps WHERE id = ?1 AND merge_seq = ?2)
         OR (SELECT count(*) FROM retired_objects WHERE delete_after > ?3 AND object_key IN (SELECT value FROM json_each(?4))) < ?5`,
      )
      .bind(appId, expected, now + FENCE_SECONDS, JSON.stringify(keys), keys.length),
    database.prepare("UPDATE apps SET merge_seq = ? WHERE id = ?").bind(mergeSeq, appId),
  ];
}

function insertStatements(database: D1Database, { appId, epoch, segments: rows }: MergeCommit): D1PreparedStatement[] {
  const db = drizzle(database);
  return rows.map(({ covers, ...row }) => {
    const { sql, params } = db
      .insert(segments)
      .values({
        appId,
        shard: MERGED_SHARD,
        dictShard: MERGED_SHARD,
        epoch,
        ...row,
        covers: JSON.stringify(Object.fromEntries(covers)),
        expiresAt: expiry(appId, row),
      })
      .toSQL();
    return database.prepare(sql).bind(...params);
  });
}

export function dictionaryStatements(
  database: D1Database,
  appId: number,
  epoch: number,
  { added, replaces }: NonNullable<MergeCommit["dictionary"]>,
): D1PreparedStatement[] {
  return [
    database
      .prepare(
        "DELETE FROM dictionaries WHERE app_id = ? AND shard = ? AND epoch = ? AND object_key IN (SELECT value FROM json_each(?))",
      )
      .bind(appId, MERGED_SHARD, epoch, JSON.stringify(replaces.map((row) => row.objectKey))),
    database
      .prepare(
        "INSERT INTO dictionaries (app_id, shard, epoch, from_node, to_node, object_key, object_bytes) VALUES (?, ?, ?, ?, ?, ?, ?)",
      )
      .bind(appId, MERGED_SHARD, epoch, added.fromNode, added.toNode, added.objectKey, added.objectBytes),
  ];
}

function jobStatements(database: D1Database, { appId, settled, next, now }: MergeCommit): D1PreparedStatement[] {
  const statements = [
    database
      .prepare(
        `DELETE FROM compactions WHERE app_id = ? AND (width, start, version) IN
         (SELECT value ->> 0, value ->> 1, value ->> 2 FROM json_each(?))`,
      )
      .bind(appId, JSON.stringify(settled.map((job) => [job.width, job.start, job.version]))),
  ];
  if (next !== null) {
    const due = compactionDue(next.start + next.width + (WAIT_SECONDS[next.width] ?? 0), now);
    statements.push(
      database
        .prepare(
          `INSERT INTO compactions (app_id, width, start, due_at, version) VALUES (?, ?, ?, ?, 1)
           ON CONFLICT DO UPDATE SET version = version + 1`,
        )
        .bind(appId, next.width, next.start, due),
    );
  }
  return statements;
}
