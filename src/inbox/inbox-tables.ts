// The tables of a tenant's inbox (SQLite) and every statement over them, by name.
import { INBOX } from "../config.ts";
import { APP_RINGS, type InboxReport, ringOf, sameKey, TURNED_AWAY_RING } from "./inbox-report.ts";

/**
 * entries   one row per thing that happened, however often; `report` is an InboxReport as JSON
 * meta      `cleared`: unix seconds of the last deletion. No name is kept
 */
const SCHEMA = `
  CREATE TABLE IF NOT EXISTS entries (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    same TEXT NOT NULL UNIQUE,
    ring TEXT NOT NULL,
    outcome TEXT NOT NULL,
    last REAL NOT NULL,        -- unix seconds
    report TEXT NOT NULL
  );
  CREATE INDEX IF NOT EXISTS entries_ring ON entries (ring, last);
  CREATE INDEX IF NOT EXISTS entries_last ON entries (last);
  CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value REAL NOT NULL) WITHOUT ROWID;
`;

export interface StoredReport {
  readonly id: number;
  readonly report: InboxReport;
}

export interface RingCount {
  /** null: of no application. */
  readonly app: string | null;
  readonly entries: number;
}

export type InboxTables = ReturnType<typeof inboxTables>;

/** An inbox that nothing was ever written to has no tables, and is read without making any. */
export const hasInboxTables = (sql: SqlStorage): boolean =>
  sql.exec("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'entries'").toArray().length > 0;

export function inboxTables(sql: SqlStorage) {
  sql.exec(SCHEMA);
  return { ...entryWrites(sql), ...entryReads(sql), ...clearing(sql) };
}

function entryWrites(sql: SqlStorage) {
  const trimRing = (ring: string) =>
    sql.exec(
      "DELETE FROM entries WHERE id IN (SELECT id FROM entries WHERE ring = ? ORDER BY last DESC, id DESC LIMIT -1 OFFSET ?)",
      ring,
      ring === TURNED_AWAY_RING ? INBOX.entriesTurnedAway : INBOX.entriesPerApp,
    );
  return {
    find(same: string): StoredReport | null {
      const [row] = sql.exec("SELECT id, report FROM entries WHERE same = ?", same).toArray();
      return row === undefined ? null : storedOf(row);
    },
    update(id: number, report: InboxReport): void {
      sql.exec("UPDATE entries SET last = ?, report = ? WHERE id = ?", report.lastAt, JSON.stringify(report), id);
    },
    /** The oldest of its ring, and of all, make room. */
    insert(report: InboxReport): void {
      const ring = ringOf(report);
      sql.exec(
        "INSERT INTO entries (same, ring, outcome, last, report) VALUES (?, ?, ?, ?, ?)",
        sameKey(report),
        ring,
        report.outcome,
        report.lastAt,
        JSON.stringify(report),
      );
      trimRing(ring);
      sql.exec(
        "DELETE FROM entries WHERE id IN (SELECT id FROM entries ORDER BY last DESC, id DESC LIMIT -1 OFFSET ?)",
        INBOX.entriesMost,
      );
    },
  };
}

/** Which entries: all, an application's, or those of none (""). */
function filterOf(app: string | null): { where: string; params: string[] } {
  if (app === null) return { where: "last >= ?", params: [] };
  if (app === "") return { where: `last >= ? AND ring NOT GLOB '${APP_RINGS}*'`, params: [] };
  return { where: "last >= ? AND ring = ?", params: [APP_RINGS + app] };
}

function entryReads(sql: SqlStorage) {
  const count = (where: string, ...params: (string | number)[]): number =>
    Number(sql.exec(`SELECT count(*) AS n FROM entries WHERE ${where}`, ...params).one().n);
  return {
    /** Newest first. */
    list(app: string | null, since: number, most: number): StoredReport[] {
      const { where, params } = filterOf(app);
      return sql
        .exec(
          `SELECT id, report FROM entries WHERE ${where} ORDER BY last DESC, id DESC LIMIT ?`,
          since,
          ...params,
          most,
        )
        .toArray()
        .map(storedOf);
    },
    count(app: string | null, since: number): number {
      const { where, params } = filterOf(app);
      return count(where, since, ...params);
    },
    countRefused(app: string | null, since: number): number {
      const { where, params } = filterOf(app);
      return count(`${where} AND outcome = 'refused'`, since, ...params);
    },
    /** Name-sorted; those of no application together, at the end. */
    apps(since: number): RingCount[] {
      const named = `ring GLOB '${APP_RINGS}*'`;
      return sql
        .exec(
          `SELECT CASE WHEN ${named} THEN ring END AS app, count(*) AS n FROM entries WHERE last >= ?
           GROUP BY app ORDER BY app IS NULL, app`,
          since,
        )
        .toArray()
        .map((row) => ({
          app: row.app === null ? null : String(row.app).slice(APP_RINGS.length),
          entries: Number(row.n),
        }));
    },
    oldest(): number | null {
      const value = sql.exec("SELECT min(last) AS oldest FROM entries").one().oldest;
      return value === null ? null : Number(value);
    },
  };
}

function clearing(sql: SqlStorage) {
  return {
    deleteBefore(seconds: number): void {
      sql.exec("DELETE FROM entries WHERE last < ?", seconds);
    },
    /** An application's entries, and those of none: whatever they hold may be its. */
    deleteApp(app: string): void {
      sql.exec(`DELETE FROM entries WHERE ring = ? OR ring NOT GLOB '${APP_RINGS}*'`, APP_RINGS + app);
    },
    clearedAt: (): number => Number(sql.exec("SELECT max(value) AS value FROM meta WHERE key = 'cleared'").one().value),
    setClearedAt(seconds: number): void {
      sql.exec(
        "INSERT INTO meta (key, value) VALUES ('cleared', ?) ON CONFLICT (key) DO UPDATE SET value = max(value, excluded.value)",
        seconds,
      );
    },
  };
}

const storedOf = (row: Record<string, SqlStorageValue>): StoredReport => ({
  id: Number(row.id),
  report: JSON.parse(String(row.report)) as InboxReport,
});
