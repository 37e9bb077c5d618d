// Deletion: what the API takes and says, and that afterwards nothing of an app, a tenant, or a selection is there.
import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, it } from "vitest";
import type { Deletion, DeletionsResponse } from "../../src/api/deletion.ts";
import { sweep } from "../../src/http/sweep.ts";
import { removeTenantRows } from "../../src/storage/app-removal.ts";
import { storeDrawn } from "../../src/storage/live-embeds.ts";
import { bucketWhere } from "../support/bucket-puts.ts";
import { rows } from "../support/catalog-rows.ts";
import { clock, HOUR, objectOf, runAlarm, standStill, T0 } from "../support/object-clock.ts";
import { call, uploadFolded } from "../support/worker-call.ts";
import { contentOf, madeEmbed, stored } from "./embed-calls.ts";
import { made, see, request as shareRequest } from "./share-calls.ts";

standStill();
const post = (body: unknown) => call("/api/deletions", { method: "POST", body: JSON.stringify(body) });
beforeEach(async () => {
  await post({ tenant: true });
  await env.CATALOG.prepare("DELETE FROM deletions").run();
});
const deletionOf = async (response: Response) => (await response.json()) as Deletion;
const services = async () =>
  ((await (await call("/api/services")).json()) as { services: { name: string }[] }).services.map(({ name }) => name);

async function total(query: string, from = T0 - 30 * 24 * HOUR, until = T0 + 24 * HOUR): Promise<number> {
  const response = await call(`/render?query=${encodeURIComponent(query)}&from=${from}&until=${until}`);
  const text = await response.text();
  expect(response.status, text).toBe(200);
  return (JSON.parse(text) as { flamebearer: { numTicks: number } }).flamebearer.numTicks;
}

/** An hour of uploads, sealed; and something live. */
async function history(app: string): Promise<void> {
  clock.now = T0 + 20;
  await uploadFolded(`${app}.cpu{region=eu}`, T0, { [`main;in-${app}`]: 5 });
  clock.now = T0 + 2 * HOUR;
  await runAlarm(app, 2);
  await uploadFolded(`${app}.cpu{region=us}`, T0 + 2 * HOUR, { "main;live": 7 });
}

/** Every text in the catalog. */
async function catalogText(): Promise<string> {
  const tables = await rows<{ name: string }>(
    "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '\\_%' ESCAPE '\\' AND name NOT LIKE 'sqlite%' AND name NOT LIKE 'd1%'",
  );
  const all = await Promise.all(tables.map(({ name }) => rows(`SELECT * FROM ${name}`)));
  return JSON.stringify(all);
}

const keysOf = async (appId: number) =>
  (await env.SEGMENTS.list()).objects.filter(({ key }) => key.includes(`/a/${appId}/`)).map(({ key }) => key);
const idOf = async (app: string) => (await rows<{ id: number }>("SELECT id FROM apps WHERE name = ?", app))[0]!.id;

