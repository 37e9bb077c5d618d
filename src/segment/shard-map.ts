// Over how many objects an app's uploads are spread, now and lately. Pure.
//
// An upload goes whole to one shard: its route (a hash of its series' labels) modulo the count. Counts are powers of two, so
// that a split moves half of each shard's routes, and a merge brings them back. Queries add up all shards: for counting, any
// shard is right. For ids it is not: whoever goes by a newer map first asks the shards that older ones would have chosen.

export interface MapVersion {
  /** 0 is the map of an app that was never split. */
  readonly version: number;
  readonly count: number;
  /**
   * Unix seconds from which on no shard takes uploads by an older version. Null: not known, because not every shard has
   * been told yet, or because whoever has this map heard of it before that.
   */
  readonly since: number | null;
}

/** Newest first. Older versions stay for as long as an upload's id may. */
export type ShardMap = readonly [MapVersion, ...MapVersion[]];

export const UNSPLIT: ShardMap = [{ version: 0, count: 1, since: 0 }];

export const MOST_SHARDS = 16;

/** Older versions are kept this long: ids live for 24 hours. */
const KEEP_SECONDS = 90_000;
/** Clocks of Workers and objects differ by less. */
const SKEW_SECONDS = 60;

/** A count that came from a row or a message: never trusted to be a power of two. */
const boundedCount = (count: number): number => Math.min(MOST_SHARDS, Math.max(1, Math.floor(count)));

export const shardOf = (route: number, count: number): number => route % boundedCount(count);

/** Whether `map` knows more than `than`. */
export function isNewer(map: ShardMap, than: ShardMap): boolean {
  const [{ version, since }] = map;
  const [known] = than;
  return version > known.version || (version === known.version && since !== null && known.since === null);
}

/** The next version, of which nobody has been told. */
export function withCount(map: ShardMap, count: number, now: number): ShardMap {
  const [newest] = map;
  return pruned([{ version: newest.version + 1, count: boundedCount(count), since: null }, ...map], now);
}

/** Says that every shard has been told. */
export function settled(map: ShardMap, now: number): ShardMap {
  const [{ version, count }, ...older] = map;
  return pruned([{ version, count, since: now }, ...older], now);
}

function pruned(map: ShardMap, now: number): ShardMap {
  const [newest, ...older] = map;
  const kept = older.filter((_, i) => (map[i]?.since ?? now) + KEEP_SECONDS > now);
  return [newest, ...kept];
}

/** Shards other than the upload's own that may have stored an attempt of the last `keepSeconds`. */
export function olderShards(map: ShardMap, route: number, keepSeconds: number, now: number): number[] {
  const shards = new Set<number>();
  for (const [i, { count }] of map.entries()) {
    const since = i === 0 ? null : map[i - 1]?.since;
    if (typeof since === "number" && since + keepSeconds + SKEW_SECONDS <= now) break;
    shards.add(shardOf(route, count));
  }
  shards.delete(shardOf(route, map[0].count));
  return [...shards];
}

/** All shards that may take uploads by some version so far. */
export const widestCount = (map: ShardMap, before: number): number =>
  Math.max(before, ...map.map(({ count }) => boundedCount(count)));

/** FNV-1a. @returns an integer from 0 to 2^32 - 1 */
export function routeOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) {
    hash ^= text.charCodeAt(i);
    hash = Math.imul(hash, 0x01000193);
  }
  // FNV's low bits mix badly for texts that differ in their last character only, and shards are chosen by low bits.
  hash ^= hash >>> 15;
  hash = Math.imul(hash, 0x2c1b3c6d);
  hash ^= hash >>> 12;
  return hash >>> 0;
}
