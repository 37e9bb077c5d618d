// What the values of an OTLP profile mean: their type, and how much a sample weighs.
import type { ValueType } from "../../profile/profile.ts";
import type { OtlpProfile, OtlpSample, ValueTypeIndex } from "./messages.ts";

export interface Meaning {
  readonly metric: string;
  readonly type: ValueType;
  readonly periodType: ValueType;
  readonly multiplier: bigint;
}

/** @param string by row of the table of strings */
export function meaningOf(
  { sampleType, periodType, period = 0n }: OtlpProfile,
  string: (row: number) => string,
): Meaning {
  const typeOf = (index: ValueTypeIndex | undefined): ValueType => ({
    type: string(index?.typeStrindex ?? 0),
    unit: string(index?.unitStrindex ?? 0),
  });
  const type = typeOf(sampleType);
  const every = typeOf(periodType);
  if (type.type === "samples" && type.unit === "count" && every.type === "cpu" && every.unit === "nanoseconds") {
    // Without a period nobody knows how long a sample was.
    const isTime = period > 0n;
    return { metric: "process_cpu", type: isTime ? every : type, periodType: every, multiplier: isTime ? period : 1n };
  }
  return { metric: every.type || type.type, type, periodType: every, multiplier: 1n };
}

/** Values of a sample are of one type, at most one for each time it was seen; without values each time counts one. */
export const weightOf = ({ values, timestampsUnixNano = 0 }: OtlpSample): bigint =>
  values === undefined || values.count === 0 ? BigInt(timestampsUnixNano) : values.sum;
