// Which labels and profile types an app's segments still have, and how the catalog forgets the others. An app may have a million
// labels: they are marked with the deletion's number, segment by segment, and a second pass takes away what has no mark. A seal
// marks its labels itself while a deletion is at this. So every statement may be repeated, in any order within its pass, by any
// number of pushers; one that comes late, when the deletion has gone on, changes nothing.
import { DAY_SECONDS } from "../config.ts";
import type { LabelSet } from "../profile/labels.ts";

interface LabelDays {
  readonly name: string;
  readonly value: string;
  first: number;
  last: number;
}

export interface RemainingNames {
  readonly types: Set<string>;
  /** By JSON of name and value. */
  readonly labels: Map<string, LabelDays>;
  /** Characters of all labels. */
  length: number;
}

export const noNames = (): RemainingNames => ({ types: new Set(), labels: new Map(), length: 0 });

/** Notes a series of a segment. */
export function noteSeries(
  names: RemainingNames,
  { typeId, labels }: { typeId: string; labels: LabelSet },
  segment: { start: number; width: number },
): void {
  names.types.add(typeId);
  const first = Math.floor(segment.start / DAY_SECONDS);
  const last = Math.floor((segment.start + segment.width - 1) / DAY_SECONDS);
  for (const [name, value] of labels) {
    const key = JSON.stringify([name, value]);
    const days = names.labels.get(key);
    if (days === undefined) {
      names.labels.set(key, { name, value, first, last });
      names.length += key.length;
    } else {
      days.first = Math.min(days.first, first);
      days.last = Math.max(days.last, last);
    }
  }
}

/** Of an upsert that says which deletion, or none, has found a label: on all the days on which the same one did. */
export const MARKED = `kept_by = excluded.kept_by,
  kept_first = iif(kept_by IS excluded.kept_by, min(kept_first, excluded.kept_first), excluded.kept_first),
  kept_last = iif(kept_by IS excluded.kept_by, max(kept_last, excluded.kept_last), excluded.kept_last)`;

/** The deletion that looks for what may go. */
export interface Looking {
  readonly appId: number;
  readonly deletion: number;
}

/** One that has gone on is over: the next of this app may be at its own marks. */
const IS_LOOKING = "EXISTS (SELECT 1 FROM deletions WHERE id = ?2 AND state = 'names')";

/** Characters of one statement's JSON, and of one batch's. */
const STATEMENT_LENGTH = 250_000;
const BATCH_LENGTH = 4_000_000;

/** Labels that some segment still has. Those that the catalog does not know stay unknown. */
export async function markLabels(
  database: D1Database,
  { appId, deletion }: Looking,
  labels: Iterable<LabelDays>,
): Promise<void> {
  // An upsert: it probes the key for each label of the piece, where an UPDATE might read the piece for each label of the app.
  const text = `INSERT INTO label_values (app_id, name, value, first_day, last_day, kept_by, kept_first, kept_last)
    SELECT ?1, k.value ->> 'name', k.value ->> 'value', 0, 0, ?2, k.value ->> 'first', k.value ->> 'last'
    FROM json_each(?3) k WHERE ${IS_LOOKING} AND EXISTS (SELECT 1 FROM label_values l
      WHERE l.app_id = ?1 AND l.name = k.value ->> 'name' AND l.value = k.value ->> 'value')
    ON CONFLICT (app_id, name, value) DO UPDATE SET ${MARKED}
    WHERE kept_by IS NOT excluded.kept_by OR kept_first > excluded.kept_first OR kept_last < excluded.kept_last`;
  let batch: D1PreparedStatement[] = [];
  let length = 0;
  const send = async () => {
    if (batch.length === 0) return;
    await database.batch(batch);
    batch = [];
    length = 0;
  };
  for (const piece of piecesOf(labels)) {
    batch.push(database.prepare(text).bind(appId, deletion, piece));
    length += piece.length;
    if (length >= BATCH_LENGTH) await send();
  }
  await send();
}

function* piecesOf(labels: Iterable<LabelDays>): Generator<string> {
  let piece: string[] = [];
  let length = 0;
  for (const label of labels) {
    const text = JSON.stringify(label);
    if (length + text.length > STATEMENT_LENGTH && piece.length > 0) {
      yield `[${piece.join(",")}]`;
      piece = [];
      length = 0;
    }
    piece.push(text);
    length += text.length + 1;
  }
  if (piece.length > 0) yield `[${piece.join(",")}]`;
}

/** The last label that was looked at. */
export type LabelPlace = readonly [name: string, value: string];

/** Before all others: no label is without a name. */
export const FIRST_PLACE: LabelPlace = ["", ""];

/**
 * The next labels of the app: those without the deletion's mark go, the others are on no more days than it found them on. To be
 * called once all are marked.
 * @param most labels of one call
 * @returns where to go on; null when all are done
 */
export async function dropUnmarked(
  database: D1Database,
  { appId, deletion }: Looking,
  after: LabelPlace,
  most: number,
): Promise<LabelPlace | null> {
  const last = await database
    .withSession("first-primary")
    .prepare(
      `SELECT name, value FROM label_values WHERE app_id = ?1 AND (name, value) > (?2, ?3)
       ORDER BY name, value LIMIT 1 OFFSET ${most - 1}`,
    )
    .bind(appId, ...after)
    .first<{ name: string; value: string }>();
  const until = last === null ? "" : "AND (name, value) <= (?5, ?6)";
  const range = [appId, deletion, ...after, ...(last === null ? [] : [last.name, last.value])];
  const these = `app_id = ?1 AND (name, value) > (?3, ?4) ${until} AND ${IS_LOOKING}`;
  await database.batch([
    database.prepare(`DELETE FROM label_values WHERE ${these} AND kept_by IS NOT ?2`).bind(...range),
    database
      .prepare(
        `UPDATE label_values SET first_day = max(first_day, kept_first), last_day = min(last_day, kept_last)
         WHERE ${these} AND kept_by = ?2 AND (kept_first > first_day OR kept_last < last_day)`,
      )
      .bind(...range),
  ]);
  return last === null ? null : [last.name, last.value];
}

const TYPE_COLUMNS = "app_id, type_id, old_suffix, units, aggregation, sample_rate, spy_name";

/** The catalog's rows of an app's profile types, by type id: JSON, to be put back as they were. */
export async function typeRows(database: D1Database, appId: number): Promise<Map<string, string>> {
  const { results } = await database
    .withSession("first-primary")
    .prepare(`SELECT ${TYPE_COLUMNS} FROM profile_types WHERE app_id = ?`)
    .bind(appId)
    .all<Record<string, unknown>>();
  return new Map(results.map((row) => [String(row.type_id), JSON.stringify(row)]));
}

export const removeTypes = (database: D1Database, appId: number, types: readonly string[]): D1PreparedStatement =>
  database
    .prepare("DELETE FROM profile_types WHERE app_id = ?1 AND type_id IN (SELECT value FROM json_each(?2))")
    .bind(appId, JSON.stringify(types));

export const putTypesBack = (database: D1Database, rows: readonly string[]): D1PreparedStatement =>
  database
    .prepare(
      `INSERT INTO profile_types (${TYPE_COLUMNS}) SELECT ${TYPE_COLUMNS.split(", ")
        .map((column) => `value ->> '${column}'`)
        .join(", ")} FROM json_each(?1) WHERE true ON CONFLICT DO NOTHING`,
    )
    .bind(`[${rows.join(",")}]`);
