import { describe, expect, it } from "vitest";
import { LIMITS } from "../../src/config.ts";
import {
  DEFAULT_CONFIGS,
  parseSampleTypeConfigs,
  type SampleTypeConfigs,
} from "../../src/ingest/sample-type-config.ts";
import { planPprof, planText } from "../../src/ingest/type-plan.ts";
import { parseUploadParams } from "../../src/ingest/upload-params.ts";
import { pprofOf } from "../formats/pprof-bytes.ts";
import { decode } from "../formats/small-pprof.ts";
import { jsonPart } from "./upload.ts";

const params = (query = "") => parseUploadParams(new URLSearchParams(`name=app&${query}`), 0, LIMITS);
type Period = readonly [type: string, unit: string, value: number];

function plan(types: string[], period?: Period, configs: SampleTypeConfigs = DEFAULT_CONFIGS, query = "") {
  const values = types.map(() => 1);
  const bytes = pprofOf({ types, samples: [{ stack: ["f"], values }], ...(period && { period }) });
  return planPprof(decode(bytes), configs, params(query));
}

/** id, suffix, units, a gauge's `average`, `cumulative` */
const lines = (planned: ReturnType<typeof plan>): string[] =>
  planned.map(({ info, cumulative }) =>
    [
      info.id,
      info.oldSuffix || "-",
      info.units,
      ...(info.aggregation === "average" ? ["average"] : []),
      ...(cumulative ? ["cumulative"] : []),
    ].join(" "),
  );

describe("planPprof", () => {
  const CPU: Period = ["cpu", "nanoseconds", 10_000_000];
  it.each([
    [
      "Go's CPU",
      ["samples/count", "cpu/nanoseconds"],
      CPU,
      [
        "process_cpu:samples:count:cpu:nanoseconds cpu samples",
        "process_cpu:cpu:nanoseconds:cpu:nanoseconds - nanoseconds",
      ],
    ],
    ["CPU time alone", ["cpu/nanoseconds"], CPU, ["process_cpu:cpu:nanoseconds:cpu:nanoseconds cpu nanoseconds"]],
    [
      "Go's heap",
      ["alloc_objects/count", "alloc_space/bytes", "inuse_objects/count", "inuse_space/bytes"],
      ["space", "bytes", 524288],
      [
        "memory:alloc_objects:count:space:bytes alloc_objects objects cumulative",
        "memory:alloc_space:bytes:space:bytes alloc_space bytes cumulative",
        "memory:inuse_objects:count:space:bytes inuse_objects objects average",
        "memory:inuse_space:bytes:space:bytes inuse_space bytes average",
      ],
    ],
    [
      "goroutines",
      ["goroutine/count"],
      ["goroutine", "count", 1],
      ["goroutines:goroutine:count:goroutine:count goroutines goroutines average"],
    ],
    [
      "contention",
      ["contentions/count", "delay/nanoseconds"],
      ["contentions", "count", 1],
      [
        "mutex:contentions:count:contentions:count mutex_count lock_samples cumulative",
        "mutex:delay:nanoseconds:contentions:count mutex_duration lock_nanoseconds cumulative",
      ],
    ],
    [
      "Node's wall time with CPU time",
      ["samples/count", "wall/nanoseconds", "cpu/nanoseconds"],
      ["wall", "nanoseconds", 10_000_000],
      [
        "wall:samples:count:wall:nanoseconds samples samples",
        "wall:wall:nanoseconds:wall:nanoseconds wall nanoseconds",
        "process_cpu:cpu:nanoseconds:wall:nanoseconds cpu nanoseconds",
      ],
    ],
    [
      "Node's heap",
      ["objects/count", "space/bytes"],
      ["space", "bytes", 1],
      ["memory:objects:count:space:bytes objects count", "memory:space:bytes:space:bytes space bytes"],
    ],
    [
      "py-spy's samples",
      ["samples/count"],
      ["", "milliseconds", 10],
      ["process_cpu:samples:count::milliseconds cpu samples"],
    ],
    [
      "a type nobody knows",
      ["off_cpu/nanoseconds"],
      undefined,
      ["process_cpu:off_cpu:nanoseconds:: off_cpu nanoseconds"],
    ],
    [
      "types nobody knows",
      ["one/count", "two/things"],
      undefined,
      ["two:one:count:: one count", "two:two:things:: two things"],
    ],
  ])("names %s", (_what, types, period, expected) => {
    expect(lines(plan(types, period as Period | undefined))).toEqual(expected);
  });

  it("lets the config name, measure and aggregate, instead of the defaults", () => {
    const configs = parseSampleTypeConfigs(
      jsonPart({
        contentions: { "display-name": "block_count", units: "lock_samples", cumulative: true },
        delay: { "display-name": "block_duration", aggregation: "average" },
      }),
    );
    expect(lines(plan(["contentions/count", "delay/nanoseconds", "inuse_space/bytes"], undefined, configs))).toEqual([
      "block:contentions:count:: block_count lock_samples cumulative",
      "block:delay:nanoseconds:: block_duration nanoseconds average",
      "block:inuse_space:bytes:: inuse_space bytes",
    ]);
  });

  it("gives a suffix to one type only, first to one that the config names", () => {
    const configs = parseSampleTypeConfigs(jsonPart({ samples: { "display-name": "cpu" } }));
    expect(plan(["cpu/nanoseconds", "samples/count"], undefined, configs).map(({ info }) => info.oldSuffix)).toEqual([
      "",
      "cpu",
    ]);
  });

  it("stores one of two types with one id", () => {
    expect(plan(["cpu/nanoseconds", "cpu/nanoseconds"]).length).toBe(1);
  });

  it.each([
    ["the period's", CPU, "sampleRate=50", 100],
    ["the period's, in another unit", ["cpu", "milliseconds", 2] as Period, "", 500],
    ["the sent one, when the period is no rate", ["", "milliseconds", 1_000_000_000] as Period, "sampleRate=50", 50],
    ["the usual one, when nothing is sent", ["", "milliseconds", 1_000_000_000] as Period, "", 100],
    ["the usual one, when 0 is sent", ["space", "bytes", 1] as Period, "sampleRate=0", 100],
  ])("takes %s rate for samples", (_what, period, query, rate) => {
    expect(plan(["samples/count"], period, DEFAULT_CONFIGS, query)[0]?.info.sampleRate).toBe(rate);
  });

  it("takes types of any words, and of none", () => {
    expect(plan(["/", "a b/c", "größe/ö"]).map(({ info }) => [info.id, info.oldSuffix])).toEqual([
      ["größe::::", ""],
      ["größe:a b:c::", "a b"],
      ["größe:größe:ö::", "größe"],
    ]);
  });

  it("refuses a name that would not be one part of an id", () => {
    expect(() => plan(["a:b/count"])).toThrow(expect.objectContaining({ code: "malformed_profile" }));
  });
});

