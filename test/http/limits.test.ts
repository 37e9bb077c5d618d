// Limits of a tenant: what the API says and takes, that uploads and questions go by it, and how a refusal explains itself.
import { env } from "cloudflare:workers";
import { gzipSync } from "node:zlib";
import { beforeEach, describe, expect, it } from "vitest";
import type { LimitsResponse } from "../../src/api/limits.ts";
import { LIMIT_NAMES } from "../../src/api/limits.ts";
import { LIMITS } from "../../src/config.ts";
import { pprofOf } from "../formats/pprof-bytes.ts";
import { gzipped, pushOf } from "../formats/push-bytes.ts";
import { emptyCatalog } from "../support/catalog-rows.ts";
import { standStill } from "../support/object-clock.ts";
import { call } from "../support/worker-call.ts";

standStill();

const put = (limits: unknown, init: RequestInit = {}, bindings = {}) =>
  call("/api/limits", { method: "PUT", body: JSON.stringify({ limits }), ...init }, bindings);
const get = async (bindings = {}) => (await (await call("/api/limits", {}, bindings)).json()) as LimitsResponse;
const ingest = (body: BodyInit, query = "name=app", bindings = {}) =>
  call(`/ingest?${query}`, { method: "POST", body }, bindings);
const notesOf = (response: Response) => JSON.parse(response.headers.get("edgeflame-notes") ?? "[]") as unknown[];

beforeEach(async () => {
  await emptyCatalog();
  await put(Object.fromEntries(LIMIT_NAMES.map((name) => [name, null])));
});

describe("the API", () => {
  it("says every limit, and who said it", async () => {
    await put({ stackDepth: 64, tooOldSeconds: 3600, overload: "reject" });
    const { limits } = await get();
    expect(Object.keys(limits)).toEqual(LIMIT_NAMES);
    expect(limits.stackDepth).toEqual({ value: 64, standard: LIMITS.stackDepth, source: "tenant" });
    expect(limits.tooOldSeconds).toEqual({ value: 3600, standard: "none", source: "tenant" });
    expect(limits.bodyBytes).toMatchObject({ source: "server" });
    await put({ stackDepth: null, tooOldSeconds: "none" });
    expect((await get()).limits).toMatchObject({
      stackDepth: { value: LIMITS.stackDepth, source: "server" },
      tooOldSeconds: { value: "none", source: "tenant" },
      overload: { value: "reject" },
    });
  });

  it.each([
    ["a name that is none", { stackdepth: 5 }, /stackdepth/],
    ["a number beyond what an isolate holds", { inflatedBytes: 2 ** 30 }, /inflatedBytes/],
    ["a half", { stackDepth: 9.5 }, /stackDepth/],
    ["none where there must be one", { stackDepth: "none" }, /stackDepth/],
    ["a default above the most", { maxNodesDefault: 5000, maxNodesMost: 100 }, /more than maxNodesMost/],
  ])("refuses %s and says why", async (_what, limits, message) => {
    const response = await put(limits);
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ message: expect.stringMatching(message) });
  });

  it("needs the scope admin where there are tokens", async () => {
    const tokens = { EDGEFLAME_TOKEN: "read:r,admin:a" };
    const as = (secret: string) => ({ headers: { authorization: `Bearer ${secret}` } });
    expect((await put({ stackDepth: 64 }, as("r"), tokens)).status).toBe(403);
    expect((await put({ stackDepth: 64 }, as("a"), tokens)).status).toBe(200);
  });

  it("keeps what still makes sense of what another version stored", async () => {
    const stored = JSON.stringify({ stackDepth: 12, bygone: 5, overload: "panic" });
    await env.CATALOG.prepare("UPDATE tenants SET limits = ?").bind(stored).run();
    const { limits } = await get();
    expect(limits.stackDepth).toMatchObject({ value: 12, source: "tenant" });
    expect(limits.overload).toMatchObject({ source: "server" });
  });

  it("takes the server's own defaults from EDGEFLAME_LIMITS, and serves nobody by half of them", async () => {
    const bindings = { EDGEFLAME_LIMITS: '{"stackDepth":32,"ingestBytesPerSecond":50000}' };
    const { limits } = await get(bindings);
    expect(limits.stackDepth).toEqual({ value: 32, standard: 32, source: "server" });
    const response = await ingest("a 1", "name=app", { EDGEFLAME_LIMITS: '{"stackDepth":"deep"}' });
    expect(response.status).toBe(503);
    expect(await response.text()).toMatch(/EDGEFLAME_LIMITS/);
  });
});

const cpu = (samples: Parameters<typeof pprofOf>[0]["samples"]) => pprofOf({ types: ["cpu/nanoseconds"], samples });
const someStacks = cpu(["a", "b", "c"].map((name) => ({ stack: ["main", name], values: [1] })));
const pushed = (profile: Uint8Array, labels: Record<string, string> = {}) =>
  pushOf({ labels: { __name__: "process_cpu", service_name: "app", ...labels }, samples: [{ profile }] });

