// Which labels and profile types an app's segments still have, and how the catalog forgets the others.
import { DAY_SECONDS } from "../config.ts";
import type { LabelSet } from "../profile/labels.ts";

export interface LabelDays {
  readonly name: string;
  readonly value: string;
  first: number;
  last: number;
}

export interface RemainingNames {
  readonly types: Set<string>;
  /** By JSON of name and value. */
  readonly labels: Map<string, LabelDays>;
}

export const noNames = (): RemainingNames => ({ types: new Set(), labels: new Map() });

/** Notes a series of a segment. */
export function noteSeries(
  { types, labels: known }: RemainingNames,
  { typeId, labels }: { typeId: string; labels: LabelSet },
  segment: { start: number; width: number },
): void {
  types.add(typeId);
  const first = Math.floor(segment.start / DAY_SECONDS);
  const last = Math.floor((segment.start + segment.width - 1) / DAY_SECONDS);
  for (const [name, value] of labels) {
    const key = JSON.stringify([name, value]);
    const days = known.get(key);
    if (days === undefined) known.set(key, { name, value, first, last });
    else {
      days.first = Math.min(days.first, first);
      days.last = Math.max(days.last, last);
    }
  }
}

/** Parts that the catalog has seen, all shards together: it grows with every seal. */
export async function partsSeen(database: D1Database, appId: number): Promise<number> {
  const row = await database
    .withSession("first-primary")
    .prepare("SELECT coalesce(sum(last_part), 0) AS parts FROM shards WHERE app_id = ?")
    .bind(appId)
    .first<{ parts: number }>();
  return row?.parts ?? 0;
}

/** JSON of one statement, and statements of one batch: an app may have a million labels. */
const STATEMENT_BYTES = 100_000;
const STATEMENTS_PER_BATCH = 200;
const ROWS_PER_STATEMENT = 5000;

/**
 * Leaves only these labels, on no more days than they are on. Nothing goes when a seal has added labels since `parts` was
 * read. A day before the first marks what stays, until all that stays has one; marks that a crash leaves are no harm, and
 * the next call takes them off.
 * @returns whether it was done
 */
export async function keepLabels(
  database: D1Database,
  appId: number,
  { labels }: RemainingNames,
  parts: number,
): Promise<boolean> {
  const unchanged = "(SELECT coalesce(sum(last_part), 0) FROM shards WHERE app_id = ?1) = ?2";
  // An upsert: it probes the key for each label of the piece, where an UPDATE might read the piece for each label of the app.
  const known = `EXISTS (SELECT 1 FROM label_values l
    WHERE l.app_id = ?1 AND l.name = k.value ->> 'name' AND l.value = k.value ->> 'value')`;
  const marks = [...piecesOf(labels.values())].map((piece) =>
    database
      .prepare(
        `INSERT INTO label_values (app_id, name, value, first_day, last_day)
         SELECT ?1, k.value ->> 'name', k.value ->> 'value', k.value ->> 'first', k.value ->> 'last'
         FROM json_each(?3) k WHERE ${unchanged} AND ${known}
         ON CONFLICT (app_id, name, value) DO UPDATE SET
           first_day = -1 - max(first_day, excluded.first_day), last_day = min(last_day, excluded.last_day)`,
      )
      .bind(appId, parts, piece),
  );
  if (marks.length <= STATEMENTS_PER_BATCH) {
    // In one batch: another who does the same at the same time sees all of it or nothing.
    await database.batch([
      ...marks,
      database
        .prepare(`DELETE FROM label_values WHERE app_id = ?1 AND first_day >= 0 AND ${unchanged}`)
        .bind(appId, parts),
      database
        .prepare("UPDATE label_values SET first_day = -1 - first_day WHERE app_id = ?1 AND first_day < 0")
        .bind(appId),
    ]);
    return (await partsSeen(database, appId)) === parts;
  }
  for (let at = 0; at < marks.length; at += STATEMENTS_PER_BATCH)
    await database.batch(marks.slice(at, at + STATEMENTS_PER_BATCH));
  const some = (condition: string) =>
    `rowid IN (SELECT rowid FROM label_values WHERE app_id = ?1 AND ${condition} LIMIT ${ROWS_PER_STATEMENT})`;
  await repeated(() =>
    database
      .prepare(`DELETE FROM label_values WHERE ${some("first_day >= 0")} AND ${unchanged}`)
      .bind(appId, parts)
      .run(),
  );
  await repeated(() =>
    database
      .prepare(`UPDATE label_values SET first_day = -1 - first_day WHERE ${some("first_day < 0")}`)
      .bind(appId)
      .run(),
  );
  return (await partsSeen(database, appId)) === parts;
}

function* piecesOf(labels: Iterable<LabelDays>): Generator<string> {
  let piece: string[] = [];
  let length = 0;
  for (const label of labels) {
    const text = JSON.stringify(label);
    if (length + text.length > STATEMENT_BYTES && piece.length > 0) {
      yield `[${piece.join(",")}]`;
      piece = [];
      length = 0;
    }
    piece.push(text);
    length += text.length + 1;
  }
  if (piece.length > 0) yield `[${piece.join(",")}]`;
}

/** Until it changes fewer rows than it may. */
async function repeated(act: () => Promise<D1Result>): Promise<void> {
  while ((await act()).meta.changes >= ROWS_PER_STATEMENT) {
    // the next rows
  }
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
