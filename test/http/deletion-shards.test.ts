// Deletion of an app that is spread over several objects.
import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { expect, it } from "vitest";
import { timelineObject } from "../../src/aggregate/object-name.ts";
import type { Deletion } from "../../src/api/deletion.ts";
import { sweep } from "../../src/http/sweep.ts";
import { rows } from "../support/catalog-rows.ts";
import { clock, HOUR, standStill, T0 } from "../support/object-clock.ts";
import { call, uploadFolded } from "../support/worker-call.ts";

standStill();

const APP = "spread";
const shard = (number: number) => timelineObject(env as never, "anonymous", APP, number);
const PODS = Array.from({ length: 24 }, (_, i) => `p${i}`);

async function uploadAll(at: number, value: number): Promise<void> {
  for (const pod of PODS) await uploadFolded(`${APP}.cpu{pod=${pod}}`, at, { [`main;${pod}`]: value });
}

async function total(query: string): Promise<number> {
  const response = await call(`/render?query=${encodeURIComponent(query)}&from=${T0 - HOUR}&until=${T0 + 9 * HOUR}`);
  const text = await response.text();
  expect(response.status, text).toBe(200);
  return (JSON.parse(text) as { flamebearer: { numTicks: number } }).flamebearer.numTicks;
}

const shardsOf = () => rows<{ shard: number }>("SELECT shard FROM shards ORDER BY shard");

it("takes a selection out of every shard, and then the whole app", { timeout: 120_000 }, async () => {
  clock.now = T0 + 20;
  await uploadAll(T0, 1);
  await shard(0).grow(0);
  clock.now += 60;
  for (let i = 0; i < 3; i++) await shard(0).tick();
  await uploadAll(T0 + 30, 2);
  expect((await shardsOf()).length).toBeGreaterThan(1);
  clock.now = T0 + 2 * HOUR;
  for (const { shard: number } of await shardsOf()) await shard(number).tick();
  await uploadAll(T0 + 2 * HOUR, 4);
  expect(await total(`${APP}.cpu`)).toBe(24 * 7);

  const meant = PODS.filter((pod) => /[13579]$/.test(pod));
  const body = JSON.stringify({ app: APP, query: '{pod=~"p.*[13579]"}' });
  const { id } = (await (await call("/api/deletions", { method: "POST", body })).json()) as Deletion;
  for (let turns = 0; turns < 4; turns++) {
    clock.now += 61;
    await sweep(env);
  }
  expect(((await (await call(`/api/deletions/${id}`)).json()) as Deletion).state).toBe("done");
  expect(await total(`${APP}.cpu`)).toBe((24 - meant.length) * 7);
  expect(await total(`${APP}.cpu{pod="p1"}`)).toBe(0);
  const old = await rows("SELECT 1 FROM segments WHERE dict_shard >= 0");
  expect(old).toEqual([]);

  await uploadAll(T0 + 2 * HOUR, 1);
  expect(await total(`${APP}.cpu`)).toBe((24 - meant.length) * 7 + 24);
  const whole = await call("/api/deletions", { method: "POST", body: JSON.stringify({ app: APP }) });
  expect(((await whole.json()) as Deletion).state).toBe("done");
  for (const table of ["shards", "shard_maps", "segments", "dictionaries", "apps"])
    expect(await rows(`SELECT 1 FROM ${table}`), table).toEqual([]);
  expect((await env.SEGMENTS.list()).objects).toEqual([]);
  await uploadAll(T0 + 2 * HOUR, 3);
  expect(await total(`${APP}.cpu`)).toBe(24 * 3);
});

/** What an object of the app holds, and when it will wake. */
const remains = (app: string, number: number) =>
  runInDurableObject(
    timelineObject(env as never, "anonymous", app, number) as never,
    async (_instance: unknown, { storage }: DurableObjectState) => ({
      facts: storage.sql.exec("SELECT key FROM meta").toArray().length,
      alarm: await storage.getAlarm(),
    }),
  );

const NOTHING = { facts: 0, alarm: null };

async function deleteWhole(app: string): Promise<void> {
  const response = await call("/api/deletions", { method: "POST", body: JSON.stringify({ app }) });
  expect(((await response.json()) as Deletion).state).toBe("done");
}

async function expectNothing(app: string): Promise<void> {
  for (let turn = 0; turn < 2; turn++) {
    for (const number of [0, 1, 2, 3]) expect(await remains(app, number), `${app} ${number}`).toEqual(NOTHING);
    expect(await rows("SELECT 1 FROM apps WHERE name = ?", app)).toEqual([]);
    for (const table of ["shards", "shard_maps"])
      expect(await rows(`SELECT 1 FROM ${table} WHERE app_id NOT IN (SELECT id FROM apps)`), table).toEqual([]);
    clock.now += 61;
    await timelineObject(env as never, "anonymous", app, 0).tick();
  }
}

it("leaves nothing of an app whose split was cut off before the catalog heard of it", async () => {
  clock.now = T0 + 20;
  await uploadFolded("cut.cpu{pod=a}", T0, { "main;a": 1 });
  const home = timelineObject(env as never, "anonymous", "cut", 0);
  await home.grow(0);
  clock.now += 61;
  const prototype = Object.getPrototypeOf(env.CATALOG);
  const prepare = prototype.prepare;
  prototype.prepare = function (text: string) {
    if (/insert into "?shard_maps/i.test(text)) throw new Error("injected");
    return prepare.call(this, text);
  };
  await expect(home.grow(1).finally(() => (prototype.prepare = prepare))).rejects.toThrow("injected");
  expect((await remains("cut", 1)).facts).toBe(1);
  await deleteWhole("cut");
  await expectNothing("cut");
});

it("leaves nothing of an app that splits while it is deleted", async () => {
  for (let n = 0; n < 5; n++) {
    const app = `racing${n}`;
    clock.now = T0 + 20;
    await uploadFolded(`${app}.cpu{pod=a}`, T0, { "main;a": 1 });
    const home = timelineObject(env as never, "anonymous", app, 0);
    const growing = n % 2 === 0 ? home.grow(0) : null;
    const deleting = deleteWhole(app);
    await Promise.all([growing ?? home.grow(0), deleting]);
    await expectNothing(app);
  }
});
