// What an object does as one of an app's shards: it keeps to the newest shard map it heard of, and the home shard makes
// new ones (decision 0012).
//
//   overload ─▶ home: map of the next version, not settled ─▶ every shard is told ─▶ row in D1 ─▶ settled
//
// An unsettled map in the home's row is the plan: whatever interrupts the change, the next turn goes on with it. A shard
// that knows a version takes no upload that goes by an older one; that is all that keeps ids exact.
import { SHARDING } from "../config.ts";
import type { Env } from "../env.ts";
import type { Clock } from "../lib/clock.ts";
import { concurrently } from "../lib/concurrently.ts";
import { logEvent, messageOf } from "../lib/log.ts";
import { isNewer, MOST_SHARDS, type ShardMap, settled, widestCount, withCount } from "../segment/shard-map.ts";
import type { ShardMaps } from "../storage/shard-maps.ts";
import { type Load, loadMeter } from "./load-meter.ts";
import type { MetaStore } from "./object-meta.ts";
import { HOME_SHARD } from "./object-name.ts";

/** What shards of one app ask of each other. */
export interface ShardPeer {
  adopt(map: ShardMap, appId: number | null): Promise<void>;
  grow(version: number): Promise<void>;
  isCalm(): Promise<boolean>;
}

export interface ShardContext {
  readonly meta: MetaStore;
  readonly clock: Clock;
  readonly maps: ShardMaps;
  /** Null: never split. */
  readonly limits: { readonly uploadsPerSecond: number; readonly bytesPerSecond: number } | null;
  peer(shard: number): ShardPeer;
  /** Sees to it that `work` runs soon, even after a crash. */
  wake(): void;
}

export interface ShardRole extends ShardPeer {
  /** Whether the asker's map is no older than what is known here; what it knows is known here from now on. */
  goesBy(map: ShardMap): boolean;
  /** Counts uploads that were taken, and asks for a split when they are too many. */
  note(routes: readonly number[], bytes: number): void;
  /** Home: makes no new map from now on. @returns how many objects the app may have; 1 where this is not its home */
  retire(appId: number): Promise<number>;
  /** Home: goes on with a change of the map, or halves the count when all shards have been calm. */
  work(): Promise<void>;
}

const TOLD_AT_ONCE = 4;
/** Splits must be able to take at least this share of a shard's uploads away to be worth it. */
const LEAST_MOVABLE = 1 / 8;
/** How often the home asks its peers whether they are calm. */
const LOOK_SECONDS = 600;
/** How often a busy shard writes that it is. */
const BUSY_NOTE_SECONDS = 60;

/** By the rate of config.ts; the embedded server has one thread for all objects, and splits only when told a rate. */
export function shardingLimits(env: Pick<Env, "EDGEFLAME_SHARD_RATE" | "EDGEFLAME_EMBEDDED">): ShardContext["limits"] {
  const rate = Number(env.EDGEFLAME_SHARD_RATE);
  const { uploadsPerSecond, bytesPerSecond } = SHARDING;
  if (Number.isFinite(rate) && rate > 0) return { uploadsPerSecond: rate, bytesPerSecond };
  return env.EDGEFLAME_EMBEDDED === undefined ? { uploadsPerSecond, bytesPerSecond } : null;
}

