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
import type { QueryPorts } from "../ports.ts";
import { exemplarKindOf, HeaviestExemplars } from "./exemplars.ts";
import { byKey, type SeriesGroup } from "./series-groups.ts";
import { doubleOf, eachNode, eachSingle, isSingle, type SeenNode } from "./time-series.ts";

const HEIGHTS = 20;

interface Seen {
  readonly node: SeenNode;
  readonly value: number;
  readonly uploads: number;
}

interface Group extends SeriesGroup {
  readonly seen: Seen[];
  total: number;
}

export async function selectHeatmap(
  ports: QueryPorts,
  request: SelectHeatmapRequest,
): Promise<MessageInitShape<typeof SelectHeatmapResponseSchema>> {
  if (request.start !== 0n && request.start === request.end) throw invalidArgument("start must be before end");
  const groups = new Map<string, Group>();
  const kind = request.queryType === HeatmapQueryType.SPAN ? "span" : "individual";
  const exemplarKind = exemplarKindOf(request.exemplarType);
  if (exemplarKind !== "none" && exemplarKind !== kind)
    throw invalidArgument(`${exemplarKind} exemplars only available for ${exemplarKind} query type`);
  let least = Number.POSITIVE_INFINITY;
  let most = Number.NEGATIVE_INFINITY;
  const visit = (node: SeenNode) => {
    const { uploads } = node;
    if (uploads === 0) return;
    const sum = doubleOf(node);
    const counted = kind === "span" ? 1 : uploads;
    const value = sum / counted;
    least = Math.min(least, value);
    most = Math.max(most, value);
    const group = groupOf(groups, node.group);
    group.seen.push({ node, value, uploads: counted });
    group.total += sum;
  };
  await (kind === "span"
    ? eachSingle(ports, request, kind, visit)
    : eachNode(ports, request, { rungFor: () => SLOT_SECONDS, areSeriesApart: true, isLastOpen: true }, visit));
  const height = (most === least ? 1 : most - least) / HEIGHTS;
  const yMin = Array.from({ length: HEIGHTS }, (_, row) => least + row * height);
  const rowOf = (value: number) => Math.min(HEIGHTS - 1, Math.floor((value - least) / height));
  const kept = chosen([...groups.values()], Number(request.limit ?? 0n));
  const withExemplars = exemplarKind !== "none";
  return {
    series: kept.map((group) => ({
      labels: group.labels,
      slots: slotsOf(group, request, { yMin, rowOf, withExemplars }),
    })),
  };
}

function groupOf(groups: Map<string, Group>, { key, labels }: SeriesGroup): Group {
  let group = groups.get(key);
  if (group === undefined) {
    group = { key, labels, seen: [], total: 0 };
    groups.set(key, group);
  }
  return group;
}

function chosen(groups: readonly Group[], limit: number): Group[] {
  const kept = limit > 0 ? groups.toSorted((a, b) => b.total - a.total).slice(0, limit) : groups;
  return kept.toSorted(byKey);
}

function slotsOf(
  { seen }: Group,
  { start, step, groupBy }: SelectHeatmapRequest,
  rows: { readonly yMin: number[]; rowOf(value: number): number; readonly withExemplars: boolean },
) {
  const cells = new Map<number, number[]>();
  const exemplars = new HeaviestExemplars(groupBy);
  const placeOf = (point: number, row: number) => `${point} ${row}`;
  for (const { node, value, uploads } of seen) {
    const row = rows.rowOf(value);
    const counts = cells.get(node.point) ?? new Array<number>(HEIGHTS).fill(0);
    counts[row] = (counts[row] ?? 0) + uploads;
    cells.set(node.point, counts);
    if (rows.withExemplars && isSingle(node)) exemplars.add(placeOf(node.point, row), node);
  }
  return [...cells]
    .sort(([a], [b]) => a - b)
    .map(([point, counts]) => ({
      timestamp: start + BigInt(Math.round(point * step * 1000)),
      yMin: rows.yMin,
      counts,
      exemplars: counts.flatMap((count, row) => (count > 0 ? exemplars.at(placeOf(point, row)) : [])),
    }));
}
