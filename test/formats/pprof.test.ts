import { describe, expect, it } from "vitest";
import { LIMITS } from "../../src/config.ts";
import { decodePprof, type PprofOptions } from "../../src/formats/pprof/decode.ts";
import { FRAME, FUNCTION, MAPPING, StackDictionary } from "../../src/profile/stack-dictionary.ts";
import { concat, message, pprofOf, varint } from "./pprof-bytes.ts";
import { CPU, decode, fn, location, MAIN, S, sample, TABLE } from "./small-pprof.ts";
import { stackLines } from "./stack-lines.ts";

describe("decodePprof", () => {
  it("turns leaf-first locations into root-first paths", () => {
    const profile = decode(
      pprofOf({
        types: ["samples/count", "cpu/nanoseconds"],
        samples: [
          { stack: ["main", "a"], values: [1, 10] },
          { stack: ["main", "a", "b"], values: [2, 20] },
          { stack: ["main", "a"], values: [4, 40] },
        ],
      }),
    );
    expect(stackLines(profile, 0)).toEqual(["main;a 5", "main;a;b 2"]);
    expect(stackLines(profile, 1)).toEqual(["main;a 50", "main;a;b 20"]);
    expect(profile.stacks.nodes.count).toBe(4);
  });

  it("unfolds inlined functions, the innermost listed first", () => {
    const bytes = concat(CPU, TABLE, fn(1, S("main")), fn(2, S("work")), location(5, 2, 1), sample([5], [3]));
    expect(stackLines(decode(bytes))).toEqual(["main;work 3"]);
  });

  it("keeps name, system name, file and lines of a frame, and its mapping", () => {
    const bytes = concat(
      CPU,
      TABLE,
      message([3, message([1, 7], [5, S("/bin/app")], [6, S("build-1")])]),
      message([5, message([1, 1], [2, S("main")], [3, S("work")], [4, S("app.go")], [5, 30])]),
      message([4, message([1, 1], [2, 7], [3, 4096], [4, message([1, 1], [2, 33])])]),
      sample([1], [1]),
    );
    const { stacks } = decode(bytes);
    const frame = stacks.frameOf(1);
    const row = stacks.frames.at(frame, FRAME.function);
    expect(stacks.strings.text(stacks.functions.at(row, FUNCTION.name))).toBe("main");
    expect(stacks.strings.text(stacks.functions.at(row, FUNCTION.systemName))).toBe("work");
    expect(stacks.strings.text(stacks.functions.at(row, FUNCTION.file))).toBe("app.go");
    expect(stacks.functions.at(row, FUNCTION.startLine)).toBe(30);
    expect(stacks.frames.at(frame, FRAME.line)).toBe(33);
    expect(stacks.frames.at(frame, FRAME.addressLow)).toBe(0);
    const mapping = stacks.frames.at(frame, FRAME.mapping);
    expect(stacks.strings.text(stacks.mappings.at(mapping, MAPPING.file))).toBe("/bin/app");
    expect(stacks.strings.text(stacks.mappings.at(mapping, MAPPING.buildId))).toBe("build-1");
  });

  it.each([
    ["with a mapping", [2, 7] as const, "app!0xffffffffffffffff"],
    ["without one", [2, 0] as const, "0xffffffffffffffff"],
    ["with one that nobody describes", [2, 8] as const, "0xffffffffffffffff"],
  ])("names a location without function by its address, %s", (_what, mapping, name) => {
    const bytes = concat(
      CPU,
      TABLE,
      message([3, message([1, 7], [5, S("/bin/app")])]),
      message([4, message([1, 1], mapping, [3, -1])]),
      sample([1], [1]),
    );
    expect(stackLines(decode(bytes))).toEqual([`${name} 1`]);
  });

  it("treats a function without a name as none", () => {
    const bytes = concat(
      CPU,
      TABLE,
      fn(1, 0),
      message([4, message([1, 1], [3, 16], [4, message([1, 1])])]),
      sample([1], [1]),
    );
    expect(stackLines(decode(bytes))).toEqual(["0x10 1"]);
  });

  it.each([
    ["small", 1n],
    ["sparse", 1_000_000n],
    ["of 32 bits", 0xffff_fffen],
    ["of 64 bits", 0xffff_ffff_ffff_fff0n],
  ])("tells ids apart that are %s", (_what, firstId) => {
    const samples = [
      { stack: ["main", "a"], values: [1] },
      { stack: ["main", "b"], values: [2] },
    ];
    expect(stackLines(decode(pprofOf({ types: ["cpu/ns"], samples, firstId })))).toEqual(["main;a 1", "main;b 2"]);
  });

  it("does not take ids for equal that differ in their high words only", () => {
    const high = 1n << 40n;
    const bytes = concat(
      CPU,
      TABLE,
      concat(fn(1, S("main")), fn(1n + high, S("work")), location(1, 1), location(1n + high, 1n + high)),
      sample([1n + high, 1], [1]),
    );
    expect(stackLines(decode(bytes))).toEqual(["main;work 1"]);
  });

  it("keeps values of 64 bits to the last unit", () => {
    const most = 2n ** 63n - 1n;
    const bytes = concat(CPU, TABLE, MAIN, sample([1], [most]), sample([1], [2n ** 53n + 1n]));
    expect([...decode(bytes).sampleValues]).toEqual([most, 2n ** 53n + 1n]);
  });

  it("reads repeated numbers packed, one by one, and mixed", () => {
    const mixed = message([2, message([1, 1], [1, [1]], [1, 1], [2, 5])]);
    expect(stackLines(decode(concat(CPU, TABLE, MAIN, mixed)))).toEqual(["main;main;main 5"]);
  });

  it("passes over unknown fields of every wire type", () => {
    const unknown = concat(
      message([99, 1], [100, "text"]),
      concat(varint(101 * 8 + 1), new Uint8Array(8)),
      concat(varint(102 * 8 + 5), new Uint8Array(4)),
    );
    const bytes = concat(
      unknown,
      CPU,
      TABLE,
      MAIN,
      message([2, concat(message([1, [1]], [2, [1]]), unknown)]),
      unknown,
    );
    expect(stackLines(decode(bytes))).toEqual(["main 1"]);
  });

  it("drops samples that are all zero, and says how many had a negative value", () => {
    const profile = decode(concat(CPU, TABLE, MAIN, sample([1], [0]), sample([1], [-1]), sample([1], [7])));
    expect([...profile.sampleValues]).toEqual([7n]);
    expect(profile.notes).toEqual([
      {
        kind: "samples_dropped",
        subject: "1 sample with a value below zero",
        limit: null,
        actual: null,
        allowed: null,
        advice: "left out; send differences only of what grows",
      },
    ]);
  });

  it("keeps the root side of stacks that are too deep", () => {
    const names = Array.from({ length: 20 }, (_, i) => `f${i}`);
    const samples = [
      { stack: names, values: [1] },
      { stack: names.slice(0, 10), values: [2] },
      { stack: [...names.slice(0, 12), "other"], values: [4] },
    ];
    const profile = decode(pprofOf({ types: ["cpu/ns"], samples }), { limits: { ...LIMITS, stackDepth: 10 } });
    expect(stackLines(profile)).toEqual([`${names.slice(0, 10).join(";")} 7`]);
    expect(profile.notes).toEqual([
      expect.objectContaining({
        kind: "depth_truncated",
        subject: "2 stacks",
        limit: "stackDepth",
        actual: 20,
        allowed: 10,
      }),
    ]);
  });

  it("keeps the tail of a name that is too long, and never half a character", () => {
    const bytes = pprofOf({ types: ["cpu/ns"], samples: [{ stack: ["äöüß-tail"], values: [1] }] });
    const profile = decode(bytes, { limits: { ...LIMITS, symbolBytes: 8 } });
    expect(stackLines(profile)).toEqual(["ß-tail 1"]);
    expect(profile.notes).toMatchObject([{ kind: "symbol_truncated" }]);
  });

  it("grows the dictionary it is given, so that equal stacks of two profiles are one node", () => {
    const one = (value: number) => pprofOf({ types: ["cpu/ns"], samples: [{ stack: ["main", "a"], values: [value] }] });
    const stacks = new StackDictionary();
    const first = decode(one(1), { stacks });
    const second = decode(one(2), { stacks });
    expect([...second.sampleNodes]).toEqual([...first.sampleNodes]);
    expect(stacks.nodes.count).toBe(3);
  });

  it("says nothing about a profile that says nothing", () => {
    expect(decodePprof(new Uint8Array(0), { limits: LIMITS })).toBeNull();
    expect(decodePprof(TABLE, { limits: LIMITS })).toBeNull();
  });
});

