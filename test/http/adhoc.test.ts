// Files that are kept to be looked at again, by the service and by the old API: what goes in by one comes out of the other.
import { env } from "cloudflare:workers";
import { gzipSync } from "node:zlib";
import type { DescMethodUnary, toJson } from "@bufbuild/protobuf";
import { describe, expect, it } from "vitest";
import { AdHocProfileService } from "../../src/connect/gen/adhocprofiles/v1/adhocprofiles_pb.ts";
import { pprofOf } from "../formats/pprof-bytes.ts";
import { bucketWhere } from "../support/bucket-puts.ts";
import { FORMS, type FormName, inForm, unaryReply, unaryRequest } from "../support/unary-call.ts";
import { call, runCron } from "../support/worker-call.ts";

const METHODS = new Map(AdHocProfileService.methods.map((method) => [method.name, method as DescMethodUnary]));

interface Got {
  readonly id: string;
  readonly name: string;
  readonly uploadedAt: string;
  readonly profileType: string;
  readonly profileTypes: string[];
  readonly flamebearerProfile: string;
}

async function ask<T = Got>(
  name: FormName,
  method: string,
  request: Parameters<typeof toJson>[1] | object,
): Promise<T> {
  const { input, output } = METHODS.get(method)!;
  const init = unaryRequest(name, inForm(name, input, request as never));
  const reply = await unaryReply(name, output, await call(`/adhocprofiles.v1.AdHocProfileService/${method}`, init));
  if (reply.code !== "ok") throw new Error(`${reply.code}: ${reply.message}`);
  return reply.json() as T;
}

const base64 = (bytes: Uint8Array | string): string =>
  btoa(typeof bytes === "string" ? bytes : String.fromCharCode(...bytes));
const graph = (names: string[], levels: number[][], numTicks: number, maxSelf: number) => ({
  names,
  levels,
  numTicks,
  maxSelf,
});

const CPU = pprofOf({
  types: ["samples/count", "cpu/nanoseconds"],
  period: ["cpu", "nanoseconds", 10_000_000],
  samples: [
    { stack: ["main", "work"], values: [3, 30_000_000] },
    { stack: ["main", "idle"], values: [1, 10_000_000] },
  ],
});
const NAMES = ["total", "main", "work", "idle"];

describe.each<FormName>(Object.keys(FORMS) as FormName[])("as %s", (form) => {
  it("a file is kept, opened at any of its types and in any size, and compared", async () => {
    const kept = await ask(form, "Upload", { name: "cpu before.pprof", profile: base64(gzipSync(CPU)) });
    expect(kept).toMatchObject({
      id: expect.stringMatching(/^[0-9A-HJKMNP-TV-Z]{26}-cpu_before\.pprof$/),
      name: "cpu before.pprof",
      uploadedAt: expect.stringMatching(/^\d{13}$/),
      profileType: "cpu",
      profileTypes: ["cpu", "samples"],
    });
    expect(JSON.parse(kept.flamebearerProfile)).toEqual({
      version: 1,
      flamebearer: graph(
        NAMES,
        [
          [0, 4e7, 0, 0],
          [0, 4e7, 0, 1],
          [0, 1e7, 1e7, 3, 0, 3e7, 3e7, 2],
        ],
        4e7,
        3e7,
      ),
      metadata: { format: "single", spyName: "", sampleRate: 100, units: "nanoseconds", name: "cpu" },
      timeline: null,
      groups: null,
      heatmap: null,
    });
    const samples = await ask(form, "Get", { id: kept.id, profileType: "samples", maxNodes: "2" });
    expect(samples).toMatchObject({
      id: kept.id,
      name: kept.name,
      uploadedAt: kept.uploadedAt,
      profileType: "samples",
    });
    expect(JSON.parse(samples.flamebearerProfile)).toMatchObject({
      flamebearer: graph(
        ["total", "main", "other"],
        [
          [0, 4, 0, 0],
          [0, 4, 0, 1],
          [0, 4, 4, 2],
        ],
        4,
        4,
      ),
      metadata: { units: "samples", name: "samples" },
    });
    expect(await ask(form, "Get", { id: kept.id, profileType: "none" })).toMatchObject({ profileType: "cpu" });
    const other = await ask(form, "Upload", { name: "after", profile: base64(CPU) });
    const diff = await ask(form, "Diff", { leftId: kept.id, rightId: other.id, profileType: "samples" });
    expect(diff.profileTypes).toEqual(["cpu", "samples"]);
    expect(JSON.parse(diff.flamebearerProfile)).toMatchObject({
      flamebearer: graph(
        NAMES,
        [
          [0, 4, 0, 0, 4, 0, 0],
          [0, 4, 0, 0, 4, 0, 1],
          [0, 1, 1, 0, 1, 1, 3, 0, 3, 3, 0, 3, 3, 2],
        ],
        8,
        3,
      ),
      metadata: { format: "double", units: "samples", name: "samples" },
      leftTicks: 4,
      rightTicks: 4,
    });
    const { profiles } = await ask<{ profiles: Got[] }>(form, "List", {});
    expect(profiles.slice(0, 2).map(({ id, name }) => [id, name])).toEqual([
      [other.id, "after"],
      [kept.id, "cpu before.pprof"],
    ]);
  });
});

