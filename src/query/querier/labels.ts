// What there is to ask for: profile types, label names and values, series, and since when.

import type { ProfileTypesRequest, SeriesRequest } from "../../connect/gen/querier/v1/querier_pb.ts";
import type {
  GetProfileStatsResponse,
  LabelNamesRequest,
  LabelValuesRequest,
} from "../../connect/gen/types/v1/types_pb.ts";
import { invalidArgument } from "../../lib/app-error.ts";
import { concurrently } from "../../lib/concurrently.ts";
import { compareUtf8 } from "../../lib/utf8-order.ts";
import { parseProfileType } from "../../profile/profile-type.ts";
import type { CatalogApp } from "../../storage/catalog-reads.ts";
import { FoundLabels, labelsWithin } from "../labels.ts";
import type { Range } from "../params.ts";
import type { QueryPorts } from "../ports.ts";
import { coveredRange } from "../range-plan.ts";
import { readRange } from "../read-range.ts";
import { requireFewTargets } from "../resolve.ts";
import { APPS_AT_ONCE } from "../select.ts";
import { type Chosen, choose, isOwnLabel, ownLabels, requireTimes, slotsOf, type Target } from "./scope.ts";

/** Names that every client understands; others go only to those that say they do. */
const LEGACY_NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** Without a range: all that is there. */
export async function profileTypes(ports: QueryPorts, { start, end }: ProfileTypesRequest) {
  if (start > end) throw invalidArgument("query start time is after end time");
  if (end < 0n) return {};
  const { targets } = await choose(ports, []);
  const present = start === 0n && end === 0n ? targets : await presentIn(ports, targets, slotsOf(start, end));
  const ids = [...new Set(present.map(({ type }) => type.id))].sort(compareUtf8);
  return {
    profileTypes: ids.flatMap((ID) => {
      const type = parseProfileType(ID);
      return type === null ? [] : [{ ID, ...type }];
    }),
  };
}

export async function labelNames(ports: QueryPorts, request: LabelNamesRequest, takesUtf8: boolean) {
  requireTimes(request.start, request.end);
  const range = slotsOf(request.start, request.end);
  const chosen = await choose(ports, request.matchers);
  const names = new Set<string>();
  for (const target of await presentIn(ports, chosen.targets, range))
    for (const name of ownLabels(target).keys()) names.add(name);
  for (const name of (await labelsOf(ports, chosen, range)).keys()) names.add(name);
  return { names: [...names].filter((name) => takesUtf8 || LEGACY_NAME.test(name)).sort(compareUtf8) };
}

export async function labelValues(ports: QueryPorts, request: LabelValuesRequest) {
  requireTimes(request.start, request.end);
  const { name } = request;
  if (name === "") throw invalidArgument("missing label name in the query");
  const range = slotsOf(request.start, request.end);
  const chosen = await choose(ports, request.matchers);
  const values = isOwnLabel(name)
    ? await ownValues(ports, chosen, range, name)
    : ((await labelsOf(ports, chosen, range, name)).get(name) ?? []);
  return { names: [...new Set(values)].sort(compareUtf8) };
}

async function ownValues(ports: QueryPorts, chosen: Chosen, range: Range, name: string): Promise<string[]> {
  const targets =
    chosen.matchers.length === 0
      ? await presentIn(ports, chosen.targets, range)
      : (await seriesOf(ports, chosen, range)).map(({ target }) => target);
  return targets.flatMap((target) => ownLabels(target).get(name) ?? []);
}

