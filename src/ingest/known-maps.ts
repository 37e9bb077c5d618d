// Shard maps that this isolate heard of. Nearly every app has one object and no entry here: its uploads go to the home shard,
// and nothing is asked of anybody. The home answers with the map when there is one; then it is kept, and read anew from the
// catalog now and then. One that is out of date costs an attempt and nothing else.
import { isNewer, type ShardMap, UNSPLIT } from "../segment/shard-map.ts";

export interface KnownMaps {
  of(tenant: string, service: string): Promise<ShardMap>;
  /** Told by a shard. */
  learn(tenant: string, service: string, map: ShardMap): void;
}

export interface KnownMap {
  map: ShardMap;
  /** Unix seconds. */
  readAt: number;
}

const MOST_KNOWN = 10_000;
const FRESH_SECONDS = 600;
/** While it is unknown since when the map holds, every upload with an id asks other shards. */
const UNSETTLED_SECONDS = 5;

/**
 * @param known outlives a request
 * @param read the catalog's row, or null when the app is not split
 */
export function knownMaps(
  known: Map<string, KnownMap>,
  clock: () => number,
  read: (tenant: string, service: string) => Promise<ShardMap | null>,
): KnownMaps {
  const keyOf = (tenant: string, service: string) => `${tenant}\u0000${service}`;
  const put = (key: string, map: ShardMap) => {
    known.delete(key);
    known.set(key, { map, readAt: clock() });
    if (known.size > MOST_KNOWN) for (const oldest of known.keys()) return void known.delete(oldest);
  };
  return {
    async of(tenant, service) {
      const key = keyOf(tenant, service);
      const entry = known.get(key);
      if (entry === undefined) return UNSPLIT;
      const { map, readAt } = entry;
      if (readAt + (map[0].since === null ? UNSETTLED_SECONDS : FRESH_SECONDS) > clock()) return map;
      entry.readAt = clock(); // others go on with the old one meanwhile
      const row = await read(tenant, service).catch(() => null);
      if (row !== null && isNewer(row, map)) put(key, row);
      return row !== null && isNewer(row, map) ? row : map;
    },
    learn(tenant, service, map) {
      const key = keyOf(tenant, service);
      const entry = known.get(key);
      if (entry === undefined || isNewer(map, entry.map)) put(key, map);
    },
  };
}
