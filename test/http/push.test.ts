// POST /push.v1.PusherService/Push through the whole Worker: answers, partial success, and what can be read afterwards.
import { describe, expect, it } from "vitest";
import { concat, message, pprofOf } from "../formats/pprof-bytes.ts";
import { gzipped, type PlainPush, pushOf } from "../formats/push-bytes.ts";
import { watchStorage } from "../support/storage-hooks.ts";
import { call } from "../support/worker-call.ts";

const PATH = "/push.v1.PusherService/Push";
const T0 = 1_700_000_000 - (1_700_000_000 % 3600);
const YEAR = 365 * 86_400;

const profileAt = (seconds: number, value: number, work = "work") =>
  concat(
    pprofOf({
      types: ["samples/count", "cpu/nanoseconds"],
      period: ["cpu", "nanoseconds", 10_000_000],
      samples: [{ stack: ["main", work], values: [value, value * 10_000_000] }],
    }),
    message([9, BigInt(seconds) * 1_000_000_000n]),
  );

const cpu = (service: string, ...profiles: readonly Uint8Array[]): PlainPush => ({
  labels: { __name__: "process_cpu", service_name: service, region: "eu" },
  samples: profiles.map((profile) => ({ profile })),
});

const push = (
  body: Uint8Array<ArrayBuffer> | string,
  headers: Record<string, string> = {},
  bindings: Record<string, unknown> = {},
) => call(PATH, { method: "POST", body, headers: { "content-type": "application/proto", ...headers } }, bindings);

async function samplesOf(service: string, from: number, until: number): Promise<number> {
  const query = new URLSearchParams({ query: `${service}.cpu`, from: String(from), until: String(until) });
  const response = await call(`/render?${query}`);
  const body = (await response.json()) as { flamebearer: { numTicks: number } };
  return body.flamebearer.numTicks;
}

describe("Push", () => {
  it("answers an empty message of its own type, and what it took can be read", async () => {
    const response = await push(pushOf(cpu("push.one", profileAt(T0 + 20, 3), profileAt(T0 + 30, 4))));
    expect([response.status, response.headers.get("content-type"), (await response.arrayBuffer()).byteLength]).toEqual([
      200,
      "application/proto",
      0,
    ]);
    expect(await samplesOf("push.one", T0 + 20, T0 + 30)).toBe(3);
    expect(await samplesOf("push.one", T0, T0 + 3600)).toBe(7);
  });

  it("takes gzip, as the header says or not", async () => {
    const body = (value: number) => gzipped(pushOf(cpu("push.gzip", gzipped(profileAt(T0, value)))));
    expect((await push(body(1), { "content-encoding": "gzip" })).status).toBe(200);
    expect((await push(body(2))).status).toBe(200);
    const plain = pushOf(cpu("push.gzip", profileAt(T0, 4)));
    expect((await push(plain, { "content-encoding": "gzip" })).status).toBe(200);
    expect(await samplesOf("push.gzip", T0, T0 + 10)).toBe(7);
  });

  it("takes a year in one request, each profile in its own hour", async () => {
    const hours = Array.from({ length: 365 }, (_, day) => T0 - YEAR + day * 86_400);
    const profiles = hours.map((at, i) => gzipped(profileAt(at, i + 1)));
    expect((await push(pushOf(cpu("push.year", ...profiles)))).status).toBe(200);
    expect(await samplesOf("push.year", T0 - YEAR, T0)).toBe((365 * 366) / 2);
    expect(await samplesOf("push.year", hours[100] ?? 0, (hours[100] ?? 0) + 3600)).toBe(101);
  });

  it("stores the good ones and says which are bad", async () => {
    const response = await push(pushOf(cpu("push.part", profileAt(T0, 3), Uint8Array.of(1, 2, 3), profileAt(T0, 4))));
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({
      code: "invalid_argument",
      message: expect.stringMatching(/^1 of 3 profiles were refused, the others are stored: profile 2: /),
      refused: [{ profile: 2, id: "", message: expect.stringMatching(/^proto: /) }],
    });
    expect(await samplesOf("push.part", T0, T0 + 10)).toBe(7);
  });
});

