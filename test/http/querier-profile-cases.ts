// Flame graphs, profiles and series of values: what the querier is asked, and what it answers.
import type { JsonObject } from "@bufbuild/protobuf";
import { at, ofNodes, ofType, ok, type QuerierCase, RANGE, refused, SAMPLES, set } from "./querier-case.ts";

const ALL: JsonObject = { profileTypeID: SAMPLES, labelSelector: "{}", ...RANGE };
const SHOP: JsonObject = { ...ALL, labelSelector: '{service_name="q.shop"}' };
const level = (...values: number[]): JsonObject => ({ values: values.map(String) });
const NOTHING: JsonObject = { flamegraph: { names: ["total"], levels: [level(0, 0, 0, 0)] } };
const graph = (names: string[], levels: JsonObject[], total: number, maxSelf: number): JsonObject => ({
  flamegraph: { names, levels, total: String(total), maxSelf: String(maxSelf) },
});
/** main;work 8, main;idle 2 */
const SHOP_GRAPH = graph(
  ["total", "main", "work", "idle"],
  [level(0, 10, 0, 0), level(0, 10, 0, 1), level(0, 2, 2, 3, 0, 8, 8, 2)],
  10,
  8,
);

const point = (seconds: number, value: number): JsonObject => ({ value, timestamp: at(seconds) });
const SERIES: JsonObject = { ...SHOP, step: 60 };

