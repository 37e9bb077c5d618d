import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { divideTree } from "../../src/flame/divide.ts";
import { encodeFlamebearer } from "../../src/flame/flamebearer.ts";
import { EMPTY_TREE, type MeasuredTree, type StackTree } from "../../src/flame/stack-tree.ts";
import { keptFrom } from "../../src/flame/threshold.ts";
import { measure } from "../../src/flame/totals.ts";
import { compareUtf8 } from "../../src/lib/utf8-order.ts";
import { anyStacks, treeOf, treeOfText } from "./any-tree.ts";
import { decode, naiveEncode, naiveTree } from "./naive-levels.ts";

const ALL = -1;
const encode = (tree: StackTree, maxNodes: number) => encodeFlamebearer(measure(tree), maxNodes);
const encodeText = (text: string, maxNodes: number) => encode(treeOfText(text), maxNodes);

describe("encodeFlamebearer", () => {
  it("encodes the contract's example to the letter", () => {
    expect(encodeText("a;b 1\na;c 2", ALL)).toEqual({
      names: ["total", "a", "c", "b"],
      levels: [
        [0, 3, 0, 0],
        [0, 3, 0, 1],
        [0, 1, 1, 3, 0, 2, 2, 2],
      ],
      numTicks: 3,
      maxSelf: 2,
      hiddenNodes: 0,
      otherTotal: 0,
      largestHidden: 0,
    });
  });

  it("encodes nothing as an empty root", () => {
    const { names, levels, numTicks, maxSelf } = encode(EMPTY_TREE, 8192);
    expect({ names, levels, numTicks, maxSelf }).toEqual({
      names: ["total"],
      levels: [[0, 0, 0, 0]],
      numTicks: 0,
      maxSelf: 0,
    });
  });

  it.each([
    [
      "steps over the parent's self value",
      "a 2\na;b 1\nc 4",
      ALL,
      ["total", "c", "a", "b"],
      [
        [0, 7, 0, 0],
        [0, 3, 2, 2, 0, 4, 4, 1],
        [2, 1, 1, 3],
      ],
    ],
    [
      "puts siblings in the order of their UTF-8 bytes",
      "\uff5e 1\n😀 2\nB 4\na 8\né 16",
      ALL,
      ["total", "😀", "\uff5e", "é", "a", "B"],
      [
        [0, 31, 0, 0],
        [0, 4, 4, 5, 0, 8, 8, 4, 0, 16, 16, 3, 0, 1, 1, 2, 0, 2, 2, 1],
      ],
    ],
    [
      "joins what is cut in one box at the end",
      "a 10\nb 1\nc 2\nd 20",
      3,
      ["total", "other", "d", "a"],
      [
        [0, 33, 0, 0],
        [0, 10, 10, 3, 0, 20, 20, 2, 0, 3, 3, 1],
      ],
    ],
    [
      "keeps all that tie with the smallest kept",
      "a 5\nb 5\nc 5\nd 1",
      2,
      ["total", "other", "c", "b", "a"],
      [
        [0, 16, 0, 0],
        [0, 5, 5, 4, 0, 5, 5, 3, 0, 5, 5, 2, 0, 1, 1, 1],
      ],
    ],
    [
      "lets a function called other join, with all below it",
      "z 4\nother;x 2\nother 1",
      ALL,
      ["total", "other", "z"],
      [
        [0, 7, 0, 0],
        [0, 4, 4, 2, 0, 3, 3, 1],
      ],
    ],
    [
      "keeps a chain of equal totals whole, whatever the limit",
      "a;b 4",
      1,
      ["total", "a", "b"],
      [
        [0, 4, 0, 0],
        [0, 4, 0, 1],
        [0, 4, 4, 2],
      ],
    ],
  ])("%s", (_what, text, maxNodes, names, levels) => {
    const encoded = encodeText(text, maxNodes);
    expect({ names: encoded.names, levels: encoded.levels }).toEqual({ names, levels });
  });

  it("counts hidden nodes and what they hold", () => {
    expect(encodeText("a 10\nb;x;y 1\nb;z 1\nc 20", 3)).toMatchObject({ hiddenNodes: 4, otherTotal: 2 });
    expect(encodeText("a 10\nother 1", ALL)).toMatchObject({ hiddenNodes: 0, otherTotal: 0 });
    expect(encodeText("a 10\nother 1\nother;x 2", ALL)).toMatchObject({ hiddenNodes: 1, otherTotal: 2 });
  });

  it("equals the recursive model for any tree and any limit", () => {
    fc.assert(
      fc.property(anyStacks(), fc.integer({ min: -1, max: 40 }), (stacks, maxNodes) => {
        const { names, levels, maxSelf } = encode(treeOf(stacks), maxNodes);
        expect({ names, levels, maxSelf }).toEqual(naiveEncode(naiveTree([stacks]), maxNodes));
      }),
      { numRuns: 500 },
    );
  });

  it("decodes to boxes that lie within their parents, with the root's total kept under any limit", () => {
    fc.assert(
      fc.property(anyStacks(), fc.integer({ min: -1, max: 40 }), (stacks, maxNodes) => {
        const tree = measure(treeOf(stacks));
        const encoded = encodeFlamebearer(tree, maxNodes);
        const boxes = decode(encoded);
        const total = tree.total.approx(0);
        expect(encoded.numTicks).toBe(total);
        expect(boxes.reduce((sum, { self }) => sum + self, 0)).toBe(total);
        for (const { depth, left, total: width } of boxes) {
          if (depth === 0) continue;
          const above = boxes.some(
            (box) => box.depth === depth - 1 && box.left + box.self <= left && left + width <= box.left + box.total,
          );
          expect(above).toBe(true);
        }
      }),
    );
  });

  it("pruned further, still gives every box that stays its total", () => {
    fc.assert(
      fc.property(anyStacks(fc.bigInt(1n, 1000n)), fc.integer({ min: 1, max: 30 }), (stacks, maxNodes) => {
        const paths = (limit: number): Map<string, number> => {
          const boxes = decode(encode(treeOf(stacks), limit));
          const found = new Map<string, number>();
          const path: string[] = [];
          for (const box of boxes) {
            const chain = boxes.filter(
              (b) => b.depth <= box.depth && b.left <= box.left && box.left + box.total <= b.left + b.total,
            );
            path.splice(0, path.length, ...chain.map((b) => b.name));
            if (!path.includes("other")) found.set(JSON.stringify(path), box.total);
          }
          return found;
        };
        const full = paths(ALL);
        for (const [path, total] of paths(maxNodes)) expect(full.get(path)).toBe(total);
      }),
    );
  });

  it("draws averages as Pyroscope divides them", () => {
    const averaged: MeasuredTree = divideTree(measure(treeOfText("a 3\na;b 3\nc 1")), 2);
    expect(encodeFlamebearer(averaged, ALL).levels).toEqual([
      [0, 3, 0, 0],
      [0, 3, 1, 2, 0, 0, 0, 1],
      [1, 1, 1, 3],
    ]);
  });

  it("rounds values above 2^53 and nothing else", () => {
    const big = 2n ** 60n + 1n;
    const { numTicks, levels } = encode(
      treeOf([
        [["a"], big],
        [["b"], 5n],
      ]),
      ALL,
    );
    expect(numTicks).toBe(Number(big + 5n));
    expect(levels[1]!.slice(4)).toEqual([0, 5, 5, 1]);
  });
});

describe("keptFrom", () => {
  it("is the smallest of the largest", () => {
    fc.assert(
      fc.property(fc.array(fc.nat(50), { minLength: 1 }), fc.integer({ min: 1, max: 30 }), (totals, maxNodes) => {
        const sorted = [...totals].sort((a, b) => b - a);
        const expected = totals.length <= maxNodes ? 0 : sorted[maxNodes - 1];
        expect(keptFrom(Float64Array.from(totals), maxNodes)).toBe(expected);
      }),
    );
  });
});

describe("compareUtf8", () => {
  it("orders as the encoded bytes do", () => {
    const text = fc.string({ unit: fc.constantFrom("a", "é", "\ud7ff", "\ue000", "\uffff", "😀", "\u{10ffff}") });
    fc.assert(
      fc.property(text, text, (a, b) => {
        expect(Math.sign(compareUtf8(a, b))).toBe(Buffer.compare(Buffer.from(a), Buffer.from(b)));
      }),
    );
  });
});
