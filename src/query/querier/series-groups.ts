// group_by: which labels tell apart what is added up. Each series says its group once, whatever number of nodes it has.
import { compareUtf8 } from "../../lib/utf8-order.ts";
import { type LabelSet, labelValue } from "../../profile/labels.ts";
import { ownLabels, type Target } from "./scope.ts";

export interface SeriesGroup {
  /** Its labels as a text: groups are found and ordered by it. */
  readonly key: string;
  readonly labels: { name: string; value: string }[];
}

/** By name. */
export function groupOfSeries(target: Target, series: LabelSet, groupBy: readonly string[]): SeriesGroup {
  const labels = labelsNamed(target, series, groupBy).sort((a, b) => compareUtf8(a.name, b.name));
  return { key: JSON.stringify(labels), labels };
}

/** In the order of `names`; without those that a series lacks. */
export function labelsNamed(target: Target, series: LabelSet, names: readonly string[]): SeriesGroup["labels"] {
  const own = ownLabels(target);
  return names.flatMap((name) => {
    const value = own.get(name) ?? labelValue(series, name);
    return value === undefined ? [] : [{ name, value }];
  });
}

export const byKey = (a: SeriesGroup, b: SeriesGroup): number => compareUtf8(a.key, b.key);
