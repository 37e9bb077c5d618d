// SelectSeries: values per step. A point at t holds what was stored in the slots that end in (t − step, t], so that whole
// nodes of the ladder fall into one point; points are at start, start + step, …; where nothing is, no point is.
import type { MessageInitShape } from "@bufbuild/protobuf";
import { QUESTION, RUNGS, SLOT_SECONDS } from "../../config.ts";
import type { SelectSeriesRequest, SelectSeriesResponseSchema } from "../../connect/gen/querier/v1/querier_pb.ts";
import { TimeSeriesAggregationType } from "../../connect/gen/types/v1/types_pb.ts";
import { concurrently } from "../../lib/concurrently.ts";
import { LIMB } from "../../lib/wide-sums.ts";
import type { LabelSet } from "../../profile/labels.ts";
import { SERVICE_LABEL } from "../../profile/matcher.ts";
import { type SpanChoice, spanOfLabels } from "../../profile/spans.ts";
import { ceilTo, floorTo, timelineRung } from "../../segment/ladder.ts";
import { tooManySums } from "../../segment/series-collector.ts";
import type { QueryPorts } from "../ports.ts";
import { coveredRange } from "../range-plan.ts";
import { readRange } from "../read-range.ts";
import { leastStepOf } from "../resolve.ts";
import { APPS_AT_ONCE } from "../select.ts";
import { eachCallSite } from "./call-site-series.ts";
import { type ExemplarKind, exemplarKindOf, HeaviestExemplars } from "./exemplars.ts";
import { isOwnLabel, rangeOf, requireSteps, resolveType, type Target } from "./scope.ts";
import { byKey, groupOfSeries, type SeriesGroup } from "./series-groups.ts";

/** A sum of values: high * 2^52 + low. */
interface Bucket {
  low: number;
  high: number;
  uploads: number;
}

interface Group extends SeriesGroup {
  /** By number of the point. */
  readonly buckets: Map<number, Bucket>;
  readonly total: Bucket;
}

/** Of a step that no node fits into evenly, a node's share at its edges. */
const NODES_PER_STEP = 6;

export async function selectSeries(
  ports: QueryPorts,
  request: SelectSeriesRequest,
): Promise<MessageInitShape<typeof SelectSeriesResponseSchema>> {
  const kind = exemplarKindOf(request.exemplarType);
  const groups = new Map<string, Group>();
  const visit = (node: SeenNode) => addTo(groupOf(groups, node.group), node);
  const path = (request.stackTraceSelector?.callSite ?? []).map(({ name }) => name);
  await (path.length > 0
    ? eachCallSite(ports, request, path, visit)
    : eachNode(ports, request, { rungFor: rungOf }, visit));
  const exemplars = await exemplarsOf(ports, request, kind);
  const isAverage = request.aggregation === TimeSeriesAggregationType.AVERAGE;
  const kept = chosen([...groups.values()], Number(request.limit ?? 0n));
  return { series: kept.map((one) => seriesOf(one, request, isAverage, exemplars)) };
}

/** Of each point the heaviest. */
async function exemplarsOf(
  ports: QueryPorts,
  request: SelectSeriesRequest,
  kind: ExemplarKind,
): Promise<HeaviestExemplars | null> {
  if (kind === "none") return null;
  const exemplars = new HeaviestExemplars(request.groupBy);
  await eachSingle(ports, request, kind, (node) => exemplars.add(placeOf(node.group, node.point), node));
  return exemplars;
}

const placeOf = ({ key }: SeriesGroup, point: number): string => `${point} ${key}`;

export interface SteppedQuestion {
  readonly profileTypeID: string;
  readonly labelSelector: string;
  readonly start: bigint;
  readonly end: bigint;
  readonly step: number;
  readonly groupBy: readonly string[];
  readonly limit?: bigint | undefined;
}

export interface SeenNode {
  readonly target: Target;
  readonly labels: LabelSet;
  readonly group: SeriesGroup;
  /** Number of the point that it belongs to. */
  readonly point: number;
  /** Its start, unix seconds, and the width that was asked for. */
  readonly at: number;
  readonly rung: number;
  /** Its value: high * 2^52 + low. */
  readonly low: number;
  readonly high: number;
  readonly uploads: number;
}

interface NodeWish {
  /** Seconds of the nodes that are wanted; wider ones come where those are no longer kept. */
  rungFor(first: number, step: number): number;
  /** Series come with all labels, whatever the question groups by. */
  readonly areSeriesApart?: boolean;
  /** What is after the last point, because the range does not end with a step, belongs to that. */
  readonly isLastOpen?: boolean;
  /** Only spans, each apart, with their ids among the labels. */
  readonly spans?: SpanChoice;
}

const ALL_SPANS: SpanChoice = { spans: [], traces: [] };

/** Visits what exemplars are chosen from: each series' nodes of 10 s, or each span's. */
export async function eachSingle(
  ports: QueryPorts,
  question: SteppedQuestion,
  kind: "individual" | "span",
  visit: (node: SeenNode) => void,
): Promise<void> {
  const spans = kind === "span" ? { spans: ALL_SPANS } : {};
  await eachNode(ports, question, { rungFor: () => SLOT_SECONDS, areSeriesApart: true, ...spans }, (node) => {
    if (isSingle(node)) visit(node);
  });
}

