// What remains of cumulative series when the client sends the previous profile along.
import type { Limits } from "../config.ts";
import { labelKey } from "../profile/labels.ts";
import type { StackDictionary } from "../profile/stack-dictionary.ts";
import { vectorDifference } from "../profile/vector-difference.ts";
import type { UploadSeries } from "./decoded-upload.ts";

/**
 * Both lists hold cumulative series over the nodes of `stacks`. A series that was not there before is
 * taken whole; what remains of another has no spans: they say what was counted since the process began, again and again.
 */
export function subtractPrevious(
  now: readonly UploadSeries[],
  previous: readonly UploadSeries[],
  stacks: StackDictionary,
  { nodesPerProfile }: Pick<Limits, "nodesPerProfile">,
): UploadSeries[] {
  const before = new Map(previous.map((series) => [keyOf(series), series]));
  const difference = vectorDifference(stacks, nodesPerProfile);
  return now
    .map((series) => {
      const known = before.get(keyOf(series));
      const { type, labels } = series;
      return known === undefined ? series : { type, labels, ...difference(series, known) };
    })
    .filter(({ nodes }) => nodes.length > 0);
}

const keyOf = ({ type, labels }: UploadSeries): string => `${type.id}\u0002${labelKey(labels)}`;
