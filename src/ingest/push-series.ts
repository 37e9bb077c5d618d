// What the labels of a pushed series say: its service, its profile's name, and the labels that are kept.
import type { Limits } from "../config.ts";
import type { PushSeries } from "../formats/push/read-push.ts";
import { invalidArgument } from "../lib/app-error.ts";
import type { AppName } from "../profile/app-name.ts";
import { LabelDrops } from "../profile/label-drops.ts";
import { type LabelSet, labelSet, labelsText, labelValue } from "../profile/labels.ts";
import type { UploadNote } from "../profile/upload-note.ts";
import { byteLength, seriesPairs } from "./series-labels.ts";

export interface PushNaming {
  readonly service: string;
  /** First part of its profile types' ids. */
  readonly metric: string;
  readonly labels: LabelSet;
  /** Of the agent; "unknown" when no label tells. */
  readonly spyName: string;
  /** Service and labels as sent: with it a profile's id is one of this series alone. */
  readonly name: AppName;
  readonly notes: readonly UploadNote[];
}

const METRIC_NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;
/** Upstream's default relabelling: a delta that the agent computed is stored under the plain name. */
const DELTA_PREFIX = "godeltaprof_";

/** @throws AppError invalid_argument */
export function namePushSeries(
  { labels: sent, labelCount }: Pick<PushSeries, "labels" | "labelCount">,
  limits: Limits,
): PushNaming {
  const given = labelSet(sent);
  const sentName = labelValue(given, "__name__") ?? "";
  const name = sentName.startsWith(DELTA_PREFIX) ? sentName.slice(DELTA_PREFIX.length) : sentName;
  if (!METRIC_NAME.test(name) || name.length > limits.labelValueBytes)
    throw invalidArgument(`invalid labels '${shown(given)}' with error: invalid metric name`, {
      advice: "name the kind of profile by the label __name__: process_cpu, memory, wall, mutex, block, goroutines",
    });
  const service = labelValue(given, "service_name") || "unknown_service";
  if (byteLength(service) > limits.labelValueBytes)
    throw invalidArgument(`invalid labels '${shown(given)}' with error: service_name is too long`, {
      limit: "labelValueBytes",
      actual: byteLength(service),
      allowed: limits.labelValueBytes,
    });
  const { pairs, notes } = seriesPairs(given, limits, labelCount > sent.length ? labelCount : 0);
  return {
    service,
    metric: name,
    labels: labelSet(pairs),
    spyName: (spyNameOf(given) || "unknown").slice(0, 256),
    name: { app: service, labels: given },
    notes: [...repeatedOf(sent, given), ...notes],
  };
}

/** Empty where no label says it. .NET's agent has a label of its own. */
export const spyNameOf = (sent: LabelSet): string =>
  labelValue(sent, "pyroscope_spy") || labelValue(sent, "spy_name") || "";

function repeatedOf(sent: PushSeries["labels"], kept: LabelSet): UploadNote[] {
  if (kept.length === sent.length) return [];
  const drops = new LabelDrops();
  const values = new Map(kept);
  const told = new Set<string>();
  for (const [name, value] of sent)
    if (values.get(name) !== value && !told.has(name)) {
      told.add(name);
      drops.repeated(name, "last");
    }
  return drops.notes();
}

const shown = (labels: LabelSet): string => labelsText(labels).slice(0, 1000);
