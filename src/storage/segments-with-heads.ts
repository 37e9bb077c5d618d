// Reads an app's segments that hold stacks of a minute and above, with their heads: a few at a time, because heads take up to a
// few hundred kilobytes.
import type { SegmentRef } from "./segment-reads.ts";

const ROWS_AT_ONCE = 40;

export interface SegmentWithHead extends SegmentRef {
  /** Grows from one to the next. */
  readonly id: number;
  readonly width: number;
}

/** @param after 0, or the id of the last one seen */
export async function segmentsWithHeads(
  database: D1Database,
  appId: number,
  after: number,
): Promise<readonly SegmentWithHead[]> {
  const { results } = await database
    .withSession("first-primary")
    .prepare(
      `SELECT rowid AS id, object_key AS objectKey, start, width, head_offset AS headOffset, head_length AS headLength, head
       FROM segments WHERE app_id = ?1 AND finest > 10 AND rowid > ?2 ORDER BY rowid LIMIT ${ROWS_AT_ONCE}`,
    )
    .bind(appId, after)
    .all<SegmentWithHead & Record<string, unknown>>();
  return results;
}
