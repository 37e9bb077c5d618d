// What an app's object refuses of a request with many profiles, by Push and by OTLP: only that is not stored, the answer says which,
// and the inbox has it under its app.
import { beforeEach, describe, expect, it } from "vitest";
import { LIMIT_NAMES } from "../../src/api/limits.ts";
import { concat, message, pprofOf } from "../formats/pprof-bytes.ts";
import { type PlainPush, pushOf } from "../formats/push-bytes.ts";
import { inboxOf, onlyEntry, readInbox } from "../support/inbox-calls.ts";
import { clock, standStill, T0 } from "../support/object-clock.ts";
import { call } from "../support/worker-call.ts";

standStill();

const PUSH = "/push.v1.PusherService/Push";
const OTLP = "/v1development/profiles";
const put = async (limits: unknown) =>
  expect((await call("/api/limits", { method: "PUT", body: JSON.stringify({ limits }) })).status).toBe(200);

/** The tenant's meter outlives a test: each has time for itself in which the buckets fill. */
let test = 0;
/** None is another's duplicate. */
let sent = 0;
beforeEach(async () => {
  clock.now = T0 + 300 * ++test;
  await inboxOf().clear(null);
  await put(Object.fromEntries(LIMIT_NAMES.map((name) => [name, null])));
});

const profile = (...types: readonly string[]): Uint8Array =>
  concat(
    pprofOf({
      types: types.map((type) => `${type}/count`),
      samples: [{ stack: ["main"], values: types.map(() => 1) }],
    }),
    message([9, BigInt(T0) * 1_000_000_000n]),
  );
const BROKEN = Uint8Array.of(1, 2, 3);
/** Each time other ones. */
const seriesOf = (service: string, ...profiles: readonly Uint8Array[]): PlainPush => ({
  labels: { __name__: "x", service_name: service, spy_name: "dotnetspy" },
  samples: profiles.map((one, i) => ({ profile: one, id: `${sent}.${i}` })),
});
const push = (...series: readonly PlainPush[]): Promise<Response> => {
  sent++;
  return call(PUSH, { method: "POST", body: pushOf(...series), headers: { "content-type": "application/proto" } });
};

/** One of a value for each service and type, in that order. */
function otlp(...profiles: readonly (readonly [service: string, type: string])[]): Promise<Response> {
  const types = profiles.map(([, type]) => type);
  const body = {
    resourceProfiles: profiles.map(([service], i) => ({
      resource: { attributes: [{ key: "service.name", value: { stringValue: service } }] },
      scopeProfiles: [
        {
          profiles: [
            {
              sampleType: { typeStrindex: 3 + i, unitStrindex: 1 },
              timeUnixNano: `${T0}${String(++sent).padStart(9, "0")}`,
              samples: [{ stackIndex: 1, values: ["1"] }],
            },
          ],
        },
      ],
    })),
    dictionary: {
      stringTable: ["", "count", "main", ...types],
      functionTable: [{}, { nameStrindex: 2 }],
      locationTable: [{}, { lines: [{ functionIndex: 1 }] }],
      stackTable: [{}, { locationIndices: [1] }],
      attributeTable: [{}],
      mappingTable: [{}],
      linkTable: [{}],
    },
  };
  return call(OTLP, { method: "POST", body: JSON.stringify(body), headers: { "content-type": "application/json" } });
}

/** Total of the type in the app. */
async function totalOf(service: string, type: string, name = "x"): Promise<number> {
  const query = new URLSearchParams({
    query: `${name}:${type}:count::{service_name="${service}"}`,
    from: String(T0 - 60),
    until: String(T0 + 60),
  });
  const body = (await (await call(`/pyroscope/render?${query}`)).json()) as { flamebearer: { numTicks: number } };
  return body.flamebearer.numTicks;
}

