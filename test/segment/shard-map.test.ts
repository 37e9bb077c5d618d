import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { labelKey, labelSet } from "../../src/profile/labels.ts";
import {
  isNewer,
  MOST_SHARDS,
  olderShards,
  routeOf,
  type ShardMap,
  settled,
  shardOf,
  UNSPLIT,
  widestCount,
  withCount,
} from "../../src/segment/shard-map.ts";

const DAY = 86_400;
const T0 = 1_790_000_000;

/** A history of splits and merges: each change settles `told` seconds after it began, `wait` after the one before. */
const anyHistory = fc
  .array(
    fc.record({ wider: fc.boolean(), told: fc.integer({ min: 0, max: 300 }), wait: fc.integer({ min: 60, max: DAY }) }),
    {
      maxLength: 12,
    },
  )
  .map((changes) => {
    let map: ShardMap = UNSPLIT;
    let now = T0;
    /** Which count took uploads until when. */
    const ages: { count: number; until: number }[] = [];
    for (const { wider, told, wait } of changes) {
      now += wait;
      const [{ count }] = map;
      const next = wider ? Math.min(MOST_SHARDS, count * 2) : Math.max(1, count / 2);
      map = withCount(map, next, now);
      now += told;
      map = settled(map, now);
      ages.push({ count, until: now });
    }
    return { map, now, ages };
  });

describe("a shard map", () => {
  it("names every shard that may have stored an attempt within the id's time, and the upload's own never", () => {
    fc.assert(
      fc.property(
        anyHistory,
        fc.nat(2 ** 32 - 1),
        fc.constantFrom(300, DAY),
        fc.nat(DAY),
        (history, route, keep, later) => {
          const { map, ages } = history;
          const now = history.now + later;
          const own = shardOf(route, map[0].count);
          const asked = olderShards(map, route, keep, now);
          expect(asked).not.toContain(own);
          for (const { count, until } of ages) {
            const shard = shardOf(route, count);
            if (shard !== own && until > now - keep) expect(asked).toContain(shard);
          }
          if (later > keep + 60) expect(asked).toEqual([]);
          expect(asked.length).toBeLessThanOrEqual(5);
        },
      ),
    );
  });

  it("asks by every older version while it is not settled", () => {
    const map = withCount(settled(withCount(UNSPLIT, 2, T0), T0), 4, T0 + 100 * DAY);
    expect(olderShards(map, 3, 300, T0 + 200 * DAY)).toEqual([1]);
    expect(olderShards(settled(map, T0 + 100 * DAY), 3, 300, T0 + 200 * DAY)).toEqual([]);
  });

  it("moves half of a shard's routes with a split, and brings them back with a merge", () => {
    fc.assert(
      fc.property(fc.nat(2 ** 32 - 1), fc.constantFrom(1, 2, 4, 8), (route, count) => {
        const before = shardOf(route, count);
        expect([before, before + count]).toContain(shardOf(route, count * 2));
      }),
    );
  });

  it("is newer by its version, and by being settled", () => {
    const told = withCount(UNSPLIT, 2, T0);
    expect([isNewer(told, UNSPLIT), isNewer(UNSPLIT, told), isNewer(told, told)]).toEqual([true, false, false]);
    expect([isNewer(settled(told, T0), told), isNewer(told, settled(told, T0))]).toEqual([true, false]);
    expect(widestCount(told, 8)).toBe(8);
  });

  it("forgets versions once no id can be older", () => {
    let map: ShardMap = UNSPLIT;
    for (let i = 0; i < 50; i++) map = settled(withCount(map, i % 2 === 0 ? 2 : 1, T0 + i * 7200), T0 + i * 7200);
    expect(map.length).toBeLessThanOrEqual(14);
    expect(map.length).toBeGreaterThan(12);
  });

  it("spreads label sets that differ little", () => {
    for (const count of [2, 4, 8, 16]) {
      const shards = Array.from({ length: 1600 }, (_, i) => shardOf(routeOf(`pod\u0000web-${i}`), count));
      const sizes = [...Map.groupBy(shards, (shard) => shard).values()].map(({ length }) => length);
      expect(sizes).toHaveLength(count);
      expect(Math.max(...sizes)).toBeLessThan((1600 / count) * 1.5);
    }
  });

  // Kept for good: by another hash, retries of the last 24 hours would go past the shard that has them.
  it.each<[Record<string, string>, number]>([
    [{ pod: "web-1" }, 4237993694],
    [{ zone: "é", pod: "web-2", region: "eu" }, 808050833],
    [{ region: "eu", zone: "é", pod: "web-2" }, 808050833],
    [{ b: "x".repeat(2048), a: "" }, 3074992751],
  ])("gives the series %j the same route in every version of this program", (labels, route) => {
    expect(routeOf(labelKey(labelSet(Object.entries(labels))))).toBe(route);
  });
});
