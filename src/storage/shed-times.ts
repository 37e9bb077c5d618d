// Times in which uploads of an app were counted without their stacks: written by its objects, read by timelines.

export interface ShedTime {
  /** Unix seconds. */
  readonly start: number;
  readonly until: number;
  readonly uploads: number;
}

/** Rows older than this go when newer ones come. */
const KEPT_SECONDS = 400 * 86_400;

/** A stretch that goes on makes its row longer: it comes with all of its uploads, and with its first start. */
export async function putShedTimes(
  database: D1Database,
  { appId, shard }: { appId: number; shard: number },
  times: readonly ShedTime[],
): Promise<void> {
  const newest = Math.max(...times.map(({ until }) => until));
  await database.batch([
    database
      .prepare(
        `INSERT INTO shed_times (app_id, shard, start, until, uploads)
         SELECT ?1, ?2, value ->> 'start', value ->> 'until', value ->> 'uploads' FROM json_each(?3) WHERE true
         ON CONFLICT (app_id, shard, start) DO UPDATE
         SET until = max(until, excluded.until), uploads = max(uploads, excluded.uploads)`,
      )
      .bind(appId, shard, JSON.stringify(times)),
    database
      .prepare("DELETE FROM shed_times WHERE app_id = ?1 AND shard = ?2 AND start < ?3")
      .bind(appId, shard, newest - KEPT_SECONDS),
  ]);
}

const MOST_STRETCHES = 200;

/** Stretches of a range in order, those that touch being one. */
export async function readShedTimes(
  database: D1Database,
  appIds: readonly number[],
  { from, until }: { from: number; until: number },
): Promise<ShedTime[]> {
  const { results } = await database
    .prepare(
      `SELECT start, until, uploads FROM shed_times
       WHERE app_id IN (SELECT value FROM json_each(?1)) AND start < ?3 AND until > ?2 ORDER BY start`,
    )
    .bind(JSON.stringify(appIds), from, until)
    .all<{ start: number; until: number; uploads: number }>();
  const stretches: ShedTime[] = [];
  for (const row of results) {
    const last = stretches.at(-1);
    if (last !== undefined && (row.start <= last.until || stretches.length === MOST_STRETCHES))
      stretches[stretches.length - 1] = {
        start: last.start,
        until: Math.max(last.until, row.until),
        uploads: last.uploads + row.uploads,
      };
    else stretches.push({ start: row.start, until: row.until, uploads: row.uploads });
  }
  return stretches.map((one) => ({ ...one, start: Math.max(from, one.start), until: Math.min(until, one.until) }));
}
