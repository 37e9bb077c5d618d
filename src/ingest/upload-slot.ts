// The one 10 s slot an upload goes into, whole: it is never spread over what `until` would cover.
import { DAY_SECONDS, DOCUMENTATION, SLOT_SECONDS } from "../config.ts";
import { AppError } from "../lib/app-error.ts";
import { plainNote, type UploadNote } from "../profile/upload-note.ts";

const YEAR_2000 = 946_684_800;

export interface UploadSlot {
  /** Unix seconds. */
  readonly slot: number;
  readonly notes: readonly UploadNote[];
}

/**
 * By `from`, or by the time of receipt where that makes no sense.
 * @param tooOldSeconds what is older than this is refused; null: nothing is too old
 * @throws AppError profile_too_old
 */
export function uploadSlot(
  from: number | null,
  until: number | null,
  nowSeconds: number,
  tooOldSeconds: number | null = null,
): UploadSlot {
  const problem = from === null ? null : problemOf(from, until, nowSeconds);
  const at = from === null || problem !== null ? nowSeconds : from;
  if (tooOldSeconds !== null && at < nowSeconds - tooOldSeconds) {
    const age = Math.floor(nowSeconds - at);
    throw new AppError(
      "profile_too_old",
      `the profile is ${age} seconds old; this server takes none older than tooOldSeconds = ${tooOldSeconds}`,
      { limit: "tooOldSeconds", actual: age, allowed: tooOldSeconds, documentation: `${DOCUMENTATION}#tooOldSeconds` },
    );
  }
  return {
    slot: Math.floor(at / SLOT_SECONDS) * SLOT_SECONDS,
    notes:
      problem === null
        ? []
        : [plainNote("time_replaced", problem, "stored at the time of receipt; check the clock of the sender")],
  };
}

function problemOf(from: number, until: number | null, nowSeconds: number): string | null {
  if (from < YEAR_2000) return `from=${from} is before 2000`;
  if (from > nowSeconds + DAY_SECONDS) return `from=${from} is more than a day ahead`;
  if (until !== null && from > until) return `from=${from} is after until=${until}`;
  return null;
}
