// The surface: statuses, methods, bodies of refusals, the gate, and both worlds' names for the same data.
import { describe, expect, it } from "vitest";
import type { ServicesResponse } from "../../src/api/services.ts";
import type { ShareContent } from "../../src/api/share.ts";
import { DATA_MARK, TITLE_MARK } from "../../src/view/standalone.ts";
import { call, uploadFolded } from "../support/worker-call.ts";

const T0 = 1_790_000_000 - (1_790_000_000 % 3600);
const v2 = "process_cpu:cpu:nanoseconds:cpu:nanoseconds";
const range = `from=${T0}&until=${T0 + 3600}`;
const q = encodeURIComponent;

describe("a refusal", () => {
  it.each([
    ["ingest without a name", "POST", "/ingest", 400, /service name is required/],
    ["ingest with a bad name", "POST", "/ingest?name=a%20b", 400, /character is not allowed/],
    ["ingest by GET", "GET", "/ingest?name=a", 405, /use POST/],
    ["pyroscope/ingest by PUT", "PUT", "/pyroscope/ingest?name=a", 405, /use POST/],
    ["render without a query", "GET", "/render", 400, /'query' or 'name' parameter is required/],
    ["render of an unknown format", "GET", "/render?query=a.cpu&format=xml", 400, /unknown format/],
    ["render of a query without an app", "GET", `/render?query=${q('{a="b"}')}`, 400, /./],
    ["render of a bad expression", "GET", `/render?query=${q('a.cpu{b=~"("}')}`, 400, /./],
    ["render that ends before it begins", "GET", "/render?query=a.cpu&from=200&until=100", 400, /after/],
    ["render by POST", "POST", "/render?query=a.cpu", 405, /use GET/],
    ["render-diff without a left side", "GET", "/render-diff?rightQuery=a.cpu", 400, /"leftQuery" is required/],
    ["label-values with a limit of none", "GET", "/label-values?label=pod&limit=0", 400, /no whole number from 1/],
    ["label-values without a label", "GET", "/label-values", 400, /label parameter is required/],
    ["the v2 render without a query", "GET", "/pyroscope/render", 400, /"query" is required/],
    [
      "the v2 render of four parts",
      "GET",
      `/pyroscope/render?query=${q('a:b:c:d{service_name="x"}')}`,
      400,
      /profile-type selection/,
    ],
    [
      "the v2 render at time 0",
      "GET",
      `/pyroscope/render?query=${q(`${v2}{}`)}&from=0&until=10`,
      400,
      /missing time range/,
    ],
    [
      "the v2 diff of two types",
      "GET",
      `/pyroscope/render-diff?leftQuery=${q(`${v2}{}`)}&rightQuery=${q("a:b:c:d:e{}")}&leftFrom=1&leftUntil=2&rightFrom=1&rightUntil=2`,
      400,
      /profile types must match/,
    ],
    ["a path that is not there", "GET", "/no/such/thing", 404, /nothing at/],
  ])("of %s says why", async (_what, method, path, status, message) => {
    const response = await call(path, { method });
    const body = (await response.json()) as Record<string, unknown>;
    expect({ status: response.status, message: body.message }).toEqual({
      status,
      message: expect.stringMatching(message),
    });
    expect(body).toMatchObject({
      code: expect.any(String),
      reason: expect.any(String),
      documentation: expect.any(String),
    });
    expect(response.headers.get("x-request-id")).toMatch(/^[0-9a-f-]{36}$/);
  });

  it("of bytes that are no profile is 422 and stores nothing", async () => {
    const response = await call("/ingest?name=refused&format=pprof", { method: "POST", body: "this is not a profile" });
    expect(response.status).toBe(422);
    const services = (await (await call("/api/services")).json()) as { services: { name: string }[] };
    expect(services.services.map(({ name }) => name)).not.toContain("refused");
  });

  it("names the limit, the value and what is allowed", async () => {
    const response = await call(`/render?query=${"a".repeat(20_000)}`);
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ limit: "queryTextBytes", actual: 20_000, allowed: 16_384 });
  });
});

