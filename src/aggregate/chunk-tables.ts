// Chunks of the live tree. A row's key is its place, so that no index is written beside it; and an hour is frozen by one row that
// says so, so that none of its chunks is written again.
//
//   live_chunks   id = (rung's number · 2^30 + start / 10) · 2^20 + arrival
//                 after: the part that was frozen last when the chunk came
//   frozen        hour │ part: chunks of the hour that came before part's freeze (after < part) belong to it; others to part 0
import { HOUR_SECONDS, LIVE_RUNGS, SPAN_CLASS } from "../config.ts";
import { bytesOf } from "./sql-bytes.ts";

export const CHUNK_SCHEMA = `
  CREATE TABLE IF NOT EXISTS live_chunks (
    id INTEGER PRIMARY KEY,
    after INTEGER NOT NULL,
    arrived INTEGER NOT NULL,  -- unix seconds of the fold
    directory BLOB NOT NULL,
    vectors BLOB NOT NULL
  );
  CREATE TABLE IF NOT EXISTS frozen (hour INTEGER PRIMARY KEY, part INTEGER NOT NULL);
`;

export interface ChunkRow {
  /** One of LIVE_RUNGS, or SPAN_CLASS for spans (segment/span-chunk.ts). */
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
  /** About seven for each vector, a span's too. */
  readonly directoryBytes: number;
}

/** Their numbers are in rows' ids: what is new goes to the end. */
const NUMBERED: readonly number[] = [...LIVE_RUNGS, SPAN_CLASS];
/** A span takes some 40 bytes. */
const SPAN_BYTES_PER_DIRECTORY_BYTE = 6;
const ARRIVALS = 2 ** 20;
const STARTS = 2 ** 30;
const START_UNIT = 10;

/** First id of a place; of the rung's end for a start beyond all. */
function idAt(rung: number, start: number): number {
  const number = NUMBERED.indexOf(rung);
  return (number * STARTS + Math.min(STARTS, Math.max(0, Math.ceil(start / START_UNIT)))) * ARRIVALS;
}

const START = `(((id >> 20) & ${STARTS - 1}) * ${START_UNIT})`;
const HOUR = `(${START} - ${START} % ${HOUR_SECONDS})`;
/** 0 while the chunk's part still grows. */
const PART = `coalesce((SELECT part FROM frozen WHERE hour = ${HOUR} AND part > after), 0)`;
const WITHIN = `id >= ? AND id < ? AND ${PART} = ?`;

export function chunkTables(sql: SqlStorage) {
  moveFromChunks(sql);
  return { ...chunkReads(sql), ...chunkWrites(sql) };
}

function chunkReads(sql: SqlStorage) {
  return {
    *readChunks(part: number, rung: number, from: number, until: number): Generator<ChunkRow> {
      const query = `SELECT ${START} AS start, directory, vectors FROM live_chunks WHERE ${WITHIN} ORDER BY id`;
      for (const row of sql.exec(query, idAt(rung, from), idAt(rung, until), part)) {
        const [directory, vectors] = [bytesOf(row.directory), bytesOf(row.vectors)];
        yield { rung, start: Number(row.start), directory, vectors };
      }
    },
    *readDirectories(
      part: number,
      rung: number,
      from: number,
      until: number,
    ): Generator<{ start: number; directory: Uint8Array }> {
      const query = `SELECT ${START} AS start, directory FROM live_chunks WHERE ${WITHIN} ORDER BY id`;
      for (const row of sql.exec(query, idAt(rung, from), idAt(rung, until), part)) {
        yield { start: Number(row.start), directory: bytesOf(row.directory) };
      }
    },
    /** Starts of a rung's nodes in a part within [from, until). */
    chunkStarts: (part: number, rung: number, from = 0, until = Number.MAX_SAFE_INTEGER): number[] =>
      sql
        .exec(
          `SELECT DISTINCT ${START} AS start FROM live_chunks WHERE ${WITHIN} ORDER BY start`,
          idAt(rung, from),
          idAt(rung, until),
          part,
        )
        .toArray()
        .map((row) => Number(row.start)),
    /** That which grows, and those frozen. */
    chunkParts: (): number[] => [
      0,
      ...sql
        .exec("SELECT part FROM frozen ORDER BY part")
        .toArray()
        .map((row) => Number(row.part)),
    ],
    /** Bytes of an hour's spans in the part that grows. */
    spanBytes: (hour: number): number => bytesOfSpans(sql, hour, hour + HOUR_SECONDS).get(hour) ?? 0,
    openHours: () => openHours(sql),
    hasChunks: (): boolean => sql.exec("SELECT 1 FROM live_chunks LIMIT 1").toArray().length > 0,
    /** Newest slot with data, unix seconds, or null. */
    lastSlot(): number | null {
      const row = sql
        .exec(
          `SELECT ${START} AS start FROM live_chunks WHERE id < ? ORDER BY id DESC LIMIT 1`,
          idAt(LIVE_RUNGS[0], Number.MAX_SAFE_INTEGER),
        )
        .toArray()[0];
      return row === undefined ? null : Number(row.start);
    },
  };
}

