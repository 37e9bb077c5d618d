// Any file becomes flame graphs: what it is taken for, that its totals are the truth, and that damage is refused.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { decodeFile } from "../../src/adhoc/decode-file.ts";
import { sniffFormat } from "../../src/adhoc/sniff.ts";
import { LIMITS } from "../../src/config.ts";
import { decodeLevels } from "../../src/view/levels.ts";
import { toTop } from "../../src/view/top-table.ts";
import { mutate, random } from "../formats/mutations.ts";
import { PERF } from "../formats/perf-text.ts";
import { describeWithSharedData } from "../support/skips.ts";

const UTF8 = new TextEncoder();
const bytesOf = (text: string) => UTF8.encode(text);
const FIXTURES = join(import.meta.dirname, "../fixtures");
const read = (path: string): Uint8Array => {
  const bytes = readFileSync(path);
  return new Uint8Array(bytes[0] === 0x1f && bytes[1] === 0x8b ? gunzipSync(bytes) : bytes);
};
const decode = (bytes: Uint8Array, name = "") => decodeFile({ bytes, name }, LIMITS);

const FLAMEBEARER = JSON.stringify({
  version: 1,
  flamebearer: {
    names: ["total", "main"],
    levels: [
      [0, 7, 0, 0],
      [0, 7, 7, 1],
    ],
    numTicks: 7,
    maxSelf: 7,
  },
  metadata: { format: "single", units: "samples", sampleRate: 100, spyName: "gospy", name: "shop" },
});
const CPUPROFILE = JSON.stringify({
  nodes: [
    { id: 1, callFrame: { functionName: "(root)", url: "", lineNumber: -1 }, children: [2, 3] },
    { id: 2, callFrame: { functionName: "work", url: "file:///app/a.js", lineNumber: 4 } },
    { id: 3, callFrame: { functionName: "", url: "", lineNumber: 0 } },
  ],
  startTime: 0,
  endTime: 600,
  samples: [2, 3, 2],
  timeDeltas: [0, 100, 200],
});

describe("what a file is taken for", () => {
  it.each([
    ["a gzip's content", "folded", bytesOf("main;work 3\n"), {}],
    ["a text with the ending of JSON", "folded", bytesOf("main;work 3\n"), { name: "a.json" }],
    ["perf script", "perf-script", bytesOf(PERF), { name: "out.txt" }],
    ["perf script without a name", "perf-script", bytesOf(PERF), {}],
    ["what its sender calls collapsed", "folded", bytesOf(PERF), { type: "collapsed" }],
    ["a flamebearer", "flamebearer", bytesOf(FLAMEBEARER), { type: "json" }],
    ["a cpuprofile", "cpuprofile", bytesOf(CPUPROFILE), {}],
    [
      "speedscope, whatever comes first",
      "speedscope",
      bytesOf(`{"a": 1, "$schema": "https://www.speedscope.app/file-format-schema.json"}`),
      {},
    ],
    ["OTLP as JSON", "otlp-json", bytesOf(` {"resourceProfiles": []}`), {}],
    ["a recording", "jfr", Uint8Array.of(0x46, 0x4c, 0x52, 0, 0, 2), {}],
    ["two OTLP fields", "otlp", Uint8Array.of(0x0a, 1, 0, 0x12, 0), {}],
    ["other bytes", "pprof", Uint8Array.of(0x0a, 4, 8, 1, 16, 2, 0x32, 0), {}],
  ] as const)("%s is %s", (_what, format, bytes, said) => {
    expect(sniffFormat(bytes, said)).toBe(format);
  });
});

/** total and the table of a graph: name → self. */
function graphOf(bytes: Uint8Array, index = 0) {
  const { content } = decode(bytes);
  const graph = content.graphs[index]!;
  const decoded = decodeLevels(graph.flamebearer, graph.metadata.format);
  if (!decoded.ok) throw new Error(decoded.reason);
  const { name, sides } = toTop(decoded.model);
  const self = Object.fromEntries([...name].map((at, row) => [decoded.model.names[at]!, sides[0]!.self[row]!]));
  return { label: graph.label, units: graph.metadata.units, total: graph.flamebearer.numTicks, self };
}

describe("formats of their own", () => {
  it("perf script counts a sample for each block, below the command's name", () => {
    expect(graphOf(bytesOf(PERF))).toEqual({
      label: "samples",
      units: "samples",
      total: 2,
      self: { java: 0, "my app": 0, main: 1, "[libjvm.so]": 0, native_write_msr: 1 },
    });
  });

  it("a cpuprofile gives each tick the time until the next", () => {
    expect(graphOf(bytesOf(CPUPROFILE))).toEqual({
      label: "wall",
      units: "microseconds",
      total: 300,
      self: { "/app/a.js:work:5": 100, "(anonymous)": 200 },
    });
    expect(graphOf(bytesOf(CPUPROFILE), 1).total).toBe(3);
  });

  it("a flamebearer stays what it is, and a double one is a diff", () => {
    expect(graphOf(bytesOf(FLAMEBEARER)).total).toBe(7);
    const double = {
      flamebearer: { names: ["total"], levels: [[0, 3, 3, 0, 4, 4, 0]], numTicks: 7, maxSelf: 4 },
      metadata: { format: "double", units: "samples", sampleRate: 100, spyName: "", name: "" },
      leftTicks: 3,
      rightTicks: 4,
    };
    expect(decode(bytesOf(JSON.stringify(double))).content).toMatchObject({
      layout: "diff",
      graphs: [{ flamebearer: { leftTicks: 3, rightTicks: 4 } }],
    });
  });

  it.each([
    ["nothing", ""],
    ["prose", "Once upon a time\nthere was a profile\n"],
    ["JSON that is no profile", '{"a": 1}'],
    ["JSON that breaks off", '{"nodes": [{"callFrame"'],
    ["a node that is its own child", '{"nodes":[{"id":1,"callFrame":{},"children":[1]}],"samples":[1]}'],
    ["a sample of no node", '{"nodes":[{"id":1,"callFrame":{}}],"samples":[9]}'],
    ["perf script with a stray line", `${PERF}\nnonsense\n`],
    [
      "levels of a flamebearer that overlap",
      '{"flamebearer":{"names":["a"],"levels":[[0,1,0,0],[0,9,9,0]],"numTicks":1,"maxSelf":1}}',
    ],
  ])("refuses %s", (_what, text) => {
    expect(() => decode(bytesOf(text))).toThrow(expect.objectContaining({ code: "malformed_profile" }));
  });
});

