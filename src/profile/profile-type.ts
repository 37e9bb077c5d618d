// Profile type ids: `name:sample_type:sample_unit:period_type:period_unit`, and what is known about a type of an app.

export interface ProfileType {
  readonly name: string;
  readonly sampleType: string;
  readonly sampleUnit: string;
  readonly periodType: string;
  readonly periodUnit: string;
}

export const profileTypeId = (t: ProfileType): string =>
  `${t.name}:${t.sampleType}:${t.sampleUnit}:${t.periodType}:${t.periodUnit}`;

/** null unless `id` has five parts, or six (the sixth, `delta`, is ignored as upstream does). */
export function parseProfileType(id: string): ProfileType | null {
  const parts = id.split(":");
  if (parts.length !== 5 && parts.length !== 6) return null;
  const [name = "", sampleType = "", sampleUnit = "", periodType = "", periodUnit = ""] = parts;
  return { name, sampleType, sampleUnit, periodType, periodUnit };
}

/** How values of a type combine over uploads: counts add up, gauges are averaged. */
export type Aggregation = "sum" | "average";

/** What an app's profile type is called and measured in; the last upload's word counts. */
export interface TypeInfo {
  /** Profile type id. */
  readonly id: string;
  /** The suffix under which the old API names it (`cpu` of `app.cpu`), "" for none. */
  readonly oldSuffix: string;
  /** Old units: samples, objects, bytes, goroutines, lock_samples, lock_nanoseconds, or the pprof unit. */
  readonly units: string;
  readonly aggregation: Aggregation;
  /** Hz; 100 when unknown. */
  readonly sampleRate: number;
  readonly spyName: string;
}

/** What an answer of the old API says of a type's values; of what has no type, what agents send most. */
export const drawnAs = (
  type: { readonly spyName: string; readonly sampleRate: number; readonly units: string } | null | undefined,
) => ({
  spyName: type?.spyName ?? "",
  sampleRate: type?.sampleRate ?? 100,
  units: type?.units ?? "samples",
});
