import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import fc from "fast-check";
import { Profile as ReferenceProfile } from "pprof-format";
import { describe, expect, it } from "vitest";
import { LIMITS } from "../../src/config.ts";
import { decodePprof } from "../../src/formats/pprof/decode.ts";
import { encodePprof, encodePprofOfNames, type PprofHead, type StacksPart } from "../../src/formats/pprof/encode.ts";
import { WideSums } from "../../src/lib/wide-sums.ts";
import { StackDictionary } from "../../src/profile/stack-dictionary.ts";
import { treeOfText } from "../flame/any-tree.ts";
import { describeWithGo, describeWithSharedData } from "../support/skips.ts";
import { stackLines } from "./stack-lines.ts";

const HEAD: PprofHead = {
  sampleType: "cpu",
  unit: "nanoseconds",
  periodType: "cpu",
  periodUnit: "nanoseconds",
  period: 10_000_000n,
  timeNanos: 1_700_000_000_123_456_789n,
  durationNanos: 10_000_000_000n,
};

/** A frame as text: `name@file:line`, or `mapping!address` for one without a function. */
function partOf(samples: readonly (readonly [frames: readonly string[], value: bigint])[]): StacksPart {
  const stacks = new StackDictionary();
  const text = (t: string): number => stacks.strings.internText(t);
  const sums: bigint[] = [];
  for (const [frames, value] of samples) {
    let node = 0;
    for (const frame of frames) {
      const native = frame.split("!");
      if (native.length === 2) {
        const address = BigInt(native[1] ?? "");
        const mapping = stacks.mappings.intern([text(`/lib/${native[0]}`), text(`build-${native[0]}`)]);
        const low = Number(BigInt.asIntN(32, address));
        node = stacks.child(
          node,
          stacks.frames.intern([0, 0, mapping, low, Number(BigInt.asIntN(32, address >> 32n))]),
        );
      } else {
        const [name = "", file = "", line = "0"] = frame.split(/[@:]/);
        const fn = stacks.functions.intern([text(name), text(`_sys_${name}`), text(file), Number(line) >> 1]);
        node = stacks.child(node, stacks.frames.intern([fn, Number(line), 0, 0, 0]));
      }
    }
    sums[node] = (sums[node] ?? 0n) + value;
  }
  const values = new WideSums(stacks.nodes.count);
  sums.forEach((value, node) => {
    values.addBig(node, value);
  });
  return { stacks, values };
}

function decoded(bytes: Uint8Array) {
  const profile = decodePprof(bytes, { limits: LIMITS });
  if (profile === null) throw new Error("nothing decoded");
  return profile;
}

describe("encodePprof", () => {
  it("is read by another implementation, field by field", () => {
    const bytes = encodePprof({
      ...HEAD,
      parts: [
        partOf([
          [["main@main.go:10", "work@work.go:300"], 7n],
          [["main@main.go:10", "libc.so!0xffffffffdeadbeef"], 2n ** 62n + 1n],
        ]),
      ],
    });
    const read = ReferenceProfile.decode(bytes);
    const text = (index: number | bigint): string => read.stringTable.strings[Number(index)] ?? "";
    expect(read.sampleType.map(({ type, unit }) => [text(type), text(unit)])).toEqual([["cpu", "nanoseconds"]]);
    expect([text(read.periodType?.type ?? 0), text(read.periodType?.unit ?? 0), BigInt(read.period)]).toEqual([
      "cpu",
      "nanoseconds",
      HEAD.period,
    ]);
    expect([BigInt(read.timeNanos), BigInt(read.durationNanos), text(read.defaultSampleType)]).toEqual([
      HEAD.timeNanos,
      HEAD.durationNanos,
      "cpu",
    ]);
    expect(read.mapping.map((m) => [Number(m.id), text(m.filename), text(m.buildId), m.hasFunctions])).toEqual([
      [1, "/lib/libc.so", "build-libc.so", false],
    ]);
    const frame = (id: number | bigint): unknown[] => {
      const location = read.location[Number(id) - 1];
      const line = location?.line[0];
      if (line === undefined) return [Number(location?.mappingId), BigInt(location?.address ?? 0)];
      const fn = read.function[Number(line.functionId) - 1];
      return [
        text(fn?.name ?? 0),
        text(fn?.systemName ?? 0),
        text(fn?.filename ?? 0),
        Number(fn?.startLine),
        Number(line.line),
      ];
    };
    expect(read.sample.map(({ locationId, value }) => [locationId.map(frame), value.map(BigInt)])).toEqual([
      [
        [
          ["work", "_sys_work", "work.go", 150, 300],
          ["main", "_sys_main", "main.go", 5, 10],
        ],
        [7n],
      ],
      [
        [
          [1, 0xffffffffdeadbeefn],
          ["main", "_sys_main", "main.go", 5, 10],
        ],
        [2n ** 62n + 1n],
      ],
    ]);
    expect(new Set(read.stringTable.strings).size).toBe(read.stringTable.strings.length);
  });

  const frame = fc.constantFrom(
    "a@a.go:1",
    "a@a.go:2",
    "b@:0",
    "c@long/path.go:70000",
    "lib.so!0x7f00deadbeef",
    "lib.so!0x10",
    "é@😀.py:3",
  );
  const value = fc.oneof(
    fc.bigInt(0n, 300n),
    fc.bigInt(0n, 2n ** 60n),
    fc.constantFrom(2n ** 49n - 1n, 2n ** 49n, 2n ** 52n - 1n, 2n ** 52n, 2n ** 56n),
  );
  const samples = fc.array(fc.tuple(fc.array(frame, { minLength: 1, maxLength: 6 }), value), { maxLength: 12 });

  it("is read back by our decoder, exactly", () => {
    fc.assert(
      fc.property(samples, (all) => {
        const part = partOf(all);
        const profile = decoded(encodePprof({ ...HEAD, parts: [part] }));
        expect(stackLines(profile)).toEqual(linesOf([part]));
        expect(profile.timeNanos).toBe(HEAD.timeNanos);
      }),
    );
  });

  it("merges equal stacks of several parts into one sample, in whatever order the parts come", () => {
    fc.assert(
      fc.property(samples, samples, samples, (a, b, c) => {
        const parts = [partOf(a), partOf(b), partOf(c)];
        const profile = decoded(encodePprof({ ...HEAD, parts }));
        expect(stackLines(profile)).toEqual(linesOf(parts));
        expect(new Set(profile.sampleNodes).size).toBe(profile.sampleNodes.length);
        const turned = decoded(encodePprof({ ...HEAD, parts: [...parts].reverse() }));
        expect(stackLines(turned)).toEqual(stackLines(profile));
      }),
    );
  });

  it("stops at the largest value that pprof can say", () => {
    const part = partOf([
      [["a"], 2n ** 64n],
      [["b"], 2n ** 63n - 1n],
    ]);
    expect(stackLines(decoded(encodePprof({ ...HEAD, parts: [part] })))).toEqual([
      `a ${2n ** 63n - 1n}`,
      `b ${2n ** 63n - 1n}`,
    ]);
  });

  it("says nothing about what has no value, and of no parts that there are no samples", () => {
    const part = partOf([
      [["kept", "dropped"], 0n],
      [["kept"], 1n],
    ]);
    expect(ReferenceProfile.decode(encodePprof({ ...HEAD, parts: [part] })).stringTable.strings).not.toContain(
      "dropped",
    );
    expect(ReferenceProfile.decode(encodePprof({ ...HEAD, parts: [] })).sample).toEqual([]);
  });
});

