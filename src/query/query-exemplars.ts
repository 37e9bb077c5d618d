// GET api/exemplars:query: an exemplar of the old API is a span of ours (decision 0024). One is what was sampled in a request over
// the whole range, in all series of the query; its time is that of its first 10 s.
import type { ExemplarsResponse, Heatmap } from "../api/exemplars.ts";
import { SLOT_SECONDS } from "../config.ts";
import { drawFlamebearer } from "../flame/flamebearer.ts";
import { invalidArgument } from "../lib/app-error.ts";
import { concurrently } from "../lib/concurrently.ts";
import { LIMB } from "../lib/wide-sums.ts";
import { SERVICE_LABEL } from "../profile/matcher.ts";
import { drawnAs } from "../profile/profile-type.ts";
import { type SpanChoice, splitSpan } from "../profile/spans.ts";
import { parseMaxNodes, parseRange, type Range, requireShort } from "./params.ts";
import type { QueryPorts } from "./ports.ts";
import { readRange } from "./read-range.ts";
import { type ResolvedQuery, resolveQuery } from "./resolve.ts";
import { APPS_AT_ONCE, select, treeOf } from "./select.ts";
import { splitSpanMatchers } from "./span-matchers.ts";

interface Exemplar {
  readonly id: string;
  /** Unix seconds. */
  at: number;
  value: number;
}

/** Of values and times; both ends of values are in it. */
interface Bounds extends Range {
  readonly least: number;
  readonly most: number;
}

interface Grid {
  readonly columns: number;
  readonly rows: number;
}

const DEFAULT_GRID: Grid = { columns: 128, rows: 32 };
const MOST_BUCKETS = 512;
const NANOSECONDS = 1e9;
const DECIMAL = /^\d{1,19}(?:\.\d{1,19})?(?:[eE]\+?\d{1,2})?$/;
const EVERY_SPAN: SpanChoice = { spans: [], traces: [] };

/** @throws AppError invalid_argument */
export async function queryExemplars(ports: QueryPorts, query: URLSearchParams): Promise<ExemplarsResponse> {
  const text = query.get("query") ?? "";
  if (text === "") throw invalidArgument("'query' parameter is required");
  const resolved = await resolveQuery(ports, text);
  const { matchers, spans = EVERY_SPAN } = splitSpanMatchers(resolved.matchers);
  const question = { ...resolved, matchers };
  const grid = gridOf(query);
  const times = selectedRange(ports, query);
  const range = (grid === null ? times : null) ?? rangeOf(ports, query);
  requireShort(range, ports.limits);
  const found = await exemplarsOf(ports, question, spans, { ...range, ...valuesOf(query, "minValue", "maxValue") });
  const selection = { ...(times ?? range), ...valuesOf(query, "selectionMinValue", "selectionMaxValue") };
  const chosen = found.filter((one) => isWithin(one, selection));
  const maxNodes = parseMaxNodes(query, ports.limits);
  const tree = await treeOfExemplars(
    ports,
    question,
    { spans: chosen.map(({ id }) => id), traces: spans.traces },
    range,
  );
  const { flamebearer } = drawFlamebearer(tree, maxNodes);
  return {
    version: 1,
    flamebearer,
    metadata: {
      format: "single",
      ...drawnAs(resolved.targets[0]?.type),
      name: resolved.appName,
      appName: resolved.appName,
      startTime: range.from,
      endTime: range.until,
      query: resolved.text,
      maxNodes,
    },
    timeline: null,
    groups: null,
    heatmap: grid === null || found.length === 0 ? null : heatmapOf(found, grid, range),
  };
}

const rangeOf = (ports: QueryPorts, query: URLSearchParams): Range =>
  parseRange(
    query.get("startTime") || query.get("from") || undefined,
    query.get("endTime") || query.get("until") || undefined,
    ports.clock(),
    ["startTime", "endTime"],
  );

/** Null: the selection says nothing of times. */
function selectedRange(ports: QueryPorts, query: URLSearchParams): Range | null {
  const [start, end] = [query.get("selectionStartTime"), query.get("selectionEndTime")];
  if (!start && !end) return null;
  return parseRange(start || undefined, end || undefined, ports.clock(), ["selectionStartTime", "selectionEndTime"]);
}

