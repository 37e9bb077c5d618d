// A drawn graph, written as a profile and read again.
import { describe, expect, it } from "vitest";
import { decodeFile } from "../../src/adhoc/decode-file.ts";
import { BROWSER_LIMITS } from "../../src/adhoc/limits.ts";
import { pprofOfGraph, treeOfGraph } from "../../src/adhoc/tree-of-graph.ts";
import { encodeCollapsed } from "../../src/flame/collapsed.ts";
import { decodeLevels } from "../../src/view/levels.ts";
import { type FlameModel, ROOT } from "../../src/view/model.ts";
import { resolvePath } from "../../src/view/zoom.ts";
import type { FlameSource } from "../../web/panel/panel-types.ts";
import { anyFlamebearer } from "../view/any-flamebearer.ts";
import { RIDESHARE_DIFF } from "../web/panel/rideshare-graph.ts";

function modelOf({ flamebearer, metadata }: FlameSource): FlameModel {
  const decoded = decodeLevels(flamebearer, metadata.format);
  if (!decoded.ok) throw new Error(decoded.reason);
  return decoded.model;
}
const CPU = { label: "", units: "samples", sampleRate: 100, from: 1767323040, until: 1767326640 };

describe("a graph as a profile", () => {
  it("has the graph's total again when it is read, as pprof and as folded text", () => {
    const model = modelOf(anyFlamebearer({ nodeCount: 500, nameCount: 30, maxDepth: 12, seed: 7 }));
    const tree = treeOfGraph(model);
    const files = [pprofOfGraph(tree, CPU), new TextEncoder().encode(encodeCollapsed(tree))];
    for (const bytes of files) {
      const { content } = decodeFile({ bytes, name: "x" }, BROWSER_LIMITS);
      expect(content.graphs[0]?.flamebearer.numTicks).toBe(model.sides[0].total[ROOT]);
      expect(content.graphs[0]?.metadata).toMatchObject({ units: "samples", sampleRate: 100 });
    }
  });

  it("is of one side of a diff, and of what lies under a frame", () => {
    const model = modelOf(RIDESHARE_DIFF);
    const first = model.childStart[ROOT]!;
    for (const side of [0, 1] as const) {
      expect(treeOfGraph(model, side).self.total()).toBe(BigInt(model.sides[side]!.total[ROOT]!));
      expect(treeOfGraph(model, side, first).self.total()).toBe(BigInt(model.sides[side]!.total[first]!));
    }
    const path = resolvePath(model, [model.names[model.name[first]!]!]);
    const lines = encodeCollapsed(treeOfGraph(model, 0, path))
      .trimEnd()
      .split("\n");
    for (const line of lines) expect(line.startsWith(model.names[model.name[path]!]!)).toBe(true);
  });

  it.each([2 ** 52, 2 ** 55, 2 ** 62])("has the value %d whole", (value) => {
    const levels = [
      [0, value, 0, 0],
      [0, value, value, 1],
    ];
    const flamebearer = { names: ["total", "main"], levels, numTicks: value, maxSelf: value };
    const { metadata } = anyFlamebearer({ nodeCount: 2, nameCount: 2, maxDepth: 2, seed: 1 });
    const tree = treeOfGraph(modelOf({ flamebearer, metadata }));
    expect(encodeCollapsed(tree)).toBe(`main ${BigInt(value)}\n`);
    const { content } = decodeFile({ bytes: pprofOfGraph(tree, CPU), name: "x" }, BROWSER_LIMITS);
    expect(content.graphs[0]?.flamebearer.numTicks).toBe(value);
  });

  it.each([
    ["bytes", "", "space"],
    ["lock_nanoseconds", "", "delay"],
    ["samples", "alloc_objects", "alloc_objects"],
    ["parsecs", "a label\n", "parsecs"],
  ])("in %s, labelled %j, has the sample type %s", (units, label, type) => {
    const tree = treeOfGraph(modelOf(RIDESHARE_DIFF));
    const { content } = decodeFile(
      { bytes: pprofOfGraph(tree, { ...CPU, units, label, from: Number.NaN }), name: "x" },
      BROWSER_LIMITS,
    );
    expect(content.graphs[0]?.label).toBe(type);
  });
});