export function shardRole(context: ShardContext): ShardRole {
  const { meta, clock } = context;
  const meter = loadMeter();
  let lookedAt = 0;
  let settling: Promise<void> | null = null;
  const settleOnce = () => {
    settling ??= settle(context).finally(() => {
      settling = null;
    });
    return settling;
  };
  /** Begins a change of the count: from this row on it will be completed. */
  const change = async (count: number) => {
    const { map, shard, service, retired } = meta.read();
    if (shard !== HOME_SHARD || map[0].since === null || retired) return;
    adopt(withCount(map, count, Math.floor(clock())));
    logEvent("shards_change", { service, from: map[0].count, to: count });
    context.wake();
    await settleOnce();
  };
  const adopt = (map: ShardMap) => {
    const { map: known, widest } = meta.read();
    // The newest count is left out: nobody can have sent to shards that only it has.
    if (isNewer(map, known)) meta.write({ map, widest: widestCount([...known, ...map.slice(1)], widest) });
  };
  const grow = async (version: number) => {
    const { map } = meta.read();
    const [newest] = map;
    if (newest.version !== version || newest.since === null || newest.count >= MOST_SHARDS) return;
    await change(newest.count * 2);
  };
  return {
    goesBy(map) {
      if (map[0].version < meta.read().map[0].version) return false;
      adopt(map);
      return true;
    },
    async adopt(map, appId) {
      adopt(map);
      if (appId !== null && meta.read().mapFor !== appId) meta.write({ mapFor: appId });
    },
    grow,
    isCalm: async () => meta.read().lastBusy + SHARDING.calmSeconds <= clock(),
    note(routes, bytes) {
      const load = meter.note({ routes, bytes }, clock());
      if (load !== null) judge(context, load);
    },
    async retire(appId) {
      const { identity, shard } = meta.read();
      if (identity?.appId !== appId || shard !== HOME_SHARD) return 1;
      meta.write({ retired: true });
      await settling?.catch(() => undefined);
      const { map, widest } = meta.read();
      return widestCount(map, widest);
    },
    async work() {
      await settleOnce();
      const { map, shard, lastBusy } = meta.read();
      const [{ count, since }] = map;
      const now = clock();
      if (shard !== HOME_SHARD || count === 1 || lookedAt + LOOK_SECONDS > now) return;
      if (Math.max(since ?? now, lastBusy) + SHARDING.calmSeconds > now) return;
      lookedAt = now;
      const others = Array.from({ length: count - 1 }, (_, i) => i + 1);
      const calm = await concurrently(others, TOLD_AT_ONCE, (other) => context.peer(other).isCalm());
      if (calm.every(Boolean)) await change(count / 2);
    },
  };
}

/** What a window's load asks for: a split, or at least that nobody merges. */
function judge({ meta, clock, limits, peer }: ShardContext, load: Load): void {
  if (limits === null) return;
  const { map, shard, lastBusy } = meta.read();
  const [{ version, count, since }] = map;
  const use = Math.max(load.uploadsPerSecond / limits.uploadsPerSecond, load.bytesPerSecond / limits.bytesPerSecond);
  const now = Math.floor(clock());
  if (count > 1 && use > SHARDING.calmShare && lastBusy + BUSY_NOTE_SECONDS <= now) meta.write({ lastBusy: now });
  // A change shows in the rates only after a while; what is one label set can't be divided.
  if (use <= 1 || count >= MOST_SHARDS || since === null || since + SHARDING.settleSeconds > now) return;
  if (load.movable < LEAST_MOVABLE) {
    logEvent("shard_can_not_split", { shard, count, ...load });
    return;
  }
  // The home asks itself as others do: whoever empties the object waits for it.
  const asked = peer(HOME_SHARD).grow(version);
  asked.catch((error: unknown) => {
    logEvent("split_failed", { shard, count, message: messageOf(error) });
  });
}

/** Completes a change: when every shard knows of it, the catalog may. */
async function settle({ meta, clock, maps, peer }: ShardContext): Promise<void> {
  const { map, shard, identity, widest, retired } = meta.read();
  if (shard !== HOME_SHARD || identity === null || map[0].since !== null || retired) return;
  const others = Array.from({ length: widest - 1 }, (_, i) => i + 1);
  await concurrently(others, TOLD_AT_ONCE, (other) => peer(other).adopt(map, identity.appId));
  if (meta.read().retired) return;
  const done = settled(map, Math.ceil(clock()));
  await maps.write(identity.appId, done);
  const { map: newest } = meta.read();
  if (newest[0].version === map[0].version && newest[0].since === null) meta.write({ map: done });
}
