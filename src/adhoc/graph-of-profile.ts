// A decoded profile → a flame graph of each of its value types.
import type { ShareGraph } from "../api/share.ts";
import { encodeFlamebearer } from "../flame/flamebearer.ts";
import { measure } from "../flame/totals.ts";
import { treeOfStacks } from "../flame/tree-builder.ts";
import { tooLarge } from "../lib/app-error.ts";
import { WideSums } from "../lib/wide-sums.ts";
import type { Profile } from "../profile/profile.ts";
import { type SparseVector, sampleVectors } from "../profile/sample-vectors.ts";

/** What a graph shows; the rest is in `other` boxes, and said to be. */
const MOST_NODES = 32_768;

export interface GraphNaming {
  readonly label: string;
  readonly units: string;
  /** Samples per second. */
  readonly sampleRate: number;
  readonly spyName: string;
  /** Of the whole share: a file's name. */
  readonly name: string;
}

/** @param namingOf by index of the profile's sample types; null: no graph of it */
export function graphsOfProfile(profile: Profile, namingOf: (type: number) => GraphNaming | null): ShareGraph[] {
  const columns = profile.sampleTypes.flatMap((_, valueIndex) => {
    const naming = namingOf(valueIndex);
    return naming === null ? [] : [{ valueIndex, multiplier: 1, naming }];
  });
  const oneGroup = new Int32Array(profile.labelSets.length);
  const vectors = sampleVectors(profile, columns, oneGroup, 1, ({ naming }) =>
    tooLarge("totalOfType", "over 2^63 - 1", "2^63 - 1", `the sum of ${naming.label} is too large`),
  );
  return columns.map((column) => {
    const found = vectors.find((one) => one.column === column)?.vector ?? null;
    return graphOf(profile, found, column.naming);
  });
}

function graphOf({ stacks }: Profile, vector: SparseVector | null, naming: GraphNaming): ShareGraph {
  const values = new WideSums(stacks.nodes.count);
  vector?.nodes.forEach((node, i) => {
    values.add(node, vector.low[i] ?? 0, vector.high?.[i] ?? 0);
  });
  const tree = measure(treeOfStacks(stacks, values));
  const { names, levels, numTicks, maxSelf, hiddenNodes, largestHidden } = encodeFlamebearer(tree, MOST_NODES);
  const { label, units, sampleRate, spyName, name } = naming;
  return {
    label,
    flamebearer: { names, levels, numTicks, maxSelf },
    metadata: { format: "single", units, sampleRate, spyName, name },
    ...(hiddenNodes > 0 && { hidden: { nodes: hiddenNodes, largest: largestHidden } }),
  };
}
