// Over the rate: what is shed keeps every total, and says so; what is refused says when to come again.
import * as cloudflareTest from "cloudflare:test";
import { abortAllDurableObjects } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { LIMIT_NAMES } from "../../src/api/limits.ts";
import type { RenderResponse } from "../../src/api/render.ts";
import { SHED_FRAME } from "../../src/profile/shed-stacks.ts";
import { pprofOf } from "../formats/pprof-bytes.ts";
import { pushOf } from "../formats/push-bytes.ts";
import { clock, objectOf, runAlarm, standStill, T0 } from "../support/object-clock.ts";
import { call } from "../support/worker-call.ts";

standStill();

const { evictDurableObject: evict, evictAllDurableObjects: evictAll } = cloudflareTest as {
  evictDurableObject?: (object: unknown) => Promise<void>;
  evictAllDurableObjects?: () => Promise<void>;
};

const put = (limits: unknown) => call("/api/limits", { method: "PUT", body: JSON.stringify({ limits }) });

/** The tenant's meter outlives a test: each has time for itself in which the buckets fill. */
let test = 0;
beforeEach(async () => {
  // Who falls asleep waits until it is quiet, for seconds.
  const later = globalThis.setTimeout;
  vi.spyOn(globalThis, "setTimeout").mockImplementation(((act: () => void, ms = 0) =>
    later(act, ms < 1000 ? ms : 20)) as typeof setTimeout);
  await evictAll?.(); // with what objects of the test before still owe
  clock.now = T0 + 300 * ++test;
  await put(Object.fromEntries(LIMIT_NAMES.map((name) => [name, null])));
});

const profile = (value: number, region = "eu") =>
  pprofOf({
    types: ["cpu/nanoseconds"],
    samples: [
      { stack: ["main", "a"], values: [value], labels: { region } },
      { stack: ["main", "b"], values: [2 * value], labels: { region } },
    ],
  });

const ingest = (name: string, body: Uint8Array<ArrayBuffer> | string, format = "pprof") =>
  call(`/ingest?name=${name}&format=${format}&from=${T0}&until=${T0 + 10}`, { method: "POST", body });

async function graph(query: string) {
  const response = await call(`/render?${new URLSearchParams({ query, from: String(T0), until: String(T0 + 60) })}`);
  return (await response.json()) as RenderResponse;
}
const noteKinds = (response: Response) =>
  (JSON.parse(response.headers.get("edgeflame-notes") ?? "[]") as { kind: string }[]).map(({ kind }) => kind);

