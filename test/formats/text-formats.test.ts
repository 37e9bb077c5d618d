// The forms that carry one number per stack: lines, trie, tree and speedscope, against the contract's examples and folded text.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { LIMITS } from "../../src/config.ts";
import { decodeTree, decodeTrie } from "../../src/formats/binary-tree.ts";
import { decodeFolded, decodeLines } from "../../src/formats/folded.ts";
import { decodeSpeedscope } from "../../src/formats/speedscope.ts";
import { describeWithSharedData } from "../support/skips.ts";
import { mutate, random } from "./mutations.ts";
import { stackLines } from "./stack-lines.ts";
import { type Stacks, treeOf, trieOf } from "./tree-bytes.ts";

const utf8 = (text: string) => new TextEncoder().encode(text);
const hex = (text: string) => Uint8Array.from(text.match(/[0-9a-f]{2}/g) ?? [], (byte) => Number.parseInt(byte, 16));
const refused = { code: "malformed_profile" };

/** Frames may hold anything but what separates; they are never empty here, so that a key is its frames. */
const anyFrame = fc.string({ minLength: 1, maxLength: 5, unit: "grapheme" }).map((text) => text.replace(/[;\s]/g, "_"));
const anyStacks = fc.array(
  fc.record({
    frames: fc.array(anyFrame, { minLength: 1, maxLength: 6 }),
    value: fc.bigInt({ min: 1n, max: 2n ** 50n }),
  }),
  { maxLength: 12 },
);
const foldedOf = (stacks: Stacks) =>
  stackLines(decodeFolded(utf8(stacks.map(({ frames, value }) => `${frames.join(";")} ${value}`).join("\n")), LIMITS));

