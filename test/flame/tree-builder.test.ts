import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { divideTree } from "../../src/flame/divide.ts";
import { EMPTY_TREE } from "../../src/flame/stack-tree.ts";
import { measure } from "../../src/flame/totals.ts";
import { mergeTrees, treeOfStacks } from "../../src/flame/tree-builder.ts";
import { WideSums } from "../../src/lib/wide-sums.ts";
import { StackDictionary } from "../../src/profile/stack-dictionary.ts";
import { internDictionary } from "../support/intern-dictionary.ts";
import { stackValues } from "../support/stack-values.ts";
import { anyStacks, dump, treeOf, treeOfText, wideValue } from "./any-tree.ts";

const anyTree = anyStacks(wideValue).map(treeOf);

describe("mergeTrees", () => {
  it("gives the same tree in any order and any grouping, and the empty tree changes nothing", () => {
    fc.assert(
      fc.property(anyTree, anyTree, anyTree, (a, b, c) => {
        const all = dump(mergeTrees([a, b, c]));
        expect(dump(mergeTrees([c, a, b]))).toEqual(all);
        expect(dump(mergeTrees([a, mergeTrees([b, c])]))).toEqual(all);
        expect(dump(mergeTrees([mergeTrees([a, b]), c]))).toEqual(all);
        expect(dump(mergeTrees([EMPTY_TREE, a]))).toEqual(dump(a));
        expect(dump(mergeTrees([a]))).toEqual(dump(a));
        expect(dump(mergeTrees([]))).toEqual(dump(EMPTY_TREE));
      }),
    );
  });

  it("holds what all the stacks hold", () => {
    fc.assert(
      fc.property(anyStacks(wideValue), anyStacks(wideValue), (a, b) => {
        expect(dump(mergeTrees([treeOf(a), treeOf(b)]))).toEqual(dump(treeOf([...a, ...b])));
      }),
    );
  });

  it("keeps parents before children and sibling names distinct", () => {
    fc.assert(
      fc.property(anyTree, anyTree, (a, b) => {
        const { parent, name } = mergeTrees([a, b]);
        const seen = new Set<string>();
        for (let node = 1; node < parent.length; node++) {
          expect(parent[node]).toBeLessThan(node);
          seen.add(`${parent[node]} ${name[node]}`);
        }
        expect(seen.size).toBe(parent.length - 1);
      }),
    );
  });
});

describe("measure", () => {
  it("gives each node the exact sum of the stacks that go through it", () => {
    fc.assert(
      fc.property(anyStacks(wideValue), (stacks) => {
        const tree = measure(treeOf(stacks));
        const expected = new Map<string, bigint>([["", 0n]]);
        for (const [frames, value] of stacks) {
          for (let depth = 0; depth <= frames.length; depth++) {
            const path = frames
              .slice(0, depth)
              .map((frame) => `/${JSON.stringify(frame)}`)
              .join("");
            expected.set(path, (expected.get(path) ?? 0n) + value);
          }
        }
        expect(dump({ ...tree, self: tree.total })).toEqual(
          [...expected].map(([path, total]) => `${path} ${total}`).sort(),
        );
      }),
    );
  });

  it("is exact where floats alone would round", () => {
    const max = 2n ** 63n - 1n;
    const tree = measure(
      treeOf([
        [["a"], max],
        [["a", "b"], max],
        [["a", "c"], 1n],
      ]),
    );
    expect(tree.total.exact(0)).toBe(2n * max + 1n);
    const limb = 2n ** 52n - 1n; // each fits a float, three together don't
    expect(
      measure(
        treeOf([
          [["a"], limb],
          [["b"], limb],
          [["c"], limb],
        ]),
      ).total.exact(0),
    ).toBe(3n * limb);
  });

  it("reads sums whose low limb stands above 2^52", () => {
    const self = new WideSums(2);
    for (let k = 0; k < 3; k++) {
      self.makeRoom(2 ** 51 + 1);
      self.lo[1]! += 2 ** 51 + 1;
    }
    const tree = measure({ names: ["total", "a"], parent: Int32Array.of(-1, 0), name: Int32Array.of(0, 1), self });
    expect(tree.total.exact(0)).toBe(3n * (2n ** 51n + 1n));
    expect(mergeTrees([tree, tree]).self.total()).toBe(6n * (2n ** 51n + 1n));
  });

  it("does not recurse: 200 000 frames deep is only long", () => {
    const frames = Array.from({ length: 200_000 }, (_, k) => `f${k % 7}`);
    const tree = measure(treeOf([[frames, 3n]]));
    expect(tree.parent.length).toBe(200_001);
    expect(tree.total.exact(0)).toBe(3n);
  });
});

