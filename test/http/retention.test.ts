// Retention: what the API says and takes, and that cron goes by it.
import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, it } from "vitest";
import type { RetentionResponse } from "../../src/api/retention.ts";
import { sweep } from "../../src/http/sweep.ts";
import { dropExpired } from "../../src/storage/retention.ts";
import { emptyCatalog, makeApp, rows } from "../support/catalog-rows.ts";
import { clock, HOUR, runAlarm, standStill, T0 } from "../support/object-clock.ts";
import { call, uploadFolded } from "../support/worker-call.ts";

standStill();

const DAY = 24 * HOUR;
const put = (body: unknown, init: RequestInit = {}) =>
  call("/api/retention", { method: "PUT", body: JSON.stringify(body), ...init });
const get = async (app?: string) =>
  (await (await call(`/api/retention${app === undefined ? "" : `?app=${app}`}`)).json()) as RetentionResponse;
const keeps = ({ classes }: RetentionResponse) => classes.map(({ seconds, source }) => `${seconds} ${source}`);
beforeEach(emptyCatalog);

describe("the API", () => {
  it.each([
    ["no JSON", "{", /not JSON/],
    ["an unknown class", { keep: { 7: "1d" } }, /keep/],
    ["a duration without a unit", { keep: { 10: "14" } }, /keep.10: expected seconds/],
    ["less than an hour", { keep: { 10: 60 } }, /at least 3600/],
    ["a negative number", { keep: { 10: -3600 } }, /at least 3600/],
    ["a fine class longer than the next", { keep: { 10: "20d" } }, /class 60 would go before class 10/],
    ["a fine class for ever", { keep: { 60: "forever" } }, /class 3600 would go before class 60/],
    ["nothing", {}, /keep/],
  ])("refuses %s and says why", async (_what, body, message) => {
    await makeApp("any");
    const response = await put(body, typeof body === "string" ? { body } : {});
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({
      reason: "invalid_argument",
      message: expect.stringMatching(message),
    });
  });

  it.each([
    ["another site's page", { "sec-fetch-site": "cross-site" }],
    ["another address by a proxy", { "x-forwarded-for": "192.0.2.1" }],
  ])("refuses a change by %s", async (_who, headers) => {
    const response = await put({ keep: { 10: "1d" } }, { headers: headers as Record<string, string> });
    expect(response.status).toBe(403);
  });

  it("needs the scope admin where there are tokens", async () => {
    await makeApp("any");
    const tokens = { EDGEFLAME_TOKEN: "read:r,admin:a" };
    const ask = (secret: string) =>
      call(
        "/api/retention",
        {
          method: "PUT",
          body: JSON.stringify({ keep: { 10: "1d" } }),
          headers: { authorization: `Bearer ${secret}` },
        },
        tokens,
      );
    expect([(await ask("r")).status, (await ask("a")).status]).toEqual([403, 200]);
  });

  it("says for each class what holds and who said it", async () => {
    await makeApp("mine");
    expect(keeps(await get("mine"))).toEqual([
      `${7 * DAY} default`,
      `${2 * DAY} default`,
      `${14 * DAY} default`,
      `${90 * DAY} default`,
      "null default",
    ]);
    await put({ keep: { 10: "3d", 86400: "2y" } });
    await put({ app: "mine", keep: { 1: "400d", 10: 7200, 60: "30d" } });
    expect(keeps(await get("mine"))).toEqual([
      `${400 * DAY} app`,
      "7200 app",
      `${30 * DAY} app`,
      `${90 * DAY} default`,
      `${730 * DAY} tenant`,
    ]);
    expect(keeps(await get())[1]).toBe(`${3 * DAY} tenant`);
    await put({ app: "mine", keep: { 1: null, 10: null, 86400: "forever" } });
    expect(keeps(await get("mine"))).toEqual([
      `${7 * DAY} default`,
      `${3 * DAY} tenant`,
      `${30 * DAY} app`,
      `${90 * DAY} default`,
      "null app",
    ]);
    expect((await call("/api/retention?app=nobody")).status).toBe(404);
  });

  it("refuses a tenant's change that would put an app's own classes out of order", async () => {
    await makeApp("long");
    expect((await put({ app: "long", keep: { 60: "60d" } })).status).toBe(200);
    const response = await put({ keep: { 60: "14d", 3600: "30d" } });
    expect(await response.json()).toMatchObject({ message: expect.stringMatching(/for "long"/) });
  });

  it("gives what is stored already, and what comes later, its new date", async () => {
    clock.now = T0 + 20;
    await uploadFolded("dated.cpu", T0, { a: 1 });
    clock.now = T0 + 2 * HOUR;
    await runAlarm("dated", 2);
    const dates = async () =>
      Object.fromEntries(
        (
          await rows<{ finest: number; kept: number | null }>(
            "SELECT finest, max(expires_at - start - width) AS kept FROM segments GROUP BY finest",
          )
        ).map(({ finest, kept }) => [finest, kept]),
      );
    expect(await dates()).toEqual({ 10: 2 * DAY, 60: 14 * DAY });
    await put({ keep: { 10: "1d" } });
    expect(await dates()).toEqual({ 10: DAY, 60: 14 * DAY });
    await put({ app: "dated", keep: { 60: "forever", 3600: "forever" } });
    expect(await dates()).toEqual({ 10: DAY, 60: null });
    await put({ app: "dated", keep: { 60: null } });
    expect(await dates()).toEqual({ 10: DAY, 60: 14 * DAY });
    await put({ app: "dated", keep: { 10: "2h" } });
    await uploadFolded("dated.cpu", T0 + HOUR, { a: 1 });
    clock.now += 2 * HOUR;
    await runAlarm("dated", 2);
    expect(await dates()).toEqual({ 10: 2 * HOUR, 60: 14 * DAY });
    expect(await rows("SELECT 1 FROM segments")).toHaveLength(4);
  });
});

