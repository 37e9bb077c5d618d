import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { nodeAt, type Viewport, viewportOf, visibleLevelCount, visitRow } from "../../src/view/layout.ts";
import { decodeLevels } from "../../src/view/levels.ts";
import { type FlameModel, levelOf, ROOT } from "../../src/view/model.ts";
import { tableRows } from "../../src/view/table-rows.ts";
import { toTop } from "../../src/view/top-table.ts";
import { panViewport, zoomViewport } from "../../src/view/viewport-moves.ts";
import { pathOf, resolvePath, stepFrom } from "../../src/view/zoom.ts";
import type { FlameSource } from "../../web/panel/panel-types.ts";
import { RIDESHARE, RIDESHARE_DIFF } from "../web/panel/rideshare-graph.ts";
import { anyFlamebearer } from "./any-flamebearer.ts";

function modelOf(source: FlameSource): FlameModel {
  const decoded = decodeLevels(source.flamebearer, source.metadata.format);
  if (!decoded.ok) throw new Error(decoded.reason);
  return decoded.model;
}

describe("visitRow", () => {
  it("shows every visible node exactly once, as a bar or in a run, in order", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 1e6 }),
        fc.double({ min: 0, max: 0.99, noNaN: true }),
        fc.double({ min: 1e-4, max: 1, noNaN: true }),
        (seed, from, part) => {
          const model = modelOf(anyFlamebearer({ nodeCount: 400, nameCount: 20, maxDepth: 10, seed }));
          const whole = model.width[ROOT]!;
          const view: Viewport = { start: from * whole, width: Math.min(part, 1 - from) * whole };
          const widthPx = 120;
          for (let level = 0; level < model.levelCount; level++) {
            const seen: number[] = [];
            visitRow(model, level, view, widthPx, {
              bar: (node, left, right) => {
                expect(right - left).toBeGreaterThanOrEqual(1 - 1e-9);
                seen.push(node);
              },
              run: (first, last, left, right) => {
                expect(right).toBeGreaterThanOrEqual(left);
                for (let node = first; node <= last; node++) {
                  expect((model.width[node]! / view.width) * widthPx).toBeLessThan(1);
                  seen.push(node);
                }
              },
            });
            const wanted: number[] = [];
            for (let node = model.levelStart[level]!; node < model.levelStart[level + 1]!; node++) {
              if (model.x[node]! < view.start + view.width && model.x[node]! + model.width[node]! > view.start)
                wanted.push(node);
            }
            expect(seen).toEqual(wanted);
          }
        },
      ),
      { numRuns: 60 },
    );
  });

  it("takes a bounded number of steps for a row of a million slivers", () => {
    const count = 1_000_000;
    const row: number[] = [];
    for (let at = 0; at < count; at++) row.push(0, 1, 1, 1);
    const decoded = decodeLevels({ names: ["total", "x"], levels: [[0, count, 0, 0], row] }, "single");
    if (!decoded.ok) throw new Error(decoded.reason);
    const { model } = decoded;
    let reads = 0;
    const x = new Proxy(model.x, {
      get: (numbers, at) => {
        reads++;
        return numbers[Number(at)];
      },
    });
    let runs = 0;
    visitRow({ ...model, x }, 1, viewportOf(model, ROOT), 1000, { bar: () => {}, run: () => runs++ });
    expect(runs).toBe(1);
    expect(reads).toBeGreaterThan(1000);
    expect(reads).toBeLessThan(50_000);
  });
});

describe("nodeAt", () => {
  const model = modelOf(RIDESHARE);
  it.each([
    [0, 999, ["total"]],
    [2, 99, ["main.OrderBike"]],
    [2, 100, ["main.OrderCar"]],
    [5, 500, ["sync.(*Mutex).Lock"]],
    [5, 100, []],
    [6, 0, []],
    [-1, 0, []],
  ])("on level %d at %d finds %j", (level, position, names) => {
    const node = nodeAt(model, level, position);
    expect(node === undefined ? [] : [model.names[model.name[node]!]]).toEqual(names);
  });
});

