// The laws of the sandwich, against a plain list of stacks.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeLevels } from "../../src/view/levels.ts";
import { type FlameModel, nameOf, ROOT } from "../../src/view/model.ts";
import { SANDWICH_NODE, type Sandwich, sandwichOf } from "../../src/view/sandwich.ts";
import { toTop } from "../../src/view/top-table.ts";
import { pathOf } from "../../src/view/zoom.ts";
import type { FlameSource } from "../../web/panel/panel-types.ts";
import { RIDESHARE_DIFF } from "../web/panel/rideshare-graph.ts";
import { anyFlamebearer } from "./any-flamebearer.ts";

function modelOf({ flamebearer, metadata }: Pick<FlameSource, "flamebearer" | "metadata">): FlameModel {
  const decoded = decodeLevels(flamebearer, metadata.format);
  if (!decoded.ok) throw new Error(decoded.reason);
  return decoded.model;
}
function sandwich(model: FlameModel, name: string): Sandwich {
  const made = sandwichOf(model, model.names.indexOf(name));
  if (made === null) throw new Error(`nothing is called ${name}`);
  return made;
}
/** Few names, so that functions call themselves and are called from everywhere. */
const anyModel = fc
  .integer({ min: 1, max: 1e6 })
  .map((seed) => modelOf(anyFlamebearer({ nodeCount: 120, nameCount: 9, maxDepth: 9, seed })));

type Paths = Map<string, number>;
const add = (paths: Paths, path: readonly string[], value: number) => {
  if (value > 0) paths.set(path.join(";"), (paths.get(path.join(";")) ?? 0) + value);
};
/** Path below the whole → what ends there. */
function pathsOf(model: FlameModel, value: (node: number) => number): Paths {
  const paths: Paths = new Map();
  for (let node = SANDWICH_NODE; node < model.nodeCount; node++) add(paths, pathOf(model, node), value(node));
  return paths;
}

describe("the sandwich of a function", () => {
  it("has the table's total and self, whatever calls itself", () => {
    fc.assert(
      fc.property(anyModel, (model) => {
        const top = toTop(model);
        for (const [row, name] of top.name.entries()) {
          const { callers, callees } = sandwich(model, model.names[name]!);
          const [values] = top.sides;
          expect(callers.sides[0].total[SANDWICH_NODE]).toBe(values?.total[row]);
          expect(callees.sides[0].total[SANDWICH_NODE]).toBe(values?.total[row]);
          expect(callers.sides[0].self[SANDWICH_NODE]).toBe(values?.self[row]);
          const selfBelow = [...callees.name.keys()]
            .filter((node) => node > ROOT && callees.name[node] === name)
            .reduce((sum, node) => sum + callees.sides[0].self[node]!, 0);
          expect(selfBelow).toBe(values?.self[row]);
        }
      }),
      { numRuns: 40 },
    );
  });

  it("merges the stacks it is on, each once: those below it forwards, those above it backwards", () => {
    fc.assert(
      fc.property(anyModel, (model) => {
        for (const name of new Set([...model.name].slice(1).map((index) => model.names[index]!))) {
          const [forwards, backwards]: [Paths, Paths] = [new Map(), new Map()];
          for (let node = 1; node < model.nodeCount; node++) {
            const stack = pathOf(model, node);
            const at = stack.indexOf(name);
            if (at < 0) continue;
            add(forwards, stack.slice(at), model.sides[0].self[node]!);
            add(backwards, stack.slice(0, at + 1).reverse(), model.sides[0].self[node]!);
          }
          const { callers, callees } = sandwich(model, name);
          expect(pathsOf(callees, (node) => callees.sides[0].self[node]!)).toEqual(forwards);
          // What a caller passes on to its own callers is what its children have.
          const rest = Float64Array.from(callers.sides[0].total);
          for (let node = SANDWICH_NODE + 1; node < callers.nodeCount; node++)
            rest[callers.parent[node]!]! -= callers.sides[0].total[node]!;
          expect(pathsOf(callers, (node) => rest[node]!)).toEqual(backwards);
        }
      }),
      { numRuns: 25 },
    );
  });

  it("lays children inside their parent, heaviest first, side by side", () => {
    fc.assert(
      fc.property(anyModel, fc.nat(8), (model, pick) => {
        const name = nameOf(model, 1 + (pick % (model.nodeCount - 1)));
        for (const half of Object.values(sandwich(model, name)).filter((part) => typeof part === "object")) {
          for (let node = 0; node < half.nodeCount; node++) {
            let [end, widthBefore] = [half.x[node]!, Number.POSITIVE_INFINITY];
            for (let child = half.childStart[node]!; child < half.childStart[node + 1]!; child++) {
              expect(half.x[child]).toBe(end);
              expect(half.width[child]).toBeLessThanOrEqual(widthBefore);
              [end, widthBefore] = [end + half.width[child]!, half.width[child]!];
            }
            expect(end).toBeLessThanOrEqual(half.x[node]! + half.width[node]!);
          }
        }
      }),
      { numRuns: 40 },
    );
  });

  it("keeps both sides of a diff, against the wholes of the diff", () => {
    const model = modelOf(RIDESHARE_DIFF);
    const top = toTop(model);
    for (const [row, name] of top.name.entries()) {
      const { callers, callees } = sandwich(model, model.names[name]!);
      for (const half of [callers, callees]) {
        for (const side of [0, 1] as const) {
          expect(half.sides[side]?.total[ROOT]).toBe(model.sides[side]?.total[ROOT]);
          expect(half.sides[side]?.total[SANDWICH_NODE]).toBe(top.sides[side]?.total[row]);
        }
        expect(half.width[ROOT]).toBe(model.width[ROOT]);
      }
    }
  });

  it("knows no function that is not there, and takes the whole for none", () => {
    const model = modelOf(RIDESHARE_DIFF);
    expect(sandwichOf(model, -1)).toBeNull();
    expect(sandwichOf(model, model.names.indexOf("total"))).toBeNull();
  });

  it("ends at a whole level where paths upward would be too many", () => {
    // A comb: each frame of a deep spine calls F, so the paths from F upward are as long as the spine is deep.
    const depth = 3000;
    const names = ["total", "F", ...Array.from({ length: depth }, (_, at) => `spine${at}`)];
    const levels = [[0, 2 * depth, 0, 0]];
    for (let at = 0; at < depth; at++) {
      const total = 2 * (depth - at);
      levels.push(at === 0 ? [0, total, 1, 2] : [2 * at - 1, 1, 1, 1, 0, total, 1, at + 2]);
    }
    const model = modelOf({
      ...RIDESHARE_DIFF,
      flamebearer: { names, levels, numTicks: 0, maxSelf: 0 },
      metadata: { ...RIDESHARE_DIFF.metadata, format: "single" },
    });
    const { callers, isCut } = sandwich(model, "F");
    expect(isCut).toBe(true);
    expect(callers.nodeCount).toBeLessThanOrEqual(1_000_000);
    expect(callers.sides[0].total[SANDWICH_NODE]).toBe(depth - 1);
  });
});