/** Of older nodes there are sums, but no stacks to show; a span is kept whole or not at all. */
export const isSingle = ({ labels, rung, at, target }: SeenNode): boolean =>
  spanOfLabels(labels) !== null || (rung <= 60 && at >= target.app.dropped[60]);

export async function eachNode(
  ports: QueryPorts,
  question: SteppedQuestion,
  wanted: NodeWish,
  visit: (node: SeenNode) => void,
): Promise<void> {
  const asked = rangeOf(ports, question);
  const { step, groupBy } = question;
  requireSteps(question);
  const resolved = await resolveType(ports, question.profileTypeID, question.labelSelector);
  const first = Number(question.start) / 1000 - step;
  const last = Math.floor((Number(question.end - question.start) / 1000 + 1e-9) / step);
  const { areSeriesApart = false, isLastOpen = false, spans } = wanted;
  const rung = Math.max(wanted.rungFor(first, step), spans === undefined ? leastStepOf(asked, resolved) : SLOT_SECONDS);
  const range = { from: Math.max(0, floorTo(rung, first)), until: Math.max(SLOT_SECONDS, ceilTo(rung, asked.until)) };
  // Without a label to keep, series come added up.
  const keep = areSeriesApart ? [SERVICE_LABEL] : groupBy.filter((name) => !isOwnLabel(name));
  let seen = 0;
  await concurrently(resolved.targets, APPS_AT_ONCE, async (target) => {
    const covered = spans === undefined ? coveredRange(range, [target.app]) : range;
    const own = { areWhole: areSeriesApart, ...(spans !== undefined && { spans }) };
    const wish = { ...covered, ...own, typeId: target.type.id, matchers: resolved.matchers, tree: false };
    const { series } = await readRange(ports, target.app, { ...wish, timeline: { ...range, rung, keep } });
    for (const { labels, start, uploads, totalLow, totalHigh } of series) {
      seen += start.length;
      if (areSeriesApart && seen > QUESTION.sumsApart) throw tooManySums(QUESTION.sumsApart);
      const group = groupOfSeries(target, labels, groupBy);
      for (const [i, at] of start.entries()) {
        const reached = Math.floor((at - first + 1e-9) / step);
        const point = isLastOpen ? Math.min(reached, last) : reached;
        if (point < 0 || point > last) continue;
        visit({
          target,
          labels,
          group,
          point,
          at,
          rung,
          low: totalLow[i] ?? 0,
          high: totalHigh[i] ?? 0,
          uploads: uploads[i] ?? 0,
        });
      }
    }
  });
}

/** The widest nodes that fall into one point each; of odd steps, nodes that are small beside them. */
function rungOf(first: number, step: number): number {
  if (first % SLOT_SECONDS === 0 && step % SLOT_SECONDS === 0) return timelineRung(first, step);
  return RUNGS.findLast((rung) => rung * NODES_PER_STEP <= step) ?? SLOT_SECONDS;
}

function groupOf(groups: Map<string, Group>, { key, labels }: SeriesGroup): Group {
  let group = groups.get(key);
  if (group === undefined) {
    group = { key, labels, buckets: new Map(), total: { low: 0, high: 0, uploads: 0 } };
    groups.set(key, group);
  }
  return group;
}

function addTo(group: Group, node: SeenNode): void {
  let bucket = group.buckets.get(node.point);
  if (bucket === undefined) {
    bucket = { low: 0, high: 0, uploads: 0 };
    group.buckets.set(node.point, bucket);
  }
  add(bucket, node);
  add(group.total, node);
}

function add(bucket: Bucket, { low, high, uploads }: Bucket): void {
  const carry = bucket.low + low >= LIMB ? 1 : 0;
  bucket.low += low - carry * LIMB;
  bucket.high += high + carry;
  bucket.uploads += uploads;
}

/** Rounded once: points are doubles. */
export const doubleOf = ({ low, high }: Pick<Bucket, "low" | "high">): number => high * LIMB + low;

/** By labels; with a limit only those of the largest totals. */
function chosen(groups: readonly Group[], limit: number): Group[] {
  const found = groups.filter(({ buckets }) => buckets.size > 0);
  const kept = limit > 0 ? found.sort((a, b) => doubleOf(b.total) - doubleOf(a.total)).slice(0, limit) : found;
  return kept.sort(byKey);
}

function seriesOf(
  group: Group,
  { start, step }: SelectSeriesRequest,
  isAverage: boolean,
  exemplars: HeaviestExemplars | null,
) {
  const points = [...group.buckets]
    .sort(([a], [b]) => a - b)
    .map(([point, bucket]) => ({
      value: isAverage ? doubleOf(bucket) / Math.max(1, bucket.uploads) : doubleOf(bucket),
      timestamp: start + BigInt(Math.round(point * step * 1000)),
      exemplars: exemplars?.at(placeOf(group, point)) ?? [],
    }));
  return { labels: group.labels, points };
}
