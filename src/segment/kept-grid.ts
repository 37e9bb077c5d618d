// How finely a time can still be cut, once retention has let go of classes.
import { DAY_SECONDS, HOUR_SECONDS, SLOT_SECONDS } from "../config.ts";
import { ceilTo, floorTo } from "./ladder.ts";

/** Unix seconds before which segments of a retention class may be gone. */
export interface Dropped {
  readonly 10: number;
  readonly 60: number;
  readonly 3600: number;
  readonly 86400: number;
}

/** Seconds of the finest nodes with stacks that are surely kept at a time. */
export function finestKept(at: number, dropped: Dropped): number {
  if (at < dropped[3600]) return DAY_SECONDS;
  if (at < dropped[60]) return HOUR_SECONDS;
  return at < dropped[10] ? 60 : SLOT_SECONDS;
}

/** A range widened outward to the finest nodes still kept at its edges. */
export function keptRange(
  { from, until }: { from: number; until: number },
  dropped: Dropped,
): { from: number; until: number } {
  return {
    from: floorTo(finestKept(from, dropped), from),
    until: ceilTo(finestKept(until - 1, dropped), until),
  };
}
