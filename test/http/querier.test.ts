// The querier through the whole Worker: each row of the cases beside this file over protobuf and JSON, verbs and types, and real files
// against what is known of them.
import { type DescMethodUnary, fromBinary, fromJson, toJson } from "@bufbuild/protobuf";
import { beforeAll, describe, expect, inject, it } from "vitest";
import { ProfileSchema } from "../../src/connect/gen/google/v1/profile_pb.ts";
import { QuerierService } from "../../src/connect/gen/querier/v1/querier_pb.ts";
import { concat, message, type PlainSample, pprofOf } from "../formats/pprof-bytes.ts";
import { pushOf } from "../formats/push-bytes.ts";
import { describeWithSharedData } from "../support/skips.ts";
import { readShared } from "../support/test-files.ts";
import { FORMS, type FormName, inForm, unaryReply, unaryRequest } from "../support/unary-call.ts";
import { call } from "../support/worker-call.ts";
import { HEAP, NANOS, RANGE, T0 } from "./querier-case.ts";
import { QUERIER_CASES } from "./querier-cases.ts";

const METHODS = new Map(QuerierService.methods.map((method) => [method.name, method as DescMethodUnary]));

const timed = (seconds: number, pprof: Uint8Array) => concat(pprof, message([9, BigInt(seconds) * 1_000_000_000n]));
const cpuAt = (seconds: number, ...samples: readonly PlainSample[]) =>
  timed(
    seconds,
    pprofOf({
      types: ["samples/count", "cpu/nanoseconds"],
      period: ["cpu", "nanoseconds", 10_000_000],
      samples: samples.map(({ stack, values }) => ({ stack, values: [values[0]!, Number(values[0]) * 10_000_000] })),
    }),
  );

async function push(body: Uint8Array<ArrayBuffer>): Promise<void> {
  const headers = { "content-type": "application/proto" };
  const response = await call("/push.v1.PusherService/Push", { method: "POST", body, headers });
  if (response.status !== 200) throw new Error(await response.text());
}

beforeAll(async () => {
  const shop = { __name__: "process_cpu", service_name: "q.shop" };
  const eu = cpuAt(T0, { stack: ["main", "work"], values: [3] }, { stack: ["main", "idle"], values: [2] });
  const us = cpuAt(T0 + 60, { stack: ["main", "work"], values: [5] });
  const heap = pprofOf({
    types: ["inuse_space/bytes"],
    period: ["space", "bytes", 524_288],
    samples: [{ stack: ["main"], values: [64] }],
  });
  await push(
    pushOf(
      { labels: { ...shop, region: "eu" }, samples: [{ profile: eu }] },
      { labels: { ...shop, region: "us", "otel.scope.name": "test" }, samples: [{ profile: us }] },
      { labels: { __name__: "memory", service_name: "q.other" }, samples: [{ profile: timed(T0, heap) }] },
    ),
  );
});

const pathOf = (method: string): string => `/querier.v1.QuerierService/${method}`;

async function ask(name: FormName, method: string, request: Parameters<typeof inForm>[2], headers = {}) {
  const { input, output } = METHODS.get(method)!;
  const init = unaryRequest(name, inForm(name, input, request));
  const response = await call(pathOf(method), { ...init, headers: { ...init.headers, ...headers } });
  return { output, ...(await unaryReply(name, output, response)) };
}

describe.each<FormName>(["proto", "json"])("the querier as %s", (name) => {
  it.each(QUERIER_CASES.map((row) => [row.method, row.what, row] as const))("%s: %s", async (_method, _what, row) => {
    const { status, code, message, output, json } = await ask(name, row.method, row.request, row.headers);
    expect(`${code} ${message}`).toMatch(new RegExp(`^${row.code} `));
    if (row.code !== "ok") {
      expect([status, message]).toEqual([row.code === "not_found" ? 404 : 400, expect.stringMatching(row.message!)]);
      return;
    }
    expect(status).toBe(200);
    expect(toJson(output, fromJson(output, json()))).toEqual(toJson(output, fromJson(output, row.answer!)));
  });
});

describe("the querier in the other forms", () => {
  const others = (Object.keys(FORMS) as FormName[]).filter((name) => name !== "proto" && name !== "json");
  it.each(others)("%s answers the same", async (name) => {
    const row = QUERIER_CASES.find(({ method, what }) => method === "SelectMergeStacktraces" && what === "of all")!;
    const { code, json } = await ask(name, row.method, row.request);
    expect([code, json()]).toEqual(["ok", (await ask("json", row.method, row.request)).json()]);
  });
});