describe("sample labels", () => {
  const labelled = (labels: Record<string, string>) => ({ stack: ["main"], values: [1], labels });
  const setsOf = (samples: ReturnType<typeof labelled>[], options: Partial<PprofOptions> = {}) => {
    const profile = decode(pprofOf({ types: ["cpu/ns"], samples }), options);
    return [...profile.sampleLabels].map((set) => profile.labelSets[set]?.map(([k, v]) => `${k}=${v}`).join(","));
  };

  it("are one set in any order, and the empty set where there are none", () => {
    expect(setsOf([labelled({ a: "1", b: "2" }), labelled({ b: "2", a: "1" }), labelled({})])).toEqual([
      "a=1,b=2",
      "a=1,b=2",
      "",
    ]);
    expect(decode(pprofOf({ types: ["cpu/ns"], samples: [labelled({})] })).labelSets).toEqual([[]]);
  });

  it("are left out where the caller says so", () => {
    const samples = [labelled({ a: "1", span_id: "x" }), labelled({ a: "1", span_id: "y" })];
    expect(setsOf(samples, { ignoredLabels: new Set(["span_id"]) })).toEqual(["a=1", "a=1"]);
  });

  it("are dropped with a note when they are too long or too many, and empty ones without", () => {
    const limits = { ...LIMITS, labelNameBytes: 3, labelValueBytes: 3, labelsPerSeries: 2 };
    const samples = [labelled({ long: "1", a: "long", b: "", c: "1", d: "2", e: "3" })];
    expect(setsOf(samples, { limits })).toEqual(["c=1,d=2"]);
    expect(decode(pprofOf({ types: ["cpu/ns"], samples }), { limits }).notes).toMatchObject([
      { subject: "label long", limit: "labelNameBytes", actual: 4, allowed: 3 },
      { subject: "label a", limit: "labelValueBytes", actual: 4, allowed: 3 },
      { subject: "labels of 1 sample", limit: "labelsPerSeries", actual: 5, allowed: 2 },
    ]);
  });

  it("never include numbers", () => {
    const number = message([1, S("key")], [3, 5]);
    const text = message([1, S("key")], [2, S("value")]);
    const bytes = concat(CPU, TABLE, MAIN, message([2, message([1, [1]], [2, [1]], [3, number], [3, text])]));
    expect(decode(bytes).labelSets).toEqual([[["key", "value"]]]);
  });
});
