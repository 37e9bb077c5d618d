// What Go's optimizer wants of a profile, and a profile of at most so many nodes.
import { describe, expect, it } from "vitest";
import type { StacksPart } from "../../src/formats/pprof/encode.ts";
import { cutStacks, forPgo } from "../../src/formats/pprof/reshape.ts";
import { WideSums } from "../../src/lib/wide-sums.ts";
import { FRAME, StackDictionary } from "../../src/profile/stack-dictionary.ts";

/** Frames as `name:line`, root first. */
function partOf(samples: readonly (readonly [stack: string, value: bigint])[]): StacksPart {
  const stacks = new StackDictionary();
  const values: [number, bigint][] = samples.map(([stack, value]) => {
    let node = 0;
    for (const frame of stack.split(" ")) {
      const [name = "", line = "0"] = frame.split(":");
      const fn = stacks.functions.intern([stacks.strings.internText(name), 0, 0, 0]);
      node = stacks.child(node, stacks.frames.intern([fn, Number(line), 0, 0, 0]));
    }
    return [node, value];
  });
  const sums = new WideSums(stacks.nodes.count);
  for (const [node, value] of values) sums.addBig(node, value);
  return { stacks, values: sums };
}

function linesOf({ stacks, values }: StacksPart): string[] {
  const lines: string[] = [];
  for (let node = 0; node < values.length; node++) {
    if (values.isZero(node)) continue;
    const frames: string[] = [];
    for (let at = node; at > 0; at = stacks.parentOf(at)) {
      const frame = stacks.frameOf(at);
      frames.unshift(`${stacks.frameName(frame)}:${stacks.frames.at(frame, FRAME.line)}`);
    }
    lines.push(`${frames.join(" ")} = ${values.exact(node)}`);
  }
  return lines.sort();
}

const PARTS = [
  partOf([
    ["main:1 a:2 hot:3", 5n],
    ["main:1 a:2 hot:4", 2n ** 60n],
  ]),
  partOf([
    ["main:9 a:2 hot:3", 7n],
    ["main:1 b:5", 11n],
  ]),
];

describe("forPgo", () => {
  it.each([
    ["nothing", { keepLocations: 0, aggregateCallees: false }, ["main:1 a:2 hot:3 = 5", "main:9 a:2 hot:3 = 7"]],
    [
      "two frames",
      { keepLocations: 2, aggregateCallees: false },
      ["a:2 hot:3 = 12", "a:2 hot:4 = 1152921504606846976"],
    ],
    ["the line", { keepLocations: 2, aggregateCallees: true }, ["a:2 hot:0 = 1152921504606846988", "main:1 b:0 = 11"]],
    ["all but the end", { keepLocations: 1, aggregateCallees: true }, ["b:0 = 11", "hot:0 = 1152921504606846988"]],
  ])("asked for %s", (_what, options, lines) => {
    expect(linesOf(forPgo(PARTS, options))).toEqual(expect.arrayContaining(lines));
  });

  it("refuses more frames than anybody's optimizer looks at, and more nodes than there is room for", () => {
    const refused = (limit: string) =>
      expect.objectContaining({ code: "invalid_argument", facts: expect.objectContaining({ limit }) });
    const options = { keepLocations: 64, aggregateCallees: false };
    expect(linesOf(forPgo(PARTS, options)).length).toBe(4);
    expect(() => forPgo(PARTS, { ...options, keepLocations: 65 })).toThrow(refused("pgoFrames"));
    expect(() => forPgo(PARTS, { ...options, keepLocations: -1 })).toThrow(refused("pgoFrames"));
    expect(() => forPgo(PARTS, { ...options, keepLocations: 2 }, 2)).toThrow(refused("pgoNodes"));
  });

  it("leaves what it was given as it was", () => {
    const before = PARTS.map(linesOf);
    forPgo([PARTS[0]!], { keepLocations: 1, aggregateCallees: true });
    expect(PARTS.map(linesOf)).toEqual(before);
  });
});

it("puts what is cut off into `other` below what is left", () => {
  const cut = cutStacks(PARTS, () => 2 ** 50);
  expect(linesOf(cut)).toEqual([
    "main:1 a:2 hot:4 = 1152921504606846976",
    "main:1 a:2 other:0 = 5",
    "main:1 other:0 = 11",
    "other:0 = 7",
  ]);
});