describe("over the rate an upload", () => {
  it("is counted to the last unit in each series, without its stacks, and its sender is told", async () => {
    await put({ profilesPerSecond: 1, profilesBurst: 3 });
    const kinds: string[][] = [];
    for (let i = 0; i < 12; i++) {
      const response = await ingest("shed.exact", profile(2 ** 40 + i, i % 2 === 0 ? "eu" : "us"));
      expect(response.status).toBe(200);
      kinds.push(noteKinds(response));
    }
    expect(kinds.slice(0, 3)).toEqual([[], [], []]);
    expect(kinds.slice(3)).toEqual(Array.from({ length: 9 }, () => ["stacks_shed"]));
    for (const [region, first] of [
      ["eu", 0],
      ["us", 1],
    ] as const) {
      const { flamebearer, edgeflame } = await graph(
        `process_cpu:cpu:nanoseconds::{region="${region}",service_name="shed.exact"}`,
      );
      const sent = [0, 2, 4, 6, 8, 10].reduce((sum, i) => sum + 3 * (2 ** 40 + i + first), 0);
      expect(flamebearer.numTicks).toBe(sent);
      expect(edgeflame.uploads).toBe(6);
      expect(flamebearer.names).toContain(SHED_FRAME);
      expect(flamebearer.names).toContain("main");
    }
  });

  it("is marked in the timeline's answer once the object has told the catalog", async () => {
    await put({ profilesPerSecond: 1, profilesBurst: 1 });
    for (let i = 0; i < 3; i++) await ingest("shed.marked", "a;b 1", "folded");
    await runAlarm("shed.marked");
    const { edgeflame } = await graph("shed.marked.cpu");
    expect(edgeflame.shed).toEqual([{ from: T0, until: T0 + 10, uploads: 2 }]);
    clock.now += 20; // another upload makes the stretch longer
    await ingest("shed.marked", "a;b 1", "folded");
    await runAlarm("shed.marked");
    expect((await graph("shed.marked.cpu")).edgeflame.shed).toHaveLength(1);
    expect((await graph("shed.exact.cpu")).edgeflame.shed).not.toEqual((await graph("shed.marked.cpu")).edgeflame.shed);
  });

  it("is marked though its object sleeps before it could tell, and once though it tells twice", async () => {
    await put({ profilesPerSecond: 1, profilesBurst: 1 });
    for (let burst = 0; burst < 4; burst++) {
      for (let i = 0; i < 3; i++) await ingest("shed.asleep", "a;b 1", "folded");
      await evict?.(objectOf("shed.asleep"));
      clock.now += 12;
    }
    await runAlarm("shed.asleep"); // the one that the first upload set
    await evict?.(objectOf("shed.asleep"));
    const { flamebearer, edgeflame } = await graph("shed.asleep.cpu");
    expect(flamebearer.numTicks).toBe(12);
    expect(edgeflame.shed).toEqual([{ from: T0, until: T0 + 10, uploads: 8 }]);
  });

  it("is marked, too, where a question folds it before its object sleeps", async () => {
    await put({ profilesPerSecond: 1, profilesBurst: 1 });
    for (let i = 0; i < 3; i++) await ingest("shed.asked", "a;b 1", "folded");
    expect((await graph("shed.asked.cpu")).flamebearer.numTicks).toBe(3);
    await evict?.(objectOf("shed.asked"));
    await runAlarm("shed.asked");
    expect((await graph("shed.asked.cpu")).edgeflame.shed).toEqual([{ from: T0, until: T0 + 10, uploads: 2 }]);
  });

  it("of a deleted app is not told of the app that takes its name", async () => {
    await put({ profilesPerSecond: 1, profilesBurst: 1 });
    for (let i = 0; i < 3; i++) await ingest("shed.deleted", "a;b 1", "folded");
    const deletion = await call("/api/deletions", { method: "POST", body: JSON.stringify({ app: "shed.deleted" }) });
    expect(await deletion.json()).toMatchObject({ state: "done" });
    await put({ profilesPerSecond: null, profilesBurst: null });
    await ingest("shed.deleted", "a;b 1", "folded");
    await runAlarm("shed.deleted");
    const { flamebearer, edgeflame } = await graph("shed.deleted.cpu");
    expect(flamebearer.numTicks).toBe(1);
    expect(edgeflame.shed ?? []).toEqual([]);
  });

  it("is refused where the tenant would rather have that, with the time to come again", async () => {
    await put({ ingestBytesPerSecond: 1024, ingestBurstBytes: 1024, overload: "reject" });
    const big = `${"x".repeat(4096)} 1`;
    expect((await ingest("shed.refused", big, "folded")).status).toBe(200);
    for (const response of [await ingest("shed.refused", big, "folded"), await ingest("shed.refused", profile(1))]) {
      expect(response.status).toBe(429);
      expect(Number(response.headers.get("retry-after"))).toBeGreaterThan(0);
      expect(await response.json()).toMatchObject({
        code: "resource_exhausted",
        reason: "rate_limited",
        limit: "ingestBytesPerSecond",
        allowed: 1024,
        advice: expect.any(String),
      });
    }
  });

  it("is shed on Push too, and refused by Connect's word", async () => {
    await put({ profilesPerSecond: 1, profilesBurst: 1 });
    const labels = { __name__: "process_cpu", service_name: "shed.push" };
    const send = () =>
      call("/push.v1.PusherService/Push", {
        method: "POST",
        headers: { "content-type": "application/proto" },
        body: pushOf({ labels, samples: [{ profile: profile(1) }, { profile: profile(2) }] }),
      });
    expect(noteKinds(await send())).not.toContain("stacks_shed");
    expect(noteKinds(await send())).toContain("stacks_shed");
    await put({ overload: "reject" });
    const refused = await send();
    expect(refused.status).toBe(429);
    expect(await refused.json()).toMatchObject({ code: "resource_exhausted", limit: "profilesPerSecond" });
  });

  it("costs the tenant's rate whichever of its apps it is of", async () => {
    await put({ profilesPerSecond: 1, profilesBurst: 40 });
    const apps = Array.from({ length: 8 }, (_, i) => `shed.many${i}`);
    const answers = await Promise.all(
      Array.from({ length: 200 }, (_, i) => ingest(apps[i % apps.length]!, "a;b 1", "folded")),
    );
    const whole = answers.filter((response) => noteKinds(response).length === 0).length;
    expect(whole).toBeGreaterThan(20);
    expect(whole).toBeLessThanOrEqual(40 + apps.length);
    expect(answers.every(({ status }) => status === 200)).toBe(true);
  });
});

