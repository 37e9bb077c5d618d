// The Connect library's own client for Node against the real server, in each of its protocols.
import { type Client, Code, ConnectError, createClient, type Transport } from "@connectrpc/connect";
import { compressionGzip, createConnectTransport, createGrpcWebTransport } from "@connectrpc/connect-node";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { PusherService } from "../../src/connect/gen/push/v1/push_pb.ts";
import { QuerierService } from "../../src/connect/gen/querier/v1/querier_pb.ts";
import { concat, message, pprofOf } from "../formats/pprof-bytes.ts";
import { startServer, type TestServer } from "../support/server.ts";

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.stop());

const T0 = 1_700_000_000;
const profile = concat(
  pprofOf({
    types: ["samples/count", "cpu/nanoseconds"],
    period: ["cpu", "nanoseconds", 10_000_000],
    samples: [{ stack: ["main", "work"], values: [3, 30_000_000] }],
  }),
  message([9, BigInt(T0) * 1_000_000_000n]),
);
const gzip = { sendCompression: compressionGzip, acceptCompression: [compressionGzip], compressMinBytes: 0 };

describe.each<[string, (baseUrl: string) => Transport]>([
  ["connect, proto", (baseUrl) => createConnectTransport({ baseUrl, httpVersion: "1.1" })],
  ["connect, proto, gzip", (baseUrl) => createConnectTransport({ baseUrl, httpVersion: "1.1", ...gzip })],
  ["connect, json", (baseUrl) => createConnectTransport({ baseUrl, httpVersion: "1.1", useBinaryFormat: false })],
  [
    "connect, json, gzip",
    (baseUrl) => createConnectTransport({ baseUrl, httpVersion: "1.1", useBinaryFormat: false, ...gzip }),
  ],
  ["gRPC-Web, proto", (baseUrl) => createGrpcWebTransport({ baseUrl, httpVersion: "1.1" })],
  ["gRPC-Web, proto, gzip", (baseUrl) => createGrpcWebTransport({ baseUrl, httpVersion: "1.1", ...gzip })],
  ["gRPC-Web, json", (baseUrl) => createGrpcWebTransport({ baseUrl, httpVersion: "1.1", useBinaryFormat: false })],
])("the client speaking %s", (name, transportTo) => {
  const service = name.replace(/\W+/g, "-");
  const labels = [
    { name: "__name__", value: "process_cpu" },
    { name: "service_name", value: service },
  ];
  let pusher: Client<typeof PusherService>;
  beforeAll(() => {
    pusher = createClient(PusherService, transportTo(server.url));
  });

  it("pushes a profile that can be read", async () => {
    await pusher.push({ series: [{ labels, samples: [{ rawProfile: profile, ID: "one" }] }] });
    const query = new URLSearchParams({ query: `${service}.cpu`, from: String(T0), until: String(T0 + 10) });
    const answer = (await (await fetch(`${server.url}/render?${query}`)).json()) as {
      flamebearer: { numTicks: number };
    };
    expect(answer.flamebearer.numTicks).toBe(3);
  });

  const question = {
    profileTypeID: "process_cpu:samples:count:cpu:nanoseconds",
    labelSelector: `{service_name="${service}"}`,
    start: BigInt(T0 - 60) * 1000n,
    end: BigInt(T0 + 60) * 1000n,
  };
  const { profileTypeID, labelSelector, ...range } = question;
  const matchers = [labelSelector];
  const METHODS: readonly (readonly [string, (querier: Client<typeof QuerierService>) => Promise<unknown>, unknown])[] =
    [
      [
        "ProfileTypes",
        async (querier) => (await querier.profileTypes(range)).profileTypes.map(({ ID }) => ID),
        ["process_cpu:cpu:nanoseconds:cpu:nanoseconds", profileTypeID],
      ],
      [
        "LabelNames",
        async (querier) => (await querier.labelNames({ ...range, matchers })).names.includes("service_name"),
        true,
      ],
      [
        "LabelValues",
        async (querier) => (await querier.labelValues({ ...range, matchers, name: "service_name" })).names,
        [service],
      ],
      [
        "Series",
        async (querier) =>
          (await querier.series({ ...range, matchers, labelNames: ["service_name"] })).labelsSet.length,
        1,
      ],
      [
        "SelectMergeStacktraces",
        async (querier) => (await querier.selectMergeStacktraces(question)).flamegraph?.total,
        3n,
      ],
      [
        "SelectMergeSpanProfile",
        async (querier) =>
          (await querier.selectMergeSpanProfile({ ...question, spanSelector: ["0123456789abcdef"] })).flamegraph?.total,
        0n,
      ],
      [
        "SelectMergeProfile",
        async (querier) => (await querier.selectMergeProfile(question)).sample.map(({ value }) => value),
        [[3n]],
      ],
      [
        "SelectSeries",
        async (querier) =>
          (await querier.selectSeries({ ...question, step: 15 })).series.flatMap(({ points }) =>
            points.map(({ value }) => value),
          ),
        [3],
      ],
      [
        "SelectHeatmap",
        async (querier) =>
          (await querier.selectHeatmap({ ...question, step: 15 })).series
            .flatMap(({ slots }) => slots.flatMap(({ counts }) => counts))
            .reduce((a, b) => a + b, 0),
        1,
      ],
      ["Diff", async (querier) => (await querier.diff({ left: question, right: question })).flamegraph?.total, 6n],
      ["GetProfileStats", async (querier) => (await querier.getProfileStats({})).dataIngested, true],
      [
        "AnalyzeQuery",
        async (querier) => (await querier.analyzeQuery({ ...range, query: labelSelector })).$typeName,
        "querier.v1.AnalyzeQueryResponse",
      ],
    ];
  it.each(METHODS)("%s: asked by Connect-ES", async (_method, ask, answer) => {
    expect(await ask(createClient(QuerierService, transportTo(server.url)))).toEqual(answer);
  });

  it("hears in its own words what is wrong", async () => {
    const refusal = pusher.push({ series: [{ labels, samples: [{ rawProfile: Uint8Array.of(1, 2, 3) }] }] });
    const error = ConnectError.from(await refusal.catch((reason: unknown) => reason));
    expect([error.code, error.rawMessage]).toEqual([Code.InvalidArgument, expect.stringMatching(/^proto: /)]);
  });
});
