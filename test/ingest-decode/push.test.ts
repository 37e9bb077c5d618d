// A Push request in memory: what its profiles become, what is refused, and what reaches the object.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { LIMITS } from "../../src/config.ts";
import { pushOfBytes } from "../../src/ingest/push-request.ts";
import { storePush } from "../../src/ingest/push-upload.ts";
import type { AppError } from "../../src/lib/app-error.ts";
import { inflateIfGzip } from "../../src/lib/inflate.ts";
import { flipBits, mutate, random } from "../formats/mutations.ts";
import { concat, message, pprofOf } from "../formats/pprof-bytes.ts";
import { gzipped, pushOf } from "../formats/push-bytes.ts";
import { readRecorded } from "../support/recorded-request.ts";
import { NOW, one, portsTo, profileAt, push, SERVICE, SETTINGS, single } from "./push-in-memory.ts";

describe("a pushed series", () => {
  it.each([
    ["is of the service its label names", SERVICE, "shop", "process_cpu:cpu", ""],
    ["without a service is of unknown_service", { __name__: "memory" }, "unknown_service", "memory:cpu", ""],
    [
      "keeps its labels but those of upstream",
      { ...SERVICE, region: "eu", __session_id__: "1", __other__: "x", profile_id: "f" },
      "shop",
      "process_cpu:cpu",
      "region=eu",
    ],
    [
      "keeps where its source is as labels alone",
      { ...SERVICE, service_git_ref: "main", service_repository: "https://example.com/shop" },
      "shop",
      "process_cpu:cpu",
      "service_git_ref=main,service_repository=https://example.com/shop",
    ],
    ["keeps names with dots", { ...SERVICE, "otel.scope.name": "x" }, "shop", "process_cpu:cpu", "otel.scope.name=x"],
    ["loses the prefix of computed deltas", { ...SERVICE, __name__: "godeltaprof_memory" }, "shop", "memory:cpu", ""],
    ["of wall time has its CPU time as CPU time", { ...SERVICE, __name__: "wall" }, "shop", "process_cpu:cpu", ""],
  ])("%s", async (_what, labels, service, type, kept) => {
    const { lines, outcome } = await push(single(labels, one(NOW - 100)));
    expect(lines).toEqual([`${service} -100 ${type}{${kept}} main;work 30`]);
    expect(outcome).toMatchObject({ stored: 1, refused: 0, empty: 0, error: null, noteCount: 0 });
  });

  it.each([
    ["no name", { service_name: "shop" }, /^invalid labels '\{service_name="shop"\}' with error: invalid metric name$/],
    ["an empty name", { __name__: "", service_name: "shop" }, /invalid metric name/],
    ["a name with a colon", { __name__: "a:b" }, /invalid metric name/],
    ["a prefix of computed deltas and no name", { __name__: "godeltaprof_" }, /invalid metric name/],
    ["a service of 3000 bytes", { __name__: "a", service_name: "s".repeat(3000) }, /service_name is too long/],
  ])("with %s is refused", async (_what, labels, message) => {
    const { outcome, requests } = await push(single(labels, one(NOW)));
    expect(outcome.error).toMatchObject({ code: "invalid_argument", message: expect.stringMatching(message) });
    expect(requests).toEqual([]);
  });

  it("of a block profile has the old names of blocks", async () => {
    const profile = pprofOf({
      types: ["contentions/count", "delay/nanoseconds"],
      samples: [{ stack: ["a"], values: [1, 2] }],
    });
    const { requests } = await push(single({ ...SERVICE, __name__: "block" }, profile));
    expect(requests[0]?.types.map(({ id, oldSuffix }) => `${id} ${oldSuffix}`)).toEqual([
      "block:contentions:count:: block_count",
      "block:delay:nanoseconds:: block_duration",
    ]);
  });

  it("of memory is stored as sent, whatever came before", async () => {
    const heap = (value: number) =>
      concat(
        pprofOf({ types: ["alloc_space/bytes"], samples: [{ stack: ["main"], values: [value] }] }),
        message([9, BigInt(NOW) * 1_000_000_000n]),
      );
    const samples = [{ profile: heap(5) }, { profile: heap(7) }];
    const { lines } = await push(pushOf({ labels: { ...SERVICE, __name__: "memory" }, samples }));
    expect(lines).toEqual(["shop 0 memory:alloc_space{} main 5", "shop 0 memory:alloc_space{} main 7"]);
  });

  it("of a .NET agent that numbers no functions is mended", async () => {
    const bytes = concat(
      message([1, message([1, 1], [2, 2])], [6, ""], [6, "cpu"], [6, "nanoseconds"], [6, "Main"]),
      message([5, message([2, 3])], [4, message([1, 11], [4, message([1, 11])])]),
      message([2, message([1, [11]], [2, [30]])], [9, BigInt(NOW) * 1_000_000_000n]),
    );
    const { lines } = await push(single({ ...SERVICE, spy_name: "dotnetspy" }, bytes));
    expect(lines).toEqual(["shop 0 process_cpu:cpu{spy_name=dotnetspy} Main 30"]);
    expect((await push(single(SERVICE, bytes))).outcome.error?.message).toBe("function id is 0");
  });

  it("of the current Python agent, as recorded, is stored under its service", async () => {
    const { body } = readRecorded("python-1.4/1-cpu");
    const { outcome, requests } = await push(inflateIfGzip(body, LIMITS), { now: Date.UTC(2026, 10, 23) / 1000 });
    expect(outcome).toMatchObject({ stored: 1, refused: 0, noteCount: 0 });
    expect(requests.map(({ service }) => service)).toEqual(["ride-sharing-app-python"]);
    const types = requests[0]?.types.map(({ id }) => id);
    expect(types?.[0]).toMatch(/^process_cpu:/);
  });
});