describe("the old API", () => {
  const post = (body: object, headers = {}) =>
    call("/api/adhoc/v1/upload", { method: "POST", body: JSON.stringify(body), headers });
  const json = async (path: string) => (await call(path)).json() as Promise<Record<string, never>>;

  it("keeps, lists, opens and compares", async () => {
    const sent = {
      filename: "x.txt",
      profile: base64("a;b 2\na;c 1"),
      type: "collapsed",
      fileTypeData: { units: "objects", spyName: "s" },
    };
    const answer = (await (await post(sent)).json()) as { id: string; flamebearer: object };
    expect(answer.flamebearer).toMatchObject({
      flamebearer: graph(
        ["total", "a", "c", "b"],
        [
          [0, 3, 0, 0],
          [0, 3, 0, 1],
          [0, 2, 2, 3, 0, 1, 1, 2],
        ],
        3,
        2,
      ),
      metadata: { units: "objects", spyName: "s", format: "single" },
    });
    expect((await json("/api/adhoc/v1/profiles"))[answer.id]).toEqual({
      id: answer.id,
      name: "x.txt",
      updatedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
    });
    expect(await json(`/api/adhoc/v1/profile/${answer.id}`)).toEqual(answer.flamebearer);
    expect(await json(`/api/adhoc/v1/diff/${answer.id}/${answer.id}`)).toMatchObject({ leftTicks: 3, rightTicks: 3 });
    expect(await ask("json", "Get", { id: answer.id })).toMatchObject({ name: "x.txt", id: answer.id });
  });

  it.each([
    ["no JSON", "[", 400, /not JSON/],
    ["no profile", {}, 400, /^profile: /],
    ["no base64", { profile: "-" }, 400, /base64/],
    ["nothing", { profile: "" }, 400, /^profile is required$/],
    ["no profile's bytes", { profile: base64("\x01\x02\x03\x04") }, 422, /./],
    ["gzip that is cut", { profile: base64(gzipSync(CPU).subarray(0, 40)) }, 422, /gzip/],
  ])("refuses %s", async (_what, body, status, message) => {
    const response = await (typeof body === "string"
      ? call("/api/adhoc/v1/upload", { method: "POST", body })
      : post(body));
    const refusal = (await response.json()) as { message: string };
    expect([response.status, refusal.message]).toEqual([status, expect.stringMatching(message)]);
  });

  it("refuses what another site's page sends, other verbs, and ids that are not there", async () => {
    expect((await post({ profile: base64("a 1") }, { "sec-fetch-site": "cross-site" })).status).toBe(403);
    expect((await call("/api/adhoc/v1/upload")).status).toBe(405);
    expect((await call("/api/adhoc/v1/profiles", { method: "POST" })).status).toBe(405);
    expect((await call("/api/adhoc/v1/profile/none")).status).toBe(404);
    expect((await call("/api/adhoc/v1/diff/none/none")).status).toBe(404);
    const types = await Promise.all(
      ["a;b 1", JSON.stringify({ names: ["total"], levels: [[0, 1, 1, 0]], numTicks: 1, maxSelf: 1 })].map(
        async (text) => ((await (await post({ profile: base64(text) })).json()) as { id: string }).id,
      ),
    );
    expect((await call(`/api/adhoc/v1/diff/${types.join("/")}`)).status).toBe(200);
  });
});

