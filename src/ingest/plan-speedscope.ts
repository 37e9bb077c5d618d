// Which types a speedscope file's units are stored as: as text of the app's suffix; a file of several profiles says by its units.
import type { SpeedscopeFile, SpeedscopeUnit } from "../formats/speedscope.ts";
import type { Profile } from "../profile/profile.ts";
import { DEFAULT_RATE_HZ } from "../profile/sample-rate.ts";
import { type PlannedType, planText } from "./type-plan.ts";
import type { UploadParams } from "./upload-params.ts";

export interface SpeedscopePlan {
  readonly service: string;
  readonly groups: readonly { readonly profile: Profile; readonly types: readonly PlannedType[] }[];
}

/** The old suffix that each unit stands for. Ticks without a unit are samples of CPU: upstream refuses several of them. */
const SUFFIX_OF: Readonly<Record<SpeedscopeUnit, string>> = {
  none: "cpu",
  seconds: "seconds",
  milliseconds: "milliseconds",
  microseconds: "microseconds",
  nanoseconds: "nanoseconds",
  bytes: "bytes",
};

/** Counts are hundredths of a unit: what rate that is. A rate that was sent, and is not the usual one, wins. */
const RATE_OF: Readonly<Record<SpeedscopeUnit, number>> = {
  none: 10_000,
  seconds: 100,
  milliseconds: 1e5,
  microseconds: 1e8,
  nanoseconds: 1e11,
  bytes: 0,
};

/** A file without samples has no groups. */
export function planSpeedscope({ groups, profiles }: SpeedscopeFile, params: UploadParams): SpeedscopePlan {
  const { app } = params.name;
  const rateSent = params.sampleRate !== null && params.sampleRate !== DEFAULT_RATE_HZ ? params.sampleRate : null;
  const planned = groups.map(({ unit, profile }) => {
    const name = profiles > 1 ? `${app}.${SUFFIX_OF[unit]}` : app;
    const sampleRate = rateSent ?? RATE_OF[unit];
    const { service, types } = planText(name, { ...params, sampleRate });
    // The second type is time: exact nanoseconds, unless counts mean something else by the rate that was sent.
    const exact = types.map((type, i) =>
      i === 1 && rateSent === null ? { ...type, valueIndex: 1, multiplier: 1 } : type,
    );
    return { service, profile, types: exact };
  });
  return { service: planned[0]?.service ?? app, groups: planned };
}
