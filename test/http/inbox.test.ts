// The inbox through the whole Worker: whatever is refused or mended on any way in is in it, and nothing else.
import { runInDurableObject } from "cloudflare:test";
import { beforeEach, describe, expect, it } from "vitest";
import type { InboxEntry } from "../../src/api/inbox.ts";
import type { IngestInbox } from "../../src/inbox/ingest-inbox.ts";
import { concat, message, pprofOf } from "../formats/pprof-bytes.ts";
import { pushOf } from "../formats/push-bytes.ts";
import { BAD, inboxOf, onlyEntry, readInbox, sendBad, sendIngest } from "../support/inbox-calls.ts";
import { clock, HOUR, standStill, T0 } from "../support/object-clock.ts";
import { call, uploadFolded } from "../support/worker-call.ts";

standStill();
beforeEach(async () => {
  await inboxOf().clear(null);
});

const PUSH = "/push.v1.PusherService/Push";
const OTLP = "/v1development/profiles";
const push = (labels: Record<string, string>, ...profiles: Uint8Array[]) =>
  call(PUSH, {
    method: "POST",
    body: pushOf({ labels: { __name__: "process_cpu", ...labels }, samples: profiles.map((profile) => ({ profile })) }),
    headers: { "content-type": "application/proto", "user-agent": "alloy/1.2" },
  });
const otlp = (body: string, type = "application/json") =>
  call(OTLP, { method: "POST", body, headers: { "content-type": type } });
const goodPprof = concat(
  pprofOf({ types: ["samples/count"], samples: [{ stack: ["main"], values: [1] }] }),
  message([9, BigInt(T0) * 1_000_000_000n]),
);

describe("what is refused", () => {
  it("is told with who sent it, as what, and how it began", async () => {
    const response = await sendIngest({ name: "shop.cpu{region=eu}", format: "pprof", spyName: "gospy" }, BAD, {
      "user-agent": "pyroscope-go/1.4",
    });
    expect(response.status).toBe(422);
    const { message } = (await response.json()) as { message: string };
    expect(await onlyEntry("?app=shop.cpu")).toEqual({
      id: expect.any(Number),
      outcome: "refused",
      app: "shop.cpu",
      firstAt: T0,
      lastAt: T0,
      count: 1,
      path: "/ingest",
      format: "pprof",
      status: 422,
      reason: "malformed_profile",
      message,
      advice: expect.stringContaining("begins as gzip and is none"),
      limit: null,
      actual: null,
      allowed: null,
      agent: { userAgent: "pyroscope-go/1.4", spyName: "gospy" },
      series: "shop.cpu{region=eu}",
      sizeBytes: 5,
      firstBytes: { hex: "1f8b010203", text: ".....", looksLike: "gzip" },
    });
  });

  const tooDeep = new Uint8Array(3);
  it.each<[string, () => Promise<Response>, number, Partial<InboxEntry>]>([
    [
      "text that is no folded stack",
      () => sendIngest({ name: "a.cpu" }, "main;work three"),
      422,
      { app: "a", format: "folded" },
    ],
    ["a name without an app", () => sendIngest({ name: "{x=1}" }, "main 1"), 400, { app: null, series: "{x=1}" }],
    [
      "a name of strange characters",
      () => sendIngest({ name: "\u202e<b>" }, "main 1"),
      400,
      { app: null, series: "\u202e<b>" },
    ],
    [
      "a body beyond the limit, which is not read",
      () => sendIngest({ name: "a.cpu" }, tooDeep, { "content-length": "99999999" }),
      413,
      { app: "a", reason: "body_too_large", limit: "bodyBytes", actual: 99999999, sizeBytes: 99999999 },
    ],
    [
      "a profile too large when inflated",
      () => sendIngest({ name: "a", format: "speedscope" }, `[${"1,".repeat(20_000_000)}1]`),
      422,
      { app: "a", reason: "profile_too_large", limit: "jsonBytes", allowed: 33_554_432 },
    ],
    [
      "a bad profile by Push",
      () => push({ service_name: "b", region: "eu" }, BAD),
      400,
      {
        app: "b",
        path: PUSH,
        reason: "malformed_profile",
        series: '{__name__="process_cpu", region="eu", service_name="b"}',
      },
    ],
    ["a Push series without a name", () => push({ service_name: "b", __name__: "1" }, goodPprof), 400, { app: "b" }],
    [
      "a Push request that is none",
      () => call(PUSH, { method: "POST", body: "{", headers: { "content-type": "application/proto" } }),
      400,
      {
        app: null,
        path: PUSH,
        firstBytes: { hex: "7b", text: "{", looksLike: "JSON" },
      },
    ],
    [
      "a Push request of another type",
      () => call(PUSH, { method: "POST", body: "x", headers: { "content-type": "text/html" } }),
      415,
      {
        app: null,
        format: "text/html",
        reason: "unsupported_media_type",
      },
    ],
    [
      "OTLP that is no JSON",
      () => otlp("<html>"),
      400,
      { app: null, path: OTLP, firstBytes: { hex: "3c68746d6c3e", text: "<html>", looksLike: "HTML" } },
    ],
    ["OTLP of another type", () => otlp("{}", "text/csv"), 415, { app: null, format: "text/csv" }],
    [
      "an upload to an address with a path too many",
      () => call("/ingest/ingest?name=a.cpu", { method: "POST", body: "x 1" }),
      404,
      {
        app: null,
        path: "/ingest/ingest",
        series: "a.cpu",
      },
    ],
  ])("%s", async (_what, send, status, facts) => {
    const response = await send();
    expect(response.status, await response.text()).toBe(status);
    expect(await onlyEntry()).toMatchObject({ outcome: "refused", status, count: 1, ...facts });
  });

  it("names each service of a Push request whose profiles were refused, and none whose were not", async () => {
    const body = pushOf(
      { labels: { __name__: "process_cpu", service_name: "good" }, samples: [{ profile: goodPprof }] },
      { labels: { __name__: "process_cpu", service_name: "bad" }, samples: [{ profile: BAD }, { profile: BAD }] },
      { labels: { __name__: "process_cpu", service_name: "worse" }, samples: [{ profile: BAD }] },
    );
    await call(PUSH, { method: "POST", body, headers: { "content-type": "application/proto" } });
    const { entries, apps } = await readInbox();
    expect(entries.map(({ app, count, sizeBytes }) => [app, count, sizeBytes]).sort()).toEqual([
      ["bad", 2, 5],
      ["worse", 1, 5],
    ]);
    expect(apps).toEqual([
      { app: "bad", entries: 1 },
      { app: "worse", entries: 1 },
    ]);
  });

  it("keeps no secret of a request that was not let in, and files it under no app", async () => {
    const tokens = { EDGEFLAME_TOKEN: "write:right,read:reader" };
    for (const [authorization, status] of [
      ["Bearer wr0ng-secret", 401],
      [`Basic ${btoa("user:wr0ng-secret")}`, 401],
      ["Bearer reader", 403],
    ] as const) {
      const init = { method: "POST", body: "s3cret-body 1", headers: { authorization } };
      expect((await call("/ingest?name=shop.cpu&token=t0ken", init, tokens)).status).toBe(status);
    }
    const { entries, apps } = await readInbox("?app=");
    expect(entries.map(({ app, reason, count, series }) => [app, reason, count, series])).toEqual([
      [null, "permission_denied", 1, "shop.cpu"],
      [null, "unauthenticated", 2, "shop.cpu"],
    ]);
    expect(apps).toEqual([{ app: null, entries: 2 }]);
    const rows = await runInDurableObject(inboxOf() as never, (_object: IngestInbox, state) =>
      JSON.stringify(state.storage.sql.exec("SELECT * FROM entries").toArray()),
    );
    expect(rows).not.toMatch(/wr0ng|reader|t0ken|s3cret/);
  });
});

