// A recording rule's value now (decision 0023). Counts are a counter over the UTC day so far: the sum of the fewest nodes that
// cover it, asked for anew at each scrape, so that uploads that come late are in it too, and nothing is kept. Gauges (heap in use)
// are the average of the last uploads.
//
//   00:00 day before, whole   what came after the last scrape before midnight is seen
//   00:02 0                   the fall is seen, whatever comes next
//   00:03 this day            with all that has come since midnight

import { RECORDED } from "../../config/clients.ts";
import { DAY_SECONDS, SLOT_SECONDS } from "../../config.ts";
import { functionTotal } from "../../flame/function-total.ts";
import { invalidArgument } from "../../lib/app-error.ts";
import { concurrently } from "../../lib/concurrently.ts";
import { LIMB } from "../../lib/wide-sums.ts";
import type { LabelSet } from "../../profile/labels.ts";
import type { Matcher } from "../../profile/matcher.ts";
import { ceilTo, floorTo } from "../../segment/ladder.ts";
import type { Range } from "../params.ts";
import type { QueryPorts } from "../ports.ts";
import { type Chosen, choose, isOwnLabel, type Target } from "../querier/scope.ts";
import { byKey, labelsNamed, type SeriesGroup } from "../querier/series-groups.ts";
import { coveredRange } from "../range-plan.ts";
import { readRange } from "../read-range.ts";
import { requireFewTargets } from "../resolve.ts";
import { APPS_AT_ONCE } from "../select.ts";
import type { NameAndValue, RecordingRule } from "./rule.ts";

export interface RecordedSeries {
  readonly labels: readonly NameAndValue[];
  readonly value: number;
}

export interface Recorded {
  readonly kind: "counter" | "gauge";
  /** By labels. */
  readonly series: readonly RecordedSeries[];
  /** Series that there were too many of. */
  readonly left: number;
}

/** What the rules of one scrape may still read. Taken from before anything is read: a rule that fails has read it all the same. */
export interface ScrapeBudget {
  apps: number;
  /** Merged trees of an app. */
  trees: number;
}

interface Group extends SeriesGroup {
  readonly targets: Set<Target>;
  value: number;
  uploads: number;
}

/** @throws AppError invalid_argument when the budget does not do */
export async function evaluateRule(ports: QueryPorts, rule: RecordingRule, budget: ScrapeBudget): Promise<Recorded> {
  const chosen = await choose(ports, rule.matchers);
  requireFewTargets(chosen.targets);
  const apps = chosen.targets.length;
  if (apps > budget.apps)
    throw invalidArgument(`the rules of one scrape read more than ${RECORDED.appsPerScrape} apps: name services`);
  budget.apps -= apps;
  const isGauge = chosen.targets.some(({ type }) => type.aggregation === "average");
  const { isOver, ...range } = isGauge ? { ...lastUploads(ports.clock()), isOver: false } : countedDay(ports.clock());
  const groups = await groupsOf(ports, rule, chosen, range);
  const sorted = groups.toSorted(byKey);
  const most = rule.functionName === null ? RECORDED.seriesPerRule : RECORDED.functionSeriesPerRule;
  const kept = sorted.slice(0, most);
  const trees = rule.functionName === null ? 0 : kept.reduce((sum, { targets }) => sum + targets.size, 0);
  if (trees > budget.trees)
    throw invalidArgument(`the rules of one scrape add up more than ${RECORDED.treesPerScrape} trees: group by less`);
  budget.trees -= trees;
  if (rule.functionName !== null) await countFunction(ports, rule, chosen, range, kept);
  const series = kept.map(({ labels, value, uploads }) => ({
    labels,
    value: isOver ? 0 : isGauge ? value / Math.max(1, uploads) : value,
  }));
  return { kind: isGauge ? "gauge" : "counter", series, left: sorted.length - kept.length };
}

/** To its end: clocks may be ahead. */
function countedDay(now: number): Range & { readonly isOver: boolean } {
  const { settleSeconds, restSeconds } = RECORDED;
  const from = floorTo(DAY_SECONDS, now - settleSeconds - restSeconds);
  return { from, until: from + DAY_SECONDS, isOver: now >= from + DAY_SECONDS + settleSeconds };
}

const lastUploads = (now: number): Range => ({
  from: floorTo(SLOT_SECONDS, now - RECORDED.gaugeSeconds),
  until: ceilTo(SLOT_SECONDS, now + 1),
});

/** What is told apart, with the sums of all stacks. */
async function groupsOf(ports: QueryPorts, rule: RecordingRule, chosen: Chosen, range: Range): Promise<Group[]> {
  const groups = new Map<string, Group>();
  await concurrently(chosen.targets, APPS_AT_ONCE, async (target) => {
    const covered = coveredRange(range, [target.app]);
    const timeline = { ...covered, rung: 0, keep: rule.groupBy.filter((name) => !isOwnLabel(name)) };
    const wish = { ...covered, typeId: target.type.id, matchers: chosen.matchers, tree: false, timeline };
    for (const { labels, uploads, totalLow, totalHigh } of (await readRange(ports, target.app, wish)).series) {
      const group = groupOf(groups, rule, target, labels);
      group.targets.add(target);
      for (const [i, count] of uploads.entries()) {
        group.uploads += count;
        group.value += (totalHigh[i] ?? 0) * LIMB + (totalLow[i] ?? 0);
      }
    }
  });
  return [...groups.values()];
}

function groupOf(groups: Map<string, Group>, rule: RecordingRule, target: Target, series: LabelSet): Group {
  const labels = labelsNamed(target, series, [...new Set(rule.groupBy)]);
  const key = JSON.stringify(labels);
  let group = groups.get(key);
  if (group === undefined) {
    group = { key, labels, targets: new Set(), value: 0, uploads: 0 };
    groups.set(key, group);
  }
  return group;
}

/** In the place of each group's sum, what of it passed through the function: that takes stacks, of one group after another. */
async function countFunction(
  ports: QueryPorts,
  { functionName, groupBy }: RecordingRule,
  chosen: Chosen,
  range: Range,
  groups: readonly Group[],
): Promise<void> {
  const apart = groupBy.filter((name) => !isOwnLabel(name));
  for (const group of groups) {
    // A label that the group's series lack is empty, which is what a matcher takes a missing one for.
    const same = apart.map((name): Matcher => ({ name, op: "=", value: valueIn(group.labels, name), anchored: true }));
    const wish = { ...range, matchers: [...chosen.matchers, ...same], tree: true, timeline: null };
    let value = 0;
    await concurrently([...group.targets], APPS_AT_ONCE, async ({ app, type }) => {
      const { parts } = await readRange(ports, app, { ...coveredRange(wish, [app]), typeId: type.id });
      for (const { dictionary, sums } of parts)
        value += functionTotal({ stacks: dictionary, values: sums }, functionName ?? "");
    });
    group.value = value;
  }
}

const valueIn = (labels: readonly NameAndValue[], name: string): string =>
  labels.find((label) => label.name === name)?.value ?? "";
