// The tables of an app's object (SQLite) and every statement over them, by name.
import { ROW_BYTES } from "../config.ts";
import { CHUNK_SCHEMA, chunkTables } from "./chunk-tables.ts";
import { ID_SCHEMA, idTables } from "./id-tables.ts";
import { bytesOf, joined } from "./sql-bytes.ts";
import { WAITING_SCHEMA, waitingTable } from "./waiting-table.ts";

/**
 * meta        one row per fact, JSON
 * dictionary  the stack dictionary, as stretches in order, cut into rows
 * series      id → profile type and labels
 * quarantine  acknowledged uploads that can't be folded, cut into rows; the last QUARANTINE_ROWS of them
 *
 * and those of waiting-table.ts, chunk-tables.ts and id-tables.ts.
 */
const SCHEMA = `
  CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS dictionary (id INTEGER PRIMARY KEY, last INTEGER NOT NULL, bytes BLOB NOT NULL);
  CREATE TABLE IF NOT EXISTS quarantine (id INTEGER PRIMARY KEY, last INTEGER NOT NULL, bytes BLOB NOT NULL);
  CREATE TABLE IF NOT EXISTS series (id INTEGER PRIMARY KEY, type_id TEXT NOT NULL, labels TEXT NOT NULL);
  ${CHUNK_SCHEMA}
  ${WAITING_SCHEMA}
  ${ID_SCHEMA}
`;

const QUARANTINE_ROWS = 64;

export type ObjectTables = ReturnType<typeof objectTables>;

export function objectTables(sql: SqlStorage) {
  sql.exec(SCHEMA);
  return {
    ...smallTables(sql),
    ...pieceTables(sql),
    ...waitingTable(sql),
    ...chunkTables(sql),
    ...idTables(sql),
  };
}

function smallTables(sql: SqlStorage) {
  return {
    getMeta(key: string): string | null {
      const row = sql.exec("SELECT value FROM meta WHERE key = ?", key).toArray()[0];
      return row === undefined ? null : String(row.value);
    },
    setMeta(key: string, value: string): void {
      sql.exec(
        "INSERT INTO meta (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
        key,
        value,
      );
    },
    insertSeries(id: number, typeId: string, labels: string): void {
      sql.exec("INSERT INTO series (id, type_id, labels) VALUES (?, ?, ?)", id, typeId, labels);
    },
    readSeries: (): { id: number; typeId: string; labels: string }[] =>
      sql
        .exec("SELECT id, type_id, labels FROM series ORDER BY id")
        .toArray()
        .map((row) => ({ id: Number(row.id), typeId: String(row.type_id), labels: String(row.labels) })),
    clearSeries(): void {
      sql.exec("DELETE FROM series");
    },
  };
}

type PieceTable = "dictionary" | "quarantine";

/** Blobs of any length, as rows of at most ROW_BYTES; the last of each says so. */
function pieceTables(sql: SqlStorage) {
  const insert = (table: PieceTable, bytes: Uint8Array): void => {
    let at = 0;
    do {
      const piece = bytes.subarray(at, at + ROW_BYTES);
      at += piece.length;
      sql.exec(`INSERT INTO ${table} (last, bytes) VALUES (?, ?)`, at >= bytes.length ? 1 : 0, piece);
    } while (at < bytes.length);
  };
  const read = function* (table: PieceTable): Generator<{ bytes: Uint8Array }> {
    let pieces: Uint8Array[] = [];
    for (const row of sql.exec(`SELECT last, bytes FROM ${table} ORDER BY id`)) {
      pieces.push(bytesOf(row.bytes));
      if (row.last !== 1) continue;
      yield { bytes: joined(pieces) };
      pieces = [];
    }
  };
  return {
    /** Puts bytes aside; the oldest make room. */
    insertQuarantine(bytes: Uint8Array): void {
      insert("quarantine", bytes);
      sql.exec("DELETE FROM quarantine WHERE id <= (SELECT max(id) FROM quarantine) - ?", QUARANTINE_ROWS);
    },

    insertDictionary: (bytes: Uint8Array) => insert("dictionary", bytes),
    readDictionary: () => read("dictionary"),
    countDictionaryRows: (): number => Number(sql.exec("SELECT count(*) AS n FROM dictionary").one().n),
    clearDictionary(): void {
      sql.exec("DELETE FROM dictionary");
    },
  };
}