describe("one identity for both worlds", () => {
  it("answers old names in samples and profile type ids in nanoseconds, from the same uploads", async () => {
    await uploadFolded("both.cpu{region=eu}", T0 + 20, { "main;work": 3, "main;idle": 1 });
    const old = (await (await call(`/render?query=${q('both.cpu{region="eu"}')}&${range}`)).json()) as Rendered;
    const newer = (await (
      await call(`/pyroscope/render?query=${q(`${v2}{service_name="both",region="eu"}`)}&${range}`)
    ).json()) as Rendered;
    const mixed = (await (await call(`/render?query=${q(`${v2}{service_name="both"}`)}&${range}`)).json()) as Rendered;
    expect([old.flamebearer.numTicks, old.metadata.units, old.metadata.sampleRate]).toEqual([4, "samples", 100]);
    expect([newer.flamebearer.numTicks, newer.metadata.units, newer.metadata.sampleRate]).toEqual([
      40_000_000,
      "samples",
      1e9,
    ]);
    expect(mixed.flamebearer.numTicks).toBe(40_000_000);
    expect(await (await call("/api/apps")).json()).toContainEqual({
      name: "both.cpu",
      spyName: "unknown",
      sampleRate: 100,
      units: "samples",
    });
    expect(await (await call("/pyroscope/label-values?label=__name__")).json()).toContain(v2);
    expect(await (await call(`/labels?query=${q("both.cpu")}`)).json()).toEqual([
      "__name__",
      "pyroscope_spy",
      "region",
    ]);
    expect(await (await call(`/label-values?label=region&query=${q("both.cpu")}`)).json()).toEqual(["eu"]);
  });

  it("exports what it shows", async () => {
    await uploadFolded("export.cpu", T0 + 20, { "main;work": 3, "main;idle": 1 });
    const collapsed = await call(`/render?query=export.cpu&${range}&format=collapsed`);
    expect((await collapsed.text()).trim().split("\n").sort()).toEqual(["main;idle 1", "main;work 3"]);
    expect(collapsed.headers.get("content-disposition")).toMatch(
      /attachment; filename="export\.cpu .*\.collapsed\.txt"/,
    );
    const dot = await call(`/render?query=export.cpu&${range}&format=dot`);
    expect(await dot.text()).toMatch(/^digraph/);
    const pprof = await call(`/render?query=export.cpu&${range}&format=pprof`);
    expect((await pprof.arrayBuffer()).byteLength).toBeGreaterThan(50);
  });

  it("answers a page in one file, of a graph and of a diff, under the policy that stands in it", async () => {
    await uploadFolded("html.cpu", T0 + 20, { "main;</script><b>": 3 });
    const policy = "default-src 'none'; script-src 'sha256-x'";
    const template = `<meta http-equiv="Content-Security-Policy" content="${policy}"><h1>${TITLE_MARK}</h1>${DATA_MARK}`;
    const built = { ASSETS: { fetch: async () => new Response(template) } };
    const times = ["left", "right"].map((side) => `${side}Query=html.cpu&${side}From=${T0}&${side}Until=${T0 + 60}`);
    for (const path of [`/render?query=html.cpu&${range}&format=html`, `/render-diff?${times.join("&")}&format=html`]) {
      const response = await call(path, undefined, built);
      expect(response.status, path).toBe(200);
      expect(response.headers.get("content-type")).toBe("text/html; charset=utf-8");
      expect(response.headers.get("content-security-policy")).toBe(
        `${policy}; frame-ancestors 'none'; sandbox allow-scripts`,
      );
      const html = await response.text();
      expect(html).toContain("<h1>html.cpu</h1>");
      const json = /<script type="application\/json" id="graph">([^<]*)<\/script>/.exec(html)?.[1] ?? "";
      const { content } = JSON.parse(json) as { content: ShareContent };
      expect(content.graphs[0]?.flamebearer.names).toContain("</script><b>");
      expect(content.layout).toBe(path.startsWith("/render-diff") ? "diff" : "single");
      expect(content.graphs[0]?.flamebearer.numTicks).toBe(path.startsWith("/render-diff") ? 6 : 3);
    }
    const unbuilt = { ASSETS: { fetch: async () => new Response("", { status: 404 }) } };
    expect((await call(`/render?query=html.cpu&${range}&format=html`, undefined, unbuilt)).status).toBe(503);
  });

  it("calls CPU cpu for people, whatever timer of Java sampled it", async () => {
    await call("/ingest?name=orders.itimer", { method: "POST", body: "main 1" });
    const { services } = (await (await call("/api/services")).json()) as ServicesResponse;
    const names = services.find(({ name }) => name === "orders")?.types.map(({ oldName, label }) => [oldName, label]);
    expect(names).toContainEqual(["orders.itimer", "cpu"]);
  });

  it("answers a name that nobody uploaded with an empty tree", async () => {
    const response = await call(`/render?query=nobody.cpu&${range}`);
    expect(response.status).toBe(200);
    const body = (await response.json()) as Rendered;
    expect(body.flamebearer).toMatchObject({ names: ["total"], levels: [[0, 0, 0, 0]], numTicks: 0 });
  });
});

