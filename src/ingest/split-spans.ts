// What of a profile's samples was taken in which request: a vector for each series and span.
import { TupleTable } from "../lib/tuple-table.ts";
import type { Profile } from "../profile/profile.ts";
import { sampleVectors, type ValueColumn } from "../profile/sample-vectors.ts";
import { type ProfileSpans, SPAN_TOO_MANY, SPANLESS, spanNumbers, spanOfLabels } from "../profile/spans.ts";
import type { SpanVector } from "../segment/batch-spans.ts";

/** By group, then by column: each span's vector. */
export interface SplitSpans<Column> {
  of(group: number, column: Column): readonly SpanVector[];
}

/** Spans of samples, and how many samples' spans were too many. */
type FoundSpans = ProfileSpans & { readonly left: number };

/** What the decoder says (and has told of), or else what the labels of samples say; null when no sample names a request. */
function spansOf({ spans, labelSets, sampleLabels }: Profile, most: number): FoundSpans | null {
  if (spans !== undefined) return spans.keys.length === 0 ? null : { ...spans, left: 0 };
  const { keys, placeOf } = spanNumbers(most);
  const ofSet = labelSets.map((labels) => placeOf(spanOfLabels(labels)));
  if (ofSet.every((place) => place === SPANLESS)) return null;
  const ofSample = sampleLabels.map((set) => ofSet[set] ?? SPANLESS);
  return { keys, ofSample, left: ofSample.reduce((sum, place) => sum + (place === SPAN_TOO_MANY ? 1 : 0), 0) };
}

/**
 * @param groupOf group of each of the profile's label sets
 * @param most vectors of a type: spans, each once for every group it has samples in
 */
export function splitSpans<Column extends ValueColumn>(
  profile: Profile,
  columns: readonly Column[],
  groupOf: Int32Array,
  most: number,
): (SplitSpans<Column> & { /** Samples whose span was one too many. */ readonly left: number }) | null {
  const spans = spansOf(profile, most);
  if (spans === null) return null;
  const { keys, ofSample } = spans;
  const width = profile.sampleTypes.length;
  const inSpans = [...ofSample.keys()].filter((s) => (ofSample[s] ?? -1) >= 0);
  const pairs = new TupleTable(2);
  const pairOf = inSpans.map((s) => pairs.internPair(groupOf[profile.sampleLabels[s] ?? 0] ?? 0, ofSample[s] ?? 0));
  // Pairs are numbered as they come: those of the first samples are kept.
  const pairCount = Math.min(pairs.count, most);
  const chosen = inSpans.filter((_, i) => (pairOf[i] ?? 0) < pairCount);
  const sampleLabels = Int32Array.from(pairOf.filter((pair) => pair < pairCount));
  const sampleValues = new BigInt64Array(chosen.length * width);
  for (const [i, s] of chosen.entries())
    sampleValues.set(profile.sampleValues.subarray(s * width, (s + 1) * width), i * width);
  const part = {
    ...profile,
    sampleNodes: Int32Array.from(chosen, (s) => profile.sampleNodes[s] ?? 0),
    sampleValues,
    sampleLabels,
  };
  const everyPair = Int32Array.from({ length: pairCount }, (_, pair) => pair);
  const found = new Map<Column, Map<number, SpanVector[]>>();
  // Its sum is part of the whole's, which was found to fit.
  const vectors = sampleVectors(part, columns, everyPair, pairCount, () => new Error("a part exceeds the whole"));
  for (const { group: pair, column, vector } of vectors) {
    const byGroup = found.get(column) ?? new Map<number, SpanVector[]>();
    found.set(column, byGroup);
    const one = { span: keys[pairs.at(pair, 1)] ?? "", ...vector };
    const list = byGroup.get(pairs.at(pair, 0));
    if (list === undefined) byGroup.set(pairs.at(pair, 0), [one]);
    else list.push(one);
  }
  return {
    left: spans.left + inSpans.length - chosen.length,
    of: (group, column) => found.get(column)?.get(group) ?? [],
  };
}