export const PROFILE_CASES: readonly QuerierCase[] = [
  ...ofType("SelectMergeStacktraces", ALL),
  ...ofNodes("SelectMergeStacktraces", ALL),
  ok("SelectMergeStacktraces", "of all", ALL, SHOP_GRAPH),
  ok("SelectMergeStacktraces", "as a flame graph", { ...SHOP, format: "PROFILE_FORMAT_FLAMEGRAPH" }, SHOP_GRAPH),
  ok(
    "SelectMergeStacktraces",
    "of a type with a sixth part",
    { ...SHOP, profileTypeID: `${SAMPLES}:delta` },
    SHOP_GRAPH,
  ),
  ok(
    "SelectMergeStacktraces",
    "one label",
    { ...SHOP, labelSelector: '{region="eu"}' },
    graph(
      ["total", "main", "work", "idle"],
      [level(0, 5, 0, 0), level(0, 5, 0, 1), level(0, 2, 2, 3, 0, 3, 3, 2)],
      5,
      3,
    ),
  ),
  ok(
    "SelectMergeStacktraces",
    "a regular expression matches the whole value",
    { ...SHOP, labelSelector: '{region=~"e"}' },
    NOTHING,
  ),
  ok("SelectMergeStacktraces", "a type that nobody has", { ...ALL, profileTypeID: "a:b:c:d:e" }, NOTHING),
  ok(
    "SelectMergeStacktraces",
    "a service that nobody has",
    { ...ALL, labelSelector: '{service_name="none"}' },
    NOTHING,
  ),
  ok("SelectMergeStacktraces", "a range of nothing", { ...ALL, start: at(-7200), end: at(-3600) }, NOTHING),
  ok("SelectMergeStacktraces", "a year", { ...SHOP, start: at(-365 * 86_400) }, SHOP_GRAPH),
  ok("SelectMergeStacktraces", "no nodes: the default", { ...SHOP, maxNodes: "0" }, SHOP_GRAPH),
  ok(
    "SelectMergeStacktraces",
    "two nodes",
    { ...SHOP, maxNodes: "2" },
    graph(["total", "main", "other"], [level(0, 10, 0, 0), level(0, 10, 0, 1), level(0, 10, 10, 2)], 10, 10),
  ),
  ok(
    "SelectMergeStacktraces",
    "a call site",
    { ...SHOP, stackTraceSelector: { callSite: [{ name: "main" }, { name: "idle" }] } },
    graph(["total", "main", "idle"], [level(0, 2, 0, 0), level(0, 2, 0, 1), level(0, 2, 2, 2)], 2, 2),
  ),
  ok(
    "SelectMergeStacktraces",
    "a profile by an id",
    { ...SHOP, profileIdSelector: ["7c9e6679-7425-40de-944b-e07fc1f90ae7"] },
    NOTHING,
  ),
  ok(
    "SelectMergeStacktraces",
    "as a tree",
    { ...SHOP, format: "PROFILE_FORMAT_TREE" },
    { tree: "AAABBG1haW4AAgR3b3JrCAAEaWRsZQIA" },
  ),
  ok(
    "SelectMergeStacktraces",
    "nothing as a tree",
    { ...SHOP, labelSelector: '{region="x"}', format: "PROFILE_FORMAT_TREE" },
    { tree: "AAAA" },
  ),
  ok(
    "SelectMergeStacktraces",
    "nothing as a picture",
    { ...SHOP, labelSelector: '{region="x"}', format: "PROFILE_FORMAT_DOT" },
    {},
  ),
  refused(
    "SelectMergeStacktraces",
    "a profile id that is none",
    { ...SHOP, profileIdSelector: ["7"] },
    /expected a UUID/,
  ),
  refused(
    "SelectMergeStacktraces",
    "too many profiles",
    { ...SHOP, profileIdSelector: new Array<string>(21).fill("7c9e6679-7425-40de-944b-e07fc1f90ae7") },
    /at most 20 ids/,
  ),
  refused(
    "SelectMergeStacktraces",
    "too many spans",
    { ...SHOP, spanSelector: new Array<string>(1001).fill("0123456789abcdef") },
    /at most 1000 ids/,
  ),
  refused("SelectMergeStacktraces", "a span that is none", { ...SHOP, spanSelector: ["x"] }, /span/),
  refused(
    "SelectMergeStacktraces",
    "a trace that is none",
    { ...SHOP, traceIdSelector: ["0123456789abcdef"] },
    /trace/,
  ),
  refused(
    "SelectMergeStacktraces",
    "spans and traces",
    { ...SHOP, spanSelector: ["0123456789abcdef"], traceIdSelector: ["0123456789abcdef0123456789abcdef"] },
    /together/,
  ),
  ...ofType("SelectMergeSpanProfile", { ...ALL, spanSelector: ["0123456789abcdef"] }),
  ...ofNodes("SelectMergeSpanProfile", ALL),
  refused("SelectMergeSpanProfile", "a span that is none", { ...ALL, spanSelector: ["0123"] }, /span/),
  ok("SelectMergeSpanProfile", "a span that nobody has", { ...ALL, spanSelector: ["0123456789abcdef"] }, NOTHING),

  ...ofType("SelectMergeProfile", ALL),
  ...ofNodes("SelectMergeProfile", ALL),
  ok("SelectMergeSpanProfile", "no span", ALL, NOTHING),
  ok(
    "SelectMergeSpanProfile",
    "nothing as a tree",
    { ...ALL, spanSelector: ["0123456789abcdef"], format: "PROFILE_FORMAT_TREE" },
    { tree: "AAAA" },
  ),
  refused(
    "SelectMergeProfile",
    "a trace that is none",
    { ...ALL, traceIdSelector: ["0123456789abcdef"] },
    /expected 32 hexadecimal digits/,
  ),
  ok("SelectMergeProfile", "a trace that nobody has", { ...ALL, traceIdSelector: ["0123456789abcdef".repeat(2)] }, {}),
  ok("SelectMergeProfile", "nothing", { ...ALL, labelSelector: '{region="x"}' }, {}),

  ...ofType("SelectSeries", { ...ALL, step: 60 }),
  refused("SelectSeries", "no step", ALL, /^step must be >= 1ms$/),
  refused("SelectSeries", "a step that is too short", { ...ALL, step: 0.0001 }, /^step must be >= 1ms$/),
  refused("SelectSeries", "a step that is no number", { ...ALL, step: "NaN" }, /^step must be >= 1ms$/),
  refused("SelectSeries", "a limit below none", { ...SERIES, limit: "-1" }, /limit/),
  ok("SelectSeries", "without groups", SERIES, { series: [{ points: [point(60, 5), point(120, 5)] }] }),
  ok(
    "SelectSeries",
    "by region",
    { ...SERIES, groupBy: ["region"] },
    {
      series: [
        { ...set({ region: "eu" }), points: [point(60, 5)] },
        { ...set({ region: "us" }), points: [point(120, 5)] },
      ],
    },
  ),
  ok(
    "SelectSeries",
    "by region and service",
    { ...SERIES, groupBy: ["service_name", "region"] },
    {
      series: [
        { ...set({ region: "eu", service_name: "q.shop" }), points: [point(60, 5)] },
        { ...set({ region: "us", service_name: "q.shop" }), points: [point(120, 5)] },
      ],
    },
  ),
  ok(
    "SelectSeries",
    "by a label that nobody has",
    { ...SERIES, groupBy: ["zone"] },
    { series: [{ points: [point(60, 5), point(120, 5)] }] },
  ),
  ok(
    "SelectSeries",
    "the first point has what ends at the start",
    { ...SERIES, start: at(60) },
    { series: [{ points: [point(60, 5), point(120, 5)] }] },
  ),
  ok("SelectSeries", "wide steps", { ...SERIES, step: 600 }, { series: [{ points: [point(600, 10)] }] }),
  ok("SelectSeries", "steps of 15 s", { ...SERIES, step: 15 }, { series: [{ points: [point(15, 5), point(75, 5)] }] }),
  ok(
    "SelectSeries",
    "averages",
    { ...SERIES, step: 600, aggregation: "TIME_SERIES_AGGREGATION_TYPE_AVERAGE" },
    { series: [{ points: [point(600, 5)] }] },
  ),
  ok(
    "SelectSeries",
    "the largest series",
    { ...SERIES, start: at(0), end: at(60), groupBy: ["region"], limit: "1" },
    { series: [{ ...set({ region: "eu" }), points: [point(60, 5)] }] },
  ),
  refused("SelectSeries", "exemplars of another kind", { ...SERIES, exemplarType: 9 }, /^unknown exemplar type: 9$/),
  ok(
    "SelectSeries",
    "examples of spans, of which there are none",
    { ...SERIES, exemplarType: "EXEMPLAR_TYPE_SPAN" },
    { series: [{ points: [point(60, 5), point(120, 5)] }] },
  ),
  ok("SelectSeries", "nothing", { ...SERIES, labelSelector: '{region="x"}' }, {}),

  ...ofType("SelectHeatmap", { ...ALL, step: 60 }),
  refused("SelectHeatmap", "no step", ALL, /^step must be >= 1ms$/),
  refused("SelectHeatmap", "a range of no time", { ...SERIES, end: RANGE.start }, /^start must be before end$/),
  ok("SelectHeatmap", "nothing", { ...SERIES, labelSelector: '{region="x"}' }, {}),
  refused(
    "SelectHeatmap",
    "examples of profiles in a heatmap of spans",
    { ...SERIES, queryType: "HEATMAP_QUERY_TYPE_SPAN", exemplarType: "EXEMPLAR_TYPE_INDIVIDUAL" },
    /^individual exemplars only available for individual query type$/,
  ),
  refused(
    "SelectHeatmap",
    "examples of spans in a heatmap of profiles",
    { ...SERIES, queryType: "HEATMAP_QUERY_TYPE_INDIVIDUAL", exemplarType: "EXEMPLAR_TYPE_SPAN" },
    /^span exemplars only available for span query type$/,
  ),
  ok("SelectHeatmap", "spans", { ...SERIES, queryType: "HEATMAP_QUERY_TYPE_SPAN" }, {}),
  ok(
    "SelectHeatmap",
    "by region",
    { ...SERIES, groupBy: ["region"], limit: "1", labelSelector: '{region="eu"}' },
    {
      series: [
        {
          ...set({ region: "eu" }),
          slots: [
            {
              timestamp: at(60),
              yMin: Array.from({ length: 20 }, (_, row) => 5 + row * (1 / 20)),
              counts: [1, ...new Array<number>(19).fill(0)],
            },
          ],
        },
      ],
    },
  ),

  refused("Diff", "nothing", {}, /required/),
  refused("Diff", "one side", { left: ALL }, /required/),
  refused(
    "Diff",
    "no range on the right",
    { left: ALL, right: { ...ALL, start: "0" } },
    /^missing time range in the query$/,
  ),
  ok(
    "Diff",
    "two regions",
    { left: { ...SHOP, labelSelector: '{region="eu"}' }, right: { ...SHOP, labelSelector: '{region="us"}' } },
    {
      flamegraph: {
        names: ["total", "main", "work", "idle"],
        levels: [
          level(0, 5, 0, 0, 5, 0, 0),
          level(0, 5, 0, 0, 5, 0, 1),
          level(0, 2, 2, 0, 0, 0, 3, 0, 3, 3, 0, 5, 5, 2),
        ],
        total: "10",
        maxSelf: "5",
        leftTicks: "5",
        rightTicks: "5",
      },
    },
  ),
];
