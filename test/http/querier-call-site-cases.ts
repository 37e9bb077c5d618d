// Series under a call site: what the querier is asked, and what it answers.
import type { JsonObject } from "@bufbuild/protobuf";
import { at, ok, type QuerierCase, RANGE, refused, SAMPLES, set } from "./querier-case.ts";

const point = (seconds: number, value: number): JsonObject => ({ value, timestamp: at(seconds) });
const SERIES: JsonObject = { profileTypeID: SAMPLES, labelSelector: '{service_name="q.shop"}', ...RANGE, step: 60 };

export const CALL_SITE_CASES: readonly QuerierCase[] = [
  ok(
    "SelectSeries",
    "under a call site",
    { ...SERIES, stackTraceSelector: { callSite: [{ name: "main" }, { name: "work" }] } },
    { series: [{ points: [point(60, 3), point(120, 5)] }] },
  ),
  ok(
    "SelectSeries",
    "under a call site, by service",
    { ...SERIES, groupBy: ["service_name"], stackTraceSelector: { callSite: [{ name: "main" }, { name: "idle" }] } },
    { series: [{ ...set({ service_name: "q.shop" }), points: [point(60, 2)] }] },
  ),
  refused(
    "SelectSeries",
    "a call site by region",
    { ...SERIES, groupBy: ["region"], stackTraceSelector: { callSite: [{ name: "main" }] } },
    /can't be used together/,
  ),
  refused(
    "SelectSeries",
    "a call site in many steps",
    { ...SERIES, step: 5, stackTraceSelector: { callSite: [{ name: "main" }] } },
    /at most 60 points at once, not 121/,
  ),
];
