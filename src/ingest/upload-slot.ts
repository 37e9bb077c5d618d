// The one 10 s slot an upload goes into, whole: it is never spread over what `until` would cover.
import { SLOT_SECONDS } from "../config.ts";
import type { Note } from "../profile/profile.ts";

const DAY_SECONDS = 86_400;
const YEAR_2000 = 946_684_800;

export interface UploadSlot {
  /** Unix seconds. */
  readonly slot: number;
  readonly notes: readonly Note[];
}

/** By `from`, or by the time of receipt where that makes no sense. There is no "too old". */
export function uploadSlot(from: number | null, until: number | null, nowSeconds: number): UploadSlot {
  const problem = from === null ? null : problemOf(from, until, nowSeconds);
  const at = from === null || problem !== null ? nowSeconds : from;
  return {
    slot: Math.floor(at / SLOT_SECONDS) * SLOT_SECONDS,
    notes: problem === null ? [] : [{ what: "time_replaced", detail: `${problem}; stored at the time of receipt` }],
  };
}

function problemOf(from: number, until: number | null, nowSeconds: number): string | null {
  if (from < YEAR_2000) return `from=${from} is before 2000`;
  if (from > nowSeconds + DAY_SECONDS) return `from=${from} is more than a day ahead`;
  if (until !== null && from > until) return `from=${from} is after until=${until}`;
  return null;
}