describe("what is mended", () => {
  const longLabel = "x".repeat(3000);
  it.each([
    ["a name that is none", "shop.cpu{a-b=1,region=r1}", { message: "label a-b", limit: null }],
    ["no name", "shop.cpu{=1,region=r2}", { message: "a label without a name", limit: null }],
    ["two values", "shop.cpu{region=us,region=r3}", { message: "label region", limit: null }],
    [
      "others too many",
      `shop.cpu{region=r4,${Array.from({ length: 110 }, (_, i) => `s${i}=1`).join(",")}}`,
      { message: "the series' labels", limit: "labelsPerSeries", actual: 113, allowed: 100 },
    ],
  ])("costs the profile nothing: a label with %s", async (_what, name, facts) => {
    const response = await sendIngest({ name }, "main 7");
    expect(response.status).toBe(200);
    expect(JSON.parse(response.headers.get("edgeflame-notes") ?? "[]")).toMatchObject([{ kind: "label_dropped" }]);
    expect(await onlyEntry("?app=shop")).toMatchObject({
      outcome: "mended",
      reason: "label_dropped",
      advice: expect.stringMatching(/./),
      ...facts,
    });
    const range = { from: String(T0 - 60), until: String(T0 + 60) };
    const asked = new URLSearchParams({ name: `shop.cpu{region=${/r\d/.exec(name)}}`, ...range, format: "collapsed" });
    expect(await (await call(`/render?${asked}`)).text()).toBe("main 7\n");
    const bad = new URLSearchParams({ name: "shop.cpu{a-b=1}", ...range });
    expect((await call(`/render?${bad}`)).status).toBe(400);
  });

  it.each<[string, () => Promise<Response>, Partial<InboxEntry>]>([
    [
      "by /ingest",
      () => sendIngest({ name: `shop.cpu{good=1,pod=${longLabel}}` }, "main 1"),
      { app: "shop", path: "/ingest", format: "folded" },
    ],
    ["by Push", () => push({ service_name: "shop", pod: longLabel }, goodPprof), { app: "shop", path: PUSH }],
  ])("a label too long, %s", async (_way, send, facts) => {
    expect((await send()).status).toBe(200);
    expect(await onlyEntry("?app=shop")).toMatchObject({
      outcome: "mended",
      status: 200,
      reason: "label_dropped",
      limit: "labelValueBytes",
      actual: 3000,
      allowed: 2048,
      advice: expect.stringMatching(/./),
      ...facts,
    });
  });
});

it("holds nothing of uploads that are well", async () => {
  await uploadFolded("fine.cpu", T0, { "main;work": 1 });
  expect((await push({ service_name: "fine" }, goodPprof)).status).toBe(200);
  expect(await readInbox()).toEqual({ entries: [], total: 0, recentRefusals: 0, apps: [] });
});

it("counts the same thing again, with the newest example, however its numbers differ", async () => {
  for (const [after, name] of [
    [0, "shop{pod=a}"],
    [600, "shop{pod=b}"],
    [7200, "shop{pod=c}"],
  ] as const) {
    clock.now = T0 + after;
    await sendBad(name);
  }
  expect(await onlyEntry("?app=shop")).toMatchObject({
    count: 3,
    firstAt: T0,
    lastAt: T0 + 7200,
    series: "shop{pod=c}",
  });
  clock.now += HOUR - 1;
  expect((await readInbox()).recentRefusals).toBe(1);
  clock.now += 2;
  expect((await readInbox()).recentRefusals).toBe(0);
});
