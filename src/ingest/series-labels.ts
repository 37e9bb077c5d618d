// Which service an upload belongs to and which labels its series carry.
import type { Limits } from "../config.ts";
import { type LabelSet, labelSet, labelValue } from "../profile/labels.ts";
import { labelsCrowded, labelTooLong, type UploadNote } from "../profile/upload-note.ts";
import type { UploadParams } from "./upload-params.ts";

/** Names of exemplars, not of series: every request has its own. */
export const EXEMPLAR_LABELS: ReadonlySet<string> = new Set(["profile_id", "span_id", "trace_id"]);

export interface SeriesNaming {
  readonly service: string;
  /** The labels that all series of the upload share. */
  readonly labels: LabelSet;
  readonly notes: readonly UploadNote[];
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
  if (isGiven && appNameLabel === "keep") pairs.push(["app_name", app]);
  if (byteLength(params.spyName) <= limits.labelValueBytes) pairs.push(["pyroscope_spy", params.spyName]);
  return { service: isGiven ? given : app, labels: labelSet(pairs), notes };
}

/** Those of the labels sent that become labels of the series; two are left room for. */
export function seriesPairs(sent: LabelSet, limits: Limits): { pairs: [string, string][]; notes: UploadNote[] } {
  const notes: UploadNote[] = [];
  const pairs: [string, string][] = [];
  for (const pair of sent) {
    const [name, value] = pair;
    if (name === "service_name" || !isSeriesLabel(name, value)) continue;
    const problem = problemOf(name, value, limits);
    if (problem === null) pairs.push([name, value]);
    else notes.push(problem);
  }
  const most = Math.max(0, limits.labelsPerSeries - 2);
  if (pairs.length > most) {
    notes.push(labelsCrowded("the series' labels", pairs.length + 2, limits.labelsPerSeries));
    pairs.length = most;
  }
  return { pairs, notes };
}

/**
 * The series' labels with those of its samples; of two with one name the series' wins. What is too long is none: a label that
 * the catalog can't hold would keep its hour from ever being sealed.
 */
export function withSampleLabels(series: LabelSet, sample: LabelSet, limits: Limits): LabelSet {
  if (sample.length === 0) return series;
  const taken = new Set(series.map(([name]) => name));
  const added = sample.filter(
    ([name, value]) =>
      isSeriesLabel(name, value) &&
      name !== "service_name" &&
      !taken.has(name) &&
      byteLength(name) <= limits.labelNameBytes &&
      byteLength(value) <= limits.labelValueBytes,
  );
  return labelSet([...series, ...added.slice(0, Math.max(0, limits.labelsPerSeries - series.length))]);
}

/** An empty value is no label; `__…` is upstream's own, and `__session_id__` would split every restart. */
const isSeriesLabel = (name: string, value: string): boolean =>
  value !== "" && !name.startsWith("__") && !EXEMPLAR_LABELS.has(name);

function problemOf(name: string, value: string, limits: Limits): UploadNote | null {
  const [nameBytes, valueBytes] = [byteLength(name), byteLength(value)];
  if (nameBytes > limits.labelNameBytes) return labelTooLong(name, nameBytes, null, limits);
  if (valueBytes > limits.labelValueBytes) return labelTooLong(name, nameBytes, valueBytes, limits);
  return null;
}

export function byteLength(text: string): number {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) >= 0x80) return UTF8.encode(text).length;
  return text.length;
}
const UTF8 = new TextEncoder();
