// The promise of pruning, and the subtree under a path: against stacks chosen by hand.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { encodeCollapsed } from "../../src/flame/collapsed.ts";
import { encodeDiff } from "../../src/flame/diff.ts";
import { encodeFlamebearer } from "../../src/flame/flamebearer.ts";
import { chainOf, focusedTree, focusFacts, focusValues } from "../../src/flame/focus.ts";
import { type MeasuredTree, ROOT_NAME } from "../../src/flame/stack-tree.ts";
import { measure } from "../../src/flame/totals.ts";
import { treeOfStacks } from "../../src/flame/tree-builder.ts";
import { stackValues } from "../support/stack-values.ts";
import { anyStacks, dump, type Stack, treeOf, wideValue } from "./any-tree.ts";
import { decode } from "./naive-levels.ts";

const ALL = -1;
const path = fc.array(fc.constantFrom("a", "b", "c", "other", "total", "", "😀"), { minLength: 1, maxLength: 4 });
const lines = fc.integer({ min: 1, max: 3 });
const begins = (frames: readonly string[], prefix: readonly string[]) =>
  prefix.every((name, depth) => frames[depth] === name);

/** `path total self`, sorted. */
function facts({ names, parent, name, self, total }: MeasuredTree): string[] {
  const paths: string[] = [""];
  for (let node = 1; node < parent.length; node++)
    paths[node] = `${paths[parent[node]!]}/${JSON.stringify(names[name[node]!])}`;
  return paths.map((text, node) => `${text} ${total.exact(node)} ${self.exact(node)}`).sort();
}

describe("what is hidden", () => {
  it("is never heavier than what is shown, and every node above the largest of it is shown", () => {
    fc.assert(
      fc.property(anyStacks(), fc.integer({ min: 1, max: 30 }), (stacks, maxNodes) => {
        // Below a function called `other` nodes hide whatever they weigh: the contract draws it as one box.
        const tree = measure(treeOf(stacks.filter(([frames]) => !frames.includes("other"))));
        const { largestHidden, hiddenNodes, otherTotal, numTicks, ...bearer } = encodeFlamebearer(tree, maxNodes);
        const shown = decode(bearer).filter(({ name }) => name !== "other");
        const totals = Array.from({ length: tree.parent.length }, (_, node) => tree.total.approx(node));
        expect(shown).toHaveLength(tree.parent.length - hiddenNodes);
        expect(shown.every(({ total }) => total > largestHidden || hiddenNodes === 0)).toBe(true);
        const heaviest = totals.sort((a, b) => b - a);
        expect(shown.map(({ total }) => total).sort((a, b) => b - a)).toEqual(heaviest.slice(0, shown.length));
        expect(largestHidden).toBe(heaviest[shown.length] ?? 0);
        expect(otherTotal).toBeLessThanOrEqual(numTicks);
      }),
      { numRuns: 400 },
    );
  });

  it("stays below the bound even under functions called other, on the heavier side of a diff, too", () => {
    fc.assert(
      fc.property(anyStacks(), anyStacks(), fc.integer({ min: 1, max: 30 }), (one, two, maxNodes) => {
        const [left, right] = [measure(treeOf(one)), measure(treeOf(two))];
        const { largestHidden, ...bearer } = encodeDiff(left, right, maxNodes);
        const boxes = bearer.levels.flatMap((level) =>
          Array.from({ length: level.length / 7 }, (_, k) => ({
            weight: Math.max(level[k * 7 + 1]!, level[k * 7 + 4]!),
            name: bearer.names[level[k * 7 + 6]!]!,
          })),
        );
        const whole = encodeDiff(left, right, ALL);
        expect(whole.largestHidden).toBeLessThanOrEqual(largestHidden);
        const above = (list: typeof boxes) =>
          list.filter(({ weight, name }) => weight > largestHidden && name !== "other");
        const wholeBoxes = whole.levels.flatMap((level) =>
          Array.from({ length: level.length / 7 }, (_, k) => ({
            weight: Math.max(level[k * 7 + 1]!, level[k * 7 + 4]!),
            name: whole.names[level[k * 7 + 6]!]!,
          })),
        );
        expect(
          above(boxes)
            .map(({ weight }) => weight)
            .sort(),
        ).toEqual(
          above(wholeBoxes)
            .map(({ weight }) => weight)
            .sort(),
        );
      }),
      { numRuns: 300 },
    );
  });

  it("is in `other` with correct totals at every level", () => {
    fc.assert(
      fc.property(anyStacks(), path, fc.integer({ min: 1, max: 12 }), (stacks, focus, maxNodes) => {
        const tree = focusedTree([stackValues(stacks)], focus);
        const depthOfFocus = chainOf(tree, focus).length - 1;
        const boxes = decode(encodeFlamebearer(tree, maxNodes, focus));
        for (const box of boxes) {
          if (box.depth < Math.min(depthOfFocus, focus.length) || depthOfFocus < focus.length) continue;
          const below = boxes.filter(
            ({ depth, left, total }) =>
              depth === box.depth + 1 && left >= box.left && left + total <= box.left + box.total && total > 0,
          );
          const inside = below.reduce((sum, { total }) => sum + total, 0);
          if (box.name !== "other" || inside > 0) expect(box.self + inside).toBe(box.total);
        }
      }),
      { numRuns: 300 },
    );
  });
});

