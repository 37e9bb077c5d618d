// What the querier is asked besides graphs and series: flame graphs for later, and what a question would touch. Values of both are in
// async-queries.test.ts and analyze-query.test.ts.
import type { JsonObject } from "@bufbuild/protobuf";
import { at, ok, type QuerierCase, RANGE, refused, SAMPLES } from "./querier-case.ts";

const NONE: JsonObject = { profileTypeID: SAMPLES, labelSelector: '{service_name="none"}', ...RANGE };
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
