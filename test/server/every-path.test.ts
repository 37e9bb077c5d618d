// Every recorded file by every path that its format has, through the real server: what is read back is what other tools say of it, stack
// by stack; what must be refused is. (pprof through /ingest is in conformance.test.ts.) Writes test-results/every-path.json, a row for
// each file and path.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { afterAll, beforeAll, expect, it } from "vitest";
import { PushRequestSchema, PushResponseSchema } from "../../src/connect/gen/push/v1/push_pb.ts";
import { pushOf } from "../formats/push-bytes.ts";
import { treeOf, trieOf } from "../formats/tree-bytes.ts";
import { otlpJsonOf } from "../support/otlp-message.ts";
import { startServer, type TestServer } from "../support/server.ts";
import { describeWithSharedData } from "../support/skips.ts";
import { inForm, unaryReply, unaryRequest } from "../support/unary-call.ts";
import { metricOf, pprofFiles, REFUSED } from "./conformance-truth.ts";
import {
  jfrFiles,
  otlpGolden,
  type StackSums,
  sorted,
  stacksOfFlame,
  stacksOfFolded,
  stacksOfSpeedscope,
} from "./every-path-files.ts";
import { expectTruth, labelTotalsOf, typeNameOf, UNNAMED } from "./expect-truth.ts";
import type { Flamebearer } from "./flame-sums.ts";

const RESULTS = join(import.meta.dirname, "../../test-results/every-path.json");
/** Push and OTLP profiles are stored at their own times. */
const ALL_TIME = "from=1&until=253402300799";
const SAMPLES = "process_cpu:samples:count:cpu:nanoseconds";

let server: TestServer;
const rows: { file: string; path: string; type: string; result: string }[] = [];
beforeAll(async () => {
  // TRUTH was computed of the stacks as they are.
  server = await startServer({ env: { EDGEFLAME_GO_REPAIR: "off" } });
});
afterAll(async () => {
  await server.stop();
  mkdirSync(join(RESULTS, ".."), { recursive: true });
  writeFileSync(RESULTS, `${JSON.stringify(rows, null, 1)}\n`);
});

const post = (path: string, body: BodyInit, headers: Record<string, string> = {}): Promise<Response> =>
  fetch(`${server.url}${path}`, { method: "POST", body, headers });
const ingest = (app: string, body: BodyInit, params = ""): Promise<Response> =>
  post(`/ingest?name=${encodeURIComponent(app)}${params}`, body);
const expectOk = async (response: Response): Promise<void> => expect(response.status, await response.text()).toBe(200);

async function flameOf(id: string, matchers: string): Promise<Flamebearer> {
  const query = encodeURIComponent(`${id}{${matchers}}`);
  const response = await fetch(`${server.url}/pyroscope/render?query=${query}&${ALL_TIME}&format=json&max-nodes=-1`);
  const text = await response.text();
  expect(response.status, `${id}{${matchers}}: ${text.slice(0, 300)}`).toBe(200);
  return JSON.parse(text).flamebearer;
}

async function expectStacks(app: string, id: string, expected: StackSums, factor = 1, matchers = ""): Promise<void> {
  expect(expected.size).toBeGreaterThan(0);
  const found = stacksOfFlame(await flameOf(id, `service_name="${app}"${matchers}`));
  expect(sorted(found)).toEqual(sorted(expected, factor));
}

const appOf = (file: string, path: string): string => `${path}-${file}`.replace(/[^A-Za-z0-9-]/g, "-");

