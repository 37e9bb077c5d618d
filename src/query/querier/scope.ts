// What the requests of the querier have in common: a range in milliseconds, a profile type, selectors, a number of nodes;
// and from them the apps and types to read.
import { QUESTION, SLOT_SECONDS } from "../../config.ts";
import { invalidArgument } from "../../lib/app-error.ts";
import { END_OF_TIME } from "../../lib/time-form.ts";
import { compileMatchers, type Matcher, SERVICE_LABEL } from "../../profile/matcher.ts";
import { parseProfileType, type TypeInfo } from "../../profile/profile-type.ts";
import { type PromSelector, parsePromSelector } from "../../profile/promql.ts";
import { requireShortQuery } from "../../profile/query-length.ts";
import { profileTypeOf } from "../../profile/selector.ts";
import { ceilTo, floorTo } from "../../segment/ladder.ts";
import type { CatalogApp } from "../../storage/catalog-reads.ts";
import { type Range, requireShort } from "../params.ts";
import type { QueryPorts } from "../ports.ts";
import { type ResolvedQuery, requireFewTargets } from "../resolve.ts";

/** @throws AppError invalid_argument */
export function requireTimes(start: bigint, end: bigint): void {
  if (start === 0n || end === 0n) throw invalidArgument("missing time range in the query");
  if (start > end) throw invalidArgument("query start time is after end time");
}

const LEAST_STEP_SECONDS = 0.001;
/** A year: the first point reaches so far back before the start. */
const MOST_STEP_SECONDS = 366 * 86_400;

interface Steps {
  readonly step: number;
  readonly limit?: bigint | undefined;
  readonly groupBy: readonly string[];
}

/** @throws AppError invalid_argument */
export function requireSteps({ step, limit, groupBy }: Steps): void {
  if (!(step >= LEAST_STEP_SECONDS)) throw invalidArgument("step must be >= 1ms");
  if (step > MOST_STEP_SECONDS) throw invalidArgument(`step must be <= ${MOST_STEP_SECONDS} seconds`);
  if (limit !== undefined && limit < 0n) throw invalidArgument("limit must be >= 0");
  const { groupByLabels: most } = QUESTION;
  if (groupBy.length > most)
    throw invalidArgument(`group_by has ${groupBy.length} labels, limit groupByLabels is ${most}`, {
      limit: "groupByLabels",
      actual: groupBy.length,
      allowed: most,
    });
}

/** The slots that a range touches. */
export function slotsOf(start: bigint, end: bigint): Range {
  const seconds = (ms: bigint) => Math.min(END_OF_TIME, Math.max(0, Number(ms) / 1000));
  const from = floorTo(SLOT_SECONDS, seconds(start));
  return { from, until: Math.max(from + SLOT_SECONDS, ceilTo(SLOT_SECONDS, seconds(end))) };
}

/** @throws AppError invalid_argument */
export function rangeOf(ports: QueryPorts, { start, end }: { start: bigint; end: bigint }): Range {
  requireTimes(start, end);
  const range = slotsOf(start, end);
  requireShort(range, ports.limits);
  return range;
}

/** Absent and 0: the default. @throws AppError invalid_argument */
export function maxNodesOf({ limits }: QueryPorts, given: bigint | undefined): number {
  const { maxNodesDefault, maxNodesMost } = limits;
  if (given === undefined || given === 0n) return maxNodesDefault;
  if (given < 0n) throw invalidArgument(`max flamegraph nodes limit must be set (max allowed ${maxNodesMost})`);
  if (given > BigInt(maxNodesMost))
    throw invalidArgument(`max flamegraph nodes limit ${given} is greater than allowed ${maxNodesMost}`);
  return Number(given);
}

export interface Target {
  readonly app: CatalogApp;
  readonly type: TypeInfo;
}

/** Labels that every series has by its app and type; they are stored with neither. What its type leaves empty is no label. */
export function ownLabels({ app, type }: Target): Map<string, string> {
  const {
    name = "",
    sampleType = "",
    sampleUnit = "",
    periodType = "",
    periodUnit = "",
  } = parseProfileType(type.id) ?? {};
  const labels: readonly (readonly [string, string])[] = [
    ["__name__", name],
    ["__period_type__", periodType],
    ["__period_unit__", periodUnit],
    ["__profile_type__", type.id],
    ["__service_name__", app.service],
    ["__type__", sampleType],
    ["__unit__", sampleUnit],
    [SERVICE_LABEL, app.service],
  ];
  return new Map(labels.filter(([, value]) => value !== ""));
}

export const isOwnLabel = (name: string): boolean => OWN_LABELS.has(name);

const OWN_LABELS: ReadonlySet<string> = new Set([
  ...["__name__", "__period_type__", "__period_unit__", "__profile_type__", "__service_name__", "__type__", "__unit__"],
  SERVICE_LABEL,
]);

export interface Chosen {
  readonly targets: readonly Target[];
  /** On the labels of series; those on apps and types are done. */
  readonly matchers: readonly Matcher[];
}

/** All selectors must hold. @throws AppError invalid_argument */
export async function choose(ports: QueryPorts, selectors: readonly string[], typeId?: string): Promise<Chosen> {
  requireShortQuery(selectors);
  const id = typeId === undefined ? null : profileTypeOf(typeId);
  return chooseBy(
    ports,
    selectors.flatMap((text) => matchersOf(parsePromSelector(text))),
    id,
  );
}

/** @param typeId null: of any type */
export async function chooseBy(ports: QueryPorts, all: readonly Matcher[], typeId: string | null): Promise<Chosen> {
  const own = all.filter(({ name }) => isOwnLabel(name));
  const accepts = compileMatchers(own.map((matcher) => ({ ...matcher, name: `own ${matcher.name}` })));
  const service = own.find(({ name, op, value }) => name === SERVICE_LABEL && op === "=" && value !== "")?.value;
  const apps = await ports.catalog.apps(ports.tenant, service === undefined ? null : [service]);
  const targets = apps.flatMap((app) =>
    app.types
      .filter((type) => typeId === null || type.id === typeId)
      .map((type) => ({ app, type }))
      .filter((target) =>
        accepts(
          [...ownLabels(target)].map(([name, value]) => [`own ${name}`, value]),
          "",
        ),
      ),
  );
  return { targets, matchers: all.filter(({ name }) => !isOwnLabel(name)) };
}

/** A name before the braces is the metric's. */
const matchersOf = ({ name, matchers }: PromSelector): Matcher[] =>
  name === null ? [...matchers] : [...matchers, { name: "__name__", op: "=", value: name, anchored: true }];

/** One type of all apps that a selector chooses, as the read path knows a question. @throws AppError invalid_argument */
export async function resolveType(ports: QueryPorts, typeId: string, selector: string): Promise<ResolvedQuery> {
  const { targets, matchers } = await choose(ports, [selector], typeId);
  requireFewTargets(targets);
  const profileType = profileTypeOf(typeId);
  return {
    text: `${profileType}${selector}`,
    selector: { app: { kind: "type", profileType }, matchers },
    targets,
    matchers,
    appName: profileType,
  };
}
