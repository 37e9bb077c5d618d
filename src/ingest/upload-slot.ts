// The one 10 s slot an upload goes into, whole: it is never spread over what `until` would cover.
import { DAY_SECONDS, SLOT_SECONDS } from "../config.ts";
import { AppError } from "../lib/app-error.ts";
import { limitNote, plainNote, type UploadNote } from "../profile/upload-note.ts";

const YEAR_2000 = 946_684_800;

export interface UploadSlot {
  /** Unix seconds. */
  readonly slot: number;
  readonly notes: readonly UploadNote[];
}

/** What time is taken. Absent: nothing is too old, and a day ahead is too new. */
export interface UploadWindow {
  readonly tooOldSeconds?: number | null;
  readonly tooNewSeconds?: number;
}

/**
 * By `from`, or by the time of receipt where that makes no sense.
 * @throws AppError profile_too_old
 */
export function uploadSlot(
  from: number | null,
  until: number | null,
  nowSeconds: number,
  { tooOldSeconds = null, tooNewSeconds = DAY_SECONDS }: UploadWindow = {},
): UploadSlot {
  const problem = from === null ? null : problemOf(from, until, nowSeconds, tooNewSeconds);
  const at = from === null || problem !== null ? nowSeconds : from;
  if (tooOldSeconds !== null && at < nowSeconds - tooOldSeconds) {
    const age = Math.floor(nowSeconds - at);
    throw new AppError(
      "profile_too_old",
      `the profile is ${age} seconds old; this server takes none older than tooOldSeconds = ${tooOldSeconds}`,
      { limit: "tooOldSeconds", actual: age, allowed: tooOldSeconds },
    );
  }
  return { slot: Math.floor(at / SLOT_SECONDS) * SLOT_SECONDS, notes: problem === null ? [] : [problem] };
}

/** Of a profile that should say itself when it was taken. @param field where it would */
export const noTime = (field: string): UploadNote =>
  plainNote("time_replaced", `no ${field}`, "stored at the time of receipt; let the profile say when it was taken");

const DONE = "stored at the time of receipt; check the clock of the sender";

function problemOf(from: number, until: number | null, nowSeconds: number, tooNewSeconds: number): UploadNote | null {
  if (from < YEAR_2000) return plainNote("time_replaced", `from=${from} is before 2000`, DONE);
  const ahead = Math.floor(from - nowSeconds);
  if (ahead > tooNewSeconds)
    return limitNote("time_replaced", `from=${from} lies ahead`, ["tooNewSeconds", ahead, tooNewSeconds], DONE);
  if (until !== null && from > until) return plainNote("time_replaced", `from=${from} is after until=${until}`, DONE);
  return null;
}
