import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { LIMITS } from "../../src/config.ts";
import { decodeFolded } from "../../src/formats/folded.ts";
import { decodePprof } from "../../src/formats/pprof/decode.ts";
import type { Profile } from "../../src/profile/profile.ts";
import { type SparseVector, sampleVectors } from "../../src/profile/sample-vectors.ts";
import { StackDictionary } from "../../src/profile/stack-dictionary.ts";
import { vectorDifference } from "../../src/profile/vector-difference.ts";
import { pprofOf } from "../formats/pprof-bytes.ts";
import { stackPath } from "../formats/stack-lines.ts";

type Stacks = Readonly<Record<string, bigint | number>>;

function vectorOf(stacks: StackDictionary, values: Stacks): SparseVector {
  const samples = Object.entries(values).map(([stack, value]) => ({ stack: stack.split(";"), values: [value] }));
  const profile = decodePprof(pprofOf({ types: ["a/b"], samples }), { limits: LIMITS, stacks });
  return profile === null ? EMPTY : onlyVector(profile);
}

const EMPTY: SparseVector = { nodes: new Int32Array(0), low: new Float64Array(0), high: null };

function onlyVector(profile: Profile, multiplier = 1): SparseVector {
  const columns = [{ valueIndex: 0, multiplier }];
  const groups = new Int32Array(profile.labelSets.length);
  const [found] = sampleVectors(profile, columns, groups, 1, () => new Error("overflow"));
  return found?.vector ?? EMPTY;
}

const plain = (stacks: StackDictionary, { nodes, low, high }: SparseVector): Record<string, bigint> =>
  Object.fromEntries(
    Array.from(nodes, (node, i) => [stackPath(stacks, node), BigInt(low[i] ?? 0) + (BigInt(high?.[i] ?? 0) << 52n)]),
  );

function differenceOf(before: Stacks, now: Stacks): Record<string, bigint> {
  const stacks = new StackDictionary();
  const [a, b] = [vectorOf(stacks, before), vectorOf(stacks, now)];
  return plain(stacks, vectorDifference(stacks, 1000)(b, a));
}

describe("vectorDifference", () => {
  it("refuses more nodes than it was told, in all differences together", () => {
    const stacks = new StackDictionary();
    const [a, b] = [vectorOf(stacks, { "a;b": 1 }), vectorOf(stacks, { "a;b": 2 })];
    // Of a, b and the root.
    const difference = vectorDifference(stacks, 7);
    expect([plain(stacks, difference(b, a)), plain(stacks, difference(b, a))]).toEqual([{ "a;b": 1n }, { "a;b": 1n }]);
    expect(() => difference(b, a)).toThrow(expect.objectContaining({ code: "profile_too_large" }));
  });

  it("is upstream's, in upstream's example", () => {
    const before = { "a;b;c": 100, "a;b;c;d": 100, "a;b;d": 100, "a;e": 100, "a;f": 150, "a;h": 150 };
    const now = { "a;b;c": 120, "a;b;c;d": 120, "a;b;d": 120, "a;e": 100, "a;f": 150, "a;g": 20, "a;h": 170 };
    expect(differenceOf(before, now)).toEqual({
      "a;g": 20n,
      "a;h": 20n,
      "a;b;c": 20n,
      "a;b;d": 20n,
      "a;b;c;d": 20n,
    });
  });

  it.each([
    [
      "a node whose total fell, with all below it",
      { "a;b": 10, "a;c": 1, d: 1 },
      { "a;b": 5, "a;c": 5, d: 9 },
      { d: 8n },
    ],
    ["a node whose self value fell, with all below it", { a: 5, d: 1 }, { a: 4, "a;b": 9, d: 2 }, { d: 1n }],
    ["everything after a restart", { a: 100 }, { a: 1, b: 2 }, {}],
    [
      "a node that stayed the same, with all below it",
      { "a;b": 3, "a;c": 1, d: 1 },
      { "a;b": 1, "a;c": 3, d: 2 },
      { d: 1n },
    ],
    ["nothing where there was nothing", {}, { a: 1 }, { a: 1n }],
    ["no bit of 64", { a: 1 }, { a: 2n ** 62n + 2n }, { a: 2n ** 62n + 1n }],
  ])("drops %s", (_what, before, now, expected) => {
    expect(differenceOf(before, now)).toEqual(expected);
  });

  it("gives back what was added, when every counter only grew", () => {
    const stack = fc
      .array(fc.constantFrom("a", "b", "c"), { minLength: 1, maxLength: 4 })
      .map((names) => names.join(";"));
    const counters = fc.dictionary(stack, fc.bigInt({ min: 1n, max: 2n ** 58n }), { minKeys: 1, maxKeys: 8 });
    fc.assert(
      fc.property(counters, counters, (before, added) => {
        const now = { ...before };
        for (const [key, value] of Object.entries(added)) now[key] = (now[key] ?? 0n) + value;
        expect(differenceOf(before, now)).toEqual(added);
      }),
    );
  });
});

describe("vectorDifference of numbers that floats hold, and of those that they do not", () => {
  it("is the same, whatever grew or fell", () => {
    const stack = fc.array(fc.constantFrom("a", "b"), { minLength: 1, maxLength: 4 }).map((names) => names.join(";"));
    const counters = fc.dictionary(stack, fc.bigInt({ min: 1n, max: 5n }), { maxKeys: 8 });
    const times = (values: Record<string, bigint>, factor: bigint) =>
      Object.fromEntries(Object.entries(values).map(([key, value]) => [key, value * factor]));
    fc.assert(
      fc.property(counters, counters, (before, now) => {
        const wide = differenceOf(times(before, 2n ** 54n), times(now, 2n ** 54n));
        expect(wide).toEqual(times(differenceOf(before, now), 2n ** 54n));
      }),
    );
  });
});

describe("sampleVectors", () => {
  const folded = (text: string) => decodeFolded(new TextEncoder().encode(text), LIMITS);

  it("are ascending, distinct, never zero, and exact with a multiplier", () => {
    const count = fc.bigInt({ min: 0n, max: 2n ** 53n });
    const line = fc.tuple(fc.constantFrom("a", "a;b", "a;c", "d", "d;b"), count);
    fc.assert(
      fc.property(fc.array(line, { maxLength: 12 }), fc.integer({ min: 1, max: 50 }), (lines, multiplier) => {
        const profile = folded(lines.map(([stack, value]) => `${stack} ${value}\n`).join(""));
        const vector = onlyVector(profile, multiplier);
        const expected: Record<string, bigint> = {};
        for (const [stack, value] of lines)
          if (value > 0n) expected[stack] = (expected[stack] ?? 0n) + value * BigInt(multiplier);
        expect(plain(profile.stacks, vector)).toEqual(expected);
        expect([...vector.nodes]).toEqual([...new Set(vector.nodes)].sort((a, b) => a - b));
      }),
    );
  });

  it("hold a total of 2^63 - 1 and nothing above", () => {
    const most = folded("a 9223372036854775806\nb 1\n");
    expect(plain(most.stacks, onlyVector(most))).toEqual({ a: 2n ** 63n - 2n, b: 1n });
    expect(() => onlyVector(folded("a 9223372036854775807\nb 1\n"))).toThrow("overflow");
    expect(() => onlyVector(folded("a 9223372036854775807\n"), 1000)).toThrow("overflow");
  });
});
