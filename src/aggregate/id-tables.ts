// Rows of remembered upload ids: few and fat, because rows are what storage charges for.
//
// upload_ids       the log: entries (lib/id-set.ts) in order of arrival, ID_ROW_BYTES to a row
// upload_id_pages  what the log could not hold: one row for each page (first twelve bits of an id) and generation
//                  (when its ids expire). Row id = page * 2^20 + generation, so that a page's rows lie together.
import { bytesOf } from "./sql-bytes.ts";

export const ID_SCHEMA = `
  CREATE TABLE IF NOT EXISTS upload_ids (id INTEGER PRIMARY KEY, expires INTEGER NOT NULL, entries BLOB NOT NULL);
  CREATE TABLE IF NOT EXISTS upload_id_pages (
    id INTEGER PRIMARY KEY,
    generation INTEGER NOT NULL,
    entries BLOB NOT NULL
  );
`;

/** 2048 ids: a fold adds to the last row until it has these. */
const ID_ROW_BYTES = 32 * 1024;
const GENERATIONS = 2 ** 20;

export interface IdRow {
  readonly id: number;
  readonly entries: Uint8Array;
}

export function idTables(sql: SqlStorage) {
  const rowOf = (row: Record<string, SqlStorageValue>): IdRow => ({
    id: Number(row.id),
    entries: bytesOf(row.entries),
  });
  return {
    readIdRows: (): IdRow[] => sql.exec("SELECT id, entries FROM upload_ids ORDER BY id").toArray().map(rowOf),
    /** The last row, when `bytes` more fit it. */
    lastIdRow(bytes: number): IdRow | null {
      const row = sql
        .exec(
          "SELECT id, entries FROM upload_ids WHERE id = (SELECT max(id) FROM upload_ids) AND length(entries) <= ?",
          ID_ROW_BYTES - bytes,
        )
        .toArray()[0];
      return row === undefined ? null : rowOf(row);
    },
    /** @param id the row to replace; null for a new one */
    putIdRow(id: number | null, expires: number, entries: Uint8Array): void {
      sql.exec("INSERT OR REPLACE INTO upload_ids (id, expires, entries) VALUES (?, ?, ?)", id, expires, entries);
    },
    deleteIdRows(expired: number): void {
      sql.exec("DELETE FROM upload_ids WHERE expires <= ?", expired);
    },

    hasIdPages: (): boolean => sql.exec("SELECT 1 FROM upload_id_pages LIMIT 1").toArray().length > 0,
    *readIdPages(page: number): Generator<Uint8Array> {
      const query = "SELECT entries FROM upload_id_pages WHERE id >= ? AND id < ?";
      for (const row of sql.exec(query, page * GENERATIONS, (page + 1) * GENERATIONS)) yield bytesOf(row.entries);
    },
    readIdPage(page: number, generation: number): Uint8Array | null {
      const id = page * GENERATIONS + (generation % GENERATIONS);
      const row = sql.exec("SELECT entries FROM upload_id_pages WHERE id = ?", id).toArray()[0];
      return row === undefined ? null : bytesOf(row.entries);
    },
    putIdPage(page: number, generation: number, entries: Uint8Array): void {
      sql.exec(
        "INSERT OR REPLACE INTO upload_id_pages (id, generation, entries) VALUES (?, ?, ?)",
        page * GENERATIONS + (generation % GENERATIONS),
        generation,
        entries,
      );
    },
    deleteIdPages(beforeGeneration: number): void {
      sql.exec("DELETE FROM upload_id_pages WHERE generation < ?", beforeGeneration);
    },
  };
}