describeWithSharedData("recorded pprof by Push", (sharedDataDir) => {
  const files = pprofFiles(sharedDataDir);
  const taken = files.filter(({ name }) => name !== REFUSED);
  type File = (typeof files)[number];
  const labelsOf = (app: string, name: string): Record<string, string> => ({
    __name__: metricOf(name, false),
    service_name: app,
    // Only its agent's name tells that function ids of 0 are to be mended.
    ...(name === UNNAMED ? { spy_name: "dotnetspy" } : {}),
  });
  const series = (app: string, { name, bytes }: File) => ({
    labels: labelsOf(app, name),
    samples: [{ profile: bytes }],
  });
  const push = (body: Uint8Array<ArrayBuffer>, headers: Record<string, string> = {}) =>
    post("/push.v1.PusherService/Push", body, { "content-type": "application/proto", ...headers });
  const expectRead = async (app: string, { name, truth }: File, path: string) => {
    for (const type of truth.sampleTypes) {
      const id = `${metricOf(name, false)}:${typeNameOf(name, type)}:${truth.periodType.replace("/", ":")}`;
      expectTruth(await flameOf(id, `service_name="${app}"`), type, name !== UNNAMED);
      for (const [matcher, total] of labelTotalsOf(type)) {
        const { numTicks } = await flameOf(id, `service_name="${app}",${matcher}`);
        expect([name, id, matcher, String(numTicks)]).toEqual([name, id, matcher, total]);
      }
      rows.push({ file: name, path, type: id, result: "equals TRUTH" });
    }
  };

  it("reads back as the truth, one profile in a request", async () => {
    for (const file of taken) {
      const app = appOf(file.name, "push");
      await expectOk(await push(pushOf(series(app, file))));
      await expectRead(app, file, "Push");
    }
  });

  it("reads back as the truth, all in one gzipped request, though one of them is refused", async () => {
    const request = pushOf(...files.map((file) => series(appOf(file.name, "together"), file)));
    const response = await push(new Uint8Array(gzipSync(request)), { "content-encoding": "gzip" });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({
      code: "invalid_argument",
      message: expect.stringMatching(/invalid utf8/),
    });
    for (const file of taken) await expectRead(appOf(file.name, "together"), file, "Push, many series, gzip");
    rows.push({ file: REFUSED, path: "Push, many series, gzip", type: "", result: "400, the others are stored" });
  });

  it.each(["json", "grpc-web, gzip"] as const)("reads back as the truth, all in one request as %s", async (form) => {
    const appIn = ({ name }: File) => appOf(name, `push-${form}`);
    const json = {
      series: taken.map((file) => ({
        labels: Object.entries(labelsOf(appIn(file), file.name)).map(([name, value]) => ({ name, value })),
        samples: [{ rawProfile: Buffer.from(file.bytes).toString("base64") }],
      })),
    };
    const init = unaryRequest(form, inForm(form, PushRequestSchema, json));
    const response = await fetch(`${server.url}/push.v1.PusherService/Push`, init);
    const { code, message } = await unaryReply(form, PushResponseSchema, response);
    expect([code, message]).toEqual(["ok", ""]);
    for (const file of taken) await expectRead(appIn(file), file, `Push, ${form}`);
  });
});

describeWithSharedData("recorded JFR by /ingest", (sharedDataDir) => {
  const form = (parts: Readonly<Record<string, Uint8Array<ArrayBuffer>>>): FormData => {
    const data = new FormData();
    for (const [name, bytes] of Object.entries(parts)) data.set(name, new Blob([bytes]), name);
    return data;
  };

  it.each(jfrFiles(sharedDataDir).map((file) => [file.name, file] as const))(
    "%s equals its golden pprof",
    async (name, file) => {
      const { packed, labels, goldens } = file;
      const plain = new Uint8Array(gunzipSync(packed));
      const ways: Record<string, BodyInit> = {
        "JFR raw": plain,
        "JFR raw, gzip": packed,
        "JFR form": form({ jfr: plain }),
        "JFR form, gzip": form({ jfr: packed }),
        ...(labels && { "JFR form, labels": form({ jfr: packed, labels }) }),
      };
      for (const [path, body] of Object.entries(ways)) {
        const app = appOf(name, path);
        await expectOk(await ingest(app, body, "&format=jfr"));
        for (const { id, stacks } of goldens.filter(({ hasLabels }) => !hasLabels)) {
          await expectStacks(app, id, stacks);
          rows.push({ file: name, path, type: id, result: "equals the golden pprof" });
        }
      }
      const labelled = goldens.filter(({ hasLabels }) => hasLabels);
      if (labelled.length === 0) return;
      const app = appOf(name, "JFR form, labels");
      const threads: string[] = await (await fetch(`${server.url}/label-values?label=thread_name&${ALL_TIME}`)).json();
      const found = await Promise.all(
        threads.map(async (thread) =>
          sorted(stacksOfFlame(await flameOf(labelled[0]!.id, `service_name="${app}",thread_name="${thread}"`))),
        ),
      );
      expect(found.length).toBe(labelled.length);
      for (const { id, stacks } of labelled) {
        expect(found).toContainEqual(sorted(stacks));
        rows.push({ file: name, path: "JFR form, one label set", type: id, result: "equals the golden pprof" });
      }
    },
  );
});

