// An app that outgrows one object by its rate (EDGEFLAME_SHARD_RATE of vitest.config.ts: 20 uploads/s), by Push as agents send
// it; what is asked of an app over several objects; and its way back to one in calm hours.
import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, it, vi } from "vitest";
import type { ServicesResponse } from "../../src/api/services.ts";
import type { TagsResponse } from "../../src/api/tags.ts";
import { d1ShardMaps } from "../../src/storage/shard-maps.ts";
import { concat, message, pprofOf } from "../formats/pprof-bytes.ts";
import { pushOf } from "../formats/push-bytes.ts";
import { rows } from "../support/catalog-rows.ts";
import { clock, HOUR, objectOf, standStill, T0 } from "../support/object-clock.ts";
import { call, uploadFolded } from "../support/worker-call.ts";

standStill();

const PODS = Array.from({ length: 32 }, (_, i) => `p${i}`);
const PER_SECOND = 64;

interface One {
  readonly pod: string;
  readonly id: string;
  readonly at: number;
  readonly value: number;
}

const seriesOf = (app: string, { pod, id, at, value }: One) => ({
  labels: { __name__: "process_cpu", service_name: app, pod, zone: `z${Number(pod.slice(1)) % 3}` },
  samples: [
    {
      id,
      profile: concat(
        pprofOf({
          types: ["samples/count", "cpu/nanoseconds"],
          period: ["cpu", "nanoseconds", 10_000_000],
          samples: [{ stack: ["main", pod], values: [value, value * 10_000_000] }],
        }),
        message([9, BigInt(at) * 1_000_000_000n]),
      ),
    },
  ],
});

async function push(app: string, list: readonly One[]): Promise<void> {
  const body = pushOf(...list.map((one) => seriesOf(app, one)));
  const response = await call("/push.v1.PusherService/Push", {
    method: "POST",
    body,
    headers: { "content-type": "application/proto" },
  });
  expect([response.status, await response.text()]).toEqual([200, ""]);
}

const mapOf = (app: string) => d1ShardMaps(env.CATALOG).read("anonymous", app);
const countOf = async (app: string) => (await mapOf(app))?.[0].count ?? 1;
const untilCount = (app: string, count: number) =>
  vi.waitFor(async () => expect(await countOf(app)).toBe(count), { timeout: 10_000 });

/** 31 seconds of as much as two objects may take, and a little. */
async function load(app: string, sent: One[]): Promise<void> {
  for (let second = 0; second < 32; second++) {
    const list = Array.from({ length: PER_SECOND }, (_, i) => {
      const n = sent.length + i;
      return { pod: PODS[n % PODS.length]!, id: `id-${n}`, at: clock.now - (n % 50) * 60, value: 1 + (n % 9) };
    });
    await push(app, list);
    sent.push(...list);
    clock.now++;
  }
}

async function json<T>(path: string, query: Record<string, string>): Promise<T> {
  const response = await call(`${path}?${new URLSearchParams(query)}`);
  const text = await response.text();
  expect(response.status, text).toBe(200);
  return JSON.parse(text) as T;
}

async function expectAll(app: string, sent: readonly One[]): Promise<void> {
  const range = { from: `${T0 - 2 * HOUR}`, until: `${T0 + 9 * HOUR}` };
  const total = (list: readonly One[]) => list.reduce((sum, { value }) => sum + value, 0);
  const { flamebearer, groups } = await json<{
    flamebearer: { numTicks: number };
    groups: Record<string, { samples: number[] }>;
  }>("/render", { query: `${app}.cpu`, groupBy: "pod", ...range });
  expect(flamebearer.numTicks).toBe(total(sent));
  const ofPod = (pod: string) => sent.filter((one) => one.pod === pod);
  for (const pod of PODS)
    expect([pod, groups[pod]?.samples.reduce((a, b) => a + b, 0)]).toEqual([pod, total(ofPod(pod))]);
  const sorted = [...PODS].sort();
  expect(await json("/label-values", { label: "pod" })).toEqual(sorted);
  expect(await json("/label-values", { label: "pod", prefix: "p2", limit: "3" })).toEqual(["p2", "p20", "p21"]);
  expect(await json("/label-values", { label: "pod", query: `${app}.cpu{zone="z1"}` })).toEqual(
    sorted.filter((pod) => Number(pod.slice(1)) % 3 === 1),
  );
  const names = await json<string[]>("/labels", { query: `${app}.cpu` });
  expect(names.filter((name) => !name.startsWith("__"))).toEqual(["pod", "zone"]);
  const { tags } = await json<TagsResponse>("/api/tags", { query: `${app}.cpu{zone="z2"}`, ...range });
  const counted = new Map(
    tags.find(({ name }) => name === "pod")?.values.map(({ value, uploads }) => [value, uploads]),
  );
  const inZone = PODS.filter((pod) => Number(pod.slice(1)) % 3 === 2);
  expect(new Map([...counted].sort())).toEqual(new Map(inZone.map((pod) => [pod, ofPod(pod).length] as const).sort()));
  const { services } = await json<ServicesResponse>("/api/services", {});
  const service = services.find(({ name }) => name === app);
  expect(service?.types.map(({ id }) => id)).toEqual([
    "process_cpu:cpu:nanoseconds:cpu:nanoseconds",
    "process_cpu:samples:count:cpu:nanoseconds",
  ]);
  expect(service?.firstSeen).toBeLessThanOrEqual(Math.min(...sent.map(({ at }) => at)) + HOUR);
}