describe("bounds", () => {
  it("lets the oldest go when there are too many, with their objects", async () => {
    const database = env.CATALOG;
    const count = async () =>
      (await database.prepare("SELECT count(*) AS n FROM adhoc_files").first<{ n: number }>())?.n ?? 0;
    const first = await ask("json", "Upload", { name: "first", profile: base64("a 1") });
    const copy = `INSERT INTO adhoc_files SELECT tenant_id, '01' || printf('%024d', json_each.value), name, uploaded_at, stored_bytes, said
      FROM adhoc_files, json_each(?) WHERE adhoc_files.id = ?`;
    await database
      .prepare(copy)
      .bind(JSON.stringify(Array.from({ length: 250 }, (_, i) => i)), first.id)
      .run();
    const last = await ask("json", "Upload", { name: "last", profile: base64("a 1") });
    expect(await count()).toBe(200);
    expect(await ask("json", "Get", { id: last.id })).toMatchObject({ name: "last" });
    await database.prepare("UPDATE adhoc_files SET stored_bytes = 1073741824 WHERE id = ?").bind(first.id).run();
    await ask("json", "Upload", { name: "next", profile: base64("a 1") });
    expect(await count()).toBe(2);
    await expect(ask("json", "Get", { id: first.id })).rejects.toThrow(/not_found/);
    expect(
      await database.prepare("SELECT 1 FROM retired_objects WHERE object_key LIKE '%/f/%'").first(),
    ).not.toBeNull();
    await runCron();
    expect(await database.prepare("SELECT 1 FROM retired_objects WHERE object_key LIKE '%/f/%'").first()).toBeNull();
    const objects = (await env.SEGMENTS.list({ prefix: "t/" })).objects.filter(({ key }) => key.includes("/f/"));
    expect(objects.map(({ key }) => key.split("-").at(-1)).sort()).toEqual(["last", "next"]);
  });

  it.each(["before", "after"])(
    "keeps nothing of a file whose tenant is deleted %s its object is put",
    async (moment) => {
      const order = { method: "POST", body: JSON.stringify({ tenant: true }) };
      const deleteTenant = async () => expect((await call("/api/deletions", order)).status).toBe(202);
      const SEGMENTS = bucketWhere(moment, deleteTenant);
      const sent = { method: "POST", body: JSON.stringify({ filename: "late", profile: base64("a 1") }) };
      expect((await call("/api/adhoc/v1/upload", sent, { SEGMENTS })).status).toBe(200);
      expect((await env.SEGMENTS.list()).objects).toEqual([]);
      expect(await env.CATALOG.prepare("SELECT 1 FROM adhoc_files").first()).toBeNull();
      await ask("json", "Upload", { name: "next", profile: base64("a 1") });
      expect(await (await call("/api/adhoc/v1/profiles")).text()).not.toContain("late");
    },
  );

  it("keeps nothing of a file that is refused", async () => {
    const objects = async () => (await env.SEGMENTS.list({ prefix: "t/" })).objects.length;
    const before = await objects();
    await expect(ask("json", "Upload", { profile: "AQIDBA==" })).rejects.toThrow(/invalid_argument/);
    expect(await objects()).toBe(before);
  });
});
