// SelectSeries: values per step. A point at t holds what was stored in the slots that end in (t − step, t], so that whole
// nodes of the ladder fall into one point; points are at start, start + step, …; where nothing is, no point is.
import type { MessageInitShape } from "@bufbuild/protobuf";
import { RUNGS, SLOT_SECONDS } from "../../config.ts";
import type { SelectSeriesRequest, SelectSeriesResponseSchema } from "../../connect/gen/querier/v1/querier_pb.ts";
import { TimeSeriesAggregationType } from "../../connect/gen/types/v1/types_pb.ts";
import { invalidArgument } from "../../lib/app-error.ts";
import { concurrently } from "../../lib/concurrently.ts";
import { compareUtf8 } from "../../lib/utf8-order.ts";
import { LIMB } from "../../lib/wide-sums.ts";
import { labelValue } from "../../profile/labels.ts";
import { ceilTo, floorTo, timelineRung } from "../../segment/ladder.ts";
import type { QueryPorts } from "../ports.ts";
import { coveredRange } from "../range-plan.ts";
import { readRange } from "../read-range.ts";
import { leastStepOf } from "../resolve.ts";
import { APPS_AT_ONCE } from "../select.ts";
import { isOwnLabel, ownLabels, rangeOf, resolveType, type Target } from "./scope.ts";

interface Bucket {
  sum: number;
  uploads: number;
}

interface Group {
  readonly labels: { name: string; value: string }[];
  /** By number of the point. */
  readonly buckets: Map<number, Bucket>;
  total: number;
}

const LEAST_STEP_SECONDS = 0.001;
/** Of a step that no node fits into evenly, a node's share at its edges. */
const NODES_PER_STEP = 6;

export async function selectSeries(
  ports: QueryPorts,
  request: SelectSeriesRequest,
): Promise<MessageInitShape<typeof SelectSeriesResponseSchema>> {
  const asked = rangeOf(ports, request);
  const { step, groupBy } = request;
  if (!(step >= LEAST_STEP_SECONDS)) throw invalidArgument("step must be >= 1ms");
  if (request.limit !== undefined && request.limit < 0n) throw invalidArgument("limit must be >= 0");
  if ((request.stackTraceSelector?.callSite.length ?? 0) > 0)
    throw invalidArgument("stack_trace_selector is not possible for series: timelines are kept without stacks");
  const resolved = await resolveType(ports, request.profileTypeID, request.labelSelector);
  const first = Number(request.start) / 1000 - step;
  const last = Math.floor((Number(request.end - request.start) / 1000 + 1e-9) / step);
  const rung = Math.max(rungOf(first, step), leastStepOf(asked, resolved));
  const groups = new Map<string, Group>();
  const ofSeries = groupBy.filter((name) => !isOwnLabel(name));
  const range = { from: Math.max(0, floorTo(rung, first)), until: Math.max(SLOT_SECONDS, ceilTo(rung, asked.until)) };
  await concurrently(resolved.targets, APPS_AT_ONCE, async (target) => {
    const covered = coveredRange(range, [target.app]);
    const timeline = { ...range, rung, keep: ofSeries[0] ?? null };
    const wish = { ...covered, typeId: target.type.id, matchers: resolved.matchers, tree: false, timeline };
    for (const one of (await readRange(ports, target.app, wish)).series) {
      const group = groupOf(groups, target, one.labels, groupBy);
      for (const [i, start] of one.start.entries()) {
        const point = Math.floor((start - first + 1e-9) / step);
        if (point < 0 || point > last) continue;
        const value = (one.totalHigh[i] ?? 0) * LIMB + (one.totalLow[i] ?? 0);
        addTo(group, point, value, one.uploads[i] ?? 0);
      }
    }
  });
  const isAverage = request.aggregation === TimeSeriesAggregationType.AVERAGE;
  return {
    series: chosen([...groups.values()], Number(request.limit ?? 0n)).map((one) => seriesOf(one, request, isAverage)),
  };
}

/** The widest nodes that fall into one point each; of odd steps, nodes that are small beside them. */
function rungOf(first: number, step: number): number {
  if (first % SLOT_SECONDS === 0 && step % SLOT_SECONDS === 0) return timelineRung(first, step);
  return RUNGS.findLast((rung) => rung * NODES_PER_STEP <= step) ?? SLOT_SECONDS;
}

function groupOf(
  groups: Map<string, Group>,
  target: Target,
  series: Parameters<typeof labelValue>[0],
  groupBy: readonly string[],
): Group {
  const own = ownLabels(target);
  const labels = groupBy.flatMap((name) => {
    const value = own.get(name) ?? labelValue(series, name);
    return value === undefined ? [] : [{ name, value }];
  });
  labels.sort((a, b) => compareUtf8(a.name, b.name));
  const key = JSON.stringify(labels);
  let group = groups.get(key);
  if (group === undefined) {
    group = { labels, buckets: new Map(), total: 0 };
    groups.set(key, group);
  }
  return group;
}

function addTo(group: Group, point: number, value: number, uploads: number): void {
  const bucket = group.buckets.get(point);
  group.total += value;
  if (bucket === undefined) group.buckets.set(point, { sum: value, uploads });
  else {
    bucket.sum += value;
    bucket.uploads += uploads;
  }
}

/** By labels; with a limit only those of the largest totals. */
function chosen(groups: readonly Group[], limit: number): Group[] {
  const found = groups.filter(({ buckets }) => buckets.size > 0);
  const kept = limit > 0 ? found.sort((a, b) => b.total - a.total).slice(0, limit) : found;
  return kept.sort((a, b) => compareUtf8(JSON.stringify(a.labels), JSON.stringify(b.labels)));
}

function seriesOf({ labels, buckets }: Group, { start, step }: SelectSeriesRequest, isAverage: boolean) {
  const points = [...buckets]
    .sort(([a], [b]) => a - b)
    .map(([point, { sum, uploads }]) => ({
      value: isAverage ? sum / Math.max(1, uploads) : sum,
      timestamp: start + BigInt(Math.round(point * step * 1000)),
    }));
  return { labels, points };
}
