// An upload that is sent again counts once: through the Worker, the real object and whatever befalls either.
import * as cloudflareTest from "cloudflare:test";
import { runInDurableObject } from "cloudflare:test";
import { describe, expect, it } from "vitest";
import { concat, message, pprofOf } from "../formats/pprof-bytes.ts";
import { clock, HOUR, objectOf, runAlarm, standStill, T0 } from "../support/object-clock.ts";
import { readFixture } from "../support/test-files.ts";
import { call } from "../support/worker-call.ts";

standStill();

const evict = (cloudflareTest as { evictDurableObject?: (object: unknown) => Promise<void> }).evictDurableObject;

interface Sent {
  readonly status: number;
  readonly duplicate: boolean;
}

const timeless = (count: number) =>
  pprofOf({ types: ["samples/count"], samples: [{ stack: ["main", "work"], values: [count] }] });
const at = (count: number, nanos: bigint) => concat(timeless(count), message([9, nanos]));
const profile = (count: number) => at(count, BigInt(T0) * 1_000_000_000n + 5n);

async function send(
  app: string,
  body: BodyInit,
  {
    key,
    at = T0,
    format = "pprof",
    labels = "",
    tenant = "",
  }: { key?: string; at?: number; format?: string; labels?: string; tenant?: string } = {},
): Promise<Sent> {
  const name = labels === "" ? app : `${app}{${labels}}`;
  const query = new URLSearchParams({ name, from: String(at), until: String(at + 10), format });
  const headers: Record<string, string> = {
    ...(key !== undefined && { "idempotency-key": key }),
    ...(tenant !== "" && { "x-scope-orgid": tenant }),
  };
  const response = await call(`/ingest?${query}`, { method: "POST", body, headers });
  return { status: response.status, duplicate: response.headers.get("edgeflame-duplicate") === "1" };
}

async function uploadsOf(app: string): Promise<number> {
  const { types } = await serviceOf(app);
  const query = encodeURIComponent(`${types[0]?.id}{service_name="${app}"}`);
  const response = await call(`/pyroscope/render?query=${query}&from=${T0 - HOUR}&until=${T0 + 30 * HOUR}`);
  return ((await response.json()) as { edgeflame: { uploads: number } }).edgeflame.uploads;
}

async function serviceOf(app: string): Promise<{ types: { id: string }[] }> {
  const { services } = (await (await call("/api/services")).json()) as {
    services: { name: string; types: { id: string }[] }[];
  };
  return services.find(({ name }) => name === app) ?? { types: [] };
}

const first: Sent = { status: 200, duplicate: false };
const again: Sent = { status: 200, duplicate: true };

describe("an upload without a key", () => {
  it("counts once when the same body comes again for the same name and range within five minutes", async () => {
    clock.now = T0 + 12;
    expect(await send("body", profile(1))).toEqual(first);
    expect(await send("body", profile(1))).toEqual(again);
    clock.now += 299;
    expect(await send("body", profile(1))).toEqual(again);
    clock.now += 2;
    expect(await send("body", profile(1))).toEqual(first);
    expect(await uploadsOf("body")).toBe(2);
  });

  it.each<[string, () => Promise<Sent>]>([
    ["another body", () => send("differs", profile(2))],
    ["another range", () => send("differs", profile(1), { at: T0 + 10 })],
    ["other labels", () => send("differs", profile(1), { labels: "pod=b" })],
    ["another app", () => send("differs2", profile(1))],
  ])("counts again with %s", async (_what, other) => {
    clock.now = T0 + 12;
    await send("differs", profile(1));
    expect(await other()).toEqual(first);
  });

  it.each([
    ["timeless", timeless(3)],
    ["whole", at(3, BigInt(T0) * 1_000_000_000n)],
  ])("of a profile whose time tells no two senders apart counts always: %s", async (app, body) => {
    clock.now = T0 + 12;
    for (let i = 0; i < 2; i++) expect(await send(app, body)).toEqual(first);
    expect(await uploadsOf(app)).toBe(2);
  });

  it("counts once for the one tenant, whatever X-Scope-OrgID says", async () => {
    clock.now = T0 + 12;
    expect(await send("tenants", profile(1), { tenant: "a" })).toEqual(first);
    expect(await send("tenants", profile(1), { tenant: "b" })).toEqual(again);
  });

  it("of text counts always, because text carries no time", async () => {
    clock.now = T0 + 12;
    for (let i = 0; i < 2; i++) expect(await send("text.cpu", "main;work 3", { format: "folded" })).toEqual(first);
    expect(await uploadsOf("text")).toBe(2);
  });

  it("of a real client counts once", async () => {
    const head = JSON.parse(new TextDecoder().decode(await readFixture("requests/go-2022/1-cpu.json")));
    const body = await readFixture("requests/go-2022/1-cpu.bin");
    const answers: (string | null)[] = [];
    for (let i = 0; i < 3; i++) {
      const headers = { "content-type": head.headers["content-type"] };
      const response = await call(head.path, { method: "POST", body, headers });
      expect(response.status).toBe(200);
      answers.push(response.headers.get("edgeflame-duplicate"));
    }
    expect(answers).toEqual([null, "1", "1"]);
  });
});

