// The tables of an app's object (SQLite) and every statement over them, by name.
import { ROW_BYTES } from "../config.ts";
import { ID_SCHEMA, idTables } from "./id-tables.ts";
import { bytesOf, joined } from "./sql-bytes.ts";
import { WAITING_SCHEMA, waitingTable } from "./waiting-table.ts";

/**
 * meta        one row per fact, JSON
 * dictionary  the stack dictionary, as stretches in order, cut into rows
 * series      id → profile type and labels
 * chunks      nodes of the live tree. part 0: still growing; part p: frozen for seal p
 * quarantine  acknowledged uploads that can't be folded, cut into rows; the last QUARANTINE_ROWS of them
 *
 * and those of waiting-table.ts and id-tables.ts.
 */
const SCHEMA = `
  CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS dictionary (id INTEGER PRIMARY KEY, last INTEGER NOT NULL, bytes BLOB NOT NULL);
  CREATE TABLE IF NOT EXISTS quarantine (id INTEGER PRIMARY KEY, last INTEGER NOT NULL, bytes BLOB NOT NULL);
  CREATE TABLE IF NOT EXISTS series (id INTEGER PRIMARY KEY, type_id TEXT NOT NULL, labels TEXT NOT NULL);
  CREATE TABLE IF NOT EXISTS chunks (
    id INTEGER PRIMARY KEY,
    part INTEGER NOT NULL,
    rung INTEGER NOT NULL,     -- seconds
    start INTEGER NOT NULL,    -- unix seconds
    arrived INTEGER NOT NULL,  -- unix seconds of the fold
    directory BLOB NOT NULL,
    vectors BLOB NOT NULL
  );
  CREATE INDEX IF NOT EXISTS chunks_place ON chunks (part, rung, start);
  ${WAITING_SCHEMA}
  ${ID_SCHEMA}
`;

const QUARANTINE_ROWS = 64;

export interface ChunkRow {
  readonly part: number;
  readonly rung: number;
  readonly start: number;
  readonly directory: Uint8Array;
  readonly vectors: Uint8Array;
}

export interface OpenHour {
  readonly hour: number;
  /** Unix seconds of the first and last fold into it. */
  readonly firstArrived: number;
  readonly lastArrived: number;
  readonly bytes: number;
  /** About seven for each vector. */
  readonly directoryBytes: number;
}

export type ObjectTables = ReturnType<typeof objectTables>;

export function objectTables(sql: SqlStorage) {
  sql.exec(SCHEMA);
  return {
    ...smallTables(sql),
    ...pieceTables(sql),
    ...waitingTable(sql),
    ...chunkReads(sql),
    ...chunkWrites(sql),
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

function chunkReads(sql: SqlStorage) {
  return {
    *readChunks(part: number, rung: number, from: number, until: number): Generator<ChunkRow> {
      const query =
        "SELECT start, directory, vectors FROM chunks WHERE part = ? AND rung = ? AND start >= ? AND start < ? ORDER BY start, id";
      for (const row of sql.exec(query, part, rung, from, until)) {
        const [directory, vectors] = [bytesOf(row.directory), bytesOf(row.vectors)];
        yield { part, rung, start: Number(row.start), directory, vectors };
      }
    },
    *readDirectories(
      part: number,
      rung: number,
      from: number,
      until: number,
    ): Generator<{ start: number; directory: Uint8Array }> {
      const query =
        "SELECT start, directory FROM chunks WHERE part = ? AND rung = ? AND start >= ? AND start < ? ORDER BY start";
      for (const row of sql.exec(query, part, rung, from, until)) {
        yield { start: Number(row.start), directory: bytesOf(row.directory) };
      }
    },
    /** Starts of a rung's nodes in a part within [from, until). */
    chunkStarts: (part: number, rung: number, from = 0, until = Number.MAX_SAFE_INTEGER): number[] =>
      sql
        .exec(
          "SELECT DISTINCT start FROM chunks WHERE part = ? AND rung = ? AND start >= ? AND start < ? ORDER BY start",
          part,
          rung,
          from,
          until,
        )
        .toArray()
        .map((row) => Number(row.start)),
    chunkParts: (): number[] =>
      sql
        .exec("SELECT DISTINCT part FROM chunks ORDER BY part")
        .toArray()
        .map((row) => Number(row.part)),
    openHours: (): OpenHour[] =>
      sql
        .exec(
          `SELECT start - start % 3600 AS hour, min(arrived) AS first, max(arrived) AS last,
             sum(length(vectors)) AS bytes, sum(length(directory)) AS directory_bytes
           FROM chunks WHERE part = 0 AND rung = 10 GROUP BY hour ORDER BY hour`,
        )
        .toArray()
        .map((row) => ({
          hour: Number(row.hour),
          firstArrived: Number(row.first),
          lastArrived: Number(row.last),
          bytes: Number(row.bytes),
          directoryBytes: Number(row.directory_bytes),
        })),
    hasChunks: (): boolean => sql.exec("SELECT 1 FROM chunks LIMIT 1").toArray().length > 0,
    /** Newest slot with data, unix seconds, or null. */
    lastSlot(): number | null {
      const value = sql.exec("SELECT max(start) AS newest FROM chunks WHERE rung = 10").one().newest;
      return value === null ? null : Number(value);
    },
  };
}

function chunkWrites(sql: SqlStorage) {
  return {
    insertChunk(row: ChunkRow, arrived: number): void {
      sql.exec(
        "INSERT INTO chunks (part, rung, start, arrived, directory, vectors) VALUES (?, ?, ?, ?, ?, ?)",
        row.part,
        row.rung,
        row.start,
        arrived,
        row.directory,
        row.vectors,
      );
    },
    freezeHour(hour: number, part: number): void {
      sql.exec("UPDATE chunks SET part = ? WHERE part = 0 AND start >= ? AND start < ?", part, hour, hour + 3600);
    },
    deletePart(part: number): void {
      sql.exec("DELETE FROM chunks WHERE part = ?", part);
    },
  };
}
