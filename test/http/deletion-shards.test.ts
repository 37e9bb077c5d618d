// Deletion of an app that is spread over several objects.
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