describe("trie and tree", () => {
  it.each([
    ["trie", decodeTrie, "00 00 01 02 61 62 00 02 01 63 01 00 01 64 02 00", ["abc 1", "abd 2"]],
    ["trie", decodeTrie, "00 00 01 06 66 6f 6f 3b 62 61 00 02 01 72 02 00 01 7a 03 00", ["foo;bar 2", "foo;baz 3"]],
    ["tree", decodeTree, "00 00 01 01 61 00 02 01 62 01 00 01 63 02 00", ["a;b 1", "a;c 2"]],
    ["tree", decodeTree, "00 00 01 03 66 6f 6f 00 02 03 62 61 72 02 00 03 62 61 7a 03 00", ["foo;bar 2", "foo;baz 3"]],
    ["a tree that ends at a node's beginning", decodeTree, "00 00 01 01 61 05 02 01 62 01 00", ["a 5", "a;b 1"]],
    ["a tree of equal children", decodeTree, "00 00 02 01 61 01 00 01 61 02 01 01 63 01 00", ["a 3", "a;c 1"]],
    ["a tree whose root has a name", decodeTree, "04 72 6f 6f 74 00 01 01 61 01 00", ["a 1"]],
    ["a tree of a frame with a separator", decodeTree, "00 00 01 03 61 3b 62 01 01 01 63 02 00", ["a;b 1", "a;b;c 2"]],
    ["a trie with an empty inner frame", decodeTrie, "00 00 01 04 61 3b 3b 62 07 00", ["a;;b 7"]],
    ["a trie whose key ends with a separator", decodeTrie, "00 00 01 02 61 3b 07 00", ["a 7"]],
    ["a trie that is empty", decodeTrie, "00 00 00", []],
  ])("reads %s", (_what, decode, bytes, expected) => {
    expect(stackLines(decode(hex(bytes), LIMITS))).toEqual(expected);
  });

  it("reads any trie as the folded text of its keys", () => {
    fc.assert(
      fc.property(anyStacks, (stacks) => {
        expect(stackLines(decodeTrie(trieOf(stacks), LIMITS))).toEqual(foldedOf(stacks));
      }),
    );
  });

  it("reads any tree as the folded text of its stacks", () => {
    fc.assert(
      fc.property(anyStacks, (stacks) => {
        expect(stackLines(decodeTree(treeOf(stacks), LIMITS))).toEqual(foldedOf(stacks));
      }),
    );
  });

  it.each([
    ["a length that is a lie", "ff ff ff ff ff ff ff ff ff 01"],
    ["a length beyond the end", "05 61 00 00"],
    ["a value cut in the middle", "00 80"],
    ["a value beyond 63 bits", "00 ff ff ff ff ff ff ff ff ff 01 00"],
    ["no children count", "00 01"],
  ])("refuses %s", (_what, bytes) => {
    for (const decode of [decodeTrie, decodeTree])
      expect(() => decode(hex(bytes), LIMITS)).toThrow(expect.objectContaining(refused));
  });

  it("refuses nesting beyond any stack, and keys that take the square of their size", () => {
    const chain = new Uint8Array(800_000);
    for (let at = 0; at < chain.length; at += 4) chain.set([1, 97, 0, 1], at);
    for (const decode of [decodeTrie, decodeTree])
      expect(() => decode(chain, LIMITS)).toThrow(expect.objectContaining({ code: "profile_too_large" }));
    const valued = chain.slice(0, 360_000).map((byte, at) => (at % 4 === 2 ? 1 : byte));
    expect(() => decodeTrie(valued, LIMITS)).toThrow(/trieBytes/);
    const oneKey = Uint8Array.from([...chain.slice(0, 359_996), 1, 97, 5, 0]);
    expect([...decodeTrie(oneKey, LIMITS).sampleValues]).toEqual([5n]);
  });

  it("reads nodes of many children, and keeps the tail of a very long name", () => {
    const stacks = Array.from({ length: 20_000 }, (_, i) => ({ frames: [`f${i}`], value: 1n }));
    expect(stackLines(decodeTree(treeOf(stacks), LIMITS))).toHaveLength(20_000);
    const long = decodeTree(treeOf([{ frames: [`${"x".repeat(70_000)}Z`], value: 3n }]), LIMITS);
    expect(stackLines(long)).toEqual([`${"x".repeat(65_535)}Z 3`]);
    expect(long.notes).toMatchObject([{ kind: "symbol_truncated" }]);
  });

  it("keeps the root side of very deep stacks, and every value", () => {
    const deep = Uint8Array.from([0, 0, 1, ...Array.from({ length: 1500 }, () => [1, 97, 1, 1]).flat()]);
    const profile = decodeTree(deep, LIMITS);
    expect(profile.sampleValues.reduce((a, b) => a + b, 0n)).toBe(1500n);
    expect(profile.stacks.nodes.count).toBe(1001);
    expect(profile.notes[0]?.kind).toBe("depth_truncated");
  });

  it("is never more than refused, however it is damaged", () => {
    const next = random(5);
    const stacks = Array.from({ length: 30 }, (_, i) => ({
      frames: ["main", `f${i % 7}`, `g${i}`],
      value: BigInt(i + 1),
    }));
    for (const [decode, bytes] of [[decodeTrie, trieOf(stacks)] as const, [decodeTree, treeOf(stacks)] as const]) {
      for (let i = 0; i < 3000; i++) {
        try {
          decode(mutate(bytes, next), LIMITS);
        } catch (error) {
          expect(["malformed_profile", "profile_too_large"]).toContain((error as { code?: string }).code);
        }
      }
    }
  });
});

describe("lines", () => {
  it("counts each line once, and passes over empty ones", () => {
    expect(stackLines(decodeLines(utf8("a;b\na;b\r\n\na;c\n"), LIMITS))).toEqual(["a;b 2", "a;c 1"]);
    expect(stackLines(decodeLines(utf8("a;b 3"), LIMITS))).toEqual(["a;b 3 1"]);
    expect(stackLines(decodeLines(utf8(""), LIMITS))).toEqual([]);
  });
});

const SCHEMA = "https://www.speedscope.app/file-format-schema.json";
const fileOf = (profiles: unknown, frames: unknown = [{ name: "a" }, { name: "b" }]) =>
  utf8(JSON.stringify({ $schema: SCHEMA, shared: { frames }, profiles }));
const sampled = (over: object = {}) => ({
  type: "sampled",
  name: "p",
  unit: "seconds",
  startValue: 0,
  samples: [[0, 1]],
  weights: [2],
  ...over,
});
const evented = (events: unknown, over: object = {}) => ({
  type: "evented",
  name: "p",
  unit: "none",
  startValue: 0,
  events,
  ...over,
});