interface Rendered {
  flamebearer: { numTicks: number; names: string[] };
  metadata: { units: string; sampleRate: number };
}

describe("the gate", () => {
  const EDGEFLAME_TOKEN = "write:w-secret, read:r-secret,admin:a-secret";
  const basic = (secret: string) => `Basic ${btoa(`anyone:${secret}`)}`;
  it.each([
    ["no token", undefined, "/api/apps", 401],
    ["a wrong one", "Bearer nonsense", "/api/apps", 401],
    ["the read token", "Bearer r-secret", "/api/apps", 200],
    ["the read token as Basic", basic("r-secret"), "/api/apps", 200],
    ["the write token", "Bearer w-secret", "/api/apps", 403],
    ["the admin token", "Bearer a-secret", "/api/apps", 200],
    ["no token, asking for readiness", undefined, "/ready", 200],
    ["the read token, uploading", "Bearer r-secret", "POST /ingest?name=gate", 403],
    ["the write token, uploading", "Bearer w-secret", "POST /ingest?name=gate", 200],
    ["the write token as Basic, uploading", basic("w-secret"), "POST /ingest?name=gate", 200],
  ])("with %s", async (_what, authorization, target, status) => {
    const [path = "", method = "GET"] = target.split(" ").reverse();
    const headers = authorization === undefined ? {} : { authorization };
    const init = method === "POST" ? { method, headers, body: "a;b 1" } : { headers };
    const response = await call(path, init, { EDGEFLAME_TOKEN });
    expect(response.status).toBe(status);
  });

  it("says so where the server's tokens have no scope", async () => {
    const response = await call(
      "/api/apps",
      { headers: { authorization: "Bearer s3cret" } },
      { EDGEFLAME_TOKEN: "s3cret" },
    );
    expect([response.status, await response.text()]).toEqual([401, expect.stringContaining("scope:secret")]);
  });

  it("keeps a deployment without a token closed, and says how to open it", async () => {
    for (const path of ["/api/apps", "/ingest?name=a", "/"]) {
      const init = path.startsWith("/ingest") ? { method: "POST", body: "a;b 1" } : {};
      const response = await call(path, init, { EDGEFLAME_EMBEDDED: undefined });
      expect([path, response.status]).toEqual([path, 401]);
      expect(((await response.json()) as { message: string }).message).toMatch(/EDGEFLAME_TOKEN/);
    }
  });
});
