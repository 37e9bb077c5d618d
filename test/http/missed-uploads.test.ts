// Uploads that reach no route, or the right one in a wrong way: their senders are told what to change, and so is the inbox.
import { beforeEach, describe, expect, it } from "vitest";
import { pprofOf } from "../formats/pprof-bytes.ts";
import { gzipped } from "../formats/push-bytes.ts";
import { inboxOf, onlyEntry, readInbox, sendIngest } from "../support/inbox-calls.ts";
import { standStill } from "../support/object-clock.ts";
import { call } from "../support/worker-call.ts";

standStill();
beforeEach(async () => {
  await inboxOf().clear(null);
});

const pprof = pprofOf({ types: ["samples/count"], samples: [{ stack: ["main"], values: [1] }] });

describe("an upload to a wrong path", () => {
  it("is in the inbox, of no app", async () => {
    await call("/v1/traces", { method: "POST", body: "x" });
    expect(await onlyEntry()).toMatchObject({
      outcome: "refused",
      app: null,
      path: "/v1/traces",
      advice: expect.stringContaining("profiles alone"),
    });
  });

  it("is taken where the Node agent's address ended with a slash", async () => {
    const response = await call("//ingest?name=slashed&format=pprof", { method: "POST", body: pprof });
    expect([response.status, (await readInbox()).entries]).toEqual([200, []]);
    expect(await (await call("/api/apps")).text()).toContain("slashed");
  });

  it("is told of the method, where a file is put there", async () => {
    const response = await call("/ingest?name=put", { method: "PUT", body: pprof });
    expect([response.status, await response.json()]).toEqual([
      405,
      expect.objectContaining({ advice: "send it with POST" }),
    ]);
    expect(await onlyEntry()).toMatchObject({ app: null, status: 405, reason: "method_not_allowed" });
  });

  it("is no news of what is no upload", async () => {
    const answers = [await call("/nothing"), await call("/nothing", { method: "POST" }), await call("/ingest")];
    expect(answers.map(({ status }) => status)).toEqual([404, 404, 405]);
    expect(await answers[0]?.json()).toMatchObject({ advice: expect.stringContaining("/api/docs") });
    expect((await readInbox()).entries).toEqual([]);
  });
});

