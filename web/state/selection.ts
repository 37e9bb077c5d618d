// Which application and profile type a query selects, and the query for one of them.
import type { Service, ServiceType } from "../../src/api/services.ts";
import {
  formatQuery,
  isSelector,
  literalValues,
  type Matcher,
  matcherOf,
  parseQuery,
  type Query,
} from "./query-text.ts";

export interface Selection {
  readonly service: Service;
  readonly type: ServiceType;
}

const SERVICE_LABEL = "service_name";

export function selectionOf(text: string | null, services: readonly Service[]): Selection | null {
  const query = text === null ? null : parseQuery(text);
  if (query === null) return null;
  const name = query.matchers.find((matcher) => matcher.name === SERVICE_LABEL && matcher.operator === "=")?.value;
  for (const service of services) {
    if (isSelector(query.head) && service.name !== name) continue;
    const type = service.types.find(({ id, oldName }) => (isSelector(query.head) ? id : oldName) === query.head);
    if (type !== undefined) return { service, type };
  }
  return null;
}

/** The query for a profile type, with the filters of `previous` when it was about the same application. */
export function queryFor({ service, type }: Selection, previous: Query | null = null): string {
  const head = type.oldName ?? type.id;
  const kept = (previous?.matchers ?? [])
    .filter(({ name }) => name !== SERVICE_LABEL)
    .map((matcher) => (previous === null ? matcher : translated(matcher, previous.head, head)));
  const own: Matcher[] = type.oldName === null ? [{ name: SERVICE_LABEL, operator: "=", value: service.name }] : [];
  return formatQuery({ head, matchers: [...own, ...kept] });
}

/** The two query languages anchor regexes differently; the same filter has to stay the same filter. */
function translated(matcher: Matcher, from: string, to: string): Matcher {
  if (isSelector(from) === isSelector(to)) return matcher;
  const values = literalValues(matcher, from);
  if (values !== null) return matcherOf(matcher.name, values, !matcher.operator.startsWith("!"), to);
  const value = isSelector(to) ? `.*(${matcher.value}).*` : `^(${matcher.value})$`;
  return { ...matcher, value };
}

/** Where a fresh page starts: the application that sent last, its CPU if it has one. */
export function firstSelection(services: readonly Service[]): Selection | null {
  const service = services.reduce<Service | null>(
    (best, each) => (each.types.length > 0 && (best === null || each.lastSeen > best.lastSeen) ? each : best),
    null,
  );
  const type = service === null ? undefined : (cpuOf(service) ?? service.types[0]);
  return service === null || type === undefined ? null : { service, type };
}

/** The type of another application that is most like the one in view. */
export function sameTypeIn(service: Service, like: ServiceType | undefined): ServiceType | undefined {
  const { types } = service;
  return (
    types.find(({ id }) => id === like?.id) ??
    types.find(({ label }) => label === like?.label) ??
    cpuOf(service) ??
    types[0]
  );
}

/** CPU as old servers named it, or by another name: `app.itimer` of Java. */
const cpuOf = ({ types }: Service): ServiceType | undefined =>
  types.find(({ oldName }) => oldName?.endsWith(".cpu")) ?? types.find(({ label }) => label === "cpu");

/** Filters as the page shows them: the application's own label is not one. */
export const isFilter = (matcher: Matcher): boolean => matcher.name !== SERVICE_LABEL;
