// How much an object takes in, averaged over windows of WINDOW_SECONDS. On the heap alone: an object that sleeps between
// two uploads is not under load.
import { MOST_SHARDS, shardOf } from "../segment/shard-map.ts";

export interface Load {
  readonly uploadsPerSecond: number;
  readonly bytesPerSecond: number;
  /** Share of uploads that splits, however many, could take away from the label sets that share the busiest shard of all. */
  readonly movable: number;
}

export interface LoadMeter {
  /** @returns what the window was like, when these uploads end one */
  note(taken: { routes: readonly number[]; bytes: number }, now: number): Load | null;
}

const WINDOW_SECONDS = 30;

export function loadMeter(): LoadMeter {
  let began: number | null = null;
  let uploads = 0;
  let bytesIn = 0;
  /** Uploads by the shard that they would have among the most there can be: one split alone may move all of them, or none. */
  const ofShard = new Float64Array(MOST_SHARDS);
  return {
    note(taken, now) {
      began ??= now;
      uploads += taken.routes.length;
      bytesIn += taken.bytes;
      for (const route of taken.routes) {
        const shard = shardOf(route, MOST_SHARDS);
        ofShard[shard] = (ofShard[shard] ?? 0) + 1;
      }
      const seconds = now - began;
      if (seconds < WINDOW_SECONDS) return null;
      const load = {
        uploadsPerSecond: uploads / seconds,
        bytesPerSecond: bytesIn / seconds,
        movable: 1 - Math.max(...ofShard) / Math.max(1, uploads),
      };
      began = now;
      [uploads, bytesIn] = [0, 0];
      ofShard.fill(0);
      return load;
    },
  };
}
