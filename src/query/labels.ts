// Label names and values, apps and services: what there is to ask for.

import type { ServicesResponse } from "../api/services.ts";
import type { TagsResponse } from "../api/tags.ts";
import { DAY_SECONDS } from "../config.ts";
import { invalidArgument } from "../lib/app-error.ts";
import { concurrently } from "../lib/concurrently.ts";
import { END_OF_TIME } from "../lib/time-form.ts";
import { compileMatchers, type Matcher, SERVICE_LABEL } from "../profile/matcher.ts";
import { oldNamesOf } from "../profile/old-names.ts";
import { isAskable } from "../profile/selector.ts";
import type { CatalogApp, LabelFilter } from "../storage/catalog-reads.ts";
import { parseRange, type Range } from "./params.ts";
import type { QueryPorts } from "./ports.ts";
import { coveredRange } from "./range-plan.ts";
import { readRange } from "./read-range.ts";
import { appsOf, type ResolvedQuery, resolveQuery } from "./resolve.ts";
import { APPS_AT_ONCE } from "./select.ts";

/** Live objects asked at once. */
const LIVE_AT_ONCE = 5;
/** Values of one label that the page is sent: a person can't choose among more without typing. */
const MOST_VALUES = 1000;
/** What a statement takes as a limit. */
const MOST_LISTED = 2 ** 31 - 1;

/** Absent `from` and `until` mean all time. */
function rangeOf(ports: QueryPorts, query: URLSearchParams): Range | null {
  const from = query.get("from") ?? "";
  const until = query.get("until") ?? "";
  if (from === "" && until === "") return null;
  return parseRange(from === "" ? "0" : from, until === "" ? undefined : until, ports.clock());
}

const ALL_TIME: Range = { from: 0, until: END_OF_TIME };

/** Label name → values, of what a query selects or of everything. Without a query or range only the catalog is read, and the live objects. */
async function labelsOf(
  ports: QueryPorts,
  query: URLSearchParams,
  only?: LabelFilter,
): Promise<Map<string, Set<string>>> {
  const text = query.get("query") ?? "";
  const range = rangeOf(ports, query) ?? ALL_TIME;
  const resolved = text === "" ? null : await resolveQuery(ports, text);
  const apps =
    resolved === null ? await ports.catalog.apps(ports.tenant, null) : resolved.targets.map(({ app }) => app);
  if (resolved?.matchers.some(({ name }) => name !== SERVICE_LABEL)) {
    const found = new FoundLabels(only);
    for (const series of await seriesOf(ports, resolved, range))
      for (const [name, value] of series.labels) found.note(name, value);
    return found.values;
  }
  return labelsWithin(ports, apps, range, only);
}

/** Label name → values; with a filter only what it lets through. */
export class FoundLabels {
  readonly values = new Map<string, Set<string>>();
  readonly #only: LabelFilter | undefined;

  constructor(only?: LabelFilter) {
    this.#only = only;
  }