describe("parseSampleTypeConfigs", () => {
  it("takes absent and null keys for the defaults, and ignores others", () => {
    const { byType, isDefault } = parseSampleTypeConfigs(jsonPart({ a: {}, b: null, c: { units: null, other: 1 } }));
    expect(isDefault).toBe(false);
    const plain = { aggregation: "sum", cumulative: false, sampled: false };
    expect([...byType]).toEqual([
      ["a", plain],
      ["b", plain],
      ["c", plain],
    ]);
  });

  it("takes null for the defaults", () => {
    expect(parseSampleTypeConfigs(jsonPart(null))).toBe(DEFAULT_CONFIGS);
  });

  it.each(["", "{", "[]", "1", '{"a":1}', '{"a":{"units":1}}', '{"a":{"cumulative":"yes"}}'])("refuses %j", (text) => {
    expect(() => parseSampleTypeConfigs(new TextEncoder().encode(text))).toThrow(
      expect.objectContaining({ code: "malformed_profile" }),
    );
  });
});

describe("planText", () => {
  const text = (app: string, query = "") => {
    const { service, types } = planText(app, params(query));
    return [
      service,
      ...types.map(({ info, multiplier }) => `${info.id} ${info.oldSuffix || "-"} ${info.units} ×${multiplier}`),
    ];
  };
  const CPU_COUNTS = "process_cpu:samples:count:cpu:nanoseconds";
  const CPU_TIME = "process_cpu:cpu:nanoseconds:cpu:nanoseconds";
  it.each([
    ["app.cpu", "", ["app", `${CPU_COUNTS} cpu samples ×1`, `${CPU_TIME} - nanoseconds ×10000000`]],
    ["app", "", ["app", `${CPU_COUNTS} cpu samples ×1`, `${CPU_TIME} - nanoseconds ×10000000`]],
    [
      "my.app.itimer",
      "sampleRate=97",
      ["my.app", `${CPU_COUNTS} itimer samples ×1`, `${CPU_TIME} - nanoseconds ×10309278`],
    ],
    ["app.cpu", "sampleRate=0", ["app", "process_cpu:samples:count:: cpu samples ×1"]],
    ["my.app", "", ["my.app", `${CPU_COUNTS} cpu samples ×1`, `${CPU_TIME} - nanoseconds ×10000000`]],
    [
      "app.wall",
      "",
      [
        "app",
        "wall:samples:count:cpu:nanoseconds wall samples ×1",
        "wall:wall:nanoseconds:cpu:nanoseconds - nanoseconds ×10000000",
      ],
    ],
    ["app.inuse_space", "units=bytes", ["app", "memory:inuse_space:bytes:: inuse_space bytes ×1"]],
    ["app.goroutines", "units=goroutines", ["app", "goroutine:goroutines:count:: goroutines goroutines ×1"]],
    [
      "app.lock_duration",
      "units=lock_nanoseconds",
      ["app", "block:delay:nanoseconds:: lock_duration lock_nanoseconds ×1"],
    ],
    ["app.exceptions", "", ["app", "exceptions:samples:count:: exceptions samples ×1"]],
    [".cpu", "", [".cpu", `${CPU_COUNTS} cpu samples ×1`, `${CPU_TIME} - nanoseconds ×10000000`]],
  ])("reads %s with %s", (app, query, expected) => {
    expect(text(app, query)).toEqual(expected);
  });
});
