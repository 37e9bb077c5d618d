import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { collapsedLines, encodeCollapsed } from "../../src/flame/collapsed.ts";
import { encodeDot } from "../../src/flame/dot.ts";
import { EMPTY_TREE, type StackTree } from "../../src/flame/stack-tree.ts";
import { topTable } from "../../src/flame/top-table.ts";
import { measure } from "../../src/flame/totals.ts";
import { WideSums } from "../../src/lib/wide-sums.ts";
import { anyStacks, dump, type Stack, treeOf, treeOfText, wideValue } from "./any-tree.ts";

const topOf = (stacks: readonly Stack[]): Map<string, [bigint, bigint]> => {
  const tree = measure(treeOf(stacks));
  const { self, total, used } = topTable(tree);
  return new Map(used.map((id) => [tree.names[id] ?? "", [self.exact(id), total.exact(id)]]));
};

describe("topTable", () => {
  it("counts a function once per stack, however often it stands in it", () => {
    expect(
      topOf([
        [["a", "b", "a"], 2n],
        [["a"], 3n],
        [["b", "total"], 5n],
      ]),
    ).toEqual(
      new Map([
        ["a", [5n, 5n]],
        ["b", [0n, 7n]],
        ["total", [5n, 5n]],
      ]),
    );
  });

  it("equals a count stack by stack", () => {
    fc.assert(
      fc.property(anyStacks(wideValue), (stacks) => {
        const expected = new Map<string, [bigint, bigint]>();
        for (const [frames, value] of stacks) {
          for (const frame of new Set(frames)) {
            const [self, total] = expected.get(frame) ?? [0n, 0n];
            expected.set(frame, [self + (frames.at(-1) === frame ? value : 0n), total + value]);
          }
        }
        expect(topOf(stacks)).toEqual(expected);
      }),
    );
  });

  it("does not recurse", () => {
    const frames = Array.from({ length: 100_000 }, (_, k) => `f${k % 3}`);
    expect(topOf([[frames, 1n]]).get("f0")).toEqual([1n, 1n]);
  });
});

describe("encodeCollapsed", () => {
  it("goes level by level, siblings by their bytes", () => {
    expect(encodeCollapsed(treeOfText("b;x 1\na;y;z 2\na 3\n😀 4\n\uff5e 5"))).toBe(
      "a 3\n\uff5e 5\n😀 4\nb;x 1\na;y;z 2\n",
    );
  });

  it("writes nothing for nothing", () => {
    expect(encodeCollapsed(EMPTY_TREE)).toBe("");
  });

  it("keeps every line a line", () => {
    expect(encodeCollapsed(treeOf([[["a\r\nb", "c"], 2n ** 63n]]))).toBe(`a b;c ${2n ** 63n}\n`);
  });

  it("holds all that the tree holds", () => {
    fc.assert(
      fc.property(anyStacks(wideValue), (stacks) => {
        const read = [...collapsedLines(treeOf(stacks))].map((line): Stack => {
          const space = line.lastIndexOf(" ");
          return [line.slice(0, space).split(";"), BigInt(line.slice(space + 1).trim())];
        });
        const positive = stacks.filter(([, value]) => value > 0n);
        expect(dump(treeOf(read))).toEqual(dump(treeOf(positive)));
      }),
    );
  });

  it("refuses text that would not fit into memory", () => {
    const depth = 3000;
    const chain: StackTree = {
      names: ["total", "a name of some length that is repeated"],
      parent: Int32Array.from({ length: depth }, (_, node) => node - 1),
      name: new Int32Array(depth).fill(1),
      self: new WideSums(depth),
    };
    chain.self.lo.fill(1);
    expect(() => encodeCollapsed(chain)).toThrow("limit collapsedChars");
  });
});

describe("encodeDot", () => {
  const boxes = (dot: string): string[] =>
    [...dot.matchAll(/^N\d+ \[label="([^"\\]*(?:\\.[^"\\]*)*)"/gm)].map((m) => m[1] ?? "");
  const edges = (dot: string): string[] =>
    [...dot.matchAll(/^(N\d+ -> N\d+) \[label=" ([^"]*)".*?( style=dotted)?\]$/gm)].map(
      (m) => `${m[1]} ${m[2]}${m[3] ?? ""}`,
    );

  it("draws functions by total and what they call", () => {
    const dot = encodeDot(measure(treeOfText("main;work;read 30\nmain;read 10\nmain 60")), {
      maxNodes: 100,
      unit: "samples",
    });
    expect(boxes(dot)).toEqual([
      "main\\n60 samples (60.00%)\\nof 100 samples (100.00%)",
      "read\\n40 samples (40.00%)",
      "work\\n0 samples (0.00%)\\nof 30 samples (30.00%)",
    ]);
    expect(edges(dot)).toEqual(["N1 -> N3 30 samples", "N3 -> N2 30 samples", "N1 -> N2 10 samples"]);
    expect(dot.startsWith('digraph "profile" {\n')).toBe(true);
    expect(dot.endsWith("\n}\n")).toBe(true);
  });

  it("leads a dotted arrow through functions that are not shown", () => {
    const dot = encodeDot(measure(treeOfText("main;hidden;read 30\nmain;read 1\nmain;hid;den 2\nx;read 9")), {
      maxNodes: 2,
      unit: "",
    });
    expect(boxes(dot).map((box) => box.split("\\n")[0])).toEqual(["read", "main"]);
    expect(edges(dot)).toEqual(["N2 -> N1 31"]);
    const through = encodeDot(measure(treeOfText("a;m1;z 5\na;m2;z 5\na 1")), { maxNodes: 2, unit: "" });
    expect(edges(through)).toEqual(["N1 -> N2 10 style=dotted"]);
  });

  it("counts an arrow once per stack and draws none from a function to itself", () => {
    const dot = encodeDot(measure(treeOfText("a;b;a;b;b 7")), { maxNodes: 0, unit: "" });
    expect(edges(dot)).toEqual(["N1 -> N2 7", "N2 -> N1 7"]);
  });

  it.each([
    ["nanoseconds", 2_500_000_000n, "2.50s"],
    ["lock_nanoseconds", 10_000_000n, "0.01s"],
    ["bytes", 512n, "512B"],
    ["bytes", 3n * 1024n * 1024n, "3.00MB"],
    ["goroutines", 4n, "4 goroutines"],
  ])("says %s as people do", (unit, value, expected) => {
    expect(boxes(encodeDot(measure(treeOf([[["f"], value]])), { maxNodes: 9, unit }))).toEqual([
      `f\\n${expected} (100.00%)`,
    ]);
  });

  it("lets no name break out of its quotes", () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('"', "\\", "\n", "]", ";", "a", "{", "\u0000") }), (name) => {
        const dot = encodeDot(measure(treeOf([[[name], 1n]])), { maxNodes: 9, unit: "" });
        expect(dot.split("\n")).toHaveLength(6);
        const line = dot.split("\n")[3] ?? "";
        expect(line).toMatch(/^N1 \[label="(?:[^"\\]|\\.)*" fontsize=24\]$/);
      }),
    );
  });

  it("draws an empty profile as an empty graph", () => {
    expect(boxes(encodeDot(measure(EMPTY_TREE), { maxNodes: 9, unit: "" }))).toEqual([]);
  });
});