describe("a profile that is pushed again", () => {
  const withIds = (service: string, ...ids: readonly string[]): PlainPush => ({
    ...cpu(service),
    samples: ids.map((id, i) => ({ profile: profileAt(T0 + i * 10, 2 ** i), id })),
  });

  it("counts once, however its request is composed", async () => {
    expect((await push(pushOf(withIds("push.again", "a", "b")))).status).toBe(200);
    const second = await push(pushOf(withIds("push.again", "a", "b", "c")));
    expect([second.status, second.headers.get("edgeflame-duplicate")]).toEqual([200, "2"]);
    expect(await samplesOf("push.again", T0, T0 + 3600)).toBe(7);
  });

  it("counts once within one request, and when two requests are under way", async () => {
    const body = pushOf(withIds("push.twice", "a", "a", "b"));
    const answers = await Promise.all([push(body), push(body), push(body)]);
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(await samplesOf("push.twice", T0, T0 + 3600)).toBe(1 + 4);
  });

  it("counts again in another series, and without an id in another request", async () => {
    const other = { ...withIds("push.other", "a"), labels: { __name__: "process_cpu", service_name: "push.other" } };
    expect((await push(pushOf(withIds("push.other", "a"), other))).status).toBe(200);
    for (const work of ["a", "b"]) await push(pushOf(cpu("push.other", profileAt(T0, 10, work))));
    expect(await samplesOf("push.other", T0, T0 + 10)).toBe(1 + 1 + 20);
  });
});

describe("a request without ids of which a part failed", () => {
  it("counts once when it is sent again", async () => {
    const body = pushOf(cpu("push.half.a", profileAt(T0, 1), profileAt(T0, 1)), cpu("push.half.b", profileAt(T0, 2)));
    let calls = 0;
    const stop = await watchStorage({
      begin(one) {
        if (one.store === "rpc" && one.name.endsWith("appendMany") && ++calls === 2) throw new Error("no object");
      },
    });
    const failed = await push(body).finally(stop);
    expect(failed.status).toBeGreaterThanOrEqual(500);
    const again = await push(body);
    expect([again.status, again.headers.get("edgeflame-duplicate")]).toEqual([200, "2"]);
    expect(await samplesOf("push.half.a", T0, T0 + 10)).toBe(2);
    expect(await samplesOf("push.half.b", T0, T0 + 10)).toBe(2);
  });
});

describe("Push refuses", () => {
  it.each([
    ["nothing at all", "", {}, 400, /no profiles received/],
    ["bytes that are no message", "hello", {}, 400, /proto/],
    ["a broken gzip", new Uint8Array([0x1f, 0x8b, 1, 2]), {}, 400, /gzip/],
    ["another type", "{}", { "content-type": "text/plain" }, 415, /application\/proto/],
    ["another encoding", "", { "content-encoding": "zstd" }, 501, /zstd/],
  ])("%s", async (_what, body, headers, status, text) => {
    const response = await push(body, headers);
    const answer = (await response.json()) as Record<string, unknown>;
    expect([response.status, answer.message]).toEqual([status, expect.stringMatching(text)]);
  });

  it("GET, and says which types it takes", async () => {
    expect((await call(PATH)).status).toBe(405);
    expect((await push("", { "content-type": "a/b" })).headers.get("accept-post")).toMatch(/^application\/proto, /);
  });

  it("whoever lacks the scope", async () => {
    expect((await push("", {}, { EDGEFLAME_TOKEN: "write:secret" })).status).toBe(401);
  });
});

describe("the window of EDGEFLAME_TOO_OLD_SECONDS", () => {
  const old = Math.floor(Date.now() / 1000) - 7200;

  it("refuses what is older on both ways in, naming the limit", async () => {
    const bindings = { EDGEFLAME_TOO_OLD_SECONDS: "3600" };
    const pushed = await push(pushOf(cpu("push.old", profileAt(old, 1))), {}, bindings);
    const ingested = await call(`/ingest?name=push.old&from=${old}`, { method: "POST", body: "a;b 1" }, bindings);
    expect([pushed.status, ingested.status]).toEqual([400, 422]);
    for (const response of [pushed, ingested]) {
      expect(await response.json()).toMatchObject({
        limit: "tooOldSeconds",
        allowed: 3600,
        message: expect.stringMatching(/72\d\d seconds old.*tooOldSeconds = 3600/),
        documentation: expect.stringContaining("docs/limits.md#tooOldSeconds"),
      });
    }
    expect(await samplesOf("push.old", old - 10, old + 20)).toBe(0);
  });

  it("lets younger ones in, and is none when it is not set", async () => {
    const bindings = { EDGEFLAME_TOO_OLD_SECONDS: "10000" };
    expect((await push(pushOf(cpu("push.young", profileAt(old, 1))), {}, bindings)).status).toBe(200);
    expect((await push(pushOf(cpu("push.young", profileAt(old - 1e8, 1))))).status).toBe(200);
  });

  it("that is no number is an error of the server and not of the profile", async () => {
    const response = await push(pushOf(cpu("push.window", profileAt(old, 1))), {}, { EDGEFLAME_TOO_OLD_SECONDS: "1d" });
    expect(response.status).toBe(503);
  });
});