describe("divideTree", () => {
  it("divides each node's total and self, rounding down, and keeps children within their parent", () => {
    fc.assert(
      fc.property(anyTree, fc.integer({ min: 2, max: 5000 }), (tree, count) => {
        const before = measure(tree);
        const after = divideTree(before, count);
        const inside = new Array<bigint>(tree.parent.length).fill(0n);
        for (let node = tree.parent.length - 1; node >= 0; node--) {
          expect(after.total.exact(node)).toBe(before.total.exact(node) / BigInt(count));
          expect(after.self.exact(node)).toBe(before.self.exact(node) / BigInt(count));
          expect(inside[node]! + after.self.exact(node)).toBeLessThanOrEqual(after.total.exact(node));
          if (node > 0) inside[tree.parent[node]!]! += after.total.exact(node);
        }
      }),
    );
  });

  it("averages the root over all uploads at once, so that single units are not lost", () => {
    const tree = divideTree(measure(treeOfText("a 1\nb 1\nc 1")), 2);
    expect([tree.total.exact(0), tree.total.exact(1)]).toEqual([1n, 0n]);
  });

  it("leaves a single upload as it is", () => {
    const tree = measure(treeOfText("a 3"));
    expect(divideTree(tree, 1)).toBe(tree);
  });
});

describe("treeOfStacks", () => {
  it("makes frames of one function one node, names frames without a function, and leaves out what has no value", () => {
    const stacks = new StackDictionary();
    const text = (s: string): number => stacks.strings.internText(s);
    const main = stacks.functions.intern([text("main"), 0, text("main.go"), 1]);
    const otherMain = stacks.functions.intern([text("main"), 0, text("other.go"), 1]);
    const idle = stacks.functions.intern([text("idle"), 0, 0, 0]);
    const mapping = stacks.mappings.intern([text("/lib/libc.so.6"), 0]);
    const line = (fn: number, at: number): number => stacks.frames.intern([fn, at, 0, 0, 0]);
    const a = stacks.child(0, line(main, 10));
    const b = stacks.child(0, line(main, 20));
    const c = stacks.child(0, line(otherMain, 20));
    const native = stacks.child(b, stacks.frames.intern([0, 0, mapping, 0xbeef, 1]));
    const unused = stacks.child(a, line(idle, 1));
    const nowhere = stacks.child(c, stacks.frames.intern([0, 0, 0, 0x10, 0]));
    const self = new WideSums(stacks.nodes.count);
    [a, b, c, native, nowhere].forEach((node, k) => {
      self.addBig(node, BigInt(10 ** k));
    });
    expect(self.isZero(unused)).toBe(true);
    expect(dump(treeOfStacks(stacks, self))).toEqual([
      " 0",
      '/"main" 111',
      '/"main"/"0x10" 10000',
      '/"main"/"libc.so.6!0x10000beef" 1000',
    ]);
  });

  it("takes values of an older, shorter dictionary", () => {
    const stacks = new StackDictionary();
    const fn = stacks.functions.intern([stacks.strings.internText("f"), 0, 0, 0]);
    const frame = stacks.frames.intern([fn, 0, 0, 0, 0]);
    const node = stacks.child(0, frame);
    const self = new WideSums(stacks.nodes.count);
    self.addBig(node, 7n);
    stacks.child(node, frame);
    expect(dump(treeOfStacks(stacks, self))).toEqual([" 0", '/"f" 7']);
  });

  it("takes names for the same by their text alone, whatever they come from", () => {
    const stacks = new StackDictionary();
    const named = (name: string) =>
      stacks.frames.intern([stacks.functions.intern([stacks.strings.internText(name), 0, 0, 1]), 0, 0, 0, 0]);
    const mapping = stacks.mappings.intern([stacks.strings.internText("/lib/libc.so"), 0]);
    const frames = [
      stacks.frames.intern([0, 0, 0, 0x1f, 0]),
      named("0x1f"),
      stacks.frames.intern([0, 0, mapping, 0x1f, 0]),
      named("libc.so!0x1f"),
      named("total"),
      named("max"),
      named("é"),
    ];
    const nodes = frames.map((frame) => stacks.child(0, frame));
    const self = new WideSums(stacks.nodes.count);
    nodes.forEach((node, k) => {
      self.addBig(node, BigInt(10 ** k));
    });
    const tree = treeOfStacks(stacks, self);
    expect(dump(tree)).toEqual(
      [" 0", '/"0x1f" 11', '/"libc.so!0x1f" 1100', '/"total" 10000', '/"max" 100000', '/"é" 1000000'].sort(),
    );
    expect(new Set(tree.names).size).toBe(tree.names.length);
  });

  it("is the same whether the dictionary was read before it grew or not", () => {
    fc.assert(
      fc.property(anyStacks(wideValue), anyStacks(wideValue), fc.integer({ min: 1, max: 3 }), (one, two, linesOf) => {
        const both = [...one, ...two];
        const { stacks, values } = stackValues(both, linesOf);
        const grown = new StackDictionary();
        internDictionary(stackValues(one, linesOf).stacks, grown);
        treeOfStacks(grown, new WideSums(grown.nodes.count));
        const idOf = internDictionary(stacks, grown);
        const moved = new WideSums(grown.nodes.count);
        idOf.forEach((id, node) => {
          if (!values.isZero(node)) moved.addBig(id, values.exact(node));
        });
        expect(dump(treeOfStacks(grown, moved))).toEqual(dump(treeOf(both.filter(([, value]) => value > 0n))));
      }),
    );
  });
});
