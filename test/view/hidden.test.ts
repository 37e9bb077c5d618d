// Where boxes called `other` are found, on graphs that the server's own encoder pruned.
import fc from "fast-check";
import { expect, it } from "vitest";
import { encodeFlamebearer } from "../../src/flame/flamebearer.ts";
import { measure } from "../../src/flame/totals.ts";
import { expandableFrame, hasOtherBelow, isOther } from "../../src/view/hidden.ts";
import { decodeLevels } from "../../src/view/levels.ts";
import { type FlameModel, ROOT } from "../../src/view/model.ts";
import { anyStacks, treeOf, treeOfText } from "../flame/any-tree.ts";

function modelOf(bearer: { names: string[]; levels: number[][] }): FlameModel {
  const decoded = decodeLevels(bearer, "single");
  if (!decoded.ok) throw new Error(decoded.reason);
  return decoded.model;
}

it("finds under a frame what a walk over all nodes finds", () => {
  fc.assert(
    fc.property(anyStacks(fc.bigInt(1n, 1000n)), fc.integer({ min: 1, max: 12 }), (stacks, maxNodes) => {
      const model = modelOf(encodeFlamebearer(measure(treeOf(stacks)), maxNodes));
      const under = new Array<boolean>(model.nodeCount).fill(false);
      for (let node = model.nodeCount - 1; node > 0; node--) {
        if (isOther(model, node) || under[node]) under[model.parent[node]!] = true;
      }
      for (let node = 0; node < model.nodeCount; node++) expect(hasOtherBelow(model, node)).toBe(under[node]);
    }),
  );
});

it("asks about the parent of a box, the frame itself where something is hidden deeper, and nothing elsewhere", () => {
  const model = modelOf(encodeFlamebearer(measure(treeOfText("a;b 50\na;c 1\na;d 2\ne 40\nf 1")), 4));
  const named = (name: string, nth = 0) =>
    Array.from({ length: model.nodeCount }, (_, node) => node).filter(
      (node) => model.names[model.name[node]!] === name,
    )[nth]!;
  expect(expandableFrame(model, named("other", 0))).toBe(ROOT);
  expect(expandableFrame(model, named("other", 1))).toBe(named("a"));
  expect(expandableFrame(model, named("a"))).toBe(named("a"));
  expect(expandableFrame(model, named("b"))).toBe(undefined);
  expect(expandableFrame(model, named("e"))).toBe(undefined);
});
