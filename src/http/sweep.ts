// The minute's work of cron: wakes objects whose alarm may have been lost, and removes what no row names.
import type { Env } from "../env.ts";
import { r2SegmentStore } from "../storage/segment-store.ts";
import { liveShards, removeRetired } from "../storage/sweep.ts";
import { logEvent } from "./log.ts";
import { clockOf, timelineObject } from "./ports.ts";

const MOST_OBJECTS = 200;
const MOST_REMOVED = 90;
/** Six calls may be open at once. */
const AT_ONCE = 4;

export async function sweep(env: Env): Promise<void> {
  const waiting = await liveShards(env.CATALOG, MOST_OBJECTS);
  const workers = Array.from({ length: AT_ONCE }, async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const { tenant, service, shard } = next;
      try {
        await timelineObject(env, tenant, service, shard).tick();
      } catch (error) {
        logEvent("tick_failed", {
          tenant,
          service,
          shard,
          message: error instanceof Error ? error.message : String(error),
        });
      }
    }
  });
  await Promise.all(workers);
  await removeRetired(env.CATALOG, r2SegmentStore(env.SEGMENTS), Math.floor(clockOf(env)()), MOST_REMOVED);
}
