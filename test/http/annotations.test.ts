// Remarks on timelines: what the API of Pyroscope 0.3x takes and answers, what /render shows of them, and what a deletion takes along.
import { describe, expect, it } from "vitest";
import { call, uploadFolded } from "../support/worker-call.ts";

const T0 = 1_790_000_000 - (1_790_000_000 % 3600);
const q = encodeURIComponent;
const post = (body: unknown, headers = {}, bindings = {}) =>
  call(
    "/api/annotations",
    { method: "POST", body: typeof body === "string" ? body : JSON.stringify(body), headers },
    bindings,
  );
const json = async (response: Promise<Response>) => (await (await response).json()) as Record<string, never>;
const shown = async (query: string, from = T0, until = T0 + 3600) => {
  const answer = await json(call(`/render?query=${q(query)}&from=${from}&until=${until}&format=json`));
  return (answer.annotations as unknown as { content: string }[]).map(({ content }) => content);
};

describe("a remark", () => {
  it("is made, shown wherever its app is, changed, and deleted", async () => {
    await uploadFolded("note.shop.cpu{region=eu}", T0 + 20, { main: 1 });
    await uploadFolded("note.shop.inuse_space", T0 + 20, { main: 1 });
    const made = await post({ appName: "note.shop.cpu{region=eu}", content: " v2 <b>is</b> out ", timestamp: T0 + 60 });
    expect([made.status, await made.json()]).toEqual([
      201,
      { id: expect.any(Number), appName: "note.shop.cpu", content: "v2 <b>is</b> out", timestamp: T0 + 60 },
    ]);
    for (const query of [
      "note.shop.cpu",
      'note.shop.cpu{region="us"}',
      "note.shop.inuse_space",
      'process_cpu:samples:count:cpu:nanoseconds{service_name="note.shop"}',
    ])
      expect(await shown(query)).toEqual(["v2 <b>is</b> out"]);
    expect(await shown("note.shop.cpu", T0 + 70)).toEqual([]);
    const again = await json(post({ appName: "note.shop", content: "v2 again", timestamp: (T0 + 60) * 1000 }));
    await post({ appName: "note.shop.cpu", content: "v1", timestamp: String(T0 + 30).concat("000000000") });
    expect(await shown("note.shop.cpu")).toEqual(["v1", "v2 again"]);
    const { annotations } = await json(call(`/api/annotations?app=note.shop.cpu&from=${T0}&until=${T0 + 3600}`));
    expect((annotations as unknown as { content: string }[]).map(({ content }) => content)).toEqual(["v2 again", "v1"]);
    const gone = await call(`/api/annotations/${again.id}`, { method: "DELETE" });
    expect(gone.status).toBe(204);
    expect((await call(`/api/annotations/${again.id}`, { method: "DELETE" })).status).toBe(404);
    expect(await shown("note.shop.cpu")).toEqual(["v1"]);
  });

  it("on several apps comes back as a list, and may be there before they are", async () => {
    const list = await json(
      post({ appNames: ["note.b.cpu", "note.c.cpu", "note.b.cpu"], content: "x", timestamp: T0 }),
    );
    expect(list).toMatchObject([{ appName: "note.b.cpu" }, { appName: "note.c.cpu" }]);
    expect(await shown("note.b.cpu")).toEqual(["x"]);
    await uploadFolded("note.b.cpu", T0, { main: 1 });
    expect(await shown('process_cpu:cpu:nanoseconds:cpu:nanoseconds{service_name="note.b"}')).toEqual(["x"]);
  });

  it("without a time is of now", async () => {
    for (const timestamp of [undefined, 0, "now"]) {
      const before = Math.floor(Date.now() / 1000);
      const { timestamp: at } = await json(post({ appName: "note.now", content: "x", timestamp }));
      expect(Number(at)).toBeGreaterThanOrEqual(before);
      expect(Number(at)).toBeLessThanOrEqual(Date.now() / 1000);
    }
    const dated = await json(post({ appName: "note.now", content: "x", timestamp: "2026-01-31T12:00:00Z" }));
    expect(dated.timestamp).toBe(1_769_860_800);
  });

  it("goes with its app", async () => {
    await post({ appName: "note.gone.cpu", content: "early", timestamp: T0 });
    await uploadFolded("note.gone.cpu", T0, { main: 1 });
    await post({ appName: "note.gone.cpu", content: "late", timestamp: T0 + 1 });
    await post({ appName: "note.gone.alloc", content: "of no such type", timestamp: T0 + 2 });
    await uploadFolded("note.gone.web.cpu", T0, { main: 1 });
    for (const appName of ["note.gone.web", "note.gone.other.cpu", "note.gone2.cpu"])
      await post({ appName, content: appName, timestamp: T0 + 3 });
    expect(await shown("note.gone.cpu")).toEqual(["early", "late"]);
    expect((await call("/api/apps?name=note.gone.cpu", { method: "DELETE" })).status).toBe(200);
    expect(await shown("note.gone.cpu")).toEqual([]);
    expect(await shown("note.gone.alloc")).toEqual([]);
    for (const name of ["note.gone.web", "note.gone.other.cpu", "note.gone2.cpu"])
      expect(await shown(name)).toEqual([name]);
  });
});

