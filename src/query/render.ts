// GET /render of the old API: one flame graph with its timeline, and the same data as pprof, collapsed text or dot.

import type { RenderFacts, RenderResponse } from "../api/render.ts";
import { encodeCollapsed } from "../flame/collapsed.ts";
import { divideSums } from "../flame/divide.ts";
import { encodeDot } from "../flame/dot.ts";
import { encodeFlamebearer } from "../flame/flamebearer.ts";
import { type FocusPath, focusFacts } from "../flame/focus.ts";
import { encodePprof } from "../formats/pprof/encode.ts";
import { invalidArgument } from "../lib/app-error.ts";
import { parseAppName } from "../profile/app-name.ts";
import { labelValue } from "../profile/labels.ts";
import { type Aggregation, drawnAs, parseProfileType } from "../profile/profile-type.ts";
import { selectorOfName } from "../profile/selector.ts";
import { timelineRung } from "../segment/ladder.ts";
import type { SeriesSums } from "../segment/rung-read.ts";
import { marksOf, NO_MARKS } from "./annotations.ts";
import { type Answer, safeFileName } from "./answer.ts";
import { renderedHtml } from "./html.ts";
import { MOST_GROUPS, parseFocus, parseMaxNodes, parseRange, type Range, requireShort } from "./params.ts";
import type { QueryPorts } from "./ports.ts";
import { coveredRange } from "./range-plan.ts";
import { appsOf, leastStepOf, type ResolvedQuery, resolveQuery, resolveSelector } from "./resolve.ts";
import { type Selection, select, stacksUnder, timelineOf, treeOf } from "./select.ts";
import { oldTimelineGrid, type TimelineGrid } from "./timeline-grid.ts";
import { uploadInterval } from "./upload-interval.ts";

const FORMATS = ["", "json", "pprof", "collapsed", "dot", "html"];
/** Labels beyond this are one group: a chart of more lines tells nothing. */
const OTHER_GROUP = "other";
/** Series without the label. */
const NO_LABEL_GROUP = "*";

export async function renderOld(ports: QueryPorts, query: URLSearchParams): Promise<Answer> {
  const format = query.get("format") ?? "";
  if (!FORMATS.includes(format))
    throw invalidArgument(`unknown format ${JSON.stringify(format)}; known: json, pprof, collapsed, dot, html`);
  const resolved = await resolveNameOrQuery(ports, query);
  const asked = parseRange(query.get("from") ?? undefined, query.get("until") ?? undefined, ports.clock());
  requireShort(asked, ports.limits);
  const range = coveredRange(asked, appsOf(resolved));
  const maxNodes = parseMaxNodes(query, ports.limits);
  const path = parseFocus(query);
  const leastStep = leastStepOf(range, resolved);
  const grid = oldTimelineGrid(range.from, range.until, { leastStep });
  const rung = timelineRung(grid.start, grid.stepSeconds);
  const timeline =
    format === "" || format === "json" || format === "html"
      ? {
          from: grid.start,
          until: grid.start + grid.stepSeconds * grid.count,
          rung,
          keep: [query.get("groupBy") ?? ""].filter((name) => name !== ""),
        }
      : null;
  const [selected, { shed, annotations }] = await Promise.all([
    select(ports, resolved, range, { tree: true, timeline }),
    timeline === null ? NO_MARKS : marksOf(ports, resolved, range),
  ]);
  const selection = timeline === null ? stacksUnder(selected, path) : selected;
  const aggregation = selection.type?.aggregation ?? "sum";
  switch (format) {
    case "pprof":
      return {
        kind: "bytes",
        body: pprofOf(selection, aggregation, range),
        fileName: `${fileStem(resolved, range)}.pprof`,
      };
    case "collapsed":
      return {
        kind: "text",
        body: encodeCollapsed(treeOf(selection, aggregation)),
        fileName: `${fileStem(resolved, range)}.collapsed.txt`,
      };
    case "dot":
      return {
        kind: "text",
        body: encodeDot(treeOf(selection, aggregation), {
          maxNodes: query.has("max-nodes") ? maxNodes : 100,
          unit: selection.type?.units ?? "",
        }),
        fileName: null,
      };
    default: {
      const body = renderBody(resolved, selection, range, grid, {
        maxNodes,
        path,
        groupBy: query.get("groupBy") ?? "",
        shed,
        annotations,
      });
      return format === "html" ? renderedHtml(body) : { kind: "json", body };
    }
  }
}

