// Labels as sorted pairs. A label set is the identity of a series next to its app and profile type.

/** [name, value], sorted by name (by code unit), names distinct. */
export type LabelSet = readonly (readonly [name: string, value: string])[];

/** Sorted and distinct: of equal names the last wins. */
export function labelSet(pairs: Iterable<readonly [string, string]>): LabelSet {
  return [...new Map(pairs)].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
}

/** A text that two label sets share only when they are equal. */
export const labelKey = (labels: LabelSet): string => labels.map(([k, v]) => `${k}\u0000${v}`).join("\u0001");

/** For people: `{region="eu", zone="a"}`. */
export const labelsText = (labels: LabelSet): string =>
  `{${labels.map(([name, value]) => `${name}="${value}"`).join(", ")}}`;

export const labelValue = (labels: LabelSet, name: string): string | undefined =>
  labels.find(([known]) => known === name)?.[1];
