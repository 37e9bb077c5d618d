// Dictionaries that no segment refers to and that nothing will be added to: all but the newest epoch of each owner, because an
// object, or compaction, begins an epoch only when nothing it holds refers to an older one.

/** Retires their objects and removes their rows. The second statement's changes are how many stretches went. */
export function collectStatements(database: D1Database, appId: number, retireAfter: number): D1PreparedStatement[] {
  const unused = `FROM dictionaries WHERE app_id = ?1
    AND epoch < (SELECT max(n.epoch) FROM dictionaries n WHERE n.app_id = ?1 AND n.shard = dictionaries.shard)
    AND (shard, epoch) NOT IN (SELECT DISTINCT s.dict_shard, s.epoch FROM segments s WHERE s.app_id = ?1)`;
  return [
    database
      .prepare(
        `INSERT INTO retired_objects (object_key, delete_after) SELECT object_key, ?2 ${unused} ON CONFLICT DO NOTHING`,
      )
      .bind(appId, retireAfter),
    database.prepare(`DELETE ${unused}`).bind(appId),
  ];
}