/** `name` (the storage key form) wins over `query`. */
async function resolveNameOrQuery(ports: QueryPorts, query: URLSearchParams): Promise<ResolvedQuery> {
  const name = query.get("name") ?? "";
  const text = query.get("query") ?? "";
  if (name !== "") {
    const { app, labels } = parseAppName(name);
    return resolveSelector(ports, name, selectorOfName(app, labels));
  }
  if (text === "") throw invalidArgument("'query' or 'name' parameter is required");
  return resolveQuery(ports, text);
}

const fileStem = (resolved: ResolvedQuery, range: Range): string =>
  safeFileName(`${resolved.appName} ${new Date(range.from * 1000).toISOString().replace(".000", "")}`);

export function pprofOf(selection: Selection, aggregation: Aggregation, range: Range): Uint8Array {
  const type = parseProfileType(selection.type?.id ?? "");
  const parts =
    aggregation === "sum"
      ? selection.parts
      : selection.parts.map(({ stacks, values }) => ({
          stacks,
          values: divideSums(values, Math.max(1, selection.uploads)),
        }));
  return encodePprof({
    sampleType: type?.sampleType ?? "",
    unit: type?.sampleUnit ?? "",
    periodType: type?.periodType ?? "",
    periodUnit: type?.periodUnit ?? "",
    period: 1n,
    timeNanos: BigInt(range.from) * 1_000_000_000n,
    durationNanos: BigInt(range.until - range.from) * 1_000_000_000n,
    parts,
  });
}

interface BodyParts {
  readonly maxNodes: number;
  readonly path: FocusPath;
  readonly groupBy: string;
  readonly shed: RenderFacts["shed"];
  readonly annotations: RenderResponse["annotations"];
}

function renderBody(
  resolved: ResolvedQuery,
  selection: Selection,
  range: Range,
  finest: TimelineGrid,
  { maxNodes, path, groupBy, shed, annotations }: BodyParts,
): RenderResponse {
  const type = selection.type;
  const aggregation = type?.aggregation ?? "sum";
  const tree = treeOf(selection, aggregation, path);
  const { names, levels, maxSelf, numTicks, ...hidden } = encodeFlamebearer(tree, maxNodes, path);
  const interval = uploadInterval(selection.series);
  const leastStep = leastStepOf(range, resolved);
  const grid =
    interval > finest.stepSeconds
      ? oldTimelineGrid(range.from, range.until, { uploadInterval: interval, leastStep })
      : finest;
  const timeline = (series: readonly SeriesSums[]) => ({
    startTime: grid.start,
    samples: timelineOf(series, grid, aggregation),
    durationDelta: grid.stepSeconds,
    watermarks: {},
  });
  const started = new Date(range.from * 1000).toISOString().replace(".000", "");
  return {
    version: 1,
    flamebearer: { names, levels, numTicks, maxSelf },
    metadata: {
      format: "single",
      ...drawnAs(type),
      name: `${resolved.appName} ${started}`,
      appName: resolved.appName,
      startTime: range.from,
      endTime: range.until,
      query: resolved.text,
      maxNodes,
    },
    timeline: timeline(selection.series),
    groups: groupBy === "" ? null : groupsOf(selection.series, groupBy, timeline),
    annotations,
    edgeflame: {
      ...range,
      ...hidden,
      focus: path.length === 0 ? null : focusFacts(tree, path),
      aggregation,
      uploads: selection.uploads,
      shed,
      lastSeen: selection.lastSlot,
    },
  };
}

/** Label value → timeline; the heaviest values by name, the rest together. */
export function groupsOf<T>(
  series: readonly SeriesSums[],
  label: string,
  timeline: (series: readonly SeriesSums[]) => T,
): Record<string, T> {
  const byValue = new Map<string, SeriesSums[]>();
  for (const one of series) {
    const value = labelValue(one.labels, label) ?? NO_LABEL_GROUP;
    const list = byValue.get(value);
    if (list === undefined) byValue.set(value, [one]);
    else list.push(one);
  }
  const weight = (list: readonly SeriesSums[]) =>
    list.reduce((sum, one) => sum + one.totalLow.reduce((a, b) => a + b, 0), 0);
  let groups = [...byValue];
  if (groups.length > MOST_GROUPS) {
    groups.sort(([, a], [, b]) => weight(b) - weight(a));
    const rest = groups.slice(MOST_GROUPS - 1).flatMap(([, list]) => list);
    groups = [...groups.slice(0, MOST_GROUPS - 1), [OTHER_GROUP, rest]];
  }
  groups.sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(groups.map(([value, list]) => [value, timeline(list)]));
}
