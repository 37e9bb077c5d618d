// Acknowledged uploads that are not folded yet, in rows that are used again. Storage charges for rows written, and a row deleted
// is one: so a fold deletes nothing, and the commits after it overwrite what it left.
//
//   waiting       slot │ turn │ last │ bytes    one piece of a group commit; `last` ends the group
//   meta.folded   a turn: rows up to it are in chunks, and what they still hold is left over
//
// Turns grow for ever. Slots begin again at 1 when nothing waits; so those of the rows that wait are in the order of their turns.

import { ROW_BYTES } from "../config.ts";
import { bytesOf, joined } from "./sql-bytes.ts";

export const WAITING_SCHEMA = `
  CREATE TABLE IF NOT EXISTS waiting (
    slot INTEGER PRIMARY KEY,
    turn INTEGER NOT NULL,
    last INTEGER NOT NULL,
    bytes BLOB NOT NULL
  );
`;

/** Folded bytes that may stay for the sake of their rows. */
const MOST_LEFT_BYTES = 8 * 1024 * 1024;
/** A row that so many commits have not used again is of a burst that is over. */
const LEFT_TURNS = 256;

interface Place {
  folded: number;
  nextTurn: number;
  nextSlot: number;
}

interface Places {
  now(): Place;
  forget(): void;
}

export function waitingTable(sql: SqlStorage) {
  moveFromPending(sql);
  const places = placesOf(sql);
  return { ...waitingReads(sql, places), ...waitingWrites(sql, places), forgetPlaces: places.forget };
}

/** On the heap, so that a commit reads no row. */
function placesOf(sql: SqlStorage): Places {
  let place: Place | null = null;
  const read = (): Place => {
    const [meta] = sql.exec("SELECT value FROM meta WHERE key = 'folded'").toArray();
    const folded = Number(meta?.value ?? 0);
    const { turn, slot } = sql
      .exec("SELECT max(turn) AS turn, max(CASE WHEN turn > ? THEN slot END) AS slot FROM waiting", folded)
      .one();
    return { folded, nextTurn: Math.max(folded, Number(turn ?? 0)) + 1, nextSlot: Number(slot ?? 0) + 1 };
  };
  return {
    now() {
      place ??= read();
      return place;
    },
    /** After a transaction that failed: rows may not be what was written last. */
    forget() {
      place = null;
    },
  };
}

function waitingReads(sql: SqlStorage, places: Places) {
  const hasWaiting = () => places.now().nextTurn - 1 > places.now().folded;
  const readWaiting = function* (): Generator<{ lastTurn: number; bytes: Uint8Array }> {
    let pieces: Uint8Array[] = [];
    const query = "SELECT turn, last, bytes FROM waiting WHERE turn > ? ORDER BY slot";
    for (const row of sql.exec(query, places.now().folded)) {
      pieces.push(bytesOf(row.bytes));
      if (row.last !== 1) continue;
      yield { lastTurn: Number(row.turn), bytes: joined(pieces) };
      pieces = [];
    }
  };
  return {
    hasWaiting,
    readWaiting,
    /** The oldest groups, until they have `mostBytes` or more together. */
    firstWaiting(mostBytes: number): { lastTurn: number; groups: Uint8Array[] } | null {
      if (!hasWaiting()) return null;
      const groups: Uint8Array[] = [];
      let bytes = 0;
      let lastTurn: number | null = null;
      for (const group of readWaiting()) {
        lastTurn = group.lastTurn;
        groups.push(group.bytes);
        bytes += group.bytes.length;
        if (bytes >= mostBytes) break;
      }
      return lastTurn === null ? null : { lastTurn, groups };
    },
  };
}

/** Of a transaction that failed, forgetPlaces() must be told. */
function waitingWrites(sql: SqlStorage, places: Places) {
  return {
    insertWaiting(bytes: Uint8Array): void {
      const place = places.now();
      let at = 0;
      do {
        const piece = bytes.subarray(at, at + ROW_BYTES);
        at += piece.length;
        sql.exec(
          "INSERT OR REPLACE INTO waiting (slot, turn, last, bytes) VALUES (?, ?, ?, ?)",
          place.nextSlot++,
          place.nextTurn++,
          at >= bytes.length ? 1 : 0,
          piece,
        );
      } while (at < bytes.length);
    },
    /** In the transaction that writes what the groups became. */
    markFolded(lastTurn: number): void {
      const place = places.now();
      place.folded = lastTurn;
      if (lastTurn === place.nextTurn - 1) place.nextSlot = 1;
      sql.exec("INSERT OR REPLACE INTO meta (key, value) VALUES ('folded', ?)", `${lastTurn}`);
      const { bytes } = sql.exec("SELECT sum(length(bytes)) AS bytes FROM waiting WHERE turn <= ?", lastTurn).one();
      if (Number(bytes ?? 0) > MOST_LEFT_BYTES) sql.exec("DELETE FROM waiting WHERE turn <= ?", lastTurn);
    },
    /** Deletes what folded groups left; `oldest`: only where no commit has come by for long. */
    clearFolded(which: "all" | "oldest"): void {
      const { folded } = places.now();
      sql.exec("DELETE FROM waiting WHERE turn <= ?", which === "all" ? folded : folded - LEFT_TURNS);
    },
  };
}

/**
 * An older release kept `pending`, whose rows were deleted by the fold. What waits there waits here from now on. May be cut off
 * anywhere: nothing else happens before it is done.
 */
function moveFromPending(sql: SqlStorage): void {
  if (sql.exec("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'pending'").toArray().length === 0) return;
  sql.exec("INSERT OR IGNORE INTO waiting (slot, turn, last, bytes) SELECT id, id, last, bytes FROM pending");
  sql.exec("DROP TABLE pending");
}