describe("a tenant's buckets", () => {
  const wholeOf = async (app: string, uploads: number): Promise<number> => {
    let whole = 0;
    for (let i = 0; i < uploads; i++) if (noteKinds(await ingest(app, "a;b 1", "folded")).length === 0) whole++;
    return whole;
  };

  it.each([
    ["sleeps", 8, async () => evictAll?.()],
    ["crashes", 3, () => abortAllDurableObjects()],
  ] as const)("are as they were when every object %s", async (how, least, stop) => {
    await put({ profilesPerSecond: 1, profilesBurst: 12 });
    expect(await wholeOf(`bucket.${how}`, 20)).toBe(12);
    for (let round = 0; round < 2; round++) {
      await stop();
      clock.now += 8;
      const whole = await wholeOf(`bucket.${how}`, 12);
      expect(whole).toBeLessThanOrEqual(9);
      if (round === 0) expect(whole).toBeGreaterThanOrEqual(least);
    }
  });

  it("get back what an object fetched and did not spend before it sleeps", async () => {
    await put({ profilesPerSecond: 1, profilesBurst: 16 });
    for (let i = 0; i < 6; i++) {
      expect(await wholeOf(`bucket.back${i}`, 1)).toBe(1); // each fetches two
      await evict?.(objectOf(`bucket.back${i}`));
    }
    clock.now += 3; // now they share no more
    expect(await wholeOf("bucket.rest", 16)).toBeGreaterThanOrEqual(12);
  });

  it("are owed what an upload cost beyond them, though its object sleeps", async () => {
    await put({ ingestBytesPerSecond: 1024, ingestBurstBytes: 1024 });
    const big = `${"x".repeat(40 * 1024)} 1`;
    expect(noteKinds(await ingest("bucket.owed", big, "folded"))).toEqual([]);
    for (const passed of [15, 15, 30]) {
      await evict?.(objectOf("bucket.owed"));
      clock.now += passed;
      const expected = passed === 30 ? [] : ["stacks_shed"];
      expect([passed, noteKinds(await ingest("bucket.owed", "a 1", "folded"))]).toEqual([passed, expected]);
    }
  });
});

it("nobody but an app's object is asked while there is no limit", async () => {
  let asked = 0;
  const meters = new Proxy(env.TENANT_METER, {
    get(target, name) {
      asked++;
      return Reflect.get(target, name, target) as unknown;
    },
  });
  await call("/ingest?name=free", { method: "POST", body: "a 1" }, { TENANT_METER: meters });
  expect(asked).toBe(0);
});
