// Push in every form of Connect and gRPC-Web: one request, one answer, whatever carries them.
import { describe, expect, it } from "vitest";
import { PushRequestSchema, PushResponseSchema } from "../../src/connect/gen/push/v1/push_pb.ts";
import { toBase64 } from "../../src/lib/base64.ts";
import { concat, message, pprofOf } from "../formats/pprof-bytes.ts";
import { gzipped } from "../formats/push-bytes.ts";
import { FORMS, type FormName, frame, inForm, unaryReply, unaryRequest } from "../support/unary-call.ts";
import { call } from "../support/worker-call.ts";

const PATH = "/push.v1.PusherService/Push";
const T0 = 1_700_000_000 - (1_700_000_000 % 3600);
const NAMES = Object.keys(FORMS) as FormName[];

const profile = (value: number): Uint8Array =>
  concat(
    pprofOf({
      types: ["samples/count", "cpu/nanoseconds"],
      period: ["cpu", "nanoseconds", 10_000_000],
      samples: [{ stack: ["main", "work"], values: [value, value * 10_000_000] }],
    }),
    message([9, BigInt(T0) * 1_000_000_000n]),
  );

const series = (service: string, samples: readonly { rawProfile: string; ID?: string }[], name = "process_cpu") => ({
  labels: [
    { name: "__name__", value: name },
    { name: "service_name", value: service },
  ],
  samples: samples.map((sample) => ({ ...sample })),
});
const raw = (value: number) => toBase64(profile(value));

async function push(name: FormName, json: Parameters<typeof inForm>[2], headers: Record<string, string> = {}) {
  const init = unaryRequest(name, inForm(name, PushRequestSchema, json));
  return reply(name, { ...init, headers: { ...init.headers, ...headers } });
}

const reply = async (name: FormName, init: RequestInit, bindings: Record<string, unknown> = {}) =>
  unaryReply(name, PushResponseSchema, await call(PATH, init, bindings));

async function samplesOf(service: string, type = "cpu"): Promise<number> {
  const query = new URLSearchParams({ query: `${service}.${type}`, from: String(T0), until: String(T0 + 60) });
  const body = (await (await call(`/render?${query}`)).json()) as { flamebearer: { numTicks: number } };
  return body.flamebearer.numTicks;
}

it("says of many profiles that had the same trouble so once, and has room for another's", async () => {
  const untimed = (stack: string[]) =>
    toBase64(pprofOf({ types: ["samples/count"], samples: [{ stack, values: [1] }] }));
  const samples = Array.from({ length: 20 }, () => ({ rawProfile: untimed(["main"]) }));
  const deep = { rawProfile: untimed(Array.from({ length: 1001 }, (_, i) => `f${i}`)) };
  const { headers } = await push(NAMES[0]!, { series: [series("forms.notes", [...samples, deep])] });
  const notes = JSON.parse(headers.get("edgeflame-notes") ?? "[]") as { kind: string }[];
  expect(notes.map(({ kind }) => kind)).toEqual(["time_replaced", "depth_truncated"]);
});