describe("viewport", () => {
  const bounds: Viewport = { start: 100, width: 50 };
  it("never leaves the focused frame", () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.01, max: 100, noNaN: true }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.double({ min: -5, max: 5, noNaN: true }),
        (factor, anchor, pan) => {
          const view = panViewport(zoomViewport(bounds, bounds, factor, anchor), bounds, pan);
          return view.start >= 100 && view.start + view.width <= 150 + 1e-9 && view.width > 0;
        },
      ),
    );
  });
  it("keeps the point under the pointer where it is", () => {
    const view = zoomViewport(bounds, bounds, 2, 0.4);
    expect(view).toEqual({ start: 110, width: 25 });
    expect(view.start + 0.4 * view.width).toBe(120);
  });
  it("is as deep as the frames in it", () => {
    const model = modelOf(RIDESHARE);
    expect(visibleLevelCount(model, viewportOf(model, ROOT))).toBe(6);
    expect(visibleLevelCount(model, viewportOf(model, resolvePath(model, ["runtime.mcall"])))).toBe(2);
  });
});

describe("zoom path", () => {
  it("leads back to the node it came from", () => {
    const model = modelOf(RIDESHARE);
    for (let node = 0; node < model.nodeCount; node++) expect(resolvePath(model, pathOf(model, node))).toBe(node);
  });
  it("ends at the deepest frame that still exists", () => {
    const model = modelOf(RIDESHARE);
    const path = ["net/http.(*conn).serve", "main.OrderCar", "main.Gone", "main.FindNearestVehicle"];
    expect(pathOf(model, resolvePath(model, path))).toEqual(path.slice(0, 2));
  });
  it("steps to parent, siblings and the heaviest child, and stays at the edges", () => {
    const model = modelOf(RIDESHARE);
    const serve = resolvePath(model, ["net/http.(*conn).serve"]);
    const car = stepFrom(model, serve, "heaviest child");
    const bike = stepFrom(model, car, "previous");
    const named = [
      car,
      bike,
      stepFrom(model, bike, "previous"),
      stepFrom(model, car, "parent"),
      stepFrom(model, ROOT, "parent"),
      stepFrom(model, ROOT, "next"),
    ];
    expect(named.map((node) => pathOf(model, node).at(-1) ?? "total")).toEqual([
      "main.OrderCar",
      "main.OrderBike",
      "main.OrderBike",
      "net/http.(*conn).serve",
      "total",
      "total",
    ]);
    expect(levelOf(model, car)).toBe(2);
  });
});

describe("tableRows", () => {
  const rowsOf = (
    source: FlameSource,
    order: Parameters<typeof tableRows>[2],
    descending: boolean,
    keep?: (name: number) => boolean,
  ): string[] => {
    const model = modelOf(source);
    const top = toTop(model);
    const rows = tableRows(
      top,
      { wholes: model.sides.map((side) => side.total[0]!), names: model.names },
      order,
      descending,
      keep,
    );
    return [...rows].map((row) => model.names[top.name[row]!]!);
  };
  it("sorts by self and by total, ties by name", () => {
    expect(rowsOf(RIDESHARE, "self", true).slice(0, 2)).toEqual(["main.FindNearestVehicle", "sync.(*Mutex).Lock"]);
    expect(rowsOf(RIDESHARE, "self", false).slice(0, 3)).toEqual([
      "main.OrderBike",
      "main.OrderCar",
      "main.OrderScooter",
    ]);
    expect(rowsOf(RIDESHARE, "total", true)[0]).toBe("net/http.(*conn).serve");
  });
  it("sorts by name both ways", () => {
    expect(rowsOf(RIDESHARE, "name", true)).toEqual(rowsOf(RIDESHARE, "name", false).reverse());
  });
  it("sorts a diff by the size of the change, whichever way it goes", () => {
    expect(rowsOf(RIDESHARE_DIFF, "diff", true).slice(0, 4)).toEqual([
      "sync.(*Mutex).Lock",
      "main.mutexLock",
      "main.OrderCar",
      "main.OrderBike",
    ]);
    expect(rowsOf(RIDESHARE_DIFF, "comparison", true).slice(0, 2)).toEqual([
      "net/http.(*conn).serve",
      "main.FindNearestVehicle",
    ]);
  });
  it("keeps only what is asked for", () => {
    expect(rowsOf(RIDESHARE, "name", false, (name) => RIDESHARE.flamebearer.names[name]!.includes("Order"))).toEqual([
      "main.OrderBike",
      "main.OrderCar",
      "main.OrderScooter",
    ]);
  });
});