describe("the time of a pushed profile", () => {
  it.each([
    ["its own, a year back", NOW - 31_536_000, -31_536_000, 0],
    ["receipt for 0", 0, 0, 1],
    ["receipt for 1999", 900_000_000, 0, 1],
    ["receipt for the day after tomorrow", NOW + 172_800, 0, 1],
    ["its own, an hour ahead", NOW + 3600, 3600, 0],
  ])("is %s", async (_what, seconds, slot, notes) => {
    const { lines, outcome } = await push(single(SERVICE, one(seconds)));
    expect(lines).toEqual([`shop ${slot} process_cpu:cpu{} main;work 30`]);
    expect(outcome.noteCount).toBe(notes);
  });

  it("may not be further back than the window, when there is one", async () => {
    const message = pushOf({ labels: SERVICE, samples: [{ profile: one(NOW - 3600) }, { profile: one(NOW - 7200) }] });
    const { outcome, lines } = await push(message, { tooOldSeconds: 5000 });
    expect(lines).toEqual(["shop -3600 process_cpu:cpu{} main;work 30"]);
    expect(outcome.error).toMatchObject({
      code: "profile_too_old",
      message: expect.stringContaining("tooOldSeconds = 5000"),
      facts: { limit: "tooOldSeconds", actual: 7200, allowed: 5000 },
    });
  });
});

describe("many profiles in one request", () => {
  const stack = fc.array(fc.constantFrom("a", "b", "c"), { minLength: 1, maxLength: 4 });
  const samples = fc.array(
    fc.record({
      stack,
      values: fc.tuple(fc.nat(1000)),
      labels: fc.constantFrom<Record<string, string>>({}, { pod: "1" }, { pod: "2" }),
    }),
    { maxLength: 4 },
  );
  const profile = fc.record({ service: fc.constantFrom("x", "y"), slot: fc.nat(3), samples });

  it("become what each of them becomes alone, in one batch for each service", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(profile, { minLength: 1, maxLength: 12 }), async (profiles) => {
        const series = profiles.map(({ service, slot, samples: all }, i) => ({
          labels: { ...SERVICE, service_name: service },
          samples: [{ profile: gzipped(profileAt(NOW - slot * 10, ...all)), id: `id${i}` }],
        }));
        const together = await push(pushOf(...series));
        const alone = [];
        for (const each of series) alone.push(...(await push(pushOf(each))).lines);
        expect(together.lines.toSorted()).toEqual(alone.toSorted());
        const services = together.requests.map(({ service }) => service);
        expect(new Set(services).size).toBe(services.length);
      }),
    );
  });

  it("go as several batches when they are large, none of them lost", async () => {
    const pad = "x".repeat(30_000);
    const profiles = Array.from({ length: 400 }, (_, i) => ({ profile: one(NOW, ["main", `${pad}${i}`], i + 1) }));
    const { requests, outcome, lines } = await push(pushOf({ labels: SERVICE, samples: profiles }));
    expect(outcome.stored).toBe(400);
    expect(lines.length).toBe(400);
    expect(requests.length).toBeGreaterThan(1);
    for (const { batch } of requests) expect(batch.length).toBeLessThan(LIMITS.batchBytes);
  });

  it("bring their ids along, which differ between series, tenants and senders' words", async () => {
    const samples = [NOW, NOW, NOW, 0].map((time, i) => ({ profile: one(time), ...(i < 2 && { id: `id ${i}` }) }));
    const labels = [SERVICE, { ...SERVICE, pod: "1" }];
    const { uploadIds, keepSeconds } = (await push(pushOf(...labels.map((set) => ({ labels: set, samples })))))
      .requests[0]!;
    const isId = expect.stringMatching(/^[0-9a-f]{24}$/);
    expect(uploadIds).toEqual([isId, isId, isId, "", isId, isId, isId, ""]);
    expect(new Set(uploadIds).size).toBe(7);
    expect(keepSeconds).toEqual([86_400, 86_400, 300, 0, 86_400, 86_400, 300, 0]);
  });
});

