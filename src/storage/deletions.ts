// Deletions in the catalog: what was asked for, and how far it is. A row is a job that any request or cron run pushes on.
//
//   whole app     asked ─▶ tombstone ─▶ wipe ─▶ objects ─▶ rows ─▶ done
//   tenant        asked ─▶ tombstone ─▶ apps, one by one as above ─▶ objects ─▶ rows ─▶ done
//   part of app   flush ─▶ merge ─▶ rewrite ─▶ names ─▶ purge ─▶ done
//
// A tombstone is an app row (or a tenant's) under the negative of its tenant's id: no question finds it, its name is free for
// a new app, and the ids in keys and rows stay known until nothing has them any more.
import { corrupt } from "../lib/app-error.ts";
import type { ChosenSeries } from "../profile/deletion-choice.ts";

export type DeletionState =
  | "wipe"
  | "objects"
  | "rows"
  | "apps"
  | "flush"
  | "merge"
  | "rewrite"
  | "names"
  | "purge"
  | "done";

export interface DeletionRow {
  readonly id: number;
  readonly tenantId: number;
  /** 0: the whole tenant. */
  readonly appId: number;
  /** The app's name; of a tenant's deletion the hash of the tenant's. Empty once the app is gone. */
  readonly service: string;
  readonly choice: ChosenSeries | null;
  readonly from: number | null;
  readonly until: number | null;
  readonly requestedAt: number;
  readonly state: DeletionState;
  /** What the steps keep: JSON. */
  readonly progress: unknown;
  readonly doneAt: number | null;
}

/**
 * Of a deletion within an app, in SQL. From its first step to its last nothing of the app is merged but what the deletion asks
 * for: a merged row must not take in parts that came after the objects were flushed.
 */
export const WITHIN_STATES = "'flush', 'merge', 'rewrite', 'names', 'purge'";

const COLUMNS = `id, tenant_id AS tenantId, app_id AS appId, service, matchers, from_time AS fromTime, until_time AS untilTime,
  requested_at AS requestedAt, state, progress, done_at AS doneAt`;

interface StoredRow extends Omit<DeletionRow, "choice" | "from" | "until" | "progress"> {
  readonly matchers: string | null;
  readonly fromTime: number | null;
  readonly untilTime: number | null;
  readonly progress: string | null;
}

const rowOf = ({ matchers, fromTime, untilTime, progress, ...row }: StoredRow): DeletionRow => ({
  ...row,
  choice: matchers === null ? null : (JSON.parse(matchers) as ChosenSeries),
  from: fromTime,
  until: untilTime,
  progress: progress === null ? null : (JSON.parse(progress) as unknown),
});

/** Whether a deletion leaves the rest of its app in place. */
export const isPartial = ({ appId, choice, from, until }: DeletionRow): boolean =>
  appId !== 0 && (choice !== null || from !== null || until !== null);

export interface DeletionOrder {
  readonly tenantId: number;
  readonly appId: number;
  readonly service: string;
  readonly now: number;
}

const INSERT = `INSERT INTO deletions (tenant_id, app_id, service, matchers, from_time, until_time, requested_at, state, progress)
  VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9) RETURNING id`;

function idOf(result: D1Result<unknown> | undefined): number {
  const row = result?.results[0] as { id: number } | undefined;
  if (row === undefined) throw corrupt("a deletion was not noted");
  return row.id;
}

/** Takes the app out of sight, with what was remarked on it, and notes the work that is left, in one batch. */
export async function orderAppDeletion(database: D1Database, order: DeletionOrder): Promise<number> {
  const { tenantId, appId, service, now } = order;
  const [inserted] = await database.batch([
    database.prepare(INSERT).bind(tenantId, appId, service, null, null, null, now, "wipe", null),
    tombstones(database, "id = ?1 AND tenant_id > 0", appId),
    annotationsOn(database, order),
  ]);
  return idOf(inserted);
}

/** Also those under an old name of the app, from before its first upload: `app.suffix`, where no other app is called so. */
const annotationsOn = (database: D1Database, { tenantId, service }: DeletionOrder): D1PreparedStatement =>
  database
    .prepare(
      `DELETE FROM annotations WHERE tenant_id = ?1 AND (service = ?2
         OR (substr(service, 1, length(?2) + 1) = ?2 || '.' AND instr(substr(service, length(?2) + 2), '.') = 0
           AND NOT EXISTS (SELECT 1 FROM apps WHERE tenant_id = ?1 AND name = service)))`,
    )
    .bind(tenantId, service);

/** @param hash of the tenant's name: so that whoever has the name may still ask how far it is */
export async function orderTenantDeletion(
  database: D1Database,
  { tenantId, tenant, hash, now }: { tenantId: number; tenant: string; hash: string; now: number },
): Promise<number> {
  const [inserted] = await database.batch([
    database.prepare(INSERT).bind(tenantId, 0, hash, null, null, null, now, "apps", JSON.stringify({ tenant })),
    tombstones(database, "tenant_id = ?1", tenantId),
    database.prepare("UPDATE tenants SET name = ':deleted:' || id WHERE id = ?").bind(tenantId),
    // What is shared is public by its link alone: nobody may find it while the work goes on.
    ...["shares", "live_embeds"].map((table) =>
      database.prepare(`UPDATE ${table} SET expires_at = 0 WHERE tenant_id = ?`).bind(tenantId),
    ),
  ]);
  return idOf(inserted);
}

