// Levels of values beyond 2^53. The law: a tree whose values are all F times as large has levels that are F times as large.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { encodeDiff } from "../../src/flame/diff.ts";
import { encodeWideDiff, encodeWideFlamebearer, isWide } from "../../src/flame/exact-levels.ts";
import { encodeFlamebearer } from "../../src/flame/flamebearer.ts";
import { measure } from "../../src/flame/totals.ts";
import { encodeTree } from "../../src/flame/tree-bytes.ts";
import { ByteReader } from "../../src/lib/byte-reader.ts";
import { anyStacks, type Stack, treeOf } from "./any-tree.ts";

const FACTOR = 2n ** 52n + 2n ** 26n + 12_345n;
const larger = (stacks: readonly Stack[]): Stack[] => stacks.map(([frames, value]) => [frames, value * FACTOR]);
const scaled = (levels: readonly (readonly number[])[], sides: number) =>
  levels.map((level) =>
    level.map((value, i) => (i % (sides * 3 + 1) === sides * 3 ? BigInt(value) : BigInt(value) * FACTOR)),
  );

describe("exact levels", () => {
  it("are those of smaller values, times what these are smaller", () => {
    fc.assert(
      fc.property(anyStacks(), fc.constantFrom(-1, 1, 3, 8), (stacks, maxNodes) => {
        const { names, levels, maxSelf, numTicks } = encodeFlamebearer(measure(treeOf(stacks)), maxNodes);
        const exact = encodeWideFlamebearer(measure(treeOf(larger(stacks))), maxNodes);
        expect(exact.levels).toEqual(scaled(levels, 1));
        expect([exact.names, exact.maxSelf, exact.total]).toEqual([
          names,
          BigInt(maxSelf) * FACTOR,
          BigInt(numTicks) * FACTOR,
        ]);
      }),
    );
  });

  it("of two trees are, too", () => {
    fc.assert(
      fc.property(anyStacks(), anyStacks(), fc.constantFrom(-1, 3), (left, right, maxNodes) => {
        const small = encodeDiff(measure(treeOf(left)), measure(treeOf(right)), maxNodes);
        const exact = encodeWideDiff(measure(treeOf(larger(left))), measure(treeOf(larger(right))), maxNodes);
        expect(exact.levels).toEqual(scaled(small.levels, 2));
        expect([exact.leftTicks, exact.rightTicks]).toEqual([
          BigInt(small.leftTicks) * FACTOR,
          BigInt(small.rightTicks) * FACTOR,
        ]);
      }),
    );
  });

  it("are for what a double may not hold", () => {
    const treeOfValue = (value: bigint) => measure(treeOf([[["a"], value]]));
    expect([2n ** 53n - 1n, 2n ** 53n, 2n ** 62n + 1n].map((value) => isWide(treeOfValue(value)))).toEqual([
      false,
      true,
      true,
    ]);
  });
});

it("writes exact values into the bytes of a tree, and into what it cut off", () => {
  const values = [2n ** 60n + 1n, 2n ** 53n + 1n, 3n];
  const bytes = encodeTree(measure(treeOf(values.map((value, i) => [[`f${i}`], value]))), 2);
  const reader = new ByteReader(bytes);
  const found: [string, bigint][] = [];
  while (reader.left > 0) {
    const name = reader.text();
    reader.wide();
    found.push([name, BigInt(reader.hi) * 2n ** 52n + BigInt(reader.lo)]);
    reader.varint();
  }
  expect(found).toEqual([
    ["", 0n],
    ["other", 2n ** 53n + 4n],
    ["f0", 2n ** 60n + 1n],
  ]);
});
