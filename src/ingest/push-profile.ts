// One pushed profile → its slot and series. The profile says when it was taken; its types are named by the series.

import { decodePprof } from "../formats/pprof/decode.ts";
import { LabelDrops } from "../profile/label-drops.ts";
import type { LabelSet } from "../profile/labels.ts";
import { SPAN_LABELS } from "../profile/spans.ts";
import type { StackDictionary } from "../profile/stack-dictionary.ts";
import type { UploadNote } from "../profile/upload-note.ts";
import type { DecodeSettings } from "./decode-upload.ts";
import type { UploadSeries } from "./decoded-upload.ts";
import type { PushNaming } from "./push-series.ts";
import { DEFAULT_CONFIGS, type SampleTypeConfigs } from "./sample-type-config.ts";
import { withSampleLabels } from "./series-labels.ts";
import { splitSeries } from "./split-series.ts";
import { planPprof } from "./type-plan.ts";
import { noTime, uploadSlot } from "./upload-slot.ts";

export interface PushedProfile {
  readonly slot: number;
  readonly series: readonly UploadSeries[];
  readonly notes: readonly UploadNote[];
  /** Whether it says itself when it was taken. */
  readonly hasTime: boolean;
}

const NANOSECONDS_PER_SECOND = 1_000_000_000n;

/** The default names contentions and delay after mutexes, which those of a block profile are not. */
const BLOCK_CONFIGS: SampleTypeConfigs = {
  isDefault: true,
  byType: new Map(
    [...DEFAULT_CONFIGS.byType].map(([type, config]) => [
      type,
      config.displayName === undefined
        ? config
        : { ...config, displayName: config.displayName.replace(/^mutex_/, "block_") },
    ]),
  ),
};

/**
 * @param inflated pprof
 * @param stacks grows by the profile's stacks, also when it is refused late
 * @returns null for a legal profile that holds nothing to store
 * @throws AppError malformed_profile, profile_too_large, profile_too_old
 */
export function decodePushed(
  inflated: Uint8Array,
  naming: PushNaming,
  stacks: StackDictionary,
  settings: DecodeSettings,
): PushedProfile | null {
  const { limits, now } = settings;
  const profile = decodePprof(inflated, {
    limits,
    dotnet: settings.dotnetIds !== false && naming.spyName === "dotnetspy",
    goRepair: settings.goRepair,
    ignoredLabels: SPAN_LABELS,
    stacks,
  });
  if (profile === null) return null;
  const taken = profile.timeNanos === 0n ? null : Number(profile.timeNanos / NANOSECONDS_PER_SECOND);
  const { slot, notes } = uploadSlot(taken, null, now, settings);
  const configs = naming.metric === "block" ? BLOCK_CONFIGS : DEFAULT_CONFIGS;
  const plan = planPprof(profile, configs, { spyName: naming.spyName, sampleRate: null }, naming.metric);
  const drops = new LabelDrops();
  const labelsOf = (sample: LabelSet): LabelSet => withSampleLabels(naming.labels, sample, limits, drops);
  const series = splitSeries(profile, plan, labelsOf, limits, drops);
  if (series.length === 0) return null;
  const replaced: UploadNote[] = taken === null ? [noTime("time_nanos")] : [];
  return {
    slot,
    series,
    notes: [...replaced, ...notes, ...profile.notes, ...drops.notes()],
    hasTime: taken !== null && notes.length === 0,
  };
}