function openHours(sql: SqlStorage): OpenHour[] {
  const ofSpans = bytesOfSpans(sql, 0, Number.MAX_SAFE_INTEGER);
  return sql
    .exec(
      `SELECT ${HOUR} AS hour_of, min(arrived) AS first, max(arrived) AS last,
         sum(length(vectors)) AS bytes, sum(length(directory)) AS directory_bytes
       FROM live_chunks WHERE ${WITHIN} GROUP BY hour_of ORDER BY hour_of`,
      idAt(LIVE_RUNGS[0], 0),
      idAt(LIVE_RUNGS[0], Number.MAX_SAFE_INTEGER),
      0,
    )
    .toArray()
    .map((row) => ({
      hour: Number(row.hour_of),
      firstArrived: Number(row.first),
      lastArrived: Number(row.last),
      bytes: Number(row.bytes),
      directoryBytes:
        Number(row.directory_bytes) + (ofSpans.get(Number(row.hour_of)) ?? 0) / SPAN_BYTES_PER_DIRECTORY_BYTE,
    }));
}

/** Bytes of the growing part's spans, by hour. */
function bytesOfSpans(sql: SqlStorage, from: number, until: number): Map<number, number> {
  const rows = sql
    .exec(
      `SELECT ${HOUR} AS hour_of, sum(length(directory) + length(vectors)) AS bytes
       FROM live_chunks WHERE ${WITHIN} GROUP BY hour_of`,
      idAt(SPAN_CLASS, from),
      idAt(SPAN_CLASS, until),
      0,
    )
    .toArray();
  return new Map(rows.map((row) => [Number(row.hour_of), Number(row.bytes)]));
}

function chunkWrites(sql: SqlStorage) {
  return {
    /** Into the part that grows. */
    insertChunk({ rung, start, directory, vectors }: ChunkRow, arrived: number): void {
      const first = idAt(rung, start);
      sql.exec(
        `INSERT INTO live_chunks (id, after, arrived, directory, vectors) VALUES (
           coalesce((SELECT max(id) + 1 FROM live_chunks WHERE id >= ? AND id < ?), ?),
           coalesce((SELECT max(part) FROM frozen), 0), ?, ?, ?)`,
        first,
        first + ARRIVALS,
        first,
        arrived,
        directory,
        vectors,
      );
    },
    /** Parts grow, and no hour has two at once. */
    freezeHour(hour: number, part: number): void {
      sql.exec("INSERT INTO frozen (hour, part) VALUES (?, ?)", hour, part);
    },
    deletePart(part: number): void {
      const row = sql.exec("SELECT hour FROM frozen WHERE part = ?", part).toArray()[0];
      if (row === undefined) return;
      const hour = Number(row.hour);
      for (const rung of NUMBERED) {
        const [from, until] = [idAt(rung, hour), idAt(rung, hour + HOUR_SECONDS)];
        sql.exec("DELETE FROM live_chunks WHERE id >= ? AND id < ? AND after < ?", from, until, part);
      }
      sql.exec("DELETE FROM frozen WHERE part = ?", part);
    },
  };
}

/** An older release kept `chunks`, with their parts in them and an index. May be cut off anywhere: nothing else happens before it is done. */
function moveFromChunks(sql: SqlStorage): void {
  if (sql.exec("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'chunks'").toArray().length === 0) return;
  sql.exec(
    `INSERT OR IGNORE INTO frozen (hour, part)
     SELECT DISTINCT start - start % ${HOUR_SECONDS}, part FROM chunks WHERE part > 0`,
  );
  const rungNumber = `CASE rung ${LIVE_RUNGS.map((rung, number) => `WHEN ${rung} THEN ${number}`).join(" ")} END`;
  sql.exec(
    `INSERT OR IGNORE INTO live_chunks (id, after, arrived, directory, vectors)
     SELECT (${rungNumber} * ${STARTS} + start / ${START_UNIT}) * ${ARRIVALS}
         + row_number() OVER (PARTITION BY rung, start ORDER BY id) - 1,
       CASE part WHEN 0 THEN (SELECT max(part) FROM chunks) ELSE 0 END, arrived, directory, vectors
     FROM chunks`,
  );
  sql.exec("DROP TABLE chunks");
}
