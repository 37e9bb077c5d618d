// Which service an upload belongs to and which labels its series carry.
import type { Limits } from "../config.ts";
import { LabelDrops } from "../profile/label-drops.ts";
import { type LabelSet, labelSet, labelValue } from "../profile/labels.ts";
import { SPAN_LABELS } from "../profile/spans.ts";
import type { UploadNote } from "../profile/upload-note.ts";
import type { UploadParams } from "./upload-params.ts";

export interface SeriesNaming {
  readonly service: string;
  /** The labels that all series of the upload share. */
  readonly labels: LabelSet;
  readonly notes: readonly UploadNote[];
  /** Told of labels of the samples that are left out. */
  readonly drops: LabelDrops;
}

/**
 * A `service_name` label wins over the app name.
 * @param appNameLabel whether the app name that lost is kept as `app_name`
 */
export function nameSeries(
  app: string,
  params: UploadParams,
  appNameLabel: "keep" | "drop",
  limits: Limits,
): SeriesNaming {
  const given = labelValue(params.name.labels, "service_name") ?? "";
  const isGiven = given !== "" && byteLength(given) <= limits.labelValueBytes;
  const { pairs, notes } = seriesPairs(params.name.labels, limits);
  const tooLong = new LabelDrops();
  if (given !== "" && !isGiven) tooLong.valueTooLong("service_name", byteLength(given), limits);
  if (isGiven && appNameLabel === "keep") pairs.push(["app_name", app]);
  if (byteLength(params.spyName) <= limits.labelValueBytes) pairs.push(["pyroscope_spy", params.spyName]);
  return {
    service: isGiven ? given : app,
    labels: labelSet(pairs),
    notes: [...params.nameNotes, ...tooLong.notes(), ...notes],
    drops: new LabelDrops(),
  };
}

/**
 * Those of the labels sent that become labels of the series; two are left room for.
 * @param cutFrom how many were sent, where `sent` is only some of them
 */
export function seriesPairs(
  sent: LabelSet,
  limits: Limits,
  cutFrom = 0,
): { pairs: [string, string][]; notes: UploadNote[] } {
  const drops = new LabelDrops();
  const pairs: [string, string][] = [];
  for (const [name, value] of sent)
    if (name !== "service_name" && isSeriesLabel(name, value) && isFit(name, value, limits, drops))
      pairs.push([name, value]);
  const most = Math.max(0, limits.labelsPerSeries - 2);
  if (pairs.length > most || cutFrom > 0)
    drops.crowded("the series' labels", Math.max(pairs.length + 2, cutFrom), limits);
  pairs.length = Math.min(pairs.length, most);
  return { pairs, notes: drops.notes() };
}

/**
 * The series' labels with those of its samples; of two with one name the series' wins. What is too long is none: a label that
 * the catalog can't hold would keep its hour from ever being sealed.
 */
export function withSampleLabels(series: LabelSet, sample: LabelSet, limits: Limits, drops: LabelDrops): LabelSet {
  if (sample.length === 0) return series;
  const own = new Map(series);
  const added = sample.filter(([name, value]) => {
    if (!isSeriesLabel(name, value)) return false;
    const ofSeries = name === "service_name" ? "" : own.get(name);
    if (ofSeries === undefined) return isFit(name, value, limits, drops);
    if (ofSeries !== value) drops.overruled(name);
    return false;
  });
  const most = Math.max(0, limits.labelsPerSeries - series.length);
  if (added.length > most) drops.crowded("labels of samples", series.length + added.length, limits);
  return labelSet([...series, ...added.slice(0, most)]);
}

/** An empty value is no label; `__…` is upstream's own, and `__session_id__` would split every restart. */
const isSeriesLabel = (name: string, value: string): boolean =>
  value !== "" && !name.startsWith("__") && !SPAN_LABELS.has(name);

function isFit(name: string, value: string, limits: Limits, drops: LabelDrops): boolean {
  const [nameBytes, valueBytes] = [byteLength(name), byteLength(value)];
  if (nameBytes === 0) drops.unnamed();
  else if (nameBytes > limits.labelNameBytes) drops.nameTooLong(name, nameBytes, limits);
  else if (valueBytes > limits.labelValueBytes) drops.valueTooLong(name, valueBytes, limits);
  else return true;
  return false;
}

export function byteLength(text: string): number {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) >= 0x80) return UTF8.encode(text).length;
  return text.length;
}
const UTF8 = new TextEncoder();
