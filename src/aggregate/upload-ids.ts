// Which uploads were counted already: ids of the last 24 hours, or of five minutes for bodies without a key.
//
//   a commit writes ids with its group (upload-group.ts) ─fold─▶ log of rows ─beyond MOST_ON_HEAP─▶ pages
//
// The heap holds what is in groups and in the log, as a set; pages are read by row when the set has no answer. Nothing
// is forgotten before its time, however many there are. Rows go when the object is next awake after their time.
import { ROW_BYTES } from "../config.ts";
import { ENTRY_BYTES, entriesHave, IdSet } from "../lib/id-set.ts";
import type { ObjectTables } from "./object-tables.ts";
import { joined } from "./sql-bytes.ts";
import { idsOf, isReadableGroup } from "./upload-group.ts";

/** Beyond these, ids go to pages: 8 MB of heap, three uploads a second with a key each for a day. */
const MOST_ON_HEAP = 262_144;
/** What a page's row holds expires within this time, and is deleted at once. */
const GENERATION_SECONDS = 10_800;
/** Hexadecimal digits of an id that choose its page: 4096 pages, of 64 ids each when a full heap goes to them. */
const PAGE_DIGITS = 3;

export interface UploadIds {
  has(id: string, now: number): boolean;
  /** Entries that a commit has just made durable. */
  learn(entries: Uint8Array, now: number): void;
  /** A commit that seemed to fail may have brought some: rows are read anew. */
  forget(): void;
  /** Takes over the entries of groups that are folded. Runs in the transaction that folds them. */
  keep(entries: Uint8Array, now: number): void;
  /** Deletes what has expired, and moves to pages what is too much for the heap. One transaction. */
  tidy(now: number): void;
}

export function uploadIds(
  tables: ObjectTables,
  transaction: (act: () => void) => void,
  mostOnHeap = MOST_ON_HEAP,
): UploadIds {
  let known: IdSet | null = null;
  let hasPages = tables.hasIdPages();
  const loaded = (now: number): IdSet => {
    if (known !== null) return known;
    known = new IdSet();
    for (const { entries } of tables.readIdRows()) known.addAll(entries, now);
    for (const { bytes } of tables.readWaiting()) if (isReadableGroup(bytes)) known.addAll(idsOf(bytes), now);
    return known;
  };
  const toPages = (entries: Uint8Array) => {
    for (const [place, ofPage] of byPlace(entries)) {
      const [page = 0, generation = 0] = place.split("/").map(Number);
      const before = tables.readIdPage(page, generation);
      tables.putIdPage(page, generation, joined(before === null ? ofPage : [before, ...ofPage]));
    }
    tables.deleteIdRows(Number.MAX_SAFE_INTEGER);
  };

  return {
    has(id, now) {
      if (loaded(now).has(id, now)) return true;
      if (!hasPages) return false;
      const page = Number.parseInt(id.slice(0, PAGE_DIGITS), 16);
      for (const entries of tables.readIdPages(page)) if (entriesHave(entries, id, now)) return true;
      return false;
    },
    learn(entries, now) {
      if (entries.length > 0) loaded(now).addAll(entries, now);
    },
    forget() {
      known = null;
    },
    keep(entries, now) {
      for (let at = 0; at < entries.length; at += ROW_BYTES) {
        const piece = entries.subarray(at, at + ROW_BYTES);
        const last = tables.lastIdRow(piece.length);
        const all = joined([...(last === null ? [] : [liveOf(last.entries, now)]), piece]);
        tables.putIdRow(last?.id ?? null, newestExpiry(all), all);
      }
    },
    tidy(now) {
      transaction(() => {
        tables.deleteIdRows(now);
        if (hasPages) tables.deleteIdPages(Math.floor(now / GENERATION_SECONDS));
      });
      if (hasPages) hasPages = tables.hasIdPages();
      if (known === null || known.size <= mostOnHeap) return;
      const entries = known.entries(now);
      if (entries.length > (mostOnHeap / 2) * ENTRY_BYTES) {
        // Ids of groups that wait are among them: these are then remembered twice, which is harmless.
        transaction(() => toPages(entries));
        hasPages = true;
        known = new IdSet();
      } else {
        known = new IdSet();
        known.addAll(entries, now);
      }
    },
  };
}

const viewOf = (entries: Uint8Array): DataView => new DataView(entries.buffer, entries.byteOffset, entries.byteLength);

const expiryAt = (view: DataView, at: number): number => view.getUint32(at + ENTRY_BYTES - 4, true);

function newestExpiry(entries: Uint8Array): number {
  const view = viewOf(entries);
  let newest = 0;
  for (let at = 0; at < entries.length; at += ENTRY_BYTES) newest = Math.max(newest, expiryAt(view, at));
  return newest;
}

function liveOf(entries: Uint8Array, now: number): Uint8Array {
  const view = viewOf(entries);
  const live = new Uint8Array(entries.length);
  let end = 0;
  for (let at = 0; at < entries.length; at += ENTRY_BYTES) {
    if (expiryAt(view, at) <= now) continue;
    live.set(entries.subarray(at, at + ENTRY_BYTES), end);
    end += ENTRY_BYTES;
  }
  return live.subarray(0, end);
}

/** "page/generation" → entries. */
function byPlace(entries: Uint8Array): Map<string, Uint8Array[]> {
  const view = viewOf(entries);
  const places = new Map<string, Uint8Array[]>();
  for (let at = 0; at < entries.length; at += ENTRY_BYTES) {
    const page = view.getUint32(at, true) >>> (32 - 4 * PAGE_DIGITS);
    const place = `${page}/${Math.floor(expiryAt(view, at) / GENERATION_SECONDS)}`;
    const list = places.get(place);
    const entry = entries.subarray(at, at + ENTRY_BYTES);
    if (list === undefined) places.set(place, [entry]);
    else list.push(entry);
  }
  return places;
}