describe("an upload with an Idempotency-Key", () => {
  it("counts once for 24 hours, whatever its body, through fold, seal and eviction", async () => {
    clock.now = T0 + 12;
    expect(await send("keyed.cpu", "main;work 3", { key: "k1", format: "folded" })).toEqual(first);
    expect(await send("keyed.cpu", "main;other 5", { key: "k1", format: "folded" })).toEqual(again);
    await evict?.(objectOf("keyed"));
    expect(await send("keyed.cpu", "main;work 3", { key: "k1", format: "folded" })).toEqual(again);
    await runAlarm("keyed");
    await evict?.(objectOf("keyed"));
    expect(await send("keyed.cpu", "main;work 3", { key: "k1", format: "folded" })).toEqual(again);
    clock.now = T0 + 2 * HOUR;
    await runAlarm("keyed", 2);
    expect(await send("keyed.cpu", "main;work 3", { key: "k1", format: "folded" })).toEqual(again);
    expect(await send("keyed.cpu", "main;work 3", { key: "k2", format: "folded" })).toEqual(first);
    clock.now = T0 + 24 * HOUR + 13;
    expect(await send("keyed.cpu", "main;work 3", { key: "k1", format: "folded" })).toEqual(first);
    expect(await uploadsOf("keyed")).toBe(3);
  });

  it("of two names counts for each", async () => {
    expect(await send("names", profile(1), { key: "one" })).toEqual(first);
    expect(await send("names", profile(1), { key: "one", labels: "pod=b" })).toEqual(first);
  });

  it("that is too long is refused with the limit's name", async () => {
    const headers = { "idempotency-key": "k".repeat(257) };
    const response = await call("/ingest?name=long&format=pprof", { method: "POST", body: profile(1), headers });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ limit: "idempotencyKeyBytes", actual: 257, allowed: 256 });
    expect(await send("long", profile(1), { key: "k".repeat(256) })).toEqual(first);
  });
});

describe("attempts at the same time", () => {
  it("are one upload, and each is answered once it is durable", async () => {
    clock.now = T0 + 12;
    const answers = await Promise.all(Array.from({ length: 20 }, () => send("at-once", profile(1))));
    expect(answers.every(({ status }) => status === 200)).toBe(true);
    expect(answers.filter(({ duplicate }) => !duplicate)).toHaveLength(1);
    expect(await uploadsOf("at-once")).toBe(1);
  });

  it("do not inherit a failure: the next one is stored", async () => {
    clock.now = T0 + 12;
    await send("failing", profile(1));
    await runInDurableObject(objectOf("failing") as never, (_instance: unknown, { storage }: DurableObjectState) => {
      const real = storage.transactionSync.bind(storage);
      let failures = 1;
      Object.defineProperty(storage, "transactionSync", {
        configurable: true,
        value: (act: () => void) => {
          if (failures-- > 0) throw new Error("injected");
          return real(act);
        },
      });
    });
    const answers = await Promise.all(Array.from({ length: 5 }, () => send("failing", profile(2))));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 200, 200, 200, 503]);
    expect(answers.filter((answer) => answer.status === 200 && !answer.duplicate)).toHaveLength(1);
    expect(await uploadsOf("failing")).toBe(2);
  });
});