it("cuts a graph that the file brought drawn like any other", () => {
  const count = 40_000;
  const values = Array.from({ length: count }, (_, i) => i + 1);
  const sum = (count * (count + 1)) / 2;
  const names = ["total", ...values.map((value) => `f${value}`)];
  const levels = [[0, sum, 0, 0], values.flatMap((value) => [0, value, value, value])];
  const { metadata } = JSON.parse(FLAMEBEARER);
  const [graph] = decode(
    bytesOf(JSON.stringify({ flamebearer: { names, levels, numTicks: sum, maxSelf: count }, metadata })),
  ).content.graphs;
  expect(graph?.flamebearer.numTicks).toBe(sum);
  expect((graph?.flamebearer.levels[1]?.length ?? 0) / 4).toBeLessThanOrEqual(32_768);
  expect(graph?.hidden?.nodes).toBeGreaterThanOrEqual(count - 32_768);
  expect(graph?.metadata).toMatchObject({ name: "shop", spyName: "gospy" });
});

function outcome(text: string): string | undefined {
  try {
    decode(bytesOf(text));
    return "ok";
  } catch (error) {
    return (error as { code?: string }).code;
  }
}

it("takes no longer for perf script that means harm", { timeout: 5000 }, () => {
  const spaces = " ".repeat(16_000);
  for (const text of [
    `a 1 1.1: x\n\t1${spaces}x\rx`,
    `a${spaces}b 1 1.1: x\n`.repeat(50),
    `a 1 1.1: x\n\t1 ${"(".repeat(16_000)})\n`,
  ])
    expect(["ok", "malformed_profile"]).toContain(outcome(text));
});

describe("damaged files", () => {
  const seeds = [
    bytesOf(PERF),
    bytesOf(CPUPROFILE),
    bytesOf(FLAMEBEARER),
    read(join(FIXTURES, "pprof/go-block.pb.gz")),
  ];
  it("are decoded or refused, by the bytes alone", () => {
    const next = random(20_261_123);
    for (let i = 0; i < 3000; i++) {
      const damaged = mutate(seeds[i % seeds.length]!, next);
      try {
        decode(damaged, ["", "a.json", "a.txt", "a.jfr", "a.cpuprofile"][i % 5]);
      } catch (error) {
        expect(["malformed_profile", "profile_too_large"]).toContain((error as { code?: string }).code);
      }
    }
  });
});

describeWithSharedData("recorded files", (folder) => {
  const present = folder !== "absent";
  const truth = present ? JSON.parse(readFileSync(join(folder, "pprof/TRUTH.json"), "utf8")) : {};
  const pprofs = Object.keys(truth).filter(
    (file) => !["invalid-utf8.pb.gz", "dotnet-function-id-0.pb.gz"].includes(file),
  );

  it.each(pprofs)("%s has the totals of the truth, by the bytes alone", (file) => {
    const { graphs } = decode(read(join(folder, "pprof", file))).content;
    const totals = graphs.map(({ label, flamebearer }) => `${label} ${flamebearer.numTicks}`).sort();
    const expected = truth[file].sampleTypes.map(
      (one: { type: string; total: string }) => `${one.type.split("/")[0]} ${Number(one.total)}`,
    );
    expect(totals).toEqual(expected.sort());
  });

  it.each([
    ["collapsed/simple.txt", "folded", 14],
    ["collapsed/perf-vertx-stacks-01-collapsed-all.txt", "folded", 285],
    ["otlp/otel-ebpf-profile.pb.bin", "otlp", null],
  ])("%s is %s with %s samples", (file, format, total) => {
    const decoded = decode(read(join(folder, file)));
    expect(decoded.format).toBe(format);
    if (total !== null) expect(decoded.content.graphs[0]?.flamebearer.numTicks).toBe(total);
  });

  it.each(["perf", "chrome", "speedscope", "jfr"])("all of %s are shown", (kind) => {
    const files = present ? readdirSync(join(folder, kind)).filter((name) => !name.includes(".pb.")) : [];
    for (const file of files) {
      const { content } = decodeFile({ bytes: read(join(folder, kind, file)), name: "" }, LIMITS);
      expect(content.graphs[0]?.flamebearer.numTicks, file).toBeGreaterThan(0);
    }
    expect(files.length).toBeGreaterThan(0);
  });
});
