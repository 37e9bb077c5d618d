// Walks over all segments of an app that hold stacks of a minute and above, with their heads: a few at a time, because heads
// take up to a few hundred kilobytes.
import type { SegmentRef } from "./segment-reads.ts";

const ROWS_AT_ONCE = 40;

export async function* segmentsWithHeads(
  database: D1Database,
  appId: number,
): AsyncGenerator<SegmentRef & { readonly width: number }> {
  const session = database.withSession("first-primary");
  for (let after = 0; ; ) {
    const { results } = await session
      .prepare(
        `SELECT rowid AS id, object_key AS objectKey, start, width, head_offset AS headOffset, head_length AS headLength, head
         FROM segments WHERE app_id = ?1 AND finest > 10 AND rowid > ?2 ORDER BY rowid LIMIT ${ROWS_AT_ONCE}`,
      )
      .bind(appId, after)
      .all<SegmentRef & { id: number; width: number } & Record<string, unknown>>();
    yield* results;
    const last = results.at(-1);
    if (last === undefined) return;
    after = last.id;
  }
}