describe("an upload", () => {
  it.each([
    ["bodyBytes", { bodyBytes: 1024 }, 413, "invalid_argument", "more than 1024", 1024],
    ["inflatedBytes", { inflatedBytes: 1024 }, 422, "unknown", 3000, 1024],
  ])("past %s is refused with the numbers and what to do", async (limit, limits, status, code, actual, allowed) => {
    await put(limits);
    const response = await ingest("x".repeat(2998) + " 1");
    expect(response.status).toBe(status);
    expect(await response.json()).toMatchObject({ code, limit, actual, allowed, advice: expect.any(String) });
  });

  it.each([
    ["samplesPerProfile", { samplesPerProfile: 2 }],
    ["nodesPerProfile", { nodesPerProfile: 2 }],
    ["rowsPerProfile", { rowsPerProfile: 3 }],
    ["stackEntriesPerProfile", { stackEntriesPerProfile: 4 }],
  ])("past %s is refused on every path that carries a pprof", async (limit, limits) => {
    await put(limits);
    const byIngest = await ingest(someStacks, "name=app&format=pprof");
    expect(byIngest.status).toBe(422);
    expect(await byIngest.json()).toMatchObject({
      limit,
      allowed: Object.values(limits)[0],
      advice: expect.any(String),
    });
    const byPush = await call("/push.v1.PusherService/Push", {
      method: "POST",
      headers: { "content-type": "application/proto" },
      body: pushed(gzipped(someStacks)),
    });
    expect(byPush.status).toBe(400);
    expect(await byPush.json()).toMatchObject({ code: "invalid_argument", limit, advice: expect.any(String) });
  });

  it.each([
    ["Push", 100, 400, "/push.v1.PusherService/Push", { "content-type": "application/json" }],
    ["/ingest", 10_000, 422, "/ingest?name=app&format=speedscope", {}],
  ])(
    "whose JSON is nested too deep for %s is told how deep it may be",
    async (_way, allowed, status, path, headers) => {
      const body = `{"series":${"[".repeat(allowed)}${"]".repeat(allowed)}}`;
      const response = await call(path, { method: "POST", headers, body }, { EDGEFLAME_BASE_PATH: "/profiles/" });
      expect(response.status).toBe(status);
      expect(await response.json()).toMatchObject({
        limit: "jsonNesting",
        actual: allowed + 1,
        allowed,
        advice: expect.stringContaining("deep"),
        documentation: expect.stringMatching(/^https?:\/\/[^/]+\/profiles\/docs\/limits\.md#jsonNesting$/),
      });
    },
  );

  it("that inflates too far is refused by the tenant's ratio", async () => {
    await put({ inflationRatio: 2 });
    const response = await ingest(gzipSync(new Uint8Array(2 * 1024 * 1024)) as Uint8Array<ArrayBuffer>);
    expect(await response.json()).toMatchObject({ limit: "inflationRatio", allowed: 2 });
  });

  it("keeps the root side of a stack that is too deep, and says so in the answer", async () => {
    await put({ stackDepth: 8 });
    const response = await ingest(`${Array.from({ length: 20 }, (_, i) => `f${i}`).join(";")} 1`);
    expect(response.status).toBe(200);
    expect(notesOf(response)).toMatchObject([{ kind: "depth_truncated", limit: "stackDepth", actual: 20, allowed: 8 }]);
  });

  it("is stored at the time of receipt when its own lies ahead of the tenant's window", async () => {
    await put({ tooNewSeconds: 60 });
    const response = await ingest("a 1", "name=app&from=now%2B1h&until=now%2B2h");
    expect(response.status).toBe(200);
    expect(notesOf(response)).toMatchObject([
      { kind: "time_replaced", limit: "tooNewSeconds", actual: 3600, allowed: 60 },
    ]);
  });

  it("is refused when it is older than the tenant's window", async () => {
    await put({ tooOldSeconds: 3600 });
    const response = await ingest("a 1", "name=app&from=now-2h&until=now");
    expect(response.status).toBe(422);
    expect(await response.json()).toMatchObject({ limit: "tooOldSeconds", actual: 7200, allowed: 3600 });
  });
});

describe("a question", () => {
  it("may not span more than the tenant's range", async () => {
    await put({ queryRangeSeconds: 3600 });
    const response = await call("/render?query=app.cpu&from=now-2h&until=now");
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({
      limit: "queryRangeSeconds",
      allowed: 3600,
      advice: expect.any(String),
    });
    expect((await call("/render?query=app.cpu&from=now-1h&until=now")).status).toBe(200);
  });

  it("gets as many nodes as the tenant's default when it names no number", async () => {
    await put({ maxNodesDefault: 3, maxNodesMost: 4 });
    await ingest("a;b 1\na;c 2\na;d 3\na;e 4\n", "name=crowded");
    const nodes = async (more: string) => {
      const answer = (await (await call(`/render?query=crowded.cpu&from=now-1h&until=now%2B1m${more}`)).json()) as {
        flamebearer: { names: string[] };
      };
      return answer.flamebearer.names.length;
    };
    expect(await nodes("&max-nodes=100")).toBeGreaterThan(await nodes(""));
  });
});