it("encodes a tree of names alone", () => {
  const bytes = encodePprofOfNames({ ...HEAD, sampleType: "", unit: "samples", tree: treeOfText("a;b 3\na 1\nc;b 4") });
  expect(stackLines(decoded(bytes))).toEqual(["a 1", "a;b 3", "c;b 4"]);
  expect(ReferenceProfile.decode(bytes).mapping.length).toBe(1);
});

describeWithGo("go tool pprof", () => {
  const folder = mkdtempSync(join(tmpdir(), "edgeflame-pprof-"));
  const top = (bytes: Uint8Array, ...flags: string[]): string => {
    const file = join(folder, "profile.pb");
    writeFileSync(file, bytes);
    return execFileSync("go", ["tool", "pprof", "-top", "-nodecount=5", "-symbolize=none", ...flags, file], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    });
  };

  it("reads what is written from dictionaries and from names", () => {
    const part = partOf([
      [["main@main.go:10", "work@work.go:300"], 7_000_000n],
      [["main@main.go:10", "libc.so!0x7f00beef"], 3_000_000n],
    ]);
    const text = top(encodePprof({ ...HEAD, parts: [part] }));
    expect(text).toMatch(/Showing nodes accounting for 10ms, 100% of 10ms total/);
    expect(text).toMatch(/7ms 70\.00% 70\.00%\s+7ms 70\.00%\s+work/);
    expect(text).toMatch(/10ms\s+100%\s+main/);
    expect(text).toMatch(/libc\.so/);
    const named = top(encodePprofOfNames({ ...HEAD, unit: "count", tree: treeOfText("a;b 3\na 1") }));
    expect(named).toMatch(/3 75\.00% 75\.00%\s+3 75\.00%\s+b/);
  }, 30_000);

  describeWithSharedData("on recorded profiles", (sharedDataDir) => {
    it.each([
      ["go-heap.pb.gz", "inuse_space"],
      ["java-cpu.pb.gz", "cpu"],
      ["rust.pb.gz", "cpu"],
    ])(
      "%s has the same top after a round trip",
      (file, type) => {
        const original = new Uint8Array(gunzipSync(readFileSync(join(sharedDataDir, "pprof", file))));
        const profile = decoded(original);
        const index = profile.sampleTypes.findIndex((known) => known.type === type);
        const values = new WideSums(profile.stacks.nodes.count);
        profile.sampleNodes.forEach((node, s) => {
          values.addBig(node, profile.sampleValues[s * profile.sampleTypes.length + index] ?? 0n);
        });
        const head = { ...HEAD, sampleType: type, unit: profile.sampleTypes[index]?.unit ?? "" };
        const again = encodePprof({ ...head, parts: [{ stacks: profile.stacks, values }] });
        // Call trees hold a frame for each inlined function, and no longer know that it was inlined.
        const rows = (text: string): string[] =>
          text
            .slice(text.indexOf("Showing nodes"))
            .replaceAll(/ \((partial-)?inline\)/g, "")
            .split("\n")
            .sort();
        expect(rows(top(again))).toEqual(rows(top(original, `-sample_index=${type}`)));
      },
      30_000,
    );
  });
});

/** What parts hold, in the form of stackLines. */
function linesOf(parts: readonly StacksPart[]): string[] {
  const sums = new Map<string, bigint>();
  for (const { stacks, values } of parts) {
    for (let node = 1; node < stacks.nodes.count; node++) {
      if (values.isZero(node)) continue;
      const path: string[] = [];
      for (let at = node; at !== 0; at = stacks.parentOf(at)) path.unshift(stacks.frameName(stacks.frameOf(at)));
      sums.set(path.join(";"), (sums.get(path.join(";")) ?? 0n) + values.exact(node));
    }
  }
  return [...sums].map(([path, value]) => `${path} ${value}`).sort();
}
