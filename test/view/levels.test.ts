import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeLevels, type FlamebearerLevels } from "../../src/view/levels.ts";
import { type FlameModel, levelOf, nameOf, ROOT } from "../../src/view/model.ts";
import { toTop } from "../../src/view/top-table.ts";
import { pathOf } from "../../src/view/zoom.ts";
import { RIDESHARE_DIFF } from "../web/panel/rideshare-graph.ts";
import { anyFlamebearer } from "./any-flamebearer.ts";

/** The example of the wire contract: a;b 1 and a;c 2. */
const SMALL: FlamebearerLevels = {
  names: ["total", "a", "c", "b"],
  levels: [
    [0, 3, 0, 0],
    [0, 3, 0, 1],
    [0, 1, 1, 3, 0, 2, 2, 2],
  ],
};

function modelOf(flamebearer: FlamebearerLevels, format: "single" | "double" = "single"): FlameModel {
  const decoded = decodeLevels(flamebearer, format);
  if (!decoded.ok) throw new Error(decoded.reason);
  return decoded.model;
}

describe("decodeLevels", () => {
  it("turns delta offsets into positions and finds each node's parent and children", () => {
    const model = modelOf(SMALL);
    expect([...model.x]).toEqual([0, 0, 0, 1]);
    expect([...model.width]).toEqual([3, 3, 1, 2]);
    expect([...model.parent]).toEqual([-1, 0, 1, 1]);
    expect([...model.childStart]).toEqual([1, 2, 4, 4, 4]);
    expect([...model.levelStart]).toEqual([0, 1, 2, 4]);
    expect(pathOf(model, 3)).toEqual(["a", "c"]);
  });

  it("keeps the two sides of a diff apart and makes widths the mean of both shares", () => {
    const model = modelOf(RIDESHARE_DIFF.flamebearer, "double");
    const lock = [...model.name.keys()].find((node) => nameOf(model, node) === "main.mutexLock")!;
    expect(model.sides.map((side) => side.total[lock])).toEqual([330, 1420]);
    expect(model.width[ROOT]).toBeCloseTo(1, 12);
    expect(model.width[lock]).toBeCloseTo((0.33 + 0.71) / 2, 12);
    expect(pathOf(model, lock)).toEqual([
      "net/http.(*conn).serve",
      "main.OrderCar",
      "main.FindNearestVehicle",
      "main.mutexLock",
    ]);
  });

  it("gives the whole width to the side that has samples when the other has none", () => {
    const model = modelOf(
      {
        names: ["total", "a"],
        levels: [
          [0, 0, 0, 0, 8, 0, 0],
          [0, 0, 0, 0, 4, 4, 1],
        ],
      },
      "double",
    );
    expect([...model.width]).toEqual([1, 0.5]);
  });

  it("reads an empty profile as a root without width", () => {
    expect([...modelOf({ names: ["total"], levels: [[0, 0, 0, 0]] }).width]).toEqual([0]);
  });

  const broken: readonly (readonly [string, unknown, string])[] = [
    ["no names", { names: [], levels: [[0, 1, 1, 0]] }, "no names"],
    ["a name that is a number", { names: [1], levels: [[0, 1, 1, 0]] }, "not a text"],
    ["no levels", { names: ["total"], levels: [] }, "no levels"],
    ["an empty root level", { names: ["total"], levels: [[]] }, "not one root"],
    ["two roots", { names: ["total"], levels: [[0, 1, 1, 0, 0, 1, 1, 0]] }, "not one root"],
    ["a level cut short", { names: ["total"], levels: [[0, 1, 1]] }, "multiple of 4"],
    ["a level that is an object", { names: ["total"], levels: [{ length: 4 }] }, "not a list"],
    ["a name index past the end", { names: ["total"], levels: [[0, 1, 1, 1]] }, "names no name"],
    ["a fractional name index", { names: ["total"], levels: [[0, 1, 1, 0.5]] }, "names no name"],
    ["a negative total", { names: ["total"], levels: [[0, -1, 0, 0]] }, "negative"],
    ["an infinite total", { names: ["total"], levels: [[0, Number.POSITIVE_INFINITY, 0, 0]] }, "endless"],
    ["not a number", { names: ["total"], levels: [[0, Number.NaN, 0, 0]] }, "negative or endless"],
    ["a total that is a text", { names: ["total"], levels: [[0, "1", 0, 0]] }, "not a number"],
    ["null", { names: ["total"], levels: [[0, null, 0, 0]] }, "not a number"],
    ["a self above the total", { names: ["total"], levels: [[0, 1, 2, 0]] }, "above its total"],
    [
      "a child wider than its parent",
      {
        names: ["total"],
        levels: [
          [0, 1, 0, 0],
          [0, 2, 2, 0],
        ],
      },
      "does not lie under",
    ],
    [
      "a child beside all parents",
      {
        names: ["total"],
        levels: [
          [0, 4, 0, 0],
          [0, 2, 0, 0],
          [2, 2, 2, 0],
        ],
      },
      "does not lie under",
    ],
    [
      "a level below an empty one",
      { names: ["total"], levels: [[0, 1, 0, 0], [], [0, 1, 1, 0]] },
      "below an empty level",
    ],
  ];
  it.each(broken)("answers with a reason for %s", (_, flamebearer, reason) => {
    const decoded = decodeLevels(flamebearer as FlamebearerLevels, "single");
    expect(decoded).toMatchObject({ ok: false, reason: expect.stringContaining(reason) });
  });

  it("never throws and never loses the order of nodes, whatever the levels are", () => {
    const wild = fc.array(
      fc.array(fc.oneof(fc.integer({ min: -2, max: 9 }), fc.constant(null), fc.double()), { maxLength: 16 }),
      { maxLength: 6 },
    );
    fc.assert(
      fc.property(wild, fc.constantFrom("single" as const, "double" as const), (levels, format) => {
        const decoded = decodeLevels({ names: ["total", "a", "b"], levels: levels as number[][] }, format);
        if (!decoded.ok) return decoded.reason.length > 0;
        const { model } = decoded;
        return [...model.parent].every(
          (parent, node) => parent < node && (node === 0 || levelOf(model, parent) === levelOf(model, node) - 1),
        );
      }),
    );
  });

  it("places every child of a generated graph inside its parent", () => {
    const model = modelOf(anyFlamebearer({ nodeCount: 3000, nameCount: 50, maxDepth: 40, seed: 5 }).flamebearer);
    for (let node = 1; node < model.nodeCount; node++) {
      const parent = model.parent[node]!;
      expect(model.x[node]).toBeGreaterThanOrEqual(model.x[parent]!);
      expect(model.x[node]! + model.width[node]!).toBeLessThanOrEqual(model.x[parent]! + model.width[parent]!);
      expect(node).toBeGreaterThanOrEqual(model.childStart[parent]!);
      expect(node).toBeLessThan(model.childStart[parent + 1]!);
    }
  });

  it("reads ten thousand levels without recursion", () => {
    const levels = Array.from({ length: 10_000 }, (_, level) => [0, 5, level === 9_999 ? 5 : 0, level === 0 ? 0 : 1]);
    const model = modelOf({ names: ["total", "again"], levels });
    expect(model.levelCount).toBe(10_000);
    expect([...toTop(model).sides[0]!.total]).toEqual([5]);
  });
});