describe("speedscope", () => {
  it.each([
    ["seconds", 2, 200n, 2_000_000_000n],
    ["seconds", 0.0123, 1n, 12_300_000n],
    ["milliseconds", 3, 300n, 3_000_000n],
    ["microseconds", 3, 300n, 3000n],
    ["nanoseconds", 7, 700n, 7n],
    ["none", 5, 500n, 50_000_000n],
    ["bytes", 5, 5n, 0n],
  ])("in %s: a weight of %d is %d counts and %d ns", (unit, weight, counts, nanos) => {
    const { groups } = decodeSpeedscope(fileOf([sampled({ unit, weights: [weight] })]), LIMITS);
    expect(groups.map((group) => [group.unit, [...group.profile.sampleValues]])).toEqual([[unit, [counts, nanos]]]);
  });

  it("adds the time between events to what is open", () => {
    const events = [
      { type: "O", at: 1, frame: 0 },
      { type: "O", at: 3, frame: 1 },
      { type: "C", at: 7, frame: 1 },
      { type: "C", at: 8, frame: 0 },
    ];
    const { groups } = decodeSpeedscope(fileOf([evented(events)]), LIMITS);
    expect(groups.flatMap(({ profile }) => stackLines(profile, 0))).toEqual([
      "{profile_name=p} a 300",
      "{profile_name=p} a;b 400",
    ]);
  });

  it("merges profiles of one name, type, unit and start", () => {
    const two = decodeSpeedscope(fileOf([sampled(), sampled(), sampled({ name: "q" })]), LIMITS);
    expect(two.profiles).toBe(2);
    expect(two.groups.flatMap(({ profile }) => stackLines(profile, 0))).toEqual([
      "{profile_name=p} a;b 400",
      "{profile_name=q} a;b 200",
    ]);
  });

  it.each([
    ["what is no JSON", utf8("{")],
    ["a list", utf8("[]")],
    ["another schema", utf8(JSON.stringify({ $schema: "x", profiles: [] }))],
    ["no frames", utf8(JSON.stringify({ $schema: SCHEMA, profiles: [] }))],
    ["a frame without a name", fileOf([], [{}])],
    ["another type of profile", fileOf([{ type: "timeline", unit: "none" }])],
    ["another unit", fileOf([sampled({ unit: "fortnights" })])],
    ["a unit that objects have", fileOf([sampled({ unit: "toString" })])],
    ["samples without weights", fileOf([sampled({ weights: [] })])],
    ["a negative weight", fileOf([sampled({ weights: [-1] })])],
    ["a weight that is text", fileOf([sampled({ weights: ["1"] })])],
    ["a weight beyond 63 bits", fileOf([sampled({ weights: [1e30] })])],
    ["a frame that is not there", fileOf([sampled({ samples: [[2]] })])],
    ["a frame between two", fileOf([sampled({ samples: [[0.5]] })])],
    [
      "events out of order",
      fileOf([
        evented([
          { type: "O", at: 2, frame: 0 },
          { type: "C", at: 1, frame: 0 },
        ]),
      ]),
    ],
    [
      "the close of what is not innermost",
      fileOf([
        evented([
          { type: "O", at: 1, frame: 0 },
          { type: "C", at: 2, frame: 1 },
        ]),
      ]),
    ],
    ["the close of nothing", fileOf([evented([{ type: "C", at: 1, frame: 0 }])])],
    ["an event of another type", fileOf([evented([{ type: "X", at: 1, frame: 0 }])])],
  ])("refuses %s", (_what, bytes) => {
    expect(() => decodeSpeedscope(bytes, LIMITS)).toThrow(expect.objectContaining(refused));
  });
});

describeWithSharedData("speedscope's own files", (dataDir) => {
  const decode = (name: string) =>
    decodeSpeedscope(new Uint8Array(readFileSync(join(dataDir, "speedscope", name))), LIMITS);

  it("of events has the stacks that its folded text has", () => {
    const { groups } = decode("simple.speedscope.json");
    const lines = groups.flatMap(({ profile }) => stackLines(profile, 0));
    expect(lines.map((line) => line.replace("{profile_name=simple.txt} ", "").replace(/00$/, ""))).toEqual([
      "a;b 5",
      "a;b;c 5",
      "a;b;d 4",
    ]);
  });

  it("of two profiles and of equal ones hold all their weights", () => {
    const sumOf = (name: string) =>
      decode(name)
        .groups.flatMap(({ profile }) => [...profile.sampleValues].filter((_, i) => i % 2 === 1))
        .reduce((a, b) => a + b, 0n);
    expect([decode("two-sampled.speedscope.json").profiles, sumOf("two-sampled.speedscope.json")]).toEqual([
      2,
      28_000_000_000n,
    ]);
    expect([decode("duplicates.speedscope.json").profiles, sumOf("duplicates.speedscope.json")]).toEqual([
      1,
      42_000_000_000n,
    ]);
  });
});