describe.each([...METHODS.keys()].filter((method) => QUERIER_CASES.some((row) => row.method === method)))(
  "%s",
  (method) => {
    it.each(["GET", "PUT", "PATCH", "DELETE"])("is not for %s", async (verb) => {
      expect((await call(pathOf(method), { method: verb })).status).toBe(405);
    });

    it.each([
      ["text/plain", "{}", 415],
      ["application/grpc", "", 415],
      ["application/json", "", 400],
      ["application/json", "[]", 400],
      ["application/json", '{"start":"soon","left":1}', 400],
      ["application/proto", "\x08", 400],
    ])("as %s of %j is %i", async (type, body, status) => {
      const response = await call(pathOf(method), { method: "POST", body, headers: { "content-type": type } });
      const isUnasked = status === 400 && body.startsWith("{") && method === "GetProfileStats";
      expect(response.status).toBe(isUnasked ? 200 : status);
    });
  },
);

it("says since when there are profiles", async () => {
  const { json } = await ask("json", "GetProfileStats", {});
  expect(json()).toMatchObject({ dataIngested: true, oldestProfileTime: expect.stringMatching(/^\d{13}$/) });
});

it("answers a merged profile as pprof would have it", async () => {
  const request = { profileTypeID: NANOS, labelSelector: '{service_name="q.shop"}', ...RANGE };
  const { bytes } = await ask("proto", "SelectMergeProfile", request);
  const profile = fromBinary(ProfileSchema, bytes);
  const text = (index: bigint) => profile.stringTable[Number(index)];
  expect(profile.sampleType.map(({ type, unit }) => `${text(type)}/${text(unit)}`)).toEqual(["cpu/nanoseconds"]);
  expect([text(profile.defaultSampleType), profile.period, profile.timeNanos]).toEqual([
    "cpu",
    1_000_000_000n,
    BigInt(RANGE.end) * 1_000_000n,
  ]);
  const names = new Map(profile.function.map(({ id, name }) => [id, text(name)]));
  const functions = new Map(profile.location.map(({ id, line }) => [id, names.get(line[0]!.functionId)]));
  expect(
    profile.sample.map(({ locationId, value }) => [locationId.map((id) => functions.get(id)).join(), value[0]]),
  ).toEqual(
    expect.arrayContaining([
      ["work,main", 80_000_000n],
      ["idle,main", 20_000_000n],
    ]),
  );
  const asPprof = { ...request, format: "PROFILE_FORMAT_PPROF" };
  const inside = (await ask("json", "SelectMergeStacktraces", asPprof)).json() as { pprof: { profile: object } };
  expect(inside.pprof.profile).toEqual(toJson(ProfileSchema, profile));
});

it.each([
  [
    "the ends of stacks",
    { stackTraceSelector: { goPgo: { keepLocations: 1, aggregateCallees: true } } },
    ["idle:0 = 20000000", "work:0 = 80000000"],
  ],
  [
    "ends with their lines",
    { stackTraceSelector: { goPgo: { keepLocations: 1 } } },
    ["idle:7 = 20000000", "work:7 = 80000000"],
  ],
  ["three nodes", { maxNodes: "3" }, ["other:0 main:7 = 20000000", "work:7 main:7 = 80000000"]],
  [
    "a call site",
    { stackTraceSelector: { callSite: [{ name: "main" }, { name: "idle" }] } },
    ["idle:7 main:7 = 20000000"],
  ],
])("shapes a merged profile: %s", async (_what, shape, lines) => {
  const request = { profileTypeID: NANOS, labelSelector: '{service_name="q.shop"}', ...RANGE, ...shape };
  const { bytes } = await ask("proto", "SelectMergeProfile", request);
  const { location, function: functions, sample, stringTable } = fromBinary(ProfileSchema, bytes);
  const names = new Map(functions.map(({ id, name }) => [id, stringTable[Number(name)]]));
  const frames = new Map(location.map(({ id, line }) => [id, `${names.get(line[0]!.functionId)}:${line[0]!.line}`]));
  const found = sample.map(
    ({ locationId, value }) => `${locationId.map((id) => frames.get(id)).join(" ")} = ${value[0]}`,
  );
  expect(found.sort()).toEqual(lines);
});