it("of a tenant of very many apps gets its dates some apps at a time, and nothing goes by an old date meanwhile", async () => {
  const ids: number[] = [];
  for (let i = 0; i < 130; i++) ids.push(await makeApp(`of-many-${i}`));
  const insert = `INSERT INTO segments (app_id, width, start, shard, part, finest, dict_shard, epoch, expires_at, object_key,
    object_bytes, head_offset, head_length) SELECT value, 3600, ?2, 0, 1, 10, 0, 1, ?2 + 3600 + 172800, 'of-many/' || value, 1, 0, 1
    FROM json_each(?1)`;
  await env.CATALOG.prepare(insert).bind(JSON.stringify(ids), T0).run();
  const dated = async (kept: number) =>
    (await rows<{ n: number }>("SELECT count(*) AS n FROM segments WHERE expires_at - start - width = ?", kept))[0]?.n;
  await put({ keep: { 10: "3d" } });
  expect([await dated(3 * DAY), await dated(2 * DAY)]).toEqual([50, 80]);
  clock.now = T0 + HOUR + 2 * DAY;
  const pass = () => dropExpired(env.CATALOG, { now: clock.now, most: 1000, retireAfter: clock.now + HOUR });
  expect((await pass()).size).toBe(0);
  await put({ keep: { 10: "4d" } }); // begins anew
  expect([await dated(4 * DAY), await dated(2 * DAY)]).toEqual([50, 80]);
  await sweep(env);
  expect([await dated(4 * DAY), await rows("SELECT 1 FROM redating")]).toEqual([130, []]);
  expect((await pass()).size).toBe(0);
  clock.now += 2 * DAY;
  expect([...(await pass())]).toEqual([[10, 130]]);
});

it("runs with cron: the 10 s objects of a sealed hour go after two days, and an hour later their bytes", async () => {
  clock.now = T0 + 20;
  await uploadFolded("swept.cpu", T0, { a: 1 });
  clock.now = T0 + 2 * HOUR;
  await runAlarm("swept", 2);
  const fine = async () => (await env.SEGMENTS.list()).objects.filter(({ key }) => /-10-\d+\.seg$/.test(key)).length;
  const before = await fine();
  clock.now = T0 + HOUR + 2 * DAY;
  await sweep(env);
  expect(before).toBeGreaterThan(0);
  expect([await fine(), (await rows("SELECT 1 FROM segments WHERE finest = 10")).length]).toEqual([before, 0]);
  clock.now += HOUR + 1;
  await sweep(env);
  expect(await fine()).toBe(before - 1);
});
