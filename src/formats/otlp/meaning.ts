// What the values of an OTLP profile mean: their type, and how much a sample weighs.
import { malformed } from "../../lib/app-error.ts";
import type { ValueType } from "../../profile/profile.ts";
import type { Dictionary, OtlpProfile, OtlpSample, ValueTypeIndex } from "./messages.ts";

export interface Meaning {
  readonly metric: string;
  readonly type: ValueType;
  readonly periodType: ValueType;
  readonly multiplier: bigint;
}

export function meaningOf({ sampleType, periodType, period = 0n }: OtlpProfile, tables: Dictionary): Meaning {
  const typeOf = (index: ValueTypeIndex | undefined): ValueType => ({
    type: stringAt(tables, index?.typeStrindex ?? 0),
    unit: stringAt(tables, index?.unitStrindex ?? 0),
  });
  const type = typeOf(sampleType);
  const every = typeOf(periodType);
  if (type.type === "samples" && type.unit === "count" && every.type === "cpu" && every.unit === "nanoseconds")
    return { metric: "process_cpu", type: every, periodType: every, multiplier: period > 0n ? period : 1n };
  return { metric: every.type || type.type, type, periodType: every, multiplier: 1n };
}

export function stringAt({ stringTable }: Dictionary, index: number): string {
  const text = stringTable?.[index] ?? (index === 0 ? "" : undefined);
  if (text === undefined) throw malformed(`otlp: string ${index} of ${stringTable?.length ?? 0}`);
  return text;
}

/** Values of a sample are of one type, at most one for each time it was seen; without values each time counts one. */
export function weightOf({ values = [], timestampsUnixNano = [] }: OtlpSample): bigint {
  if (values.length === 0) return BigInt(timestampsUnixNano.length);
  return values.reduce((sum, value) => sum + (value > 0n ? value : 0n), 0n);
}
