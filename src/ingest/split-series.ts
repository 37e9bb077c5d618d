// A profile's samples × planned types → series: one per type and label set.
import type { Limits } from "../config.ts";
import { tooLarge } from "../lib/app-error.ts";
import type { LabelDrops } from "../profile/label-drops.ts";
import { type LabelSet, labelKey } from "../profile/labels.ts";
import type { Profile } from "../profile/profile.ts";
import { sampleVectors } from "../profile/sample-vectors.ts";
import type { UploadSeries } from "./decoded-upload.ts";
import { splitSpans } from "./split-spans.ts";
import type { PlannedType } from "./type-plan.ts";

/**
 * @param labelsOf the series' labels for a sample's label set
 * @param drops told of spans that are left out
 * @throws AppError profile_too_large
 */
export function splitSeries(
  profile: Profile,
  types: readonly PlannedType[],
  labelsOf: (sampleLabels: LabelSet) => LabelSet,
  limits: Limits,
  drops: LabelDrops,
): UploadSeries[] {
  // Sets that differ only in labels that are no series' become one group.
  const groupOf = new Int32Array(profile.labelSets.length);
  const groups: LabelSet[] = [];
  const known = new Map<string, number>();
  let chars = 0;
  profile.labelSets.forEach((set, i) => {
    const labels = labelsOf(set);
    const key = labelKey(labels);
    const group = known.get(key) ?? groups.length;
    if (group === groups.length) {
      // Each series has its labels in the batch, those of the upload too.
      chars += key.length * types.length;
      if (chars > limits.batchBytes)
        throw tooLarge("batchBytes", `over ${limits.batchBytes}`, limits.batchBytes, "the labels of all series");
      known.set(key, group);
      groups.push(labels);
    }
    groupOf[i] = group;
  });
  const count = groups.length * types.length;
  if (count > limits.seriesPerUpload)
    throw tooLarge("seriesPerUpload", count, limits.seriesPerUpload, "the upload splits into too many series");
  const vectors = sampleVectors(profile, types, groupOf, groups.length, ({ info }) =>
    tooLarge("totalOfType", "over 2^63 - 1", "2^63 - 1", `the sum of ${info.id} is too large`),
  );
  const spans = splitSpans(profile, types, groupOf, limits.spansPerUpload);
  if (spans !== null && spans.left > 0) drops.spansCrowded(spans.left, limits);
  return vectors.map(({ group, column, vector }) => {
    const own = spans?.of(group, column) ?? [];
    const series = { type: column.info, labels: groups[group] ?? [], ...vector };
    return own.length === 0 ? series : { ...series, spans: own };
  });
}
