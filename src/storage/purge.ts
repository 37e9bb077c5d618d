// The end of a deletion within an app: dictionaries that hold names of deleted data, and objects that nothing names any more.
import { MERGED_SHARD } from "../config.ts";
import { appPrefix, prefixEnd } from "../segment/keys.ts";
import { ERASED_RETIRE_SECONDS } from "./rewrite-catalog.ts";
import type { SegmentStore } from "./segment-store.ts";

/** @param since first epochs that hold nothing of what was deleted: of merged dictionaries, and by shard */
export async function retireDictionaries(
  database: D1Database,
  appId: number,
  since: { epoch: number; epochs: Readonly<Record<string, number>>; now: number },
): Promise<void> {
  const old = `app_id = ?1 AND epoch < CASE shard WHEN ${MERGED_SHARD} THEN ?2
      ELSE coalesce((SELECT value FROM json_each(?3) e WHERE e.key = '' || dictionaries.shard), 0) END
    AND NOT EXISTS (SELECT 1 FROM segments s
      WHERE s.app_id = ?1 AND s.dict_shard = dictionaries.shard AND s.epoch = dictionaries.epoch)`;
  const { epoch, epochs, now } = since;
  await database.batch([
    database
      .prepare(
        `INSERT INTO retired_objects (object_key, delete_after) SELECT object_key, ?4 FROM dictionaries WHERE ${old}
         ON CONFLICT DO UPDATE SET delete_after = min(delete_after, excluded.delete_after)`,
      )
      .bind(appId, epoch, JSON.stringify(epochs), now + ERASED_RETIRE_SECONDS),
    database.prepare(`DELETE FROM dictionaries WHERE ${old}`).bind(appId, epoch, JSON.stringify(epochs)),
  ]);
}

const KEYS_PER_CALL = 1000;
/** Of one call: what is left is for the next. */
const MOST_ROUNDS = 50;

interface AppKey {
  readonly tenantId: number;
  readonly appId: number;
}

const OF_APP = "object_key >= ?1 AND object_key < ?2";

/**
 * An app's retired objects go soon: all of them, not only those of this deletion, because older ones hold the same names.
 * @returns unix seconds: what is retired from here on holds none of them, and goes in its own time
 */
export async function hastenRetired(database: D1Database, key: AppKey, now: number): Promise<number> {
  const prefix = appPrefix(key);
  const soon = now + ERASED_RETIRE_SECONDS;
  await database
    .prepare(`UPDATE retired_objects SET delete_after = min(delete_after, ?3) WHERE ${OF_APP}`)
    .bind(prefix, prefixEnd(prefix), soon)
    .run();
  return soon;
}

/**
 * Removes an app's retired objects whose time has come.
 * @returns whether none is left of those that were to go by `by`
 */
export async function purgeRetired(
  database: D1Database,
  store: SegmentStore,
  key: AppKey,
  { now, by }: { now: number; by: number },
): Promise<boolean> {
  const prefix = appPrefix(key);
  const end = prefixEnd(prefix);
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const { results } = await database
      .prepare(`SELECT object_key AS objectKey FROM retired_objects WHERE ${OF_APP} AND delete_after <= ?3 LIMIT ?4`)
      .bind(prefix, end, now, KEYS_PER_CALL)
      .all<{ objectKey: string }>();
    if (results.length === 0) break;
    const keys = results.map(({ objectKey }) => objectKey);
    await store.remove(keys);
    await database
      .prepare("DELETE FROM retired_objects WHERE object_key IN (SELECT value FROM json_each(?))")
      .bind(JSON.stringify(keys))
      .run();
  }
  const left = await database
    .prepare(`SELECT 1 FROM retired_objects WHERE ${OF_APP} AND delete_after <= ?3 LIMIT 1`)
    .bind(prefix, end, by)
    .first();
  return left === null;
}