describe.each(NAMES)("Push as %s", (name) => {
  const { isWeb, isJson, isText, type } = FORMS[name];
  const app = `forms.${NAMES.indexOf(name)}`;

  it("stores what it is sent and answers an empty message of its own type", async () => {
    const { status, code, headers, bytes, json } = await push(name, {
      series: [series(app, [{ rawProfile: raw(3) }, { rawProfile: toBase64(gzipped(profile(4))) }])],
    });
    expect([status, code, json()]).toEqual([200, "ok", {}]);
    expect(new TextDecoder().decode(bytes)).toBe(isJson ? "{}" : "");
    const answerType = isText ? "application/grpc-web-text+proto" : type.split(";")[0];
    expect(headers.get("content-type")).toBe(
      answerType === "application/grpc-web" ? `${answerType}+proto` : answerType,
    );
    expect(await samplesOf(app)).toBe(7);
  });

  it("stores a profile whose series has more labels than any may have, and says so", async () => {
    const many = Array.from({ length: 1200 }, (_, i) => ({ name: `a${i}`, value: "b" }));
    const own = series(`${app}.labels`, [{ rawProfile: raw(5) }]);
    const { code, headers } = await push(name, { series: [{ ...own, labels: [...many, ...own.labels] }] });
    expect([code, await samplesOf(`${app}.labels`)]).toEqual(["ok", 5]);
    expect(JSON.parse(headers.get("edgeflame-notes") ?? "[]")).toMatchObject([
      { kind: "label_dropped", limit: "labelsPerSeries", actual: 1202, allowed: 100 },
    ]);
  });

  it("counts a profile with an id once, and says so", async () => {
    const request = { series: [series(`${app}.id`, [{ rawProfile: raw(5), ID: "0e3f" }])] };
    expect((await push(name, request)).headers.get("edgeflame-duplicate")).toBeNull();
    expect((await push(name, request)).headers.get("edgeflame-duplicate")).toBe("1");
    expect(await samplesOf(`${app}.id`)).toBe(5);
  });

  it("takes a version of the protocol or none", async () => {
    const request = { series: [series(`${app}.version`, [{ rawProfile: raw(1) }])] };
    const codes = [];
    for (const version of [{}, { "connect-protocol-version": "1" }, { "x-grpc-web": "1" }])
      codes.push((await push(name, request, version)).code);
    expect(codes).toEqual(["ok", "ok", "ok"]);
  });

  it("is held to the tenant's own limit of a body, and told what to do", async () => {
    const init = unaryRequest(
      name,
      inForm(name, PushRequestSchema, { series: [series(app, [{ rawProfile: raw(1) }])] }),
    );
    const own = { EDGEFLAME_LIMITS: JSON.stringify({ bodyBytes: 1024 }) };
    expect((await reply(name, init, own)).code).toBe("ok");
    const rawProfile = toBase64(new Uint8Array(2000).fill(7));
    const large = unaryRequest(name, inForm(name, PushRequestSchema, { series: [series(app, [{ rawProfile }])] }));
    const { code, message: text, advice } = await reply(name, large, own);
    expect(code).toBe("resource_exhausted");
    expect(text).toMatch(/limit bodyBytes is 1024/);
    expect(advice).toMatch(/send less at once/);
  });

  it("is told what to do about bytes that are no message", async () => {
    const body = isWeb ? frame(0, Uint8Array.of(0xff, 0xff)) : Uint8Array.of(0xff, 0xff);
    const { code, advice } = await reply(name, unaryRequest(name, isText ? toBase64(body) : body));
    expect(code).toBe("invalid_argument");
    expect(advice).toMatch(/correct what the message names|compare the first bytes/);
  });

  it("stores the good profiles of a request and says which are bad", async () => {
    const bad = { rawProfile: toBase64(Uint8Array.of(1, 2, 3)), ID: "bad" };
    const { status, code, message } = await push(name, {
      series: [series(`${app}.part`, [{ rawProfile: raw(1) }, bad, { rawProfile: raw(2) }])],
    });
    expect([status, code]).toEqual([isWeb ? 200 : 400, "invalid_argument"]);
    expect(message).toMatch(/^1 of 3 profiles were refused, the others are stored: profile 2 \(bad\): proto: /);
    expect(await samplesOf(`${app}.part`)).toBe(3);
  });

  it.each<[string, Parameters<typeof inForm>[2], string, RegExp]>([
    ["no series", {}, "invalid_argument", /^no profiles received(;|$)/],
    ["a series without profiles", { series: [series("a", [])] }, "invalid_argument", /^no profiles received(;|$)/],
    [
      "a name that is none",
      { series: [series("a", [{ rawProfile: raw(1) }], "1-2")] },
      "invalid_argument",
      /^invalid labels '\{__name__="1-2", service_name="a"\}' with error: invalid metric name(;|$)/,
    ],
    ["a profile of nothing known", { series: [series("a", [{ rawProfile: "AQID" }])] }, "invalid_argument", /^proto: /],
    [
      "more profiles than a request may have",
      {
        series: [
          series(
            "a",
            Array.from({ length: 20_001 }, () => ({ rawProfile: "" })),
          ),
        ],
      },
      "invalid_argument",
      /profilesPerRequest/,
    ],
  ])("refuses %s", async (_what, request, code, message) => {
    const answer = await push(name, request);
    expect([answer.status, answer.code, answer.message]).toEqual([
      isWeb ? 200 : 400,
      code,
      expect.stringMatching(message),
    ]);
  });

  it("refuses bytes that are no message, on the client's account", async () => {
    const answer = await reply(name, unaryRequest(name, isJson ? '{"series":' : Uint8Array.of(0x0a, 0x7f, 1)));
    expect([answer.status, answer.code]).toEqual([isWeb ? 200 : 400, "invalid_argument"]);
  });

  it("asks for a token where one is needed", async () => {
    const answer = await reply(name, unaryRequest(name, "{}"), { EDGEFLAME_TOKEN: "write:secret" });
    expect([answer.status, answer.code]).toEqual([401, "unauthenticated"]);
  });
});

