// GET /render of the old API: one flame graph with its timeline, and the same data as pprof, collapsed text or dot.

import type { RenderedGraph } from "../api/graph-of-render.ts";
import type { RenderResponse } from "../api/render.ts";
import { encodeCollapsed } from "../flame/collapsed.ts";
import { divideSums } from "../flame/divide.ts";
import { encodeDot } from "../flame/dot.ts";
import { drawFlamebearer } from "../flame/flamebearer.ts";
import { type FocusPath, focusFacts } from "../flame/focus.ts";
import { encodePprof } from "../formats/pprof/encode.ts";
import { invalidArgument } from "../lib/app-error.ts";
import { parseAppName } from "../profile/app-name.ts";
import { labelValue } from "../profile/labels.ts";
import { type Aggregation, drawnAs, parseProfileType } from "../profile/profile-type.ts";
import { selectorOfName } from "../profile/selector.ts";
import { timelineRung } from "../segment/ladder.ts";
import type { SeriesSums } from "../segment/rung-read.ts";
import { marksOf } from "./annotations.ts";
import { type Answer, safeFileName } from "./answer.ts";
import { renderedHtml } from "./html.ts";
import { MOST_GROUPS, parseFocus, parseMaxNodes, parseRange, type Range, requireShort } from "./params.ts";
import type { QueryPorts } from "./ports.ts";
import { coveredRange } from "./range-plan.ts";
import { appsOf, leastStepOf, type ResolvedQuery, resolveQuery, resolveSelector } from "./resolve.ts";
import { type Selection, select, stacksUnder, timelineOf, treeOf } from "./select.ts";
import { oldTimelineGrid } from "./timeline-grid.ts";
import { uploadInterval } from "./upload-interval.ts";

const FORMATS = ["", "json", "pprof", "collapsed", "dot", "html"];
/** A picture of more functions than this is not readable. */
const DOT_NODES = 100;
/** Labels beyond this are one group: a chart of more lines tells nothing. */
const OTHER_GROUP = "other";
/** Series without the label. */
const NO_LABEL_GROUP = "*";

export async function renderOld(ports: QueryPorts, query: URLSearchParams): Promise<Answer> {
  const format = query.get("format") ?? "";
  if (!FORMATS.includes(format))
    throw invalidArgument(`unknown format ${JSON.stringify(format)}; known: json, pprof, collapsed, dot, html`);
  if (format === "" || format === "json") return { kind: "json", body: await renderBody(ports, query) };
  if (format === "html") return renderedHtml(await renderGraph(ports, query));
  const question = await questionOf(ports, query);
  const { range, maxNodes, path } = question;
  const selection = stacksUnder(await selectStacks(ports, question), path);
  const aggregation = selection.type?.aggregation ?? "sum";
  const fileStem = safeFileName(titleOf(question));
  if (format === "pprof")
    return { kind: "bytes", body: pprofOf(selection, aggregation, range), fileName: `${fileStem}.pprof` };
  const tree = treeOf(selection, aggregation);
  if (format === "collapsed")
    return { kind: "text", body: encodeCollapsed(tree), fileName: `${fileStem}.collapsed.txt` };
  const nodes = query.has("max-nodes") ? maxNodes : DOT_NODES;
  return {
    kind: "text",
    body: encodeDot(tree, { maxNodes: nodes, unit: selection.type?.units ?? "" }),
    fileName: null,
  };
}

/** The flame graph by itself: sums by time, and what stands beside them, are not read. */
export async function renderGraph(ports: QueryPorts, query: URLSearchParams): Promise<RenderedGraph> {
  const question = await questionOf(ports, query);
  return graphOf(question, await selectStacks(ports, question));
}

interface Question {
  readonly resolved: ResolvedQuery;
  readonly range: Range;
  readonly maxNodes: number;
  readonly path: FocusPath;
}

async function questionOf(ports: QueryPorts, query: URLSearchParams): Promise<Question> {
  const resolved = await resolveNameOrQuery(ports, query);
  const asked = parseRange(query.get("from") ?? undefined, query.get("until") ?? undefined, ports.clock());
  requireShort(asked, ports.limits);
  const range = coveredRange(asked, appsOf(resolved));
  return { resolved, range, maxNodes: parseMaxNodes(query, ports.limits), path: parseFocus(query) };
}

const selectStacks = (ports: QueryPorts, { resolved, range }: Question): Promise<Selection> =>
  select(ports, resolved, range, { tree: true, timeline: null });

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

const titleOf = ({ resolved, range }: Question): string =>
  `${resolved.appName} ${new Date(range.from * 1000).toISOString().replace(".000", "")}`;

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

function graphOf(question: Question, selection: Selection): RenderedGraph {
  const { resolved, range, maxNodes, path } = question;
  const { type, uploads, lastSlot } = selection;
  const aggregation = type?.aggregation ?? "sum";
  const tree = treeOf(selection, aggregation, path);
  const { flamebearer, hidden } = drawFlamebearer(tree, maxNodes, path);
  return {
    flamebearer,
    metadata: {
      format: "single",
      ...drawnAs(type),
      name: titleOf(question),
      appName: resolved.appName,
      startTime: range.from,
      endTime: range.until,
      query: resolved.text,
      maxNodes,
    },
    edgeflame: {
      ...range,
      ...hidden,
      focus: path.length === 0 ? null : focusFacts(tree, path),
      aggregation,
      uploads,
      lastSeen: lastSlot,
    },
  };
}

async function renderBody(ports: QueryPorts, query: URLSearchParams): Promise<RenderResponse> {
  const question = await questionOf(ports, query);
  const { resolved, range } = question;
  const groupBy = query.get("groupBy") ?? "";
  const leastStep = leastStepOf(range, resolved);
  const finest = oldTimelineGrid(range.from, range.until, { leastStep });
  const wanted = {
    from: finest.start,
    until: finest.start + finest.stepSeconds * finest.count,
    rung: timelineRung(finest.start, finest.stepSeconds),
    keep: groupBy === "" ? [] : [groupBy],
  };
  const [selection, { shed, annotations }] = await Promise.all([
    select(ports, resolved, range, { tree: true, timeline: wanted }),
    marksOf(ports, resolved, range),
  ]);
  const { flamebearer, metadata, edgeflame } = graphOf(question, selection);
  const interval = uploadInterval(selection.series);
  const grid =
    interval > finest.stepSeconds
      ? oldTimelineGrid(range.from, range.until, { uploadInterval: interval, leastStep })
      : finest;
  const timeline = (series: readonly SeriesSums[]) => ({
    startTime: grid.start,
    samples: timelineOf(series, grid, edgeflame.aggregation),
    durationDelta: grid.stepSeconds,
    watermarks: {},
  });
  return {
    version: 1,
    flamebearer,
    metadata,
    timeline: timeline(selection.series),
    groups: groupBy === "" ? null : groupsOf(selection.series, groupBy, timeline),
    annotations,
    edgeflame: { ...edgeflame, shed },
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