describeWithSharedData("the recorded OTLP export", (sharedDataDir) => {
  it("equals its golden CPU profile as protobuf, gzipped, and as JSON", async () => {
    const proto = new Uint8Array(readFileSync(join(sharedDataDir, "otlp/otel-ebpf-profile.pb.bin")));
    const json = otlpJsonOf(proto);
    const golden = otlpGolden(sharedDataDir);
    const ways: [string, string, BodyInit, Record<string, string>][] = [
      ["OTLP", "/v1development/profiles", proto, { "content-type": "application/x-protobuf" }],
      [
        "OTLP, gzip",
        "/opentelemetry.proto.collector.profiles.v1development.ProfilesService/Export",
        new Uint8Array(gzipSync(proto)),
        { "content-type": "application/protobuf", "content-encoding": "gzip" },
      ],
      ["OTLP, JSON", "/v1development/profiles", json, { "content-type": "application/json" }],
    ];
    for (const [i, [path, route, body, headers]] of ways.entries()) {
      await expectOk(await post(route, body, headers));
      const id = "process_cpu:cpu:nanoseconds:cpu:nanoseconds";
      const services: string[] = await (
        await fetch(`${server.url}/label-values?label=service_name&${ALL_TIME}`)
      ).json();
      const sums = new Map<string, number>();
      // Other tests' apps begin with the name of their path.
      for (const service of services.filter(
        (one) => !/^(push|together|JFR|folded|lines|trie|tree|speedscope)-/.test(one),
      ))
        for (const [stack, value] of stacksOfFlame(await flameOf(id, `service_name=${JSON.stringify(service)}`)))
          sums.set(stack, (sums.get(stack) ?? 0) + value);
      // Each way is a request of its own: they add up.
      expect(sorted(sums)).toEqual(sorted(golden, i + 1));
      rows.push({ file: "otel-ebpf-profile.pb.bin", path, type: id, result: "equals the golden profile" });
    }
  });
});

describeWithSharedData("recorded text by /ingest", (sharedDataDir) => {
  const textOf = (folder: string, file: string): string => readFileSync(join(sharedDataDir, folder, file), "utf8");
  const collapsed = ["perf-vertx-stacks-01-collapsed-all.txt", "simple.txt", "simple-crlf.txt"];

  it.each(collapsed)("%s is the same as folded text, as lines, as a trie and as a tree", async (file) => {
    const text = textOf("collapsed", file);
    const expected = stacksOfFolded(text);
    const stacks = [...expected].map(([path, value]) => ({ frames: path.split(";"), value: BigInt(value) }));
    const once = new Map([...expected.keys()].map((path) => [path, 1]));
    const ways: [string, BodyInit, StackSums][] = [
      ["folded", text, expected],
      ["groups", text, expected],
      ["collapsed", text, expected],
      ["trie", trieOf(stacks), expected],
      ["tree", treeOf(stacks), expected],
      ["lines", [...expected.keys()].join("\n"), once],
    ];
    for (const [format, body, sums] of ways) {
      const app = appOf(file, format === "groups" || format === "collapsed" ? `folded-${format}` : format);
      await expectOk(await ingest(`${app}.cpu`, body, `&format=${format}`));
      await expectStacks(app, SAMPLES, sums);
      rows.push({ file, path: format, type: SAMPLES, result: "equals its lines" });
    }
  });

  it.each(["simple.speedscope.json", "two-sampled.speedscope.json", "duplicates.speedscope.json"])(
    "%s",
    async (file) => {
      const text = textOf("speedscope", file);
      const { unit, stacks } = stacksOfSpeedscope(text);
      const app = appOf(file, "speedscope");
      await expectOk(await ingest(unit === "none" ? app : `${app}.${unit}`, text, "&format=speedscope"));
      const isTime = unit !== "none" && unit !== "bytes";
      const metric = isTime ? "wall" : "process_cpu";
      const services: string[] = await (
        await fetch(`${server.url}/label-values?label=service_name&${ALL_TIME}`)
      ).json();
      const own = services.find((one) => one.startsWith(app)) ?? app;
      await expectStacks(own, `${metric}:samples:count:cpu:nanoseconds`, stacks, 100);
      rows.push({
        file,
        path: "speedscope",
        type: `${metric}:samples:count:cpu:nanoseconds`,
        result: "equals its weights",
      });
    },
  );

  it.each([
    ["collapsed", "simple-with-invalids.txt", "folded", 422],
    ["perf", "simple.linux-perf.txt", "folded", 422],
    ["chrome", "simple.cpuprofile", "speedscope", 422],
    ["chrome", "sucrase.cpuprofile", "pprof", 422],
    ["chrome", "simple.cpuprofile", "jfr", 422],
  ])("%s/%s sent as %s is refused with %i", async (folder, file, format, status) => {
    const response = await ingest("refused.cpu", textOf(folder, file), `&format=${format}`);
    expect(response.status, await response.text()).toBe(status);
    rows.push({ file, path: format, type: "", result: String(status) });
  });
});