describe("Push, by the letter", () => {
  const plain = (type: string, body: BodyInit = "", headers: Record<string, string> = {}): Promise<Response> =>
    call(PATH, { method: "POST", body, headers: { "content-type": type, ...headers } });

  it.each([
    ["empty JSON", "application/json", "", {}, 400, "invalid_argument"],
    ["JSON that is no object", "application/json", "[]", {}, 400, "invalid_argument"],
    ["JSON cut off", "application/json", '{"series":[', {}, 400, "invalid_argument"],
    [
      "a profile that is no base64",
      "application/json",
      '{"series":[{"samples":[{"rawProfile":"?"}]}]}',
      {},
      400,
      "invalid_argument",
    ],
    [
      "a label of the wrong type",
      "application/json",
      '{"series":[{"labels":[{"name":1}]}]}',
      {},
      400,
      "invalid_argument",
    ],
    ["an encoding that nobody has", "application/proto", "", { "content-encoding": "zstd" }, 501, "unimplemented"],
    ["that encoding over JSON", "application/json", "{}", { "content-encoding": "br" }, 501, "unimplemented"],
    ["a broken gzip", "application/proto", Uint8Array.of(0x1f, 0x8b, 1), {}, 400, "invalid_argument"],
    [
      "a broken gzip of JSON",
      "application/json",
      Uint8Array.of(0x1f, 0x8b, 1),
      { "content-encoding": "gzip" },
      400,
      "invalid_argument",
    ],
    ["a timeout that is none", "application/json", "{}", { "connect-timeout-ms": "soon" }, 400, "invalid_argument"],
    ["a stream", "application/connect+proto", "", {}, 415, "unknown"],
    ["native gRPC", "application/grpc", "", {}, 415, "unknown"],
    ["another type", "text/plain", "{}", {}, 415, "unknown"],
    ["the type of OTLP", "application/x-protobuf", "", {}, 415, "unknown"],
  ])("%s", async (_what, type, body, headers, status, code) => {
    const response = await plain(type, body, headers);
    expect(response.headers.get("content-type")).toMatch(/^application\/json/);
    expect([response.status, await response.json()]).toEqual([
      status,
      expect.objectContaining({ code, message: expect.stringMatching(/./) }),
    ]);
    if (status === 415) expect(response.headers.get("accept-post")).toContain("application/json");
  });

  it("knows both spellings of a field, passes over unknown ones, and takes null for unset", async () => {
    const [first] = [series("forms.json", [])];
    const body = JSON.stringify({
      nobody: { knows: [1] },
      series: [
        {
          ...first,
          annotations: null,
          samples: [{ raw_profile: raw(1) }, { rawProfile: raw(2).replace(/=+$/, ""), ID: null }],
        },
      ],
    });
    expect((await plain("application/json", body)).status).toBe(200);
    expect(await samplesOf("forms.json")).toBe(3);
  });

  it("a delta of godeltaprof is stored under the plain name", async () => {
    const heap = pprofOf({
      types: ["inuse_space/bytes"],
      period: ["space", "bytes", 524_288],
      samples: [{ stack: ["main"], values: [64] }],
    });
    const timed = concat(heap, message([9, BigInt(T0) * 1_000_000_000n]));
    const request = { series: [series("forms.delta", [{ rawProfile: toBase64(timed) }], "godeltaprof_memory")] };
    expect((await push("json", request)).code).toBe("ok");
    const ids = (await (await call("/pyroscope/label-values?label=__name__")).json()) as string[];
    expect(ids.filter((id) => id.includes("memory"))).toEqual(["memory:inuse_space:bytes:space:bytes"]);
  });

  it.each(["GET", "PUT", "PATCH", "DELETE"])("%s is not a method of it", async (method) => {
    const response = await call(PATH, { method });
    expect([response.status, response.headers.get("allow")]).toEqual([405, "POST"]);
  });

  it("JSON over its limit is resource_exhausted, however small it is on the wire", async () => {
    const zeros = gzipped(new Uint8Array(33 * 1024 * 1024).fill(0x20));
    const response = await plain("application/json", zeros, { "content-encoding": "gzip" });
    expect([response.status, await response.json()]).toEqual([
      429,
      expect.objectContaining({ code: "resource_exhausted", limit: "jsonBytes", advice: expect.any(String) }),
    ]);
    const proto = await plain("application/proto", gzipped(new Uint8Array(65 * 1024 * 1024)), {
      "content-encoding": "gzip",
    });
    expect([proto.status, await proto.json()]).toEqual([429, expect.objectContaining({ code: "resource_exhausted" })]);
  });

  it.each([
    ["text that is no base64", "application/grpc-web-text", "%%%", /base64/],
    ["a frame that ends too early", "application/grpc-web", Uint8Array.of(0, 0, 0, 0, 9, 1), /./],
    ["two messages", "application/grpc-web", concat(frame(0, new Uint8Array(0)), frame(0, new Uint8Array(0))), /./],
    ["no message", "application/grpc-web+proto", "", /./],
  ])("gRPC-Web refuses %s in its trailers", async (_what, type, body, text) => {
    const answer = await unaryReply(
      type.includes("text") ? "grpc-web-text" : "grpc-web",
      PushResponseSchema,
      await plain(type, body),
    );
    expect([answer.status, answer.message]).toEqual([200, expect.stringMatching(text)]);
    expect(["invalid_argument", "unimplemented"]).toContain(answer.code);
  });
});