it("says sums above 2^53 to the unit, and stops where int64 does", async () => {
  const wide = (value: bigint, seconds: number) =>
    timed(seconds, pprofOf({ types: ["wide/count"], samples: [{ stack: ["main", "work"], values: [value] }] }));
  const [most, value] = [2n ** 63n - 1n, 2n ** 60n + 1n];
  const labels = { __name__: "wide", service_name: "q.wide" };
  const samples = [wide(value, T0), wide(value, T0 + 10), wide(most, T0 + 300)].map((profile) => ({ profile }));
  await push(pushOf({ labels, samples }));
  const all = { profileTypeID: "wide:wide:count::", labelSelector: '{service_name="q.wide"}', ...RANGE };
  const near = { ...all, end: String((T0 + 60) * 1000) };
  type Graph = { flamegraph: { total: string; maxSelf: string; levels: { values: string[] }[] } };
  for (const form of ["proto", "json"] as const) {
    const { flamegraph } = (await ask(form, "SelectMergeStacktraces", near)).json() as Graph;
    const sum = String(2n * value);
    expect([flamegraph.total, flamegraph.maxSelf]).toEqual([sum, sum]);
    expect(flamegraph.levels.map(({ values }) => values)).toEqual([
      ["0", sum, "0", "0"],
      ["0", sum, "0", "1"],
      ["0", sum, sum, "2"],
    ]);
    const both = (
      await ask(form, "Diff", { left: near, right: { ...near, end: String((T0 + 10) * 1000) } })
    ).json() as {
      flamegraph: { leftTicks: string; rightTicks: string; total: string };
    };
    const { leftTicks, rightTicks, total } = both.flamegraph;
    expect([leftTicks, rightTicks, total]).toEqual([sum, String(value), String(3n * value)]);
    const over = (await ask(form, "SelectMergeStacktraces", all)).json() as Graph;
    expect(over.flamegraph.total).toBe(String(most));
  }
  const { series } = (await ask("proto", "SelectSeries", { ...near, step: 60 })).json() as {
    series: { points: { value: number }[] }[];
  };
  expect(series[0]?.points.map((point) => point.value)).toEqual([Number(2n * value)]);
});

it("draws a graph", async () => {
  const request = { profileTypeID: HEAP, labelSelector: "{}", ...RANGE, format: "PROFILE_FORMAT_DOT" };
  const { json } = await ask("json", "SelectMergeStacktraces", request);
  expect(json()).toEqual({ dot: expect.stringMatching(/^digraph [\s\S]*main/) });
});

interface Truth {
  readonly sampleTypes: readonly { readonly type: string; readonly total: string }[];
}

/** Known of the files without our code: shared data's TRUTH.json. A file that must be refused has nothing. */
const TRUTH =
  inject("abilities").sharedDataDir === undefined
    ? {}
    : (JSON.parse(new TextDecoder().decode(await readShared("pprof/TRUTH.json"))) as Record<string, Truth>);
const TOTALS = Object.entries(TRUTH).flatMap(([file, { sampleTypes }]) =>
  sampleTypes.filter(({ total }) => total !== "0").map(({ type, total }) => [type, file, total] as const),
);

/** By Push, as upstream: a function of id 0, a text that is no UTF-8. */
const REFUSED = ["dotnet-function-id-0.pb.gz", "invalid-utf8.pb.gz"];

describeWithSharedData("the totals of real files", () => {
  const taken = new Set<string>();
  let types: readonly { ID: string; sampleType: string; sampleUnit: string }[] = [];

  beforeAll(async () => {
    for (const file of Object.keys(TRUTH)) {
      const profile = await readShared(`pprof/${file}`);
      const sent = pushOf({ labels: { __name__: "truth", service_name: `q.${file}` }, samples: [{ profile }] });
      const headers = { "content-type": "application/proto" };
      const { status } = await call("/push.v1.PusherService/Push", { method: "POST", body: sent, headers });
      if (status === 200) taken.add(file);
    }
    const { json } = await ask("json", "ProfileTypes", {});
    types = (json() as unknown as { profileTypes: typeof types }).profileTypes.filter(({ ID }) =>
      ID.startsWith("truth:"),
    );
  }, 120_000);

  it.each(TOTALS)("SelectMergeStacktraces as proto: %s of %s", async (type, file, total) => {
    if (!taken.has(file)) return expect(REFUSED).toContain(file);
    let sum = 0n;
    for (const { ID } of types.filter((one) => `${one.sampleType}/${one.sampleUnit}` === type)) {
      const request = {
        profileTypeID: ID,
        labelSelector: `{service_name="q.${file}"}`,
        ...{ start: "1", end: "4102444800000" },
      };
      const answer = (await ask("proto", "SelectMergeStacktraces", request)).json() as {
        flamegraph: { total?: string };
      };
      sum += BigInt(answer.flamegraph.total ?? "0");
    }
    expect(String(sum)).toBe(total);
  });

  it("are more than thirty", () => {
    expect(TOTALS.filter(([, file]) => taken.has(file)).length).toBeGreaterThan(30);
  });
});

it("has as many cases as a contract needs", () => {
  expect(QUERIER_CASES.length * 2).toBeGreaterThan(150);
});
