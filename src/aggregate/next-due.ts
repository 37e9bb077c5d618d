// When an object has something to do again. An object that holds an open hour sleeps between its few due times; one
// that holds nothing sleeps until somebody calls.
import type { MetaStore } from "./object-meta.ts";
import { HOME_SHARD } from "./object-name.ts";
import type { ObjectTables } from "./object-tables.ts";
import { nextRollUp } from "./roll-up.ts";
import { nextSeal, sealJitter } from "./seal-schedule.ts";
import type { ShedMarks } from "./shed-marks.ts";

/**
 * What was acknowledged is folded by this long after, where nobody asks and not too much comes before. No sooner: while uploads
 * come a minute's roll-up rings then anyway, and each alarm set is a row written.
 */
export const FOLD_SECONDS = 60;
/** What failed is tried again this long after. */
export const TURN_SECONDS = 10;
/** More is due than one turn may do: the next follows at once. */
const AGAIN_SECONDS = 1;
/** A catalog that could not be told "idle", or of times that were shed, is told again after this. */
const TELL_AGAIN_SECONDS = 60;

/** Unix seconds; null when nothing will ever be due by itself. */
export function nextDue(tables: ObjectTables, meta: MetaStore, marks: ShedMarks, now: number): number | null {
  const { identity, sealing, live, unsure, map, shard, retired } = meta.read();
  const soon = now + TURN_SECONDS;
  const isMapChanging = shard === HOME_SHARD && map[0].since === null && !retired;
  if (tables.hasWaiting() || sealing !== null || isMapChanging) return soon;
  const untold = marks.areUntold() ? now + TELL_AGAIN_SECONDS : null;
  if (!tables.hasChunks()) return live || unsure ? now + TELL_AGAIN_SECONDS : untold;
  const times = [nextRollUp(tables, now), nextSeal(tables.openHours(), sealJitter(identity?.appId ?? 0)), untold];
  const next = Math.min(...times.map((time) => time ?? Number.POSITIVE_INFINITY));
  // Chunks that nothing above speaks of would be a mistake of ours: look again soon.
  if (next <= now) return now + AGAIN_SECONDS;
  return Number.isFinite(next) ? Math.max(soon, next) : soon;
}
