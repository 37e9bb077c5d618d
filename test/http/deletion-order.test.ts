// Deletions within one app and what else goes on there: a second one, compaction.
import { env } from "cloudflare:workers";
import { expect, it } from "vitest";
import type { Deletion } from "../../src/api/deletion.ts";
import { sweep } from "../../src/http/sweep.ts";
import { d1MergeCatalog } from "../../src/storage/merge-catalog.ts";
import { makeApp, rows } from "../support/catalog-rows.ts";
import { clock, HOUR, objectOf, runAlarm, standStill, T0 } from "../support/object-clock.ts";
import { call, uploadFolded } from "../support/worker-call.ts";

standStill();

async function order(app: string, query: string): Promise<Deletion> {
  const response = await call("/api/deletions", { method: "POST", body: JSON.stringify({ app, query }) });
  expect(response.status).toBe(202);
  return (await response.json()) as Deletion;
}
const deletion = async (id: number) => (await (await call(`/api/deletions/${id}`)).json()) as Deletion;
const stateOf = async (id: number) =>
  (await rows<{ state: string }>("SELECT state FROM deletions WHERE id = ?", id))[0]?.state;

async function total(query: string): Promise<number> {
  const params = new URLSearchParams({ query, from: `${T0 - HOUR}`, until: `${T0 + 9 * HOUR}` });
  const body = (await (await call(`/render?${params}`)).json()) as { flamebearer: { numTicks: number } };
  return body.flamebearer.numTicks;
}

it("go on while an earlier one only waits for what it replaced, and both are done a minute later", async () => {
  clock.now = T0 + 20;
  for (const [i, region] of ["eu", "us", "ap"].entries())
    await uploadFolded(`two.cpu{region=${region}}`, T0, { [`main;${region}`]: 10 ** i });
  clock.now = T0 + 2 * HOUR;
  await runAlarm("two", 2);
  const first = await order("two", '{region="eu"}');
  expect([await stateOf(first.id), await total("two.cpu")]).toEqual(["purge", 110]);
  clock.now += 30;
  const second = await order("two", '{region="us"}');
  expect([await stateOf(second.id), await total("two.cpu")]).toEqual(["purge", 100]);
  clock.now += 31;
  await sweep(env);
  expect([(await deletion(first.id)).state, (await deletion(second.id)).state]).toEqual(["done", "working"]);
  clock.now += 30;
  await sweep(env);
  expect((await deletion(second.id)).state).toBe("done");
  const stored = (await env.SEGMENTS.list()).objects.map(({ key }) => key).sort();
  const named = await rows<{ k: string }>(
    "SELECT object_key AS k FROM segments UNION SELECT object_key FROM dictionaries ORDER BY 1",
  );
  expect(stored).toEqual(named.map(({ k }) => k));
});

it("don't wait for objects that something else retires after them", async () => {
  clock.now = T0 + 20;
  for (const region of ["eu", "us"]) await uploadFolded(`late.cpu{region=${region}}`, T0, { [region]: 1 });
  const { id } = await order("late", '{region="eu"}');
  clock.now += 59;
  const [{ key } = { key: "" }] = (await env.SEGMENTS.list({ prefix: "t/" })).objects;
  const stray = `${key.replace(/\/[sdm]\/.*/, "")}/m/stray`;
  const due = clock.now + 3600;
  await env.CATALOG.prepare("INSERT INTO retired_objects (object_key, delete_after) VALUES (?, ?)")
    .bind(stray, due)
    .run();
  clock.now += 2;
  await sweep(env);
  expect((await deletion(id)).state).toBe("done");
  expect(await rows("SELECT delete_after FROM retired_objects WHERE object_key = ?", stray)).toEqual([
    { delete_after: due },
  ]);
});

it("keep compaction away from their app from the first step to the last", async () => {
  const appId = await makeApp("calm");
  const catalog = d1MergeCatalog(env.CATALOG);
  await env.CATALOG.prepare("INSERT INTO compactions VALUES (?, 21600, ?, 0, 1)").bind(appId, T0).run();
  const due = async () => (await catalog.due("anonymous", "calm", T0, 9))?.jobs.length;
  expect(await due()).toBe(1);
  await env.CATALOG.prepare(
    "INSERT INTO deletions (tenant_id, app_id, service, requested_at, state) VALUES (1, ?, 'calm', 1, 'flush')",
  )
    .bind(appId)
    .run();
  for (const state of ["flush", "merge", "rewrite", "names", "purge", "done"]) {
    await env.CATALOG.prepare("UPDATE deletions SET state = ? WHERE app_id = ?").bind(state, appId).run();
    expect([state, await due()]).toEqual([state, state === "done" ? 1 : 0]);
  }
});

it("rewrite hours, too, of what a merge took in between the flush and their beginning", async () => {
  clock.now = T0 + 20;
  await uploadFolded("raced.cpu{region=eu}", T0, { a: 1 });
  await uploadFolded("raced.cpu{region=us}", T0, { b: 10 });
  clock.now = T0 + 9 * HOUR;
  await runAlarm("raced", 2);
  // The deletion's flush, as far as the catalog knows; then a late part and a merge that had begun before.
  const [{ id: appId } = { id: 0 }] = await rows<{ id: number }>("SELECT id FROM apps WHERE name = 'raced'");
  const { part, epoch } = await objectOf("raced").flush();
  await uploadFolded("raced.cpu{region=eu}", T0 + 60, { a: 100 });
  clock.now += 2 * HOUR;
  await runAlarm("raced", 2);
  const compactor = env.APP_COMPACTOR.get(env.APP_COMPACTOR.idFromName(JSON.stringify(["anonymous", "raced"])));
  const report = await compactor.run({ tenant: "anonymous", service: "raced" });
  expect(report.steps.some(({ objects }) => objects > 0)).toBe(true);
  const progress = JSON.stringify({ horizons: { 0: part }, epochs: { 0: epoch } });
  const matchers = JSON.stringify({
    text: '{region="eu"}',
    typeIds: null,
    matchers: [{ name: "region", op: "=", value: "eu", anchored: true }],
  });
  await env.CATALOG.prepare(
    `INSERT INTO deletions (tenant_id, app_id, service, matchers, requested_at, state, progress)
     SELECT tenant_id, id, name, ?2, 1, 'merge', ?3 FROM apps WHERE id = ?1`,
  )
    .bind(appId, matchers, progress)
    .run();
  await sweep(env);
  // By windows, by hours, by minutes and by 10 s: all rungs say the same.
  const ranges = [
    [T0 - HOUR, T0 + 9 * HOUR],
    [T0, T0 + HOUR],
    [T0 + 60, T0 + 120],
    [T0 + 60, T0 + 70],
  ] as const;
  const totals = [];
  for (const [from, until] of ranges) {
    const params = new URLSearchParams({ query: 'raced.cpu{region="eu"}', from: `${from}`, until: `${until}` });
    const body = (await (await call(`/render?${params}`)).json()) as { flamebearer: { numTicks: number } };
    totals.push(body.flamebearer.numTicks);
  }
  expect(totals).toEqual([0, 0, 0, 0]);
  expect(await total("raced.cpu")).toBe(10);
});
