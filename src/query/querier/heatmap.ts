// SelectHeatmap: how often uploads had values of which height, per step. What is kept of an upload is its share of a slot of
// its series: of several in one slot each counts as their average.
import type { MessageInitShape } from "@bufbuild/protobuf";
import { SLOT_SECONDS } from "../../config.ts";
import {
  HeatmapQueryType,
  type SelectHeatmapRequest,
  type SelectHeatmapResponseSchema,
} from "../../connect/gen/querier/v1/querier_pb.ts";
import { invalidArgument } from "../../lib/app-error.ts";
import { compareUtf8 } from "../../lib/utf8-order.ts";
import type { QueryPorts } from "../ports.ts";
import { doubleOf, eachNode, labelsOfGroup } from "./time-series.ts";

const HEIGHTS = 20;

interface Seen {
  readonly point: number;
  readonly value: number;
  readonly uploads: number;
}

interface Group {
  readonly labels: { name: string; value: string }[];
  readonly seen: Seen[];
  total: number;
}

export async function selectHeatmap(
  ports: QueryPorts,
  request: SelectHeatmapRequest,
): Promise<MessageInitShape<typeof SelectHeatmapResponseSchema>> {
  if (request.start !== 0n && request.start === request.end) throw invalidArgument("start must be before end");
  const groups = new Map<string, Group>();
  const isOfSpans = request.queryType === HeatmapQueryType.SPAN;
  let least = Number.POSITIVE_INFINITY;
  let most = Number.NEGATIVE_INFINITY;
  await eachNode(
    ports,
    request,
    () => SLOT_SECONDS,
    ({ target, labels, point, low, high, uploads }) => {
      if (isOfSpans || uploads === 0) return; // spans are not kept apart
      const sum = doubleOf({ low, high });
      const value = sum / uploads;
      least = Math.min(least, value);
      most = Math.max(most, value);
      const group = groupOf(groups, labelsOfGroup(target, labels, request.groupBy));
      group.seen.push({ point, value, uploads });
      group.total += sum;
    },
    true,
  );
  const height = (most === least ? 1 : most - least) / HEIGHTS;
  const yMin = Array.from({ length: HEIGHTS }, (_, row) => least + row * height);
  const rowOf = (value: number) => Math.min(HEIGHTS - 1, Math.floor((value - least) / height));
  const kept = chosen([...groups.values()], Number(request.limit ?? 0n));
  return { series: kept.map((group) => ({ labels: group.labels, slots: slotsOf(group, request, yMin, rowOf) })) };
}

function groupOf(groups: Map<string, Group>, labels: Group["labels"]): Group {
  const key = JSON.stringify(labels);
  let group = groups.get(key);
  if (group === undefined) {
    group = { labels, seen: [], total: 0 };
    groups.set(key, group);
  }
  return group;
}

function chosen(groups: readonly Group[], limit: number): Group[] {
  const kept = limit > 0 ? groups.toSorted((a, b) => b.total - a.total).slice(0, limit) : groups;
  return kept.toSorted((a, b) => compareUtf8(JSON.stringify(a.labels), JSON.stringify(b.labels)));
}

function slotsOf(
  { seen }: Group,
  { start, step }: SelectHeatmapRequest,
  yMin: number[],
  rowOf: (value: number) => number,
) {
  const cells = new Map<number, number[]>();
  for (const { point, value, uploads } of seen) {
    const counts = cells.get(point) ?? new Array<number>(HEIGHTS).fill(0);
    counts[rowOf(value)] = (counts[rowOf(value)] ?? 0) + uploads;
    cells.set(point, counts);
  }
  return [...cells]
    .sort(([a], [b]) => a - b)
    .map(([point, counts]) => ({ timestamp: start + BigInt(Math.round(point * step * 1000)), yMin, counts }));
}
