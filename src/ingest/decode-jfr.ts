// JFR uploads: the recording, alone or as a form with the labels of its contexts (wire-contract 1.7).
import type { Limits } from "../config.ts";
import { decodeJfr, type JfrProfile } from "../formats/jfr/decode.ts";
import type { JfrColumn } from "../formats/jfr/events.ts";
import { type LabelSnapshot, NO_SNAPSHOT, readLabelSnapshot } from "../formats/jfr/label-snapshot.ts";
import { AppError, malformed } from "../lib/app-error.ts";
import { inflateIfGzip } from "../lib/inflate.ts";
import { LabelDrops } from "../profile/label-drops.ts";
import { profileTypeId } from "../profile/profile-type.ts";
import { DEFAULT_RATE_HZ } from "../profile/sample-rate.ts";
import type { UploadNote } from "../profile/upload-note.ts";
import { readParts } from "./read-parts.ts";
import type { PlannedType } from "./type-plan.ts";
import type { UploadParams } from "./upload-params.ts";

export interface JfrUpload extends JfrProfile {
  /** On labels of its contexts that were left out. */
  readonly labelNotes: readonly UploadNote[];
}

const JFR_PARTS = ["jfr", "labels"];

/**
 * @returns null when nothing of interest was sent
 * @throws AppError malformed_profile, profile_too_large
 */
export function decodeJfrBody(
  body: Uint8Array,
  contentType: string,
  params: UploadParams,
  limits: Limits,
): JfrUpload | null {
  const isForm = contentType.includes("multipart/form-data");
  const parts = isForm ? readParts(body, contentType, JFR_PARTS) : new Map<string, Uint8Array>([["jfr", body]]);
  if (!isForm && body.length === 0) return null;
  const recording = parts.get("jfr");
  if (recording === undefined) throw malformed("jfr field is required");
  const labels = parts.get("labels");
  const drops = new LabelDrops();
  const profile = decodeJfr(inflateIfGzip(recording, limits), {
    limits,
    periodNanos: Math.max(1, Math.floor(1e9 / (params.sampleRate || DEFAULT_RATE_HZ))),
    labels: labels === undefined ? NO_SNAPSHOT : snapshotOf(labels, limits, drops),
  });
  return profile === null ? null : { ...profile, labelNotes: drops.notes() };
}

/** Whatever is wrong with the labels, the recording is not. */
function snapshotOf(part: Uint8Array, limits: Limits, drops: LabelDrops): LabelSnapshot {
  try {
    return readLabelSnapshot(inflateIfGzip(part, limits), limits, drops);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    drops.unread("the part labels", error.message);
    return NO_SNAPSHOT;
  }
}

/** The old names of what JFR gives: 0.3x called contended monitors locks. */
const OLD_SUFFIXES: Readonly<Record<string, string>> = {
  "mutex:contentions": "lock_count",
  "mutex:delay": "lock_duration",
  "block:contentions": "block_count",
  "block:delay": "block_duration",
};

/** What 0.3x measured them in, where it was another word than the column's. */
function oldUnits({ metric, type, unit }: JfrColumn): string {
  if (metric === "mutex" || metric === "block") return type === "delay" ? "lock_nanoseconds" : "lock_samples";
  return metric === "memory" && unit === "count" ? "objects" : unit;
}

/** A planned type for each column, in order. */
export function planJfr({ columns, event }: JfrProfile, { sampleRate, spyName }: UploadParams): PlannedType[] {
  return columns.map((column, valueIndex) => ({
    valueIndex,
    multiplier: 1,
    cumulative: false,
    info: {
      id: profileTypeId({
        name: column.metric,
        sampleType: column.type,
        sampleUnit: column.unit,
        periodType: column.periodType,
        periodUnit: column.periodUnit,
      }),
      oldSuffix: oldSuffixOf(column, event),
      units: oldUnits(column),
      aggregation: "sum",
      sampleRate: sampleRate || DEFAULT_RATE_HZ,
      spyName,
    },
  }));
}

/** Processor time that an interval timer sampled was called itimer. */
function oldSuffixOf({ metric, type }: JfrColumn, event: string): string {
  if (metric === "process_cpu") return event === "itimer" ? "itimer" : "cpu";
  return OLD_SUFFIXES[`${metric}:${type}`] ?? type;
}
