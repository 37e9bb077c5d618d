// More of what the querier is asked: flame graphs for later, and what a question would touch (values of both are in async-queries.test.ts
// and analyze-query.test.ts); the ends of heatmaps; unequal sides of a comparison.
import type { JsonObject } from "@bufbuild/protobuf";
import { at, NANOS, ok, type QuerierCase, RANGE, refused, SAMPLES } from "./querier-case.ts";

const ALL: JsonObject = { profileTypeID: SAMPLES, labelSelector: "{}", ...RANGE };
const NONE: JsonObject = { ...ALL, labelSelector: '{service_name="none"}' };
const level = (...values: number[]): JsonObject => ({ values: values.map(String) });
const NOTHING: JsonObject = { flamegraph: { names: ["total"], levels: [{ values: ["0", "0", "0", "0"] }] } };
const UNTOUCHED: JsonObject = {
  queryScopes: [{ componentType: "Short term storage" }, { componentType: "Long term storage" }],
  queryImpact: {},
};

export const FURTHER_CASES: readonly QuerierCase[] = [
  ok(
    "SelectMergeStacktraces",
    "not later, said so",
    { ...NONE, async: { type: "ASYNC_QUERY_TYPE_DISABLED", requestId: "any" } },
    NOTHING,
  ),
  refused(
    "SelectMergeStacktraces",
    "later, in a way that is none",
    { ...NONE, async: { type: 7 } },
    /async query type 7$/,
  ),
  {
    method: "SelectMergeStacktraces",
    what: "later, by an id that nobody has",
    request: { async: { type: "ASYNC_QUERY_TYPE_FORCE", requestId: "7c9e6679-7425-40de-944b-e07fc1f90ae7" } },
    code: "not_found",
    message: /^async query not found$/,
  },

  ok(
    "SelectHeatmap",
    "what is after the last whole step",
    { profileTypeID: SAMPLES, labelSelector: '{region="us"}', start: at(40), end: at(65), step: 10 },
    {
      series: [
        {
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

  refused(
    "Diff",
    "fewer nodes than none",
    { left: { ...ALL, maxNodes: "-2" }, right: { ...ALL, maxNodes: "-1" } },
    /must be set/,
  ),
  ok(
    "Diff",
    "different types, in as many nodes as either side wants",
    {
      left: { ...ALL, labelSelector: '{region="us"}', maxNodes: "1" },
      right: { ...ALL, labelSelector: '{region="us"}', profileTypeID: NANOS, maxNodes: "3" },
    },
    {
      flamegraph: {
        names: ["total", "main", "work"],
        levels: [
          level(0, 5, 0, 0, 50_000_000, 0, 0),
          level(0, 5, 0, 0, 50_000_000, 0, 1),
          level(0, 5, 5, 0, 50_000_000, 50_000_000, 2),
        ],
        total: "50000005",
        maxSelf: "50000000",
        leftTicks: "5",
        rightTicks: "50000000",
      },
    },
  ),

  ok("AnalyzeQuery", "no range", { query: "{}" }, {}),
  ok("AnalyzeQuery", "no end", { start: at(0), query: "{}" }, {}),
  refused(
    "AnalyzeQuery",
    "an end before the start",
    { start: at(2), end: at(1) },
    /^query start time is after end time$/,
  ),
  refused("AnalyzeQuery", "a query that does not end", { ...RANGE, query: '{a="b"' }, /^query: expected/),
  refused("AnalyzeQuery", "a regular expression that is none", { ...RANGE, query: '{a=~"("}' }, /./),
  ok("AnalyzeQuery", "a service that nobody has", { ...RANGE, query: '{service_name="none"}' }, UNTOUCHED),
  ok("AnalyzeQuery", "a type that nobody has", { ...RANGE, query: "a:b:c:d:e{}" }, UNTOUCHED),
];
