import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { encodeDiff } from "../../src/flame/diff.ts";
import { encodeFlamebearer } from "../../src/flame/flamebearer.ts";
import { measure } from "../../src/flame/totals.ts";
import { anyStacks, treeOf, treeOfText } from "./any-tree.ts";
import { decode, naiveEncode, naiveTree } from "./naive-levels.ts";

const ALL = -1;

describe("encodeDiff", () => {
  const left = "a;b 1\na;c 2";
  const diffOfText = (one: string, two: string, maxNodes: number) =>
    encodeDiff(measure(treeOfText(one)), measure(treeOfText(two)), maxNodes);

  it("encodes the contract's example to the letter", () => {
    expect(diffOfText(left, "a;b 4\na;c 8", ALL)).toEqual({
      names: ["total", "a", "c", "b"],
      levels: [
        [0, 3, 0, 0, 12, 0, 0],
        [0, 3, 0, 0, 12, 0, 1],
        [0, 1, 1, 0, 4, 4, 3, 0, 2, 2, 0, 8, 8, 2],
      ],
      numTicks: 15,
      leftTicks: 3,
      rightTicks: 12,
      maxSelf: 8,
      hiddenNodes: 0,
      otherTotal: 0,
      largestHidden: 0,
    });
  });

  it("fills with zeros what one side lacks", () => {
    const { names, levels } = diffOfText("a 1", "b 2", ALL);
    expect(names).toEqual(["total", "b", "a"]);
    expect(levels).toEqual([
      [0, 1, 0, 0, 2, 0, 0],
      [0, 1, 1, 0, 0, 0, 2, 0, 0, 0, 0, 2, 2, 1],
    ]);
  });

  it("keeps a node that is large on either side", () => {
    const { names } = diffOfText("a 100\nb 1\nc 3", "a 1\nb 100\nc 3", 3);
    expect(names).toEqual(["total", "other", "b", "a"]);
  });

  it("equals the recursive model for any two trees and any limit", () => {
    fc.assert(
      fc.property(anyStacks(), anyStacks(), fc.integer({ min: -1, max: 40 }), (one, two, maxNodes) => {
        const { names, levels, maxSelf } = encodeDiff(measure(treeOf(one)), measure(treeOf(two)), maxNodes);
        expect({ names, levels, maxSelf }).toEqual(naiveEncode(naiveTree([one, two]), maxNodes));
      }),
      { numRuns: 500 },
    );
  });

  it("restores either side: its columns are that tree's own picture, but for the other's empty boxes", () => {
    // A name that is missing on one side is a box of no width there.
    fc.assert(
      fc.property(anyStacks(fc.bigInt(1n, 1000n)), anyStacks(fc.bigInt(1n, 1000n)), (one, two) => {
        const { names, levels } = encodeDiff(measure(treeOf(one)), measure(treeOf(two)), ALL);
        const rightOnly = levels.map((level) => level.filter((_, k) => k % 7 >= 3));
        const boxes = decode({ names, levels: rightOnly }).filter(({ depth, total }) => depth === 0 || total > 0);
        expect(boxes).toEqual(decode(encodeFlamebearer(measure(treeOf(two)), ALL)));
      }),
    );
  });
});