describe("the API", () => {
  it.each([
    ["no target", {}, 400, /either "app" or "tenant"/],
    ["two targets", { app: "a", tenant: true }, 400, /either "app" or "tenant"/],
    ["a tenant with a query", { tenant: true, query: "{}" }, 400, /takes no query/],
    ["an app that is not there", { app: "nobody" }, 404, /there is no app "nobody"/],
    ["a bad selector", { app: "there", query: "{region=}" }, 400, /./],
    ["a bad expression", { app: "there", query: '{region=~"("}' }, 400, /./],
    ["spans, in PromQL", { app: "there", query: '{region="eu",trace_id=""}' }, 400, /"trace_id" is no label of series/],
    ["spans, in the app's own words", { app: "there", query: 'there.cpu{span_id!="x"}' }, 400, /"span_id" is no label/],
    ["a query of another app", { app: "there", query: "other.cpu{}" }, 400, /no profile type of "there"/],
    ["a range that ends before it begins", { app: "there", from: 200, until: 100 }, 400, /before until/],
    ["a start that is no time", { app: "there", from: "yesterday" }, 400, /"yesterday" is no time/],
    ["an end that is no time", { app: "there", until: "2026-13-01" }, 400, /"2026-13-01" is no time/],
    ["an unknown field", { app: "there", force: true }, 400, /./],
  ])("refuses %s", async (_what, body, status, message) => {
    await uploadFolded("there.cpu", T0, { a: 1 });
    const response = await post(body);
    expect({ status: response.status, body: await response.json() }).toMatchObject({
      status,
      body: { message: expect.stringMatching(message) },
    });
    expect(await total("there.cpu")).toBeGreaterThan(0);
  });

  it("needs the scope admin", async () => {
    const response = await call(
      "/api/deletions",
      { method: "POST", body: '{"tenant":true}', headers: { authorization: "Bearer w" } },
      { EDGEFLAME_TOKEN: "write:w,admin:a" },
    );
    expect(response.status).toBe(403);
  });

  it("answers 404 for a deletion that is not there", async () => {
    expect((await call("/api/deletions/99")).status).toBe(404);
    expect((await call("/api/deletions/x")).status).toBe(404);
  });
});

describe("a whole app", () => {
  it("is gone at once, and leaves no object, row or name; the next upload begins a new one", async () => {
    await history("gone");
    await history("stays");
    const [id, other] = [await idOf("gone"), await idOf("stays")];
    expect((await keysOf(id)).length).toBeGreaterThan(2);
    const response = await post({ app: "gone" });
    expect(response.status).toBe(202);
    const deletion = await deletionOf(response);
    expect(deletion).toMatchObject({ kind: "app", state: "done", app: null, doneAt: Math.floor(clock.now) });
    expect(await keysOf(id)).toEqual([]);
    expect(await catalogText()).not.toContain("gone");
    expect(await services()).toEqual(["stays"]);
    expect(await total("gone.cpu")).toBe(0);
    expect(await total("stays.cpu")).toBe(12);
    expect(await (await call(`/api/deletions/${deletion.id}`)).json()).toEqual(deletion);
    expect(((await (await call("/api/deletions")).json()) as DeletionsResponse).deletions).toEqual([deletion]);

    await uploadFolded("gone.cpu", T0 + 2 * HOUR, { "main;again": 3 });
    expect(await total("gone.cpu")).toBe(3);
    expect(await idOf("gone")).toBeGreaterThan(other);
    await objectOf("gone").wipe(id); // a push that comes late takes nothing of the new app
    expect(await total("gone.cpu")).toBe(3);
  });

  it("is deleted however often the work is interrupted, and uploads in between fall on one side", async () => {
    await history("broken");
    const id = await idOf("broken");
    const bucket = Object.getPrototypeOf(env.SEGMENTS) as { list(...given: unknown[]): Promise<unknown> };
    const list = bucket.list;
    let failures = 3;
    bucket.list = async function (...given) {
      if (failures-- > 0) throw new Error("R2 is away");
      return list.apply(this, given);
    };
    try {
      const deletion = await deletionOf(await post({ app: "broken" }));
      expect(deletion).toMatchObject({ state: "working", step: "objects" });
      expect(await services()).toEqual([]);
      await uploadFolded("broken.cpu", T0, { "main;after": 11 });
      for (let i = 0; i < 4; i++) await sweep(env);
      expect((await deletionOf(await call(`/api/deletions/${deletion.id}`))).state).toBe("done");
    } finally {
      bucket.list = list;
    }
    expect(await keysOf(id)).toEqual([]);
    expect(await total("broken.cpu")).toBe(11);
  });

  it("takes uploads on their way to one side or the other, whole", async () => {
    await history("busy");
    let isOver = false;
    const acknowledged: number[] = [];
    const sender = async (n: number) => {
      for (let k = 0; !isOver; k++) {
        await uploadFolded("busy.cpu", T0 + 2 * HOUR, { [`main;s${n}k${k}`]: 1 });
        acknowledged.push(1);
      }
    };
    const senders = [1, 2, 3, 4].map(sender);
    await new Promise((resolve) => setTimeout(resolve, 50));
    const before = acknowledged.length;
    const deletion = await deletionOf(await post({ app: "busy" }));
    const after = acknowledged.length;
    await new Promise((resolve) => setTimeout(resolve, 50));
    isOver = true;
    await Promise.all(senders);
    expect(deletion.state).toBe("done");
    const left = await total("busy.cpu");
    // All that began after the answer is there; nothing that was acknowledged before the request is.
    expect(left).toBeGreaterThanOrEqual(acknowledged.length - after - senders.length);
    expect(left).toBeLessThanOrEqual(acknowledged.length - before);
    expect(await rows("SELECT 1 FROM apps")).toHaveLength(1);
    clock.now = T0 + 4 * HOUR;
    await runAlarm("busy", 2);
    expect(await total("busy.cpu")).toBe(left);
  });
});

