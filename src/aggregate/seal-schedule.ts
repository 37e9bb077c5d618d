// When an hour is sealed. Pure.
import { HOUR_SECONDS } from "../config.ts";
import type { OpenHour } from "./chunk-tables.ts";

/** Agents send 10–60 s after the slot; then a jitter, so that not every app seals at once. */
const GRACE_SECONDS = 90;
const JITTER_SECONDS = 30;
/** A backfill in progress is left alone until nothing came for this long … */
const QUIET_SECONDS = 15;
/** … but not for ever. */
const MOST_WAIT_SECONDS = 600;
/** An hour this big is sealed in parts: a seal holds it in memory. */
const MOST_OPEN_BYTES = 8 * 1024 * 1024;
/** The same for many small vectors, each of which costs a few hundred bytes of heap while it is sealed. */
const MOST_OPEN_DIRECTORY_BYTES = 512 * 1024;

/** Hours of a backfill are small and many: so many go together, in one commit, while they stay below the limits of one. */
const MOST_TOGETHER = 24;

/** The hours to seal now, together, oldest first. `everything`: no hour may stay open (a new epoch begins). */
export function hoursToSeal(
  hours: readonly OpenHour[],
  now: number,
  jitter: number,
  everything: boolean,
): readonly number[] {
  const together: number[] = [];
  let bytes = 0;
  let directoryBytes = 0;
  for (const one of hours) {
    if (!everything && sealTime(one, jitter) > now) continue;
    bytes += one.bytes;
    directoryBytes += one.directoryBytes;
    const isTooMuch = bytes > MOST_OPEN_BYTES || directoryBytes > MOST_OPEN_DIRECTORY_BYTES;
    if (together.length > 0 && isTooMuch) break;
    together.push(one.hour);
    if (together.length === MOST_TOGETHER) break;
  }
  return together;
}

/** Unix seconds at which the next hour is to be sealed, or null when none is open. */
export const nextSeal = (hours: readonly OpenHour[], jitter: number): number | null =>
  hours.length === 0 ? null : Math.min(...hours.map((hour) => sealTime(hour, jitter)));

function sealTime({ hour, firstArrived, lastArrived, bytes, directoryBytes }: OpenHour, jitter: number): number {
  if (bytes > MOST_OPEN_BYTES || directoryBytes > MOST_OPEN_DIRECTORY_BYTES) return 0;
  const over = hour + HOUR_SECONDS + GRACE_SECONDS + jitter;
  const quiet = Math.min(lastArrived + QUIET_SECONDS, firstArrived + MOST_WAIT_SECONDS);
  return Math.max(over, quiet);
}

/** A fixed delay for each app. */
export const sealJitter = (appId: number): number => (appId * 2654435761) % JITTER_SECONDS;