describe("toTop", () => {
  it("counts a function that calls itself once per stack", () => {
    // total 10 → f 8 → g 6 → f 5; total → f is the same function beside: h 2 → f 1
    const model = modelOf({
      names: ["total", "f", "g", "h"],
      levels: [
        [0, 10, 0, 0],
        [0, 8, 2, 1, 0, 2, 1, 3],
        [2, 6, 1, 2, 1, 1, 1, 1],
        [3, 5, 5, 1],
      ],
    });
    const top = toTop(model);
    const rows = [...top.name].map((name, row) => [
      model.names[name],
      top.sides[0]!.self[row],
      top.sides[0]!.total[row],
    ]);
    expect(rows).toEqual([
      ["f", 8, 9],
      ["g", 1, 6],
      ["h", 1, 2],
    ]);
  });

  it("agrees with sums over the paths of every node", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1e6 }), (seed) => {
        const model = modelOf(anyFlamebearer({ nodeCount: 150, nameCount: 6, maxDepth: 12, seed }).flamebearer);
        const selfs = new Map<string, number>();
        const totals = new Map<string, number>();
        for (let node = 1; node < model.nodeCount; node++) {
          const self = model.sides[0].self[node]!;
          const path = pathOf(model, node);
          selfs.set(path.at(-1)!, (selfs.get(path.at(-1)!) ?? 0) + self);
          for (const name of new Set(path)) totals.set(name, (totals.get(name) ?? 0) + self);
        }
        const top = toTop(model);
        for (const [row, name] of top.name.entries()) {
          const text = model.names[name]!;
          expect(top.sides[0]!.self[row]).toBe(selfs.get(text) ?? 0);
          expect(top.sides[0]!.total[row]).toBe(totals.get(text) ?? 0);
        }
      }),
      { numRuns: 40 },
    );
  });
});