export async function series(ports: QueryPorts, request: SeriesRequest, takesUtf8: boolean) {
  requireTimes(request.start, request.end);
  const range = slotsOf(request.start, request.end);
  const chosen = await choose(ports, request.matchers);
  const wanted = new Set(request.labelNames);
  const isOfOwn = wanted.size > 0 && request.labelNames.every((name) => isOwnLabel(name) || name === "pyroscope_app");
  const found =
    isOfOwn && chosen.matchers.length === 0
      ? (await presentIn(ports, chosen.targets, range)).map((target) => ({ target, labels: [] as [string, string][] }))
      : await seriesOf(ports, chosen, range);
  const sets = new Map<string, { name: string; value: string }[]>();
  for (const { target, labels } of found) {
    const pairs = [...ownLabels(target), ...labels]
      .filter(([name]) => (wanted.size === 0 || wanted.has(name)) && (takesUtf8 || LEGACY_NAME.test(name)))
      .sort(([a], [b]) => compareUtf8(a, b))
      .map(([name, value]) => ({ name, value }));
    if (pairs.length > 0) sets.set(JSON.stringify(pairs), pairs);
  }
  const sorted = [...sets].sort(([a], [b]) => compareUtf8(a, b));
  return { labelsSet: sorted.map(([, labels]) => ({ labels })) };
}

export async function profileStats(ports: QueryPorts): Promise<Omit<GetProfileStatsResponse, "$typeName">> {
  const apps = await ports.catalog.apps(ports.tenant, null);
  const shards = await ports.catalog.shards(apps.map(({ appId }) => appId));
  const now = Math.floor(ports.clock());
  const firsts = new Map<number, number>();
  let newest = 0;
  for (const { appId, firstSlot, live, lastSlot } of shards) {
    if (firstSlot !== null) firsts.set(appId, Math.min(firsts.get(appId) ?? firstSlot, firstSlot));
    newest = Math.max(newest, live ? now : (lastSlot ?? 0));
  }
  // Of an app that has nothing sealed yet: when it was first heard of.
  const oldest = apps.reduce(
    (least, { appId, createdAt }) => Math.min(least, firsts.get(appId) ?? createdAt),
    Number.POSITIVE_INFINITY,
  );
  if (apps.length === 0) return { dataIngested: false, oldestProfileTime: 0n, newestProfileTime: 0n };
  return { dataIngested: true, oldestProfileTime: ms(oldest), newestProfileTime: ms(Math.max(oldest, newest)) };
}

const ms = (seconds: number): bigint => BigInt(Math.floor(seconds)) * 1000n;

/** Those of apps that may hold something of the range: the catalog knows when an app was heard of, not each type. */
async function presentIn(ports: QueryPorts, targets: readonly Target[], range: Range): Promise<readonly Target[]> {
  const apps = new Map<number, CatalogApp>(targets.map(({ app }) => [app.appId, app]));
  if (apps.size === 0) return [];
  const now = ports.clock();
  const present = new Set(
    (await ports.catalog.shards([...apps.keys()]))
      .filter(({ live, firstSlot, lastSlot }) => {
        // What a live object holds is for it alone to say.
        if (live || firstSlot === null || lastSlot === null) return live && range.from <= now;
        return firstSlot < range.until && range.from <= lastSlot;
      })
      .map(({ appId }) => appId),
  );
  return targets.filter(({ app }) => present.has(app.appId));
}

/** Label name → values, of what is chosen. */
async function labelsOf(ports: QueryPorts, chosen: Chosen, range: Range, only?: string) {
  const { targets, matchers } = chosen;
  const areAllTypes = (app: CatalogApp) => targets.filter((target) => target.app === app).length === app.types.length;
  const apps = [...new Set(targets.map(({ app }) => app))];
  if (matchers.length === 0 && apps.every(areAllTypes))
    return labelsWithin(
      ports,
      apps,
      range,
      only === undefined ? undefined : { name: only, prefix: "", limit: 2 ** 31 - 1 },
    );
  const found = new FoundLabels();
  for (const { labels } of await seriesOf(ports, chosen, range))
    for (const [name, value] of labels) found.note(name, value);
  return found.values;
}

async function seriesOf(ports: QueryPorts, { targets, matchers }: Chosen, range: Range) {
  requireFewTargets(targets);
  const answers = await concurrently(targets, APPS_AT_ONCE, async (target) => {
    const covered = coveredRange(range, [target.app]);
    const timeline = { ...covered, rung: 0, keep: [] };
    const wish = { ...covered, typeId: target.type.id, matchers, tree: false, timeline };
    const found = await readRange(ports, target.app, wish);
    return found.series.map(({ labels }) => ({ target, labels }));
  });
  return answers.flat();
}