describe("an upload of something else", () => {
  it("is told what it looks like, also in the inbox", async () => {
    const response = await sendIngest({ name: "shop" }, gzipped(pprof));
    const advice = "this looks like pprof: send it to /ingest with format=pprof";
    expect([response.status, await response.json()]).toEqual([422, expect.objectContaining({ advice })]);
    expect(await onlyEntry("?app=shop")).toMatchObject({ advice });
  });

  const PUSH = "/push.v1.PusherService/Push";
  const OTLP = "/v1development/profiles";
  const json =
    (path: string, body: unknown, type = "application/json") =>
    () =>
      call(path, { method: "POST", body: JSON.stringify(body), headers: { "content-type": type } });
  const pushed = (labels: Record<string, string>, text: string) => ({
    series: [
      {
        labels: Object.entries(labels).map(([name, value]) => ({ name, value })),
        samples: [{ rawProfile: btoa(text) }],
      },
    ],
  });
  it.each<[what: string, send: () => Promise<Response>, status: number, advice: RegExp]>([
    ["no name", () => call("/ingest?format=pprof", { method: "POST", body: pprof }), 400, /\/ingest\?name=my-app/],
    ["a name with a space", () => sendIngest({ name: "my app" }, "main 1"), 400, /letters from a to z/],
    ["a web page by Push", json(PUSH, pushed({ __name__: "memory", service_name: "a" }, "<html>")), 400, /web page/],
    ["no kind of profile by Push", json(PUSH, pushed({ service_name: "a" }, "x")), 400, /label __name__/],
    ["gRPC to OTLP", json(OTLP, {}, "application/grpc"), 415, /exporter otlphttp/],
    ["gRPC to Push", json(PUSH, {}, "application/grpc"), 415, /by Connect or gRPC-Web/],
    [
      "OTLP's JSON of another type",
      json(OTLP, { resourceProfiles: [{}] }, "application/x-protobuf"),
      400,
      /as application\/json/,
    ],
    [
      "a form without boundary",
      () => sendIngest({ name: "a" }, pprof, { "content-type": "multipart/form-data" }),
      422,
      /names the boundary/,
    ],
    [
      "a form that was cut",
      () =>
        sendIngest({ name: "a" }, '--b\r\nContent-Disposition: form-data; name="profile"; filename="p"\r\n\r\nx', {
          "content-type": "multipart/form-data; boundary=b",
        }),
      422,
      /send the form whole/,
    ],
    [
      "one service's type of OTLP, whose request is whole",
      json(OTLP, {
        resourceProfiles: [
          {
            resource: { attributes: [{ key: "service.name", value: { stringValue: "shop" } }] },
            scopeProfiles: [
              {
                profiles: [
                  {
                    sampleType: { typeStrindex: 1, unitStrindex: 2 },
                    samples: [{ stackIndex: 0, values: ["1"] }],
                    timeUnixNano: "1700000000000000000",
                  },
                ],
              },
            ],
          },
        ],
        dictionary: { stringTable: ["", "a:b", "count"], stackTable: [{}] },
      }),
      400,
      /^(?!.*cut or changed)/,
    ],
  ])("%s", async (_what, send, status, advice) => {
    const response = await send();
    expect(response.status).toBe(status);
    expect(await response.text()).toMatch(advice);
    expect(await onlyEntry()).toMatchObject({ outcome: "refused", status, advice: expect.stringMatching(advice) });
  });

  it.each<[what: string, send: () => Promise<Response>, note: RegExp]>([
    ["traces to OTLP", json(OTLP, { resourceSpans: [] }), /profiles alone/],
    ["a .cpuprofile as text", () => sendIngest({ name: "a" }, '{"nodes":[{"callFrame":{}}]}'), /Ad hoc/],
    ["labels without =", () => sendIngest({ name: "a{region:eu}" }, "main 1"), /name=value/],
    [
      "a time that is none",
      () => sendIngest({ name: "a", from: "2020-01-01T00:00:00Z" }, "main 1"),
      /send unix seconds/,
    ],
    [
      "a time that is half one",
      () => sendIngest({ name: "a", from: "yesterday-1d" }, "main 1"),
      /was taken for \d{9,10}; send unix seconds/,
    ],
  ])("%s is noted", async (_what, send, note) => {
    const response = await send();
    expect([response.status, response.headers.get("edgeflame-notes")]).toEqual([200, expect.stringMatching(note)]);
    expect(await onlyEntry()).toMatchObject({ outcome: "mended", advice: expect.stringMatching(note) });
  });
});

// Last: the inbox takes five rows a minute of requests that no route let in.
describe("an upload to a wrong path is told the right one:", () => {
  it.each<[path: string, advice: RegExp]>([
    ["/ingest/", /to http:\/\/[a-z.]+\/ingest, written exactly so/],
    ["/Ingest", /\/ingest, written exactly so/],
    ["/pyro/ingest", /address alone/],
    ["/otlp/v1development/profiles", /address alone/],
    ["/v1development/profiles/", /\/v1development\/profiles, written/],
    ["/v1/profiles", /\/v1development\/profiles/],
    ["/v1experimental/profiles", /\/v1development\/profiles/],
    ["/opentelemetry.proto.collector.profiles.v1experimental.ProfilesService/Export", /\/v1development\/profiles/],
    ["/v1/traces", /profiles alone/],
    ["/v1/metrics", /profiles alone/],
    ["/opentelemetry.proto.collector.trace.v1.TraceService/Export", /profiles alone/],
    ["/api/v1/write", /profiles alone/],
    ["/push.v1.PusherService/push", /PusherService\/Push, written/],
    ["/pyroscope.push.v1.PusherService/Push", /PusherService\/Push, written/],
  ])("%s", async (path, advice) => {
    const response = await call(path, { method: "POST", body: "x" });
    expect([response.status, await response.json()]).toEqual([
      404,
      expect.objectContaining({ reason: "not_found", advice: expect.stringMatching(advice) }),
    ]);
  });
});
