// Two files → one graph of their difference: from whole trees where they are there, from drawn graphs where not.
import { describe, expect, it } from "vitest";
import { readGraphs } from "../../src/adhoc/decode-file.ts";
import { differenceOf } from "../../src/adhoc/difference.ts";
import { drawGraph, type FileGraph, namingOf, treeOf } from "../../src/adhoc/file-graph.ts";
import { LIMITS } from "../../src/config.ts";
import { decodeLevels } from "../../src/view/levels.ts";

const UTF8 = new TextEncoder();
const graphOf = (text: string, name = "a.folded"): FileGraph => {
  const [graph] = readGraphs({ bytes: UTF8.encode(text), name }, LIMITS).graphs;
  if (graph === undefined) throw new Error("no graph");
  return graph;
};
const compared = (graph: FileGraph) => ({ naming: namingOf(graph), tree: treeOf(graph) });

/** name → [baseline, comparison] totals. */
function sidesOf(left: FileGraph, right: FileGraph, mostNodes?: number) {
  const { flamebearer } = differenceOf(compared(left), compared(right), mostNodes);
  const decoded = decodeLevels(flamebearer, "double");
  if (!decoded.ok) throw new Error(decoded.reason);
  const { model } = decoded;
  return Object.fromEntries(
    [...model.name].map((name, node) => [model.names[name], model.sides.map(({ total }) => total[node])]),
  );
}

describe("the difference of two files", () => {
  const before = graphOf("main;work 6\nmain;wait 2\n");
  const after = graphOf("main;work 3\nmain;new 5\n");

  it("has both values of every frame", () => {
    expect(sidesOf(before, after)).toEqual({
      total: [8, 8],
      main: [8, 8],
      work: [6, 3],
      wait: [2, 0],
      new: [0, 5],
    });
  });

  it("is the same of graphs that were drawn", () => {
    const drawn = (one: FileGraph): FileGraph => ({ kind: "drawn", graph: drawGraph(one) });
    expect(sidesOf(drawn(before), drawn(after))).toEqual(sidesOf(before, after));
  });

  it("calls nothing new that a small picture of the other side left out", () => {
    const lines = Array.from({ length: 50 }, (_, at) => `main;f${at} ${100 + at}`);
    const many = graphOf(lines.join("\n"));
    const few = graphOf("main;f0 1000\n");
    expect(sidesOf(many, few, 60).f0).toEqual([100, 1000]);
    expect(drawGraph(many, 10).flamebearer.names).not.toContain("f0");
  });

  it("is refused where units differ, and of a difference", () => {
    const bytes = graphOf(
      JSON.stringify({
        flamebearer: { names: ["total"], levels: [[0, 3, 3, 0]], numTicks: 3, maxSelf: 3 },
        metadata: { format: "single", units: "bytes", sampleRate: 100, spyName: "", name: "" },
      }),
      "a.json",
    );
    expect(() => differenceOf(compared(before), compared(bytes))).toThrow(
      expect.objectContaining({ code: "invalid_argument", message: expect.stringContaining("bytes") }),
    );
    const difference: FileGraph = { kind: "drawn", graph: differenceOf(compared(before), compared(after)) };
    expect(() => treeOf(difference)).toThrow(expect.objectContaining({ code: "invalid_argument" }));
  });
});
