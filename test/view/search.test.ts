import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { exactSearch } from "../../src/view/exact-search.ts";
import { hitAt } from "../../src/view/hit-at.ts";
import { focusToRead } from "../../src/view/hit-zoom.ts";
import { decodeLevels } from "../../src/view/levels.ts";
import type { FlameModel } from "../../src/view/model.ts";
import { searchModel } from "../../src/view/search.ts";
import { isHit } from "../../src/view/search-hits.ts";
import { parseSearch } from "../../src/view/search-query.ts";
import { pathOf } from "../../src/view/zoom.ts";
import { RIDESHARE, RIDESHARE_DIFF } from "../web/panel/rideshare-graph.ts";
import { anyFlamebearer } from "./any-flamebearer.ts";

function modelOf(source: typeof RIDESHARE): FlameModel {
  const decoded = decodeLevels(source.flamebearer, source.metadata.format);
  if (!decoded.ok) throw new Error(decoded.reason);
  return decoded.model;
}

function matching(text: string, names: readonly string[]): string[] | string {
  const search = parseSearch(text);
  if (search.kind === "error") return search.reason;
  return search.kind === "none" ? "none" : names.filter(search.test);
}

const NAMES = [
  "main.OrderCar",
  "main.orderBike",
  "a, b",
  "net/http.(*conn).serve",
  "/usr/lib/x.py run",
  'say "hi"',
  "main",
];

describe("parseSearch", () => {
  const table: readonly (readonly [search: string, found: readonly string[] | string])[] = [
    ["", "none"],
    ["  ,  , ", "none"],
    ["ORDER", ["main.OrderCar", "main.orderBike"]],
    ["car, serve", ["main.OrderCar", "net/http.(*conn).serve"]],
    ["/order(car|bike)$/", ["main.OrderCar", "main.orderBike"]],
    ["/^main\\./", ["main.OrderCar", "main.orderBike"]],
    ["/a{1,2}, b/", ["a, b"]],
    ["/^net\\/http/", ["net/http.(*conn).serve"]],
    ["/CAR$/, /bike/", ["main.OrderCar", "main.orderBike"]],
    ["/usr/lib/x.py", ["/usr/lib/x.py run"]],
    ["net/http", ["net/http.(*conn).serve"]],
    ['"main"', ["main"]],
    ['"Main"', []],
    ['"a, b"', ["a, b"]],
    ['"say \\"hi\\"", car', ["main.OrderCar", 'say "hi"']],
    ["(*conn)", ["net/http.(*conn).serve"]],
    ['"open', []],
    ["/(/", "This is not a regular expression."],
  ];
  it.each(table)("%j finds %j", (search, found) => {
    expect(matching(search, NAMES)).toEqual(found);
  });

  it.each(["/(a+)+$/", "/(a|a)*b/", "/(a*){2,}/", "/((a+)b)*c/", "/(.)\\1/", "/(?<x>.)\\k<x>/", "/.*.*.*.*.*z/"])(
    "refuses %s, which could take forever",
    (search) => {
      expect(parseSearch(search)).toMatchObject({ kind: "error", reason: expect.stringContaining("forever") });
    },
  );

  it("refuses a search of unreasonable length", () => {
    expect(parseSearch("x".repeat(1001)).kind).toBe("error");
  });

  it("answers any text within a moment, and never throws", () => {
    const regexLike = fc.string({
      unit: fc.constantFrom(
        "a",
        "b",
        "(",
        ")",
        "|",
        "*",
        "+",
        "?",
        "[",
        "]",
        "\\",
        "{",
        "2",
        "}",
        "^",
        "$",
        ".",
        ",",
        "/",
        '"',
        " ",
      ),
    });
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          regexLike.map((body) => `/${body}/`),
        ),
        (text) => {
          const search = parseSearch(text);
          if (search.kind !== "test") return true;
          const start = performance.now();
          search.test("ab".repeat(200));
          return performance.now() - start < 100;
        },
      ),
      { numRuns: 1000 },
    );
  });

  it("finds exactly the function that exactSearch names", () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (name, other) => {
        const search = parseSearch(exactSearch(name));
        return (
          search.kind === "test" && search.only === name && search.test(name) && search.test(other) === (name === other)
        );
      }),
    );
  });
});

describe("searchModel", () => {
  it("sums the union: a match below a match adds nothing", () => {
    const model = modelOf(RIDESHARE);
    const hits = searchModel(model, (name) => name.startsWith("main.") || name.includes("Mutex"));
    expect(hits.shares).toEqual([0.9]);
    expect(hits.hitCount).toBe(8);
  });

  it("has one share per side of a diff", () => {
    const hits = searchModel(modelOf(RIDESHARE_DIFF), (name) => name === "main.mutexLock");
    expect(hits.shares).toEqual([0.33, 0.71]);
  });

  it("never counts the root, even when its name matches", () => {
    expect(searchModel(modelOf(RIDESHARE), (name) => name === "total")).toMatchObject({ hitCount: 0, shares: [0] });
  });

  it("agrees with a look at every path, and finds each hit by its number", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1e6 }), (seed) => {
        const model = modelOf(anyFlamebearer({ nodeCount: 200, nameCount: 12, maxDepth: 14, seed }));
        const test = (name: string) => name.includes("Lock") || name.includes("Read");
        const hits = searchModel(model, test);
        let sum = 0;
        const nodes: number[] = [];
        for (let node = 1; node < model.nodeCount; node++) {
          if (pathOf(model, node).some(test)) sum += model.sides[0].self[node]!;
          if (test(model.names[model.name[node]!]!)) nodes.push(node);
        }
        expect(hits.shares[0]).toBeCloseTo(sum / model.sides[0].total[0]!, 12);
        expect(nodes.map((_, number) => hitAt(hits, number))).toEqual(nodes);
        expect(nodes.every((node) => isHit(hits, node))).toBe(true);
        expect([hitAt(hits, -1), hitAt(hits, nodes.length)]).toEqual([undefined, undefined]);
      }),
      { numRuns: 40 },
    );
  });
});

describe("focusToRead", () => {
  const model = modelOf(RIDESHARE);
  const nodeNamed = (name: string): number =>
    [...model.name.keys()].find((node) => model.names[model.name[node]!] === name)!;
  const [car, distance] = [nodeNamed("main.OrderCar"), nodeNamed("github.com/acme/rideshare/geo.Distance")];

  it("stays when the hit is wide enough where we are", () => {
    expect(focusToRead(model, 0, distance, 1000, 5)).toBe(0);
  });
  it("zooms no further in than needed", () => {
    expect(pathOf(model, focusToRead(model, 0, distance, 1000, 50))).toEqual([
      "net/http.(*conn).serve",
      "main.OrderBike",
    ]);
  });
  it("leaves a frame that does not contain the hit", () => {
    expect(focusToRead(model, car, distance, 1000, 5)).toBe(0);
  });
});