describe("focusedTree", () => {
  it("is the whole's subtree, under frames that keep the whole's totals", () => {
    fc.assert(
      fc.property(anyStacks(wideValue), path, lines, (all, focus, linesOf) => {
        const stacks = all.filter(([, value]) => value > 0n);
        const half = stacks.length >> 1;
        const parts = [stackValues(stacks.slice(0, half), linesOf), stackValues(stacks.slice(half), linesOf)];
        const whole = measure(treeOf(stacks));
        let matched = 0;
        while (matched < focus.length && stacks.some(([frames]) => begins(frames, focus.slice(0, matched + 1))))
          matched++;
        const found = matched === focus.length;
        const keys = Array.from({ length: matched + 1 }, (_, depth) =>
          focus
            .slice(0, depth)
            .map((name) => `/${JSON.stringify(name)}`)
            .join(""),
        );
        const last = keys.at(-1)!;
        const expected = facts(whole).filter((line) => {
          const key = line.slice(0, line.lastIndexOf(" ", line.lastIndexOf(" ") - 1));
          return keys.includes(key) || (found && key.startsWith(`${last}/`));
        });
        const tree = focusedTree(parts, focus);
        expect(facts(tree)).toEqual(expected);
        expect(focusFacts(tree, focus)).toMatchObject({ found, matched });
      }),
      { numRuns: 500 },
    );
  });

  it("spends the whole budget on the subtree", () => {
    fc.assert(
      fc.property(anyStacks(), path, fc.integer({ min: 1, max: 10 }), (stacks, focus, maxNodes) => {
        const tree = focusedTree([stackValues(stacks)], focus);
        const chain = chainOf(tree, focus);
        const { hiddenNodes } = encodeFlamebearer(tree, maxNodes, focus);
        const named = tree.names.indexOf("other");
        const others = tree.name.some((name, node) => name === named && !chain.includes(node));
        const inSubtree = tree.parent.length - (chain.length - 1);
        if (others || chain.length <= focus.length) return;
        expect(hiddenNodes).toBeLessThanOrEqual(Math.max(0, inSubtree - maxNodes));
      }),
    );
  });

  it("says how far a path goes that leads nowhere, and holds nothing below", () => {
    const values = stackValues([
      [["main", "work"], 3n],
      [["exit"], 2n],
    ]);
    const tree = focusedTree([values], ["main", "play", "chess"]);
    expect(facts(tree)).toEqual([" 5 0", '/"main" 3 0']);
    expect(focusFacts(tree, ["main", "play", "chess"])).toEqual({
      path: ["main", "play", "chess"],
      matched: 1,
      found: false,
      total: 0,
    });
  });

  it("opens a frame that is really called other", () => {
    const values = stackValues([
      [["other", "work"], 3n],
      [["exit"], 2n],
    ]);
    const tree = focusedTree([values], ["other"]);
    expect(encodeFlamebearer(tree, ALL, ["other"])).toMatchObject({
      names: [ROOT_NAME, "other", "work"],
      levels: [
        [0, 5, 0, 0],
        [0, 3, 0, 1],
        [0, 3, 3, 2],
      ],
    });
  });

  it("bears the deepest path that is allowed", () => {
    const frames = Array.from({ length: 1000 }, (_, depth) => `f${depth % 5}`);
    const tree = focusedTree([stackValues([[frames, 7n]])], frames);
    expect(focusFacts(tree, frames)).toMatchObject({ found: true, matched: 1000, total: 7 });
  });
});

describe("focusValues", () => {
  it("keeps exactly the stacks that begin with the path, for exports", () => {
    fc.assert(
      fc.property(anyStacks(wideValue), path, lines, (stacks, focus, linesOf) => {
        const { stacks: dictionary, values } = focusValues(stackValues(stacks, linesOf), focus);
        const kept = stacks.filter(([frames, value]) => value > 0n && begins(frames, focus));
        expect(dump(treeOfStacks(dictionary, values))).toEqual(dump(treeOf(kept)));
      }),
    );
  });

  it("writes the frames of the path before each stack", () => {
    const stacks: Stack[] = [
      [["a", "b", "c"], 1n],
      [["a", "b"], 2n],
      [["a", "d"], 4n],
    ];
    const { stacks: dictionary, values } = focusValues(stackValues(stacks), ["a", "b"]);
    expect(encodeCollapsed(treeOfStacks(dictionary, values))).toBe("a;b 2\na;b;c 1\n");
  });
});
