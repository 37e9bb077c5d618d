// What an agent says about its pprof's sample types: form part `sample_type_config`, a JSON object.
// Present, it replaces the defaults; it does not merge with them.
import { z } from "zod";
import { DECODING } from "../config.ts";
import { malformed, tooLarge } from "../lib/app-error.ts";
import type { Aggregation } from "../profile/profile-type.ts";
import { parseAggregation } from "./upload-params.ts";

export interface SampleTypeConfig {
  /** Name after the dot in old queries; the sample type's own name when absent. */
  readonly displayName?: string;
  /** The pprof unit when absent. */
  readonly units?: string;
  readonly aggregation: Aggregation;
  /** Values only grow while the process lives. */
  readonly cumulative: boolean;
  /** Values count samples taken at the period's rate. */
  readonly sampled: boolean;
}

/** By sample type name. */
export interface SampleTypeConfigs {
  readonly byType: ReadonlyMap<string, SampleTypeConfig>;
  readonly isDefault: boolean;
}

const configOf = (given: Partial<SampleTypeConfig>): SampleTypeConfig => ({
  aggregation: "sum",
  cumulative: false,
  sampled: false,
  ...given,
});

export const DEFAULT_CONFIGS: SampleTypeConfigs = {
  isDefault: true,
  byType: new Map(
    Object.entries({
      samples: { displayName: "cpu", units: "samples", sampled: true },
      inuse_objects: { units: "objects", aggregation: "average" },
      alloc_objects: { units: "objects", cumulative: true },
      inuse_space: { units: "bytes", aggregation: "average" },
      alloc_space: { units: "bytes", cumulative: true },
      goroutine: { displayName: "goroutines", units: "goroutines", aggregation: "average" },
      contentions: { displayName: "mutex_count", units: "lock_samples", cumulative: true },
      delay: { displayName: "mutex_duration", units: "lock_nanoseconds", cumulative: true },
    } satisfies Record<string, Partial<SampleTypeConfig>>).map(([type, given]) => [type, configOf(given)]),
  ),
};

const Text = z.string().nullish();
const Flag = z.boolean().nullish();
const Part = z.record(
  z.string(),
  z.object({ units: Text, "display-name": Text, aggregation: Text, cumulative: Flag, sampled: Flag }).nullable(),
);

const OWN_CONFIG = { advice: "correct the part sample_type_config, or leave it out: the usual types need none" };

/** @throws AppError malformed_profile, profile_too_large */
export function parseSampleTypeConfigs(part: Uint8Array): SampleTypeConfigs {
  const { sampleTypeConfigBytes: most } = DECODING;
  if (part.length > most)
    throw tooLarge("sampleTypeConfigBytes", part.length, most, "bytes of the part sample_type_config");
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder("utf-8", { fatal: true, ignoreBOM: false }).decode(part));
  } catch {
    throw malformed("sample_type_config is not JSON", OWN_CONFIG);
  }
  if (json === null) return DEFAULT_CONFIGS;
  const parsed = Part.safeParse(json);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const where = issue?.path.join(".").slice(0, 100) ?? "";
    const what = issue?.message.slice(0, 200) ?? "not as expected";
    throw malformed(`sample_type_config: ${where}: ${what}`, OWN_CONFIG);
  }
  const byType = new Map<string, SampleTypeConfig>();
  for (const [type, given] of Object.entries(parsed.data)) {
    byType.set(
      type,
      configOf({
        aggregation: parseAggregation(given?.aggregation ?? ""),
        cumulative: given?.cumulative ?? false,
        sampled: given?.sampled ?? false,
        ...(given?.units && { units: given.units }),
        ...(given?.["display-name"] && { displayName: given["display-name"] }),
      }),
    );
  }
  return { byType, isDefault: false };
}
