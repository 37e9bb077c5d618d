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

/** Labels of one statement: in JSON they take 20 KB each at most. */
const LABELS_PER_STATEMENT = 50;

/**
 * Leaves only these labels, on no more days than they are on. Nothing happens when a seal has added labels since `parts` was
 * read.
 * @returns whether it was done
 */
export async function keepLabels(
  database: D1Database,
  appId: number,
  { labels }: RemainingNames,
  parts: number,
): Promise<boolean> {
  const unchanged = "(SELECT coalesce(sum(last_part), 0) FROM shards WHERE app_id = ?1) = ?2";
  const all = [...labels.values()];
  // A day that no label has marks those that stay, within the one batch.
  const marks = Array.from({ length: Math.ceil(all.length / LABELS_PER_STATEMENT) }, (_, i) =>
    database
      .prepare(
        `UPDATE label_values SET first_day = -1 - max(first_day, k.value ->> 'first'), last_day = min(last_day, k.value ->> 'last')
         FROM json_each(?3) k WHERE app_id = ?1 AND ${unchanged} AND name = k.value ->> 'name' AND label_values.value = k.value ->> 'value'`,
      )
      .bind(appId, parts, JSON.stringify(all.slice(i * LABELS_PER_STATEMENT, (i + 1) * LABELS_PER_STATEMENT))),
  );
  const answers = await database.batch([
    ...marks,
    database
      .prepare(`DELETE FROM label_values WHERE app_id = ?1 AND first_day >= 0 AND ${unchanged}`)
      .bind(appId, parts),
    database
      .prepare("UPDATE label_values SET first_day = -1 - first_day WHERE app_id = ?1 AND first_day < 0")
      .bind(appId),
    database.prepare(`SELECT ${unchanged} AS isDone`).bind(appId, parts),
  ]);
  return (answers.at(-1)?.results[0] as { isDone: number } | undefined)?.isDone === 1;
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