describe("a bad profile among good ones", () => {
  const broken = Uint8Array.of(0x1f, 0x8b, 1, 2, 3);
  const negative = pprofOf({ types: ["cpu/nanoseconds"], samples: [{ stack: ["main"], values: [1, 2] }] });

  it("is refused alone, and the error says which and why", async () => {
    const { outcome, lines } = await push(
      pushOf({
        labels: SERVICE,
        samples: [{ profile: one(NOW) }, { profile: broken, id: "b1" }, { profile: negative }],
      }),
    );
    expect(lines).toEqual(["shop 0 process_cpu:cpu{} main;work 30"]);
    expect(outcome).toMatchObject({ stored: 1, refused: 2 });
    expect(outcome.error?.message).toMatch(
      /^2 of 3 profiles were refused, the others are stored: profile 2 \(b1\): .*; profile 3: /,
    );
  });

  it("leaves nothing of itself in the dictionary, however late it was refused", async () => {
    const limits = { ...LIMITS, nodesPerProfile: 3 };
    const deep = one(NOW, ["main", "secret1", "secret2", "secret3"]);
    const { outcome, requests, lines } = await push(
      pushOf({
        labels: SERVICE,
        samples: [{ profile: one(NOW) }, { profile: deep }, { profile: one(NOW, ["main"], 5) }],
      }),
      { limits },
    );
    expect(outcome).toMatchObject({ stored: 2, refused: 1, error: { facts: { limit: "nodesPerProfile" } } });
    expect(lines).toEqual(["shop 0 process_cpu:cpu{} main;work 30", "shop 0 process_cpu:cpu{} main 5"]);
    for (const { batch } of requests) expect(Buffer.from(batch).includes("secret")).toBe(false);
  });

  it("does not hide a fault of the store", async () => {
    const ports = portsTo(() => Promise.reject(new Error("the object is gone")));
    const bytes = pushOf({ labels: SERVICE, samples: [{ profile: broken }, { profile: one(NOW) }] });
    await expect(storePush(ports, pushOfBytes(bytes, LIMITS), SETTINGS)).rejects.toThrow("the object is gone");
  });
});

describe("a Push request", () => {
  it.each([
    ["nothing", new Uint8Array(0)],
    ["a series without profiles", pushOf({ labels: SERVICE, samples: [] })],
  ])("of %s is refused", async (_what, bytes) => {
    await expect(push(bytes)).rejects.toMatchObject({ code: "invalid_argument", message: "no profiles received" });
  });

  it("takes a profile of nothing for what it is", async () => {
    const { outcome, requests } = await push(single(SERVICE, new Uint8Array(0)));
    expect(outcome).toMatchObject({ stored: 0, empty: 1, refused: 0 });
    expect(requests).toEqual([]);
  });

  it.each([
    ["profilesPerRequest", { profilesPerRequest: 2 }],
    ["inflatedBytesPerRequest", { inflatedBytesPerRequest: 100 }],
    ["servicesPerRequest", { servicesPerRequest: 2 }],
    ["batchBytes", { batchBytes: 50 }],
  ])("is held to %s", async (limit, change) => {
    const series = ["a", "b", "c"].map((service) => ({
      labels: { ...SERVICE, service_name: service },
      samples: [{ profile: one(NOW) }],
    }));
    const refusal = await push(pushOf(...series), { limits: { ...LIMITS, ...change } })
      .then(({ outcome }) => outcome.error)
      .catch((error: unknown) => error);
    expect(refusal).toMatchObject({ facts: { limit } });
  });

  it("passes over fields that nobody knows and repeated ones' first", async () => {
    const sample = message([1, one(NOW, ["first"])], [1, one(NOW)], [9, "later"]);
    const series = message([1, message([1, "__name__"], [2, "cpu"], [3, 7])], [2, sample], [3, "annotation"], [8, 1]);
    const { lines } = await push(message([1, series], [2, "later"], [3, 5]));
    expect(lines).toEqual(["unknown_service 0 cpu:cpu{} main;work 30"]);
  });

  it("that is damaged is read or refused with a client's error, 10 000 times", async () => {
    const whole = pushOf(
      { labels: SERVICE, samples: [{ profile: one(NOW), id: "i1" }, { profile: one(NOW - 500, ["a", "b"]) }] },
      { labels: { ...SERVICE, region: "eu" }, samples: [{ profile: gzipped(one(NOW - 10)), id: "i2" }] },
    );
    const next = random(20261122);
    const counts: Record<string, number> = {};
    for (let i = 0; i < 10_000; i++) {
      const bytes = i % 2 === 0 ? flipBits(whole, next) : mutate(whole, next);
      const refusal = ({ code, message }: AppError) => code ?? message;
      const result = await push(bytes).then(({ outcome }) => outcome.error?.code ?? "ok", refusal);
      counts[result] = (counts[result] ?? 0) + 1;
    }
    expect(Object.keys(counts).sort()).toEqual(["invalid_argument", "malformed_profile", "ok"]);
    expect(counts.ok).toBeGreaterThan(100);
  });
});
