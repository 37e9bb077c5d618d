// Rolling up: chunks of a finer rung add up to one node of the next. The live ladder is 10 s → 1 min → 10 min.
import { HOUR_SECONDS, ROW_BYTES } from "../config.ts";
import { mergeChunks } from "../segment/chunk-build.ts";
import { floorTo } from "../segment/ladder.ts";
import type { LiveState } from "./live-state.ts";
import type { ObjectTables } from "./object-tables.ts";

/** [from rung, to rung, seconds after its end at which a node is rolled up: later than nearly every upload]. */
const STEPS = [
  [10, 60, 45],
  [60, 600, 60],
] as const;

/** An hour that is over by this much is rolled up by its seal: a backfill has thousands of them. */
const LEFT_TO_SEAL_SECONDS = 120;
const firstOpenHour = (now: number): number => floorTo(HOUR_SECONDS, now - LEFT_TO_SEAL_SECONDS);

/** The nodes of part 0 that could be rolled up now, but those that seals will; with `hour`, those of that hour alone. */
export function dueRollUps(
  tables: ObjectTables,
  now: number,
  hour?: number,
): { from: number; to: number; start: number }[] {
  const due: { from: number; to: number; start: number }[] = [];
  const range = hour === undefined ? ([firstOpenHour(now)] as const) : ([hour, hour + HOUR_SECONDS] as const);
  for (const [from, to, grace] of STEPS) {
    const rolled = new Set(tables.chunkStarts(0, to, ...range));
    const starts = new Set(tables.chunkStarts(0, from, ...range).map((start) => floorTo(to, start)));
    for (const start of starts) if (!rolled.has(start) && start + to + grace <= now) due.push({ from, to, start });
    // A wider step may build on nodes that this very list makes; it is asked for again on the next call.
  }
  return due;
}

/** Unix seconds at which the next node is to be rolled up, or null when all are. */
export function nextRollUp(tables: ObjectTables, now: number): number | null {
  const first = firstOpenHour(now);
  let next: number | null = null;
  for (const [from, to, grace] of STEPS) {
    const rolled = new Set(tables.chunkStarts(0, to, first));
    for (const fine of tables.chunkStarts(0, from, first)) {
      const start = floorTo(to, fine);
      if (!rolled.has(start)) next = Math.min(next ?? Number.POSITIVE_INFINITY, start + to + grace);
    }
  }
  return next;
}

/** Makes one node of the wider rung. Runs inside one transaction. */
export function rollUp(
  tables: ObjectTables,
  state: LiveState,
  node: { from: number; to: number; start: number },
  now: number,
): void {
  const rows = [...tables.readChunks(0, node.from, node.start, node.start + node.to)];
  for (const chunk of mergeChunks(rows, state.vectorSum(), ROW_BYTES)) {
    tables.insertChunk({ rung: node.to, start: node.start, ...chunk }, now);
  }
}