/** 0 and nothing: no bound. */
function valuesOf(query: URLSearchParams, leastName: string, mostName: string): Omit<Bounds, keyof Range> {
  const most = numberOf(query, mostName);
  return { least: numberOf(query, leastName), most: most === 0 ? Number.POSITIVE_INFINITY : most };
}

function numberOf(query: URLSearchParams, name: string): number {
  const text = query.get(name) ?? "";
  if (text === "") return 0;
  if (DECIMAL.test(text)) return Number(text);
  throw invalidArgument(
    `can't parse ${name}: invalid value: expected uint or float: ${JSON.stringify(text.slice(0, 100))}`,
  );
}

/** Null: no heatmap is wanted. */
function gridOf(query: URLSearchParams): Grid | null {
  const bucketsOf = (name: string): number | null => {
    const text = query.get(name) ?? "";
    if (text === "") return null;
    if (!/^\d+$/.test(text) || Number(text) > MOST_BUCKETS)
      throw invalidArgument(
        `can't parse ${name}: expected a whole number up to ${MOST_BUCKETS}, not ${JSON.stringify(text.slice(0, 100))}`,
      );
    return Number(text);
  };
  const columns = bucketsOf("heatmapTimeBuckets");
  const rows = bucketsOf("heatmapValueBuckets");
  if (columns === 0 && rows === 0) return null;
  return { columns: columns || DEFAULT_GRID.columns, rows: rows || DEFAULT_GRID.rows };
}

const isWithin = ({ at, value }: Exemplar, { from, until, least, most }: Bounds): boolean =>
  at >= from && at < until && value >= least && value <= most;

/** Of an app of very many spans the heaviest. */
async function exemplarsOf(
  ports: QueryPorts,
  { targets, matchers }: ResolvedQuery,
  spans: SpanChoice,
  bounds: Bounds,
): Promise<Exemplar[]> {
  const range = { from: bounds.from, until: bounds.until };
  const byId = new Map<string, Exemplar>();
  await concurrently(targets, APPS_AT_ONCE, async ({ app, type }) => {
    const timeline = { ...range, rung: SLOT_SECONDS, keep: [SERVICE_LABEL] };
    const wish = { ...range, typeId: type.id, matchers, tree: false, timeline, spans };
    for (const { labels, start, totalLow, totalHigh } of (await readRange(ports, app, wish)).series) {
      const { span: id } = splitSpan(labels);
      if (id === "") continue;
      const one = byId.get(id) ?? { id, at: Number.POSITIVE_INFINITY, value: 0 };
      byId.set(id, one);
      for (const [i, at] of start.entries()) {
        one.at = Math.min(one.at, at);
        one.value += (totalHigh[i] ?? 0) * LIMB + (totalLow[i] ?? 0);
      }
    }
  });
  return [...byId.values()].filter((one) => isWithin(one, bounds));
}

/** Samples of single requests are counts of their own: an average per upload would say nothing. */
async function treeOfExemplars(ports: QueryPorts, question: ResolvedQuery, spans: SpanChoice, range: Range) {
  const targets = spans.spans.length === 0 ? [] : question.targets;
  return treeOf(await select(ports, { ...question, targets }, range, { tree: true, timeline: null, spans }), "sum");
}

/** Rows go from just above their lower end to their upper one; the lowest value is in the first. */
function heatmapOf(found: readonly Exemplar[], { columns, rows }: Grid, { from, until }: Range): Heatmap {
  const least = found.reduce((low, { value }) => Math.min(low, value), Number.POSITIVE_INFINITY);
  const most = found.reduce((high, { value }) => Math.max(high, value), 0);
  const height = (most - least) / rows || 1;
  const values = Array.from({ length: columns }, () => new Array<number>(rows).fill(0));
  for (const { at, value } of found) {
    const column = values[Math.min(columns - 1, Math.floor(((at - from) / (until - from)) * columns))];
    const row = Math.max(0, Math.min(rows - 1, Math.ceil((value - least) / height) - 1));
    if (column !== undefined) column[row] = (column[row] ?? 0) + 1;
  }
  const counts = values.flat().filter((count) => count > 0);
  return {
    values,
    timeBuckets: columns,
    valueBuckets: rows,
    startTime: from * NANOSECONDS,
    endTime: until * NANOSECONDS,
    minValue: least,
    maxValue: most,
    minDepth: counts.reduce((low, count) => Math.min(low, count)),
    maxDepth: counts.reduce((high, count) => Math.max(high, count)),
  };
}
