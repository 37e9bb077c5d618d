// Which file goes where on the ad-hoc page, and which of its profiles is shown.
import { describe, expect, it } from "vitest";
import type { FileFacts, GraphFacts } from "../../../web/adhoc/file-messages.ts";
import { differenceProblem, firstGraph, placesOf, sameGraph } from "../../../web/state/adhoc-choice.ts";

const graph = (label: string, units = "bytes", change: Partial<GraphFacts> = {}): GraphFacts => ({
  label,
  units,
  sampleRate: 100,
  total: 1,
  isDifference: false,
  ...change,
});
const facts = (...graphs: GraphFacts[]): FileFacts => ({ format: "pprof", graphs, notes: [] });

describe("the place of a file", () => {
  it.each([
    ["one, on an empty page", 1, false, null, ["left"]],
    ["one, beside another", 1, true, null, ["right"]],
    ["one, aimed at the first", 1, true, "left", ["left"]],
    ["one, aimed at a second that has no first", 1, false, "right", ["left"]],
    ["two", 2, true, null, ["left", "right"]],
    ["two, aimed at the second", 2, true, "right", ["right", "left"]],
    ["more than two", 5, false, null, ["left", "right"]],
    ["none", 0, true, "left", []],
  ] as const)("of %s", (_what, count, isFirstTaken, aimed, places) => {
    expect(placesOf(count, isFirstTaken, aimed)).toEqual(places);
  });
});

describe("what of a second file is shown", () => {
  const file = facts(graph("alloc_objects", "objects"), graph("alloc_space"), graph("inuse_space"));
  it("is the same as of the first", () => {
    expect(sameGraph(file, graph("inuse_space"))).toBe(2);
    expect(firstGraph(file, graph("inuse_space"))).toBe(2);
  });
  it("is else what can be compared with it", () => {
    expect(sameGraph(file, graph("heap"))).toBeNull();
    expect(firstGraph(file, graph("heap"))).toBe(1);
  });
  it("is else what it shows alone", () => {
    expect(firstGraph(file, graph("cpu", "nanoseconds"))).toBe(0);
    expect(firstGraph(file, null)).toBe(0);
  });
});

it("two graphs have a difference in one unit alone, and none of a difference", () => {
  expect(differenceProblem(graph("a"), graph("b"))).toBeNull();
  expect(differenceProblem(graph("a"), graph("a", "objects"))).toBe("One is in bytes, the other in objects.");
  expect(differenceProblem(graph("a", ""), graph("a"))).toBe("One is in no unit, the other in bytes.");
  expect(differenceProblem(graph("a"), graph("a", "bytes", { isDifference: true }))).toMatch(/a difference already/);
});
