// The old API's dotted names, `app.cpu`, as other names of (service, profile type). What is stored has
// no such name; it is resolved at each read from what the app's uploads claimed.
import { parseProfileType, type TypeInfo } from "./profile-type.ts";

export interface OldName {
  readonly name: string;
  readonly type: TypeInfo;
}

export interface OldNameParts {
  readonly service: string;
  /** "" for none. */
  readonly suffix: string;
}

/** Suffixes of text uploads that are stored under another's type: the name as sent still reads it. */
const ALIASES: Readonly<Record<string, string>> = {
  itimer: "cpu",
  seconds: "wall",
  milliseconds: "wall",
  microseconds: "wall",
  nanoseconds: "wall",
  lock_count: "block_count",
  lock_duration: "block_duration",
};

/**
 * Which of an app's types `app.<suffix>` means, or null. Of several, in this order:
 *
 *   1. counts of samples that claim the suffix: `cpu` and `wall` meant samples before they meant time
 *   2. any type that claims it, by sample_type_config or the defaults
 *   3. for `cpu`: counts of CPU samples that claim nothing
 *   4. the sample type of that name
 */
export function resolveOldName(types: readonly TypeInfo[], suffix: string): TypeInfo | null {
  const direct = suffix === "" ? bareType(types) : best(types, suffix);
  if (direct !== null) return direct;
  const alias = ALIASES[suffix];
  return alias === undefined ? null : best(types, alias);
}

/** All old names of an app, name-sorted. A type that another hides (CPU time behind CPU samples) has none. */
export function oldNamesOf(service: string, types: readonly TypeInfo[]): OldName[] {
  const bare = bareType(types);
  const names: OldName[] = bare === null ? [] : [{ name: service, type: bare }];
  // Where the bare name is in use, the only other types are the same samples as time.
  for (const type of bare === null ? types : []) {
    const claims = [type.oldSuffix, sampleTypeOf(type)];
    const suffix = claims.find((claim) => claim !== "" && best(types, claim) === type);
    if (suffix !== undefined) names.push({ name: `${service}.${suffix}`, type });
  }
  return names.sort((a, b) => (a.name < b.name ? -1 : 1));
}

/**
 * How a name may be read, in the order to try: as an app that keeps its whole name (text with an unknown
 * suffix), as app and suffix, as an app whose CPU is meant (text uploads needed no suffix).
 */
export function splitOldName(name: string): OldNameParts[] {
  const dot = name.lastIndexOf(".");
  const split = dot > 0 && dot < name.length - 1 ? [{ service: name.slice(0, dot), suffix: name.slice(dot + 1) }] : [];
  return [{ service: name, suffix: "" }, ...split, { service: name, suffix: "cpu" }];
}

/** The counts of an app none of whose uploads claims a suffix: text under a name whose suffix nobody knows. */
function bareType(types: readonly TypeInfo[]): TypeInfo | null {
  if (types.some(({ oldSuffix }) => oldSuffix !== "")) return null;
  return types.find((type) => type.id.startsWith("process_cpu:samples:count:")) ?? null;
}

function best(types: readonly TypeInfo[], suffix: string): TypeInfo | null {
  let found: TypeInfo | null = null;
  let foundRank = Number.POSITIVE_INFINITY;
  for (const type of types) {
    const rank = rankOf(type, suffix);
    if (rank === null) continue;
    if (rank < foundRank || (rank === foundRank && found !== null && type.id < found.id)) {
      found = type;
      foundRank = rank;
    }
  }
  return found;
}

/** Lower is better. Half a step decides between claims: `mutex_count` of a mutex profile before that of a block profile. */
function rankOf(type: TypeInfo, suffix: string): number | null {
  const [name = "", sampleType = "", unit = ""] = type.id.split(":");
  const isCount = sampleType === "samples" && unit === "count";
  const nudge = suffix.startsWith(name) || (suffix === "cpu" && name === "process_cpu") ? 0 : 0.5;
  if (type.oldSuffix === suffix) return (isCount ? 1 : 2) + nudge;
  if (suffix === "cpu" && isCount && name === "process_cpu") return 3;
  return sampleType === suffix ? 4 + nudge : null;
}

const sampleTypeOf = (type: TypeInfo): string => parseProfileType(type.id)?.sampleType ?? "";
