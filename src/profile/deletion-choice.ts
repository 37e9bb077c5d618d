// What a deletion's words choose: a selector within an app, or an old name.
import { invalidArgument } from "../lib/app-error.ts";
import { compileMatchers, type Matcher, SERVICE_LABEL } from "./matcher.ts";
import { oldNamesOf, resolveOldName, splitOldName } from "./old-names.ts";
import type { TypeInfo } from "./profile-type.ts";
import { parsePromSelector } from "./promql.ts";
import { requireShortQuery } from "./query-length.ts";
import { parseQuery } from "./selector.ts";
import { SPAN_LABELS } from "./spans.ts";

export interface ChosenSeries {
  readonly text: string;
  /** Null: every type. */
  readonly typeIds: readonly string[] | null;
  readonly matchers: readonly Matcher[];
}

/**
 * Labels alone (`{region="eu"}`, PromQL's meaning, all types), or a query of the app in either language.
 * @throws AppError invalid_argument when it is neither, names another app, or spans: those go with their series
 */
export function seriesChoice(text: string, service: string, types: readonly TypeInfo[]): ChosenSeries {
  requireShortQuery([text]);
  const isLabels = text.trim().startsWith("{") && !text.includes("__name__");
  if (isLabels) return { text, typeIds: null, matchers: known(parsePromSelector(text).matchers) };
  const { app, matchers } = parseQuery(text);
  if (app.kind === "type") {
    if (
      matchers.some(({ name }) => name === SERVICE_LABEL) &&
      !compileMatchers(matchers.filter(({ name }) => name === SERVICE_LABEL))([], service)
    )
      throw invalidArgument(`the query is not about ${JSON.stringify(service)}`);
    return { text, typeIds: [app.profileType], matchers: known(matchers) };
  }
  const type = splitOldName(app.name)
    .filter((parts) => parts.service === service)
    .map(({ suffix }) => resolveOldName(types, suffix))
    .find((found) => found !== null);
  if (type === undefined || type === null)
    throw invalidArgument(`${JSON.stringify(app.name)} is no profile type of ${JSON.stringify(service)}`);
  return { text, typeIds: withHidden(type, service, types), matchers: known(matchers) };
}

function known(matchers: readonly Matcher[]): readonly Matcher[] {
  compileMatchers(matchers); // a bad expression is refused now
  const ofSpans = matchers.find(({ name }) => SPAN_LABELS.has(name));
  if (ofSpans !== undefined)
    throw invalidArgument(
      `${JSON.stringify(ofSpans.name)} is no label of series: what spans have goes with their series`,
    );
  return matchers;
}

/**
 * What an old name deletes: `app.cpu` its type, and with it those of the same profile that have no old name of their own (CPU time
 * behind CPU samples): they hold the same stacks. The service's bare name, or the last of its types: the whole app.
 */
export function deletionOfOldName<App extends { readonly service: string; readonly types: readonly TypeInfo[] }>(
  name: string,
  apps: readonly App[],
): { readonly app: App; readonly typeIds: readonly string[] | null } | null {
  const named = apps.find(({ service }) => service === name);
  if (named !== undefined) return { app: named, typeIds: null };
  for (const { service, suffix } of splitOldName(name)) {
    const app = apps.find((one) => one.service === service);
    const type = app === undefined ? null : resolveOldName(app.types, suffix);
    if (app === undefined || type === null) continue;
    const typeIds = withHidden(type, service, app.types);
    return { app, typeIds: typeIds.length === app.types.length ? null : typeIds };
  }
  return null;
}

function withHidden(type: TypeInfo, service: string, types: readonly TypeInfo[]): string[] {
  const visible = new Set(oldNamesOf(service, types).map((one) => one.type.id));
  const profileOf = ({ id }: TypeInfo) => id.split(":")[0];
  const hidden = types.filter((one) => one !== type && !visible.has(one.id) && profileOf(one) === profileOf(type));
  return [type, ...hidden].map(({ id }) => id);
}