it.each([
  ["an app", {}],
  ["a part of one", { query: '{region="eu"}' }],
])("takes what live embeds of the tenant have drawn with %s, and leaves their links", async (_what, part) => {
  await history("drawn");
  const embed = await madeEmbed({ query: "drawn.cpu" });
  expect(JSON.stringify(await contentOf(embed))).toContain("in-drawn");
  await see(`${embed.path}/preview.png`);
  expect(await stored(embed)).toHaveLength(2);
  const { id } = await deletionOf(await post({ app: "drawn", ...part }));
  for (let turns = 0; turns < 4; turns++) {
    clock.now += 61;
    await sweep(env);
  }
  expect((await deletionOf(await call(`/api/deletions/${id}`))).state).toBe("done");
  expect(await stored(embed)).toEqual([]);
  const content = await contentOf(embed);
  expect(JSON.stringify(content)).not.toContain("in-drawn");
  expect(content.graphs[0]?.flamebearer.numTicks).toBe("query" in part ? 7 : 0);
});

it("keeps nothing of a live embed that was asked before a deletion was ordered and is drawn after it", async () => {
  await history("late");
  const embed = await madeEmbed({ query: "late.cpu" });
  const { id } = await deletionOf(await post({ app: "late" }));
  const [row] = await rows<{ tenantId: number }>(
    "SELECT tenant_id AS tenantId FROM live_embeds WHERE id = ?",
    embed.id,
  );
  const ports = { database: env.CATALOG, bucket: env.SEGMENTS };
  const late = { at: clock.now - 2, bytes: new Uint8Array([1]) };
  await storeDrawn(ports, { id: embed.id, tenantId: row!.tenantId }, "data.json.gz", late);
  expect(await stored(embed)).toEqual([]);
  expect((await deletionOf(await call(`/api/deletions/${id}`))).state).toBe("done");
  clock.now += 1;
  await contentOf(embed);
  expect(await stored(embed)).toHaveLength(1);
});

describe("DELETE api/apps", () => {
  it.each([
    ["a query parameter", "/api/apps?name=", {}],
    ["a form", "/api/apps", { form: true }],
    ["JSON", "/api/apps", { json: true }],
  ])("takes the name as %s", async (_how, path, { form, json }: { form?: boolean; json?: boolean }) => {
    await history("old");
    const init: RequestInit = { method: "DELETE" };
    if (form) init.body = new URLSearchParams({ name: "old.cpu" });
    if (json) init.body = JSON.stringify({ name: "old.cpu" });
    const response = await call(form || json ? path : `${path}old.cpu`, init);
    expect(response.status, await response.clone().text()).toBe(200);
    expect(await services()).toEqual([]);
  });

  it("answers 404 for a name that nothing has, and 400 for none", async () => {
    expect((await call("/api/apps?name=nobody.cpu", { method: "DELETE" })).status).toBe(404);
    const unnamed = await call("/api/apps", { method: "DELETE" });
    expect(unnamed.status).toBe(400);
    expect(await unnamed.text()).toContain("'name' is required");
  });
});