describe("an app above the rate of one object", () => {
  it("splits, answers as one, knows retries of before, and merges when it is calm", { timeout: 120_000 }, async () => {
    const app = "grown";
    const sent: One[] = [];
    clock.now = T0 + 20;
    await load(app, sent);
    await untilCount(app, 2);
    // 2 → 4: after the settling time, and while each of two still takes more than its rate.
    clock.now += 62;
    await load(app, sent);
    await untilCount(app, 4);
    clock.now += 2;
    const again = sent.filter((_, i) => i % 61 === 0);
    await push(app, again); // retries of uploads that any of the maps placed
    const more = PODS.map((pod, i) => ({ pod, id: `more-${i}`, at: clock.now, value: 100 }));
    await push(app, more);
    await push(app, more);
    sent.push(...more);
    const [{ id: appId } = { id: 0 }] = await rows<{ id: number }>("SELECT id FROM apps WHERE name = ?", app);
    const live = await rows<{ shard: number }>(
      "SELECT shard FROM shards WHERE app_id = ? AND live_since IS NOT NULL ORDER BY shard",
      appId,
    );
    expect(live.map(({ shard }) => shard)).toEqual([0, 1, 2, 3]);
    await expectAll(app, sent);
    // One shard sealed, the others live; then all sealed.
    clock.now = T0 + 2 * HOUR + 60;
    await objectOf(app, 1).tick();
    await expectAll(app, sent);
    for (const shard of [0, 2, 3]) await objectOf(app, shard).tick();
    await expectAll(app, sent);
    // Calm for an hour: half, and half of that an hour later.
    expect(await countOf(app)).toBe(2);
    clock.now += HOUR + 700;
    for (const shard of [0, 1, 2, 3]) await objectOf(app, shard).tick();
    expect(await countOf(app)).toBe(1);
    const last = PODS.map((pod, i) => ({ pod, id: `last-${i}`, at: clock.now, value: 1000 }));
    await push(app, last);
    await push(app, [...last, ...more]); // known by shards that no longer take anything
    sent.push(...last);
    const awake = await rows("SELECT shard FROM shards WHERE app_id = ? AND live_since IS NOT NULL", appId);
    expect(awake).toEqual([{ shard: 0 }]);
    await expectAll(app, sent);
    for (const shard of [1, 2, 3]) {
      const alarm = await runInDurableObject(objectOf(app, shard) as never, (_one: unknown, { storage }) =>
        storage.getAlarm(),
      );
      expect([shard, alarm]).toEqual([shard, null]);
    }
  });

  it("stays one where all uploads have the same labels: they would only move", async () => {
    const log = vi.spyOn(console, "log");
    clock.now = T0 + 20;
    for (let second = 0; second < 32; second++) {
      const list = Array.from({ length: PER_SECOND }, (_, i) => ({
        pod: "p1",
        id: `one-${second}-${i}`,
        at: clock.now,
        value: 1,
      }));
      await push("single", list);
      clock.now++;
    }
    expect(await mapOf("single")).toBe(null);
    expect(log.mock.calls.flat().join("\n")).toContain("shard_can_not_split");
  });

  it("stays one below the rate", async () => {
    clock.now = T0 + 20;
    for (let second = 0; second < 40; second++) {
      await push(
        "small",
        PODS.slice(0, 16).map((pod) => ({ pod, id: `${second}-${pod}`, at: clock.now, value: 1 })),
      );
      clock.now++;
    }
    expect(await mapOf("small")).toBe(null);
  });
});

describe("the place of an app's objects", () => {
  it("is hinted at by uploads, by where they come from, and never by questions", async () => {
    const seen: [string, unknown][] = [];
    const prototype = Object.getPrototypeOf(env.APP_TIMELINE) as { get: (...given: unknown[]) => unknown };
    const { get } = prototype;
    prototype.get = function (...given) {
      const [id, options] = given as [DurableObjectId, unknown];
      seen.push([JSON.parse(id.name ?? "[]")[1] as string, options]);
      return get.apply(this, given);
    };
    try {
      const query = new URLSearchParams({ name: "placed.cpu", from: `${T0}`, until: `${T0 + 10}` });
      const from = (cf: unknown) =>
        call(`/ingest?${query}`, { method: "POST", body: "main 1", cf } as unknown as RequestInit);
      expect((await from({ continent: "EU", longitude: "2.3", country: "FR" })).status).toBe(200);
      const pushed = pushOf(seriesOf("placed-too", { pod: "p1", id: "x", at: T0, value: 1 }));
      await call("/push.v1.PusherService/Push", {
        method: "POST",
        body: pushed,
        headers: { "content-type": "application/proto" },
        cf: { continent: "OC", country: "NZ" },
      } as unknown as RequestInit);
      expect(new Map(seen)).toEqual(
        new Map([
          ["placed", { locationHint: "weur" }],
          ["placed-too", { locationHint: "oc" }],
        ]),
      );
      seen.length = 0;
      await call(`/render?query=placed.cpu&from=${T0}&until=${T0 + 10}`);
      await uploadFolded("placed.cpu", T0, { main: 1 }); // from nowhere known
      expect(seen.length).toBeGreaterThanOrEqual(2);
      expect(new Set(seen.map(([, options]) => options))).toEqual(new Set([undefined]));
    } finally {
      prototype.get = get;
    }
  });
});
