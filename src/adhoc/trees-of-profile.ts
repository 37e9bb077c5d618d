// A decoded profile → the tree of each of its value types.
import { measure } from "../flame/totals.ts";
import { treeOfStacks } from "../flame/tree-builder.ts";
import { tooLarge } from "../lib/app-error.ts";
import { WideSums } from "../lib/wide-sums.ts";
import type { Profile } from "../profile/profile.ts";
import { sampleVectors } from "../profile/sample-vectors.ts";
import type { FileTree, GraphNaming } from "./file-graph.ts";

/** @param namingOf by index of the profile's sample types; null: no graph of it */
export function treesOfProfile(profile: Profile, namingOf: (type: number) => GraphNaming | null): FileTree[] {
  const columns = profile.sampleTypes.flatMap((_, valueIndex) => {
    const naming = namingOf(valueIndex);
    return naming === null ? [] : [{ valueIndex, multiplier: 1, naming }];
  });
  const oneGroup = new Int32Array(profile.labelSets.length);
  const vectors = sampleVectors(profile, columns, oneGroup, 1, ({ naming }) =>
    tooLarge("totalOfType", "over 2^63 - 1", "2^63 - 1", `the sum of ${naming.label} is too large`),
  );
  return columns.map((column) => {
    const vector = vectors.find((one) => one.column === column)?.vector;
    const values = new WideSums(profile.stacks.nodes.count);
    vector?.nodes.forEach((node, i) => {
      values.add(node, vector.low[i] ?? 0, vector.high?.[i] ?? 0);
    });
    return { kind: "tree", naming: column.naming, tree: measure(treeOfStacks(profile.stacks, values)) };
  });
}