it("deletes a tenant: every app, every object, every row, and the tenant's name", async () => {
  await history("one");
  await history("two");
  await call("/api/retention", { method: "PUT", body: JSON.stringify({ keep: { 10: "3d" } }) });
  const deletion = await deletionOf(await post({ tenant: true }));
  expect(deletion).toMatchObject({ kind: "tenant", state: "done", app: null });
  expect((await env.SEGMENTS.list()).objects).toEqual([]);
  const text = await catalogText();
  for (const name of ["one", "two", "anonymous", "region"]) expect(text).not.toContain(`"${name}"`);
  expect(await rows("SELECT 1 FROM apps")).toEqual([]);
  await uploadFolded("one.cpu", T0, { a: 4 });
  expect(await total("one.cpu")).toBe(4);
  expect(await deletionOf(await call(`/api/deletions/${deletion.id}`))).toEqual(deletion);
});

it("takes a tenant out of every table that says whose its rows are", async () => {
  const texts: string[] = [];
  const prepare = (text: string) => env.CATALOG.prepare(texts[texts.push(text) - 1]!);
  removeTenantRows({ prepare } as D1Database, 1, 1);
  const tables = await rows<{ name: string }>(
    "SELECT name FROM sqlite_master WHERE type = 'table' AND sql LIKE '%`tenant_id`%'",
  );
  const left = tables.filter(({ name }) => !texts.some((text) => text.startsWith(`DELETE FROM ${name} `)));
  expect(left).toEqual([{ name: "apps" }]); // each goes by itself, before
});

it("hides what a tenant shared with the answer, though the work goes on, and takes what is put meanwhile", async () => {
  await history("shown");
  const [share, embed] = [await made(), await madeEmbed({ query: "shown.cpu" })];
  const paths = [share.path, `${share.path}/data`, `/api/preview/${share.key}`, embed.path, `${embed.path}/data`];
  for (const path of paths) expect((await see(path)).status, path).toBe(200);
  const bucket = Object.getPrototypeOf(env.SEGMENTS) as { list(...given: unknown[]): Promise<unknown> };
  const list = bucket.list;
  bucket.list = () => Promise.reject(new Error("R2 is away"));
  const { id, state } = await deletionOf(await post({ tenant: true })).finally(() => {
    bucket.list = list;
  });
  expect(state).toBe("working");
  for (const path of paths) expect((await see(path)).status, path).toBe(404);
  // As if all that there is had been put after its objects were gone.
  await rows("UPDATE deletions SET state = 'rows' WHERE id = ?1 RETURNING id", id);
  await sweep(env);
  expect((await deletionOf(await call(`/api/deletions/${id}`))).state).toBe("done");
  expect((await env.SEGMENTS.list()).objects).toEqual([]);
});

it.each(["before", "after"])(
  "keeps nothing of a share whose tenant is deleted %s its objects are put",
  async (moment) => {
    const order = { method: "POST", body: JSON.stringify({ tenant: true }) };
    const deleteTenant = async () => expect((await call("/api/deletions", order)).status).toBe(202);
    const SEGMENTS = bucketWhere(moment, deleteTenant);
    const sent = { method: "POST", body: JSON.stringify(shareRequest()) };
    expect((await call("/api/shares", sent, { SEGMENTS })).status).toBe(409);
    expect(await rows("SELECT key FROM shares")).toEqual([]);
    expect((await env.SEGMENTS.list()).objects.filter(({ key }) => key.includes("/s/"))).toEqual([]);
    await made();
    expect(await rows("SELECT key FROM shares")).toHaveLength(1);
  },
);