  note(name: string, value: string): void {
    if (this.#only !== undefined && (name !== this.#only.name || !value.startsWith(this.#only.prefix))) return;
    const values = this.values.get(name);
    if (values === undefined) this.values.set(name, new Set([value]));
    else values.add(value);
  }
}

/** Of all that the apps hold: only the catalog is read, and the live objects. */
export async function labelsWithin(
  ports: QueryPorts,
  apps: readonly CatalogApp[],
  range: Range,
  only?: LabelFilter,
): Promise<Map<string, Set<string>>> {
  const found = new FoundLabels(only);
  const sealed = await ports.catalog.labels(
    apps.map((app) => app.appId),
    Math.floor(range.from / DAY_SECONDS),
    Math.floor((range.until - 1) / DAY_SECONDS),
    only,
  );
  for (const { name, value } of sealed) found.note(name, value);
  const appById = new Map(apps.map((app) => [app.appId, app]));
  const live = (await ports.catalog.shards([...appById.keys()])).filter((shard) => shard.live);
  await concurrently(live, LIVE_AT_ONCE, async ({ appId, shard }) => {
    const app = appById.get(appId);
    if (app === undefined) return;
    const answer = await ports.readLive(app.service, shard, {
      ...range,
      typeId: null,
      matchers: [],
      tree: false,
      timeline: { ...range, rung: 0, keep: [] },
      known: null,
    });
    for (const { labels } of answer.series) for (const [name, value] of labels) found.note(name, value);
  });
  return found.values;
}

async function seriesOf(
  ports: QueryPorts,
  resolved: ResolvedQuery,
  range: Range,
  matchers: readonly Matcher[] = resolved.matchers,
) {
  const covered = coveredRange(range, appsOf(resolved));
  const timeline = { ...covered, rung: 0, keep: [] };
  const answers = await concurrently(resolved.targets, APPS_AT_ONCE, ({ app, type }) =>
    readRange(ports, app, { ...covered, typeId: type.id, matchers, tree: false, timeline }),
  );
  return answers.flatMap(({ series }) => series);
}

/** GET /labels. */
export async function labelNames(ports: QueryPorts, query: URLSearchParams): Promise<string[]> {
  const found = await labelsOf(ports, query);
  return [...new Set(["__name__", ...found.keys()])].sort();
}

/** GET /label-values, with our `prefix` and `limit` for labels of very many values. `__name__`: the old names of all apps. */
export async function labelValues(ports: QueryPorts, query: URLSearchParams): Promise<string[]> {
  const label = query.get("label") ?? "";
  if (label === "") throw invalidArgument("label parameter is required");
  if (label === "__name__") {
    return (await oldApps(ports)).map(({ name }) => name);
  }
  if (label === SERVICE_LABEL) return (await ports.catalog.apps(ports.tenant, null)).map((app) => app.service);
  const limit = parseLimit(query);
  const only = { name: label, prefix: query.get("prefix") ?? "", limit };
  return [...((await labelsOf(ports, query, only)).get(label) ?? [])].sort().slice(0, limit);
}

/** `limit`: a whole number from 1; absent: all. */
function parseLimit(query: URLSearchParams): number {
  const text = query.get("limit") ?? "";
  if (text === "") return MOST_LISTED;
  if (!/^[1-9]\d{0,14}$/.test(text)) throw invalidArgument(`limit ${JSON.stringify(text)} is no whole number from 1`);
  return Math.min(Number(text), MOST_LISTED);
}

/** GET /pyroscope/label-values. `__name__`: profile type ids. */
export async function labelValuesV2(ports: QueryPorts, query: URLSearchParams): Promise<string[]> {
  if (query.get("label") !== "__name__") return labelValues(ports, query);
  const apps = await ports.catalog.apps(ports.tenant, null);
  return [...new Set(apps.flatMap((app) => app.types.map(({ id }) => id)))].sort();
}

/** GET /api/apps: names that /render takes. */
export async function oldApps(ports: QueryPorts) {
  const apps = await ports.catalog.apps(ports.tenant, null);
  return apps
    .flatMap((app) => oldNamesOf(app.service, app.types))
    .filter(({ name }) => isAskable(name))
    .map(({ name, type }) => ({ name, spyName: type.spyName, sampleRate: type.sampleRate, units: type.units }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** GET /api/services: for the page. */
export async function services(ports: QueryPorts): Promise<ServicesResponse> {
  const apps = await ports.catalog.apps(ports.tenant, null);
  const shards = await ports.catalog.shards(apps.map((app) => app.appId));
  const now = Math.floor(ports.clock());
  return {
    services: apps.map((app) => {
      const own = shards.filter((shard) => shard.appId === app.appId);
      const firsts = own.flatMap(({ firstSlot }) => (firstSlot === null ? [] : [firstSlot]));
      const lasts = own.flatMap(({ live, lastSlot }) => (live ? [now] : lastSlot === null ? [] : [lastSlot]));
      return {
        name: app.service,
        firstSeen: Math.min(app.createdAt, ...firsts),
        lastSeen: Math.max(app.createdAt, ...lasts),
        types: typesOf(app),
      };
    }),
  };
}

function typesOf(app: CatalogApp): ServicesResponse["services"][number]["types"] {
  const names = oldNamesOf(app.service, app.types).filter(({ name }) => isAskable(name));
  const oldNames = new Map(names.map(({ name, type }) => [type.id, name]));
  return app.types.map((type) => {
    const oldName = oldNames.get(type.id) ?? null;
    const [, sampleType = type.id] = type.id.split(":");
    const suffix = oldName?.startsWith(`${app.service}.`) ? oldName.slice(app.service.length + 1) : sampleType;
    // Java's agent: how the CPU was sampled is no news to people.
    const label = suffix === "itimer" && type.id.startsWith("process_cpu:") ? "cpu" : suffix;
    return {
      id: type.id,
      oldName,
      label,
      units: type.units,
      sampleRate: type.sampleRate,
      aggregation: type.aggregation,
    };
  });
}

/** GET /api/tags: each label's values with their uploads, counted under the query's other matchers. */
export async function tags(ports: QueryPorts, query: URLSearchParams): Promise<TagsResponse> {
  const text = query.get("query") ?? "";
  if (text === "") throw invalidArgument("'query' parameter is required");
  const resolved = await resolveQuery(ports, text);
  const range = parseRange(query.get("from") ?? "now-1h", query.get("until") ?? undefined, ports.clock());
  // All series are read once, and each label's own matchers left out in turn.
  const ofService = resolved.matchers.filter(({ name }) => name === SERVICE_LABEL);
  const series = await seriesOf(ports, resolved, range, ofService);
  const names = [...new Set(series.flatMap(({ labels }) => labels.map(([name]) => name)))].sort();
  return {
    tags: names.map((name) => {
      const accepts = compileMatchers(
        resolved.matchers.filter((matcher) => matcher.name !== name && matcher.name !== SERVICE_LABEL),
      );
      const counts = new Map<string, number>();
      for (const { labels, uploads } of series) {
        const value = labels.find(([label]) => label === name)?.[1];
        if (value === undefined || !accepts(labels, "")) continue;
        counts.set(value, (counts.get(value) ?? 0) + uploads.reduce((a, b) => a + b, 0));
      }
      const values = [...counts].map(([value, uploads]) => ({ value, uploads }));
      values.sort((a, b) => b.uploads - a.uploads || (a.value < b.value ? -1 : 1));
      return { name, values: values.slice(0, MOST_VALUES), truncated: values.length > MOST_VALUES };
    }),
  };
}