describe("a remark is refused", () => {
  it.each<[string, unknown, number, RegExp]>([
    ["that is no JSON", "{", 400, /not JSON/],
    ["without an app", { content: "x" }, 400, /^at least one of 'appName' and 'appNames' needs to be specified$/],
    ["with no app in a list", { appNames: [], content: "x" }, 400, /^at least one of/],
    [
      "with both",
      { appName: "a", appNames: ["b"], content: "x" },
      400,
      /^only one of 'appName' and 'appNames' can be specified$/,
    ],
    ["without words", { appName: "a", content: " " }, 400, /^invalid content/],
    [
      "with too many words",
      { appName: "a", content: "w".repeat(4097) },
      400,
      /^content has 4097 bytes, limit annotationBytes is 4096$/,
    ],
    [
      "on too long a name",
      { appName: `${"n".repeat(1021)}.cpu`, content: "x" },
      400,
      /^the app's name has 1025 bytes, limit annotationNameBytes is 1024$/,
    ],
    ["on no app's name", { appName: "a b", content: "x" }, 400, /character is not allowed/],
    ["at no time", { appName: "a", content: "x", timestamp: "soon" }, 400, /^invalid timestamp "soon"/],
    ["before 1970", { appName: "a", content: "x", timestamp: -5 }, 400, /^invalid timestamp -5/],
    ["beyond all time", { appName: "a", content: "x", timestamp: 999_999_999_999 }, 400, /^invalid timestamp/],
    ["on too many apps", { appNames: Array.from({ length: 51 }, () => "a"), content: "x" }, 400, /^appNames: /],
  ])("%s", async (_what, body, status, message) => {
    const response = await post(body);
    const refusal = (await response.json()) as { message: string; errors: string[] };
    expect([response.status, refusal.message]).toEqual([status, expect.stringMatching(message)]);
    expect(refusal.errors).toEqual([refusal.message]);
  });

  it("from another site's page, from whoever may only read, and by other verbs", async () => {
    const good = { appName: "a", content: "x" };
    expect((await post(good, { "sec-fetch-site": "cross-site" })).status).toBe(403);
    const reader = { authorization: "Bearer r" };
    expect((await post(good, reader, { EDGEFLAME_TOKEN: "read:r,write:w" })).status).toBe(403);
    expect((await call("/api/annotations", { method: "PUT" })).status).toBe(405);
    const elsewhere = await call("/api/annotations/1", {
      method: "DELETE",
      headers: { "sec-fetch-site": "cross-site" },
    });
    expect(elsewhere.status).toBe(403);
    expect((await call("/api/annotations/x", { method: "DELETE" })).status).toBe(404);
    expect((await call("/api/annotations?from=5&until=4")).status).toBe(400);
  });
});

it("says why an app can't be deleted as Pyroscope 0.3x does", async () => {
  const response = await call("/api/apps?name=nobody.at.all", { method: "DELETE" });
  expect([response.status, await response.json()]).toMatchObject([
    404,
    { errors: ['there is no app "nobody.at.all"'] },
  ]);
});