/** merge_seq: a compaction under way must not commit any more. */
const tombstones = (database: D1Database, where: string, value: number): D1PreparedStatement =>
  database
    .prepare(
      `UPDATE apps SET tenant_id = -tenant_id, name = json_array(id, name), merge_seq = merge_seq + 1 WHERE ${where}`,
    )
    .bind(value);

/** The name that a tombstone had as an app. */
export const nameOfTombstone = (name: string): string => (JSON.parse(name) as [number, string])[1];

export async function orderPartialDeletion(
  database: D1Database,
  order: DeletionOrder & { choice: ChosenSeries | null; from: number | null; until: number | null },
): Promise<number> {
  const { tenantId, appId, service, choice, from, until, now } = order;
  const matchers = choice === null ? null : JSON.stringify(choice);
  const result = await database
    .prepare(INSERT)
    .bind(tenantId, appId, service, matchers, from, until, now, "flush", null)
    .run();
  return idOf(result);
}

const LISTED = 200;

/** A tenant's, newest first: all, or the one. A tenant that deleted itself has another id since; its hash is what it still has. */
export async function readDeletions(
  database: D1Database,
  { tenant, hash, id }: { tenant: string; hash: string; id: number | null },
): Promise<DeletionRow[]> {
  const { results } = await database
    .prepare(
      `SELECT ${COLUMNS} FROM deletions
       WHERE (tenant_id IN (SELECT id FROM tenants WHERE name = ?1) OR (app_id = 0 AND service = ?2))
         AND (?3 IS NULL OR id = ?3) ORDER BY id DESC LIMIT ${LISTED}`,
    )
    .bind(tenant, hash, id)
    .all<StoredRow & Record<string, unknown>>();
  return results.map(rowOf);
}

export async function readDeletion(database: D1Database, id: number): Promise<DeletionRow | null> {
  const row = await database.prepare(`SELECT ${COLUMNS} FROM deletions WHERE id = ?`).bind(id).first<StoredRow>();
  return row === null ? null : rowOf(row);
}

/** Oldest first: of one app they go one after another. */
export async function openDeletions(database: D1Database, most: number): Promise<DeletionRow[]> {
  const { results } = await database
    .prepare(`SELECT ${COLUMNS} FROM deletions WHERE state <> 'done' ORDER BY id LIMIT ?`)
    .bind(most)
    .all<StoredRow & Record<string, unknown>>();
  return results.map(rowOf);
}

/** Goes on to a state, if it is still in the one it was read in: two who push the same job don't put each other back. */
export function advance(
  database: D1Database,
  { id, state }: DeletionRow,
  next: { state: DeletionState; progress?: unknown; from?: number | null; until?: number | null },
): D1PreparedStatement {
  const { progress, from, until } = next;
  return database
    .prepare(
      `UPDATE deletions SET state = ?3, progress = CASE WHEN ?4 THEN ?5 ELSE progress END,
         from_time = CASE WHEN ?6 THEN ?7 ELSE from_time END, until_time = CASE WHEN ?6 THEN ?8 ELSE until_time END
       WHERE id = ?1 AND state = ?2`,
    )
    .bind(
      id,
      state,
      next.state,
      progress === undefined ? 0 : 1,
      progress === undefined ? null : JSON.stringify(progress),
      from === undefined ? 0 : 1,
      from ?? null,
      until ?? null,
    );
}

/** What is left of a choice: that there was one. */
const NO_CHOICE: ChosenSeries = { text: "", typeIds: null, matchers: [] };

/** Done: the record forgets the names that it was about, but for the app's own while that lives on. */
export function finish(database: D1Database, row: DeletionRow, now: number): D1PreparedStatement {
  const service = row.appId === 0 || isPartial(row) ? row.service : "";
  return database
    .prepare(
      `UPDATE deletions SET state = 'done', done_at = ?2, progress = NULL, service = ?3,
         matchers = CASE WHEN matchers IS NULL THEN NULL ELSE ?4 END WHERE id = ?1`,
    )
    .bind(row.id, now, service, JSON.stringify(NO_CHOICE));
}

/** Whether an older deletion of the same app still rewrites: one that only waits for what it replaced to go is no hindrance. */
export async function hasOlder(database: D1Database, { id, appId }: DeletionRow): Promise<boolean> {
  const older = await database
    .prepare("SELECT 1 FROM deletions WHERE app_id = ?1 AND id < ?2 AND state NOT IN ('purge', 'done') LIMIT 1")
    .bind(appId, id)
    .first();
  return older !== null;
}