describe("a type that its app has no room for", () => {
  it("costs no other service and no profile of a known type, by Push", async () => {
    expect((await push(seriesOf("full", profile("a")))).status).toBe(200);
    await put({ typesPerApp: 1 });
    const bad = seriesOf("full", profile("a"), profile("b"), profile("a"), BROKEN);
    const response = await push(bad, seriesOf("fresh", profile("a")));
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({
      code: "invalid_argument",
      message: expect.stringMatching(
        /^2 of 5 profiles were refused, the others are stored: profile 2 \(\d+\.1\): .*; profile 4 /,
      ),
      limit: "typesPerApp",
      actual: 2,
      allowed: 1,
      refused: [
        { profile: 2, id: bad.samples[1]?.id, message: expect.stringContaining("limit typesPerApp is 1") },
        { profile: 4, id: bad.samples[3]?.id, message: expect.stringMatching(/^proto: /) },
      ],
    });
    expect(await Promise.all([totalOf("full", "a"), totalOf("full", "b"), totalOf("fresh", "a")])).toEqual([3, 0, 1]);
    const { entries } = await readInbox("?app=full");
    expect(entries.find(({ limit }) => limit === "typesPerApp")).toMatchObject({
      outcome: "refused",
      app: "full",
      status: 400,
      count: 1,
      series: '{__name__="x", service_name="full", spy_name="dotnetspy"}',
      agent: { spyName: "dotnetspy" },
      sizeBytes: profile("b").length,
    });
    expect((await readInbox()).apps).toEqual([{ app: "full", entries: 2 }]);
  });

  it("costs the same by OTLP", async () => {
    expect((await otlp(["collected", "a"])).status).toBe(200);
    await put({ typesPerApp: 1 });
    const response = await otlp(["collected", "b"], ["collected", "a"], ["other", "a"]);
    expect(response.status).toBe(413);
    expect(await response.text()).toMatch(
      /^1 of 2 profiles of collected are refused, the others are stored: .*limit typesPerApp is 1; give profiles/,
    );
    expect(await Promise.all(["a", "b"].map((type) => totalOf("collected", type, type)))).toEqual([2, 0]);
    expect(await totalOf("other", "a", "a")).toBe(1);
    expect(await onlyEntry()).toMatchObject({
      app: "collected",
      status: 413,
      limit: "typesPerApp",
      series: expect.stringContaining("collected"),
    });
  });

  it("is alone in what is refused, though so many come that not each can be asked for", async () => {
    await put({ typesPerApp: 1 });
    const types = Array.from({ length: 30 }, (_, i) => `t${i}`);
    const response = await push(seriesOf("many", profile("a"), ...types.map((type) => profile(type)), profile("a")));
    expect(((await response.json()) as { refused: unknown[] }).refused).toHaveLength(30);
    expect(await totalOf("many", "a")).toBe(2);
  });

  it("of several in one profile costs that profile, and a profile of known ones is taken though the limit is lower by now", async () => {
    expect((await push(seriesOf("heap", profile("a", "b", "c")))).status).toBe(200);
    await put({ typesPerApp: 2 });
    expect((await push(seriesOf("heap", profile("a", "b", "c")))).status).toBe(200);
    const response = await push(seriesOf("wide", profile("a", "b", "c")), seriesOf("narrow", profile("a", "b")));
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ limit: "typesPerApp", actual: 3, refused: [{ profile: 1 }] });
    expect(await Promise.all(["heap", "wide", "narrow"].map((one) => totalOf(one, "a")))).toEqual([2, 0, 1]);
    expect(await onlyEntry()).toMatchObject({ app: "wide", limit: "typesPerApp" });
  });
});

describe("a request over the tenant's rate", () => {
  /** Until the app has spent what it was given. */
  async function spend(send: () => Promise<Response>): Promise<Response> {
    await put({ profilesPerSecond: 1, profilesBurst: 1, overload: "reject" });
    let response = await send();
    for (let i = 0; i < 5 && response.status === 200; i++) response = await send();
    await readInbox();
    await inboxOf().clear(null);
    clock.now += 0.001;
    return response;
  }

  it.each([
    ["Push", () => push(seriesOf("rated", profile("a")))],
    ["OTLP", () => otlp(["rated", "a"])],
  ])("is in the inbox of its app, by %s", async (_way, send) => {
    const response = await spend(send);
    expect([response.status, Number(response.headers.get("retry-after")) > 0]).toEqual([429, true]);
    expect((await send()).status).toBe(429);
    expect(await onlyEntry()).toMatchObject({
      app: "rated",
      status: 429,
      reason: "rate_limited",
      limit: "profilesPerSecond",
      count: 1,
      series: expect.stringContaining("rated"),
    });
  });

  it("is there too when a profile before it was refused for itself", async () => {
    await spend(() => push(seriesOf("good", profile("a"))));
    expect((await push(seriesOf("bad", BROKEN), seriesOf("good", profile("a")))).status).toBe(429);
    const { entries } = await readInbox();
    expect(entries.map(({ app, reason }) => [app, reason]).sort()).toEqual([
      ["bad", "malformed_profile"],
      ["good", "rate_limited"],
    ]);
  });
});
