// What of a profile's samples was taken in which request: a vector for each series and span.
import { TupleTable } from "../lib/tuple-table.ts";
import type { Profile } from "../profile/profile.ts";
import { sampleVectors, type ValueColumn } from "../profile/sample-vectors.ts";
import { type ProfileSpans, type SpanKey, spanOfLabels } from "../profile/spans.ts";
import type { SpanVector } from "../segment/batch-spans.ts";

/** By group, then by column: each span's vector. */
export interface SplitSpans<Column> {
  of(group: number, column: Column): readonly SpanVector[];
}

/** What the decoder says, or else what the labels of samples say; null when no sample names a request. */
function spansOf({ spans, labelSets, sampleLabels }: Profile, most: number): ProfileSpans | null {
  if (spans !== undefined) return spans.keys.length === 0 ? null : spans;
  const keys = new Map<SpanKey, number>();
  const ofSet = labelSets.map((labels) => {
    const key = spanOfLabels(labels);
    if (key === null) return -1;
    const place = keys.get(key) ?? keys.size;
    if (place >= most) return -1;
    keys.set(key, place);
    return place;
  });
  if (keys.size === 0) return null;
  return { keys: [...keys.keys()], ofSample: sampleLabels.map((set) => ofSet[set] ?? -1) };
}

/**
 * @param groupOf group of each of the profile's label sets
 * @param most spans; more are in the label sets of hostile profiles only
 */
export function splitSpans<Column extends ValueColumn>(
  profile: Profile,
  columns: readonly Column[],
  groupOf: Int32Array,
  most: number,
): SplitSpans<Column> | null {
  const spans = spansOf(profile, most);
  if (spans === null) return null;
  const { keys, ofSample } = spans;
  const width = profile.sampleTypes.length;
  const chosen = [...ofSample.keys()].filter((s) => (ofSample[s] ?? -1) >= 0);
  const pairs = new TupleTable(2);
  const sampleLabels = Int32Array.from(chosen, (s) =>
    pairs.internPair(groupOf[profile.sampleLabels[s] ?? 0] ?? 0, ofSample[s] ?? 0),
  );
  const sampleValues = new BigInt64Array(chosen.length * width);
  for (const [i, s] of chosen.entries())
    sampleValues.set(profile.sampleValues.subarray(s * width, (s + 1) * width), i * width);
  const part = {
    ...profile,
    sampleNodes: Int32Array.from(chosen, (s) => profile.sampleNodes[s] ?? 0),
    sampleValues,
    sampleLabels,
  };
  const everyPair = Int32Array.from({ length: pairs.count }, (_, pair) => pair);
  const found = new Map<Column, Map<number, SpanVector[]>>();
  // Its sum is part of the whole's, which was found to fit.
  const vectors = sampleVectors(part, columns, everyPair, pairs.count, () => new Error("a part exceeds the whole"));
  for (const { group: pair, column, vector } of vectors) {
    const byGroup = found.get(column) ?? new Map<number, SpanVector[]>();
    found.set(column, byGroup);
    const one = { span: keys[pairs.at(pair, 1)] ?? "", ...vector };
    const list = byGroup.get(pairs.at(pair, 0));
    if (list === undefined) byGroup.set(pairs.at(pair, 0), [one]);
    else list.push(one);
  }
  return { of: (group, column) => found.get(column)?.get(group) ?? [] };
}
