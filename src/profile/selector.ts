// What a query asks for, whichever of the two languages it is written in.
//
//   app.cpu{region="eu"}                                            FlameQL: an old name; unknown_service:java.cpu, too
//   process_cpu:cpu:nanoseconds:cpu:nanoseconds{service_name="app"} PromQL: a profile type id as metric name
//   {__name__="process_cpu:…", "region"="eu"}                       the same
import { invalidArgument } from "../lib/app-error.ts";
import { parseFlameql } from "./flameql.ts";
import type { LabelSet } from "./labels.ts";
import { type Matcher, SERVICE_LABEL } from "./matcher.ts";
import { parseProfileType, profileTypeId } from "./profile-type.ts";
import { parsePromSelector } from "./promql.ts";
import { requireShortQuery } from "./query-length.ts";

export type SelectedApp =
  /** Service and type in one: see old-names.ts. */
  | { readonly kind: "old"; readonly name: string }
  /** Of any service: matchers on `service_name` choose. */
  | { readonly kind: "type"; readonly profileType: string };

export interface Selector {
  readonly app: SelectedApp;
  readonly matchers: readonly Matcher[];
}

/** Throws invalid_argument with the position and what was expected there. */
export function parseQuery(query: string): Selector {
  requireShortQuery([query]);
  if (!isPromql(query)) {
    const { name, matchers } = parseFlameql(query);
    return { app: { kind: "old", name }, matchers };
  }
  const { name, matchers } = parsePromSelector(query);
  if (name === null) throw invalidArgument("query: expected a profile type before the { or as __name__ in the braces");
  return { app: { kind: "type", profileType: profileTypeOf(name) }, matchers };
}

/** The storage-key form of the `name` parameter, parsed elsewhere: every label as it is. */
export function selectorOfName(name: string, labels: LabelSet): Selector {
  const matchers = labels.map(([label, value]): Matcher => ({ name: label, op: "=", value, anchored: false }));
  return { app: { kind: "old", name }, matchers };
}

/** The one app that a selector can mean, or null when that is open. */
export function serviceOf({ matchers }: Selector): string | null {
  return matchers.find(({ name, op, value }) => name === SERVICE_LABEL && op === "=" && value !== "")?.value ?? null;
}

/** Whether the old name, alone, is a query that means it: services of Push and OTLP may have characters that it can't. */
export function isAskable(oldName: string): boolean {
  try {
    const { app } = parseQuery(oldName);
    return app.kind === "old" && app.name === oldName;
  } catch {
    return false;
  }
}

/** OpenTelemetry's name for a process without one: `unknown_service:java`. The only colon that an old name may have. */
const NAMELESS = "unknown_service:";

function isPromql(query: string): boolean {
  const brace = query.indexOf("{");
  const name = (brace < 0 ? query : query.slice(0, brace)).trim();
  if (name !== "" || brace < 0)
    return name.includes(":") && !(name.startsWith(NAMELESS) && parseProfileType(name) === null);
  return /^\s*["'`]/.test(query.slice(brace + 1)) || query.includes("__name__");
}

/** The id in five parts; of six the last is ignored, as upstream does. */
export function profileTypeOf(id: string): string {
  const type = parseProfileType(id);
  if (type !== null) return profileTypeId(type);
  const form = "<name>:<sample-type>:<sample-unit>:<period-type>:<period-unit>(:delta)";
  throw invalidArgument(
    `profile-type selection must be of the form ${form}, got(${id.split(":").length}): ${JSON.stringify(id)}`,
  );
}
