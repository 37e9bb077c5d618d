// From the text of a query to apps and a profile type: both worlds' names end in the same data.
import { SLOT_SECONDS } from "../config.ts";
import { invalidArgument } from "../lib/app-error.ts";
import { compileMatchers, compileServiceMatchers, type Matcher, SERVICE_LABEL } from "../profile/matcher.ts";
import { resolveOldName, splitOldName } from "../profile/old-names.ts";
import type { TypeInfo } from "../profile/profile-type.ts";
import { parseQuery, type Selector, serviceOf } from "../profile/selector.ts";
import type { CatalogApp } from "../storage/catalog-reads.ts";
import type { Range } from "./params.ts";
import type { QueryPorts } from "./ports.ts";
import { finestSums } from "./range-plan.ts";

export interface ResolvedQuery {
  readonly text: string;
  readonly selector: Selector;
  /** Each app that may hold what is asked for, with its word on the type. Empty: nothing is known under that name. */
  readonly targets: readonly { readonly app: CatalogApp; readonly type: TypeInfo }[];
  readonly matchers: readonly Matcher[];
  /** The old name without its labels, or the profile type id. */
  readonly appName: string;
}

/** More apps than this are not read for one question: it is surely a mistake in the selector. */
const MOST_APPS = 200;

/** @throws AppError invalid_argument */
export function requireFewTargets({ length }: readonly unknown[]): void {
  if (length <= MOST_APPS) return;
  throw invalidArgument(`the selector chooses ${length} services; name one with ${SERVICE_LABEL}="…"`, {
    limit: "appsPerQuery",
    actual: length,
    allowed: MOST_APPS,
  });
}

/** @throws AppError invalid_argument when the text is no query or selects too many apps */
export async function resolveQuery(ports: QueryPorts, text: string): Promise<ResolvedQuery> {
  return resolveSelector(ports, text, parseQuery(text));
}

export async function resolveSelector(ports: QueryPorts, text: string, selector: Selector): Promise<ResolvedQuery> {
  const { app: selected, matchers } = selector;
  compileMatchers(matchers); // a bad expression is refused even where nothing would be matched
  if (selected.kind === "old") {
    const candidates = splitOldName(selected.name);
    const apps = await ports.catalog.apps(ports.tenant, [...new Set(candidates.map(({ service }) => service))]);
    for (const { service, suffix } of candidates) {
      const app = apps.find((one) => one.service === service);
      const type = app === undefined ? null : resolveOldName(app.types, suffix);
      if (app !== undefined && type !== null) {
        return { text, selector, targets: [{ app, type }], matchers, appName: selected.name };
      }
    }
    return { text, selector, targets: [], matchers, appName: selected.name };
  }
  const service = serviceOf(selector);
  const accepts = compileServiceMatchers(matchers);
  const apps = await ports.catalog.apps(ports.tenant, service === null ? null : [service]);
  const targets = apps
    .filter((app) => accepts(app.service))
    .flatMap((app) => {
      const type = app.types.find(({ id }) => id === selected.profileType);
      return type === undefined ? [] : [{ app, type }];
    });
  requireFewTargets(targets);
  return { text, selector, targets, matchers, appName: selected.profileType };
}

export const appsOf = ({ targets }: ResolvedQuery): CatalogApp[] => targets.map(({ app }) => app);

/** Seconds below which a timeline over the range can't step, because sums are no longer kept that fine. */
export const leastStepOf = (range: Range, resolved: ResolvedQuery): number =>
  Math.max(SLOT_SECONDS, ...appsOf(resolved).map(({ dropped }) => finestSums(range.from, dropped)));
