// The requests of Grafana's data source and of Profiles Drilldown, in their order, and what of each answer must be there.
import type { DescService, JsonObject } from "@bufbuild/protobuf";
import { expect } from "vitest";
import type { RenderResponse } from "../../src/api/render.ts";
import { AdHocProfileService } from "../../src/connect/gen/adhocprofiles/v1/adhocprofiles_pb.ts";
import { FeatureFlagsService } from "../../src/connect/gen/capabilities/v1/feature_flags_pb.ts";
import { RecordingRulesService } from "../../src/connect/gen/settings/v1/recording_rules_pb.ts";
import { SettingsService } from "../../src/connect/gen/settings/v1/setting_pb.ts";
import { VCSService } from "../../src/connect/gen/vcs/v1/vcs_pb.ts";
import { ms, NANOS, type Sample } from "../support/span-calls.ts";
import { call } from "../support/worker-call.ts";

export const T0 = 1_700_000_000 - (1_700_000_000 % 3600);
export const SPAN = "00f067aa0ba902b7";
export const UNIT = 10_000_000;
export const SAMPLES: readonly Sample[] = [
  { at: T0, region: "eu", stack: "main;serve;search", count: 70, span: SPAN, trace: "" },
  { at: T0, region: "eu", stack: "main;serve;write", count: 9, span: "", trace: "" },
  { at: T0, region: "us", stack: "main;serve;search", count: 5, span: "", trace: "" },
  { at: T0, region: "us", stack: "main;wait", count: 21, span: "", trace: "" },
];
export const SELECTOR = '{service_name="shop"}';
/** As the pages turn `type{…}` into a matcher; nothing between the braces leaves a comma at the end. */
export const OF_TYPE = `{__profile_type__="${NANOS}", service_name="shop"}`;
export const OF_TYPE_ALONE = `{__profile_type__="${NANOS}", }`;
export const RANGE = { start: ms(T0 - 1800), end: ms(T0 + 1800) };
export const QUESTION: JsonObject = { profileTypeID: NANOS, labelSelector: SELECTOR, ...RANGE };

export interface FlameGraph {
  readonly names: readonly string[];
  readonly levels: readonly { readonly values: readonly string[] }[];
  readonly total: string;
  readonly maxSelf: string;
}

export const render = async <T = RenderResponse>(path: string, query: Record<string, string>): Promise<T> => {
  const response = await call(`${path}?${new URLSearchParams(query)}`);
  expect(response.status).toBe(200);
  return (await response.json()) as T;
};

/** In the shape of /render. */
export const asRendered = ({ names, levels, total, maxSelf }: FlameGraph) => ({
  names,
  levels: levels.map(({ values }) => values.map(Number)),
  numTicks: Number(total),
  maxSelf: Number(maxSelf),
});

export const QUERY = { query: `${NANOS}${SELECTOR}`, from: ms(T0 - 1800), until: ms(T0 + 1800) };

export interface Step {
  readonly what: string;
  readonly service?: DescService;
  readonly method: string;
  readonly request: JsonObject;
  /** What of the answer must be there. */
  readonly answer: JsonObject | (() => Promise<object>);
  readonly of?: (answer: Record<string, unknown>) => unknown;
}

const total = (answer: Record<string, unknown>): string => (answer.flamegraph as FlameGraph).total;
const point = (value: number, second: number) => ({ value, timestamp: ms(T0 + second) });

export const DATA_SOURCE: readonly Step[] = [
  {
    what: "Save & test, as old versions",
    method: "ProfileTypes",
    request: {},
    answer: { profileTypes: expect.anything() },
  },
  {
    what: "Save & test, as newer ones",
    method: "ProfileTypes",
    request: RANGE,
    answer: { profileTypes: expect.anything() },
  },
  {
    what: "the query editor's types",
    method: "ProfileTypes",
    request: RANGE,
    of: ({ profileTypes }) => ({ ids: (profileTypes as { ID: string }[]).map(({ ID }) => ID) }),
    answer: { ids: [NANOS, "process_cpu:samples:count:cpu:nanoseconds"] },
  },
  {
    what: "the query editor's labels, of nothing yet",
    method: "LabelNames",
    request: { ...RANGE, matchers: ["{}"] },
    answer: { names: expect.arrayContaining(["region", "service_name"]) },
  },
  {
    what: "the query editor's values",
    method: "LabelValues",
    request: { ...RANGE, name: "region", matchers: [SELECTOR] },
    answer: { names: ["eu", "us"] },
  },
  {
    what: "the metrics panel",
    method: "SelectSeries",
    request: { ...QUESTION, step: 15, groupBy: [], exemplarType: "EXEMPLAR_TYPE_NONE" },
    answer: { series: [{ points: [point(105 * UNIT, 15)] }] },
  },
  {
    what: "the metrics panel by region, the largest",
    method: "SelectSeries",
    request: { ...QUESTION, step: 15, groupBy: ["region"], limit: "1", exemplarType: "EXEMPLAR_TYPE_NONE" },
    answer: { series: [{ labels: [{ name: "region", value: "eu" }], points: [point(79 * UNIT, 15)] }] },
  },
  {
    what: "the flame graph",
    method: "SelectMergeStacktraces",
    request: { ...QUESTION, maxNodes: "16384" },
    of: ({ flamegraph }) => asRendered(flamegraph as FlameGraph),
    answer: async () => (await render("/pyroscope/render", { ...QUERY, "max-nodes": "16384" })).flamebearer,
  },
  {
    what: "the flame graph, cut",
    method: "SelectMergeStacktraces",
    request: { ...QUESTION, maxNodes: "3" },
    of: ({ flamegraph }) => asRendered(flamegraph as FlameGraph),
    answer: async () => (await render("/pyroscope/render", { ...QUERY, "max-nodes": "3" })).flamebearer,
  },
  {
    what: "the flame graph of a trace's spans",
    method: "SelectMergeSpanProfile",
    request: { ...QUESTION, spanSelector: [SPAN], maxNodes: "16384" },
    of: (answer) => ({ total: total(answer) }),
    answer: { total: String(70 * UNIT) },
  },
  {
    what: "the heatmap",
    method: "SelectHeatmap",
    request: { ...QUESTION, step: 15, queryType: "HEATMAP_QUERY_TYPE_INDIVIDUAL" },
    answer: { series: [{ slots: [{ timestamp: ms(T0 + 15), counts: expect.anything(), yMin: expect.anything() }] }] },
  },
];

export const DRILLDOWN: readonly Step[] = [
  {
    what: "what the server can",
    service: FeatureFlagsService,
    method: "GetFeatureFlags",
    request: {},
    answer: { featureFlags: expect.anything() },
  },
  { what: "whether there is data", method: "GetProfileStats", request: {}, answer: { dataIngested: true } },
  {
    what: "the list of services",
    method: "Series",
    request: { ...RANGE, matchers: [], labelNames: ["service_name", "__profile_type__"] },
    answer: {
      labelsSet: expect.arrayContaining([
        {
          labels: [
            { name: "__profile_type__", value: NANOS },
            { name: "service_name", value: "shop" },
          ],
        },
      ]),
    },
  },
  {
    what: "labels of a service",
    method: "LabelNames",
    request: { ...RANGE, matchers: [OF_TYPE] },
    answer: { names: expect.arrayContaining(["region"]) },
  },
  {
    what: "labels of a type",
    method: "LabelNames",
    request: { ...RANGE, matchers: [OF_TYPE_ALONE] },
    answer: { names: expect.arrayContaining(["region"]) },
  },
  {
    what: "values of a label",
    method: "LabelValues",
    request: { ...RANGE, name: "region", matchers: [OF_TYPE] },
    answer: { names: ["eu", "us"] },
  },
  {
    what: "the details of a function, and the export as pprof",
    method: "SelectMergeProfile",
    request: { ...QUESTION, maxNodes: "500", stackTraceSelector: { callSite: [{ name: "main" }] } },
    of: ({ sample }) => ({
      sum: (sample as { value: string[] }[]).reduce((sum, { value }) => sum + Number(value[0]), 0),
    }),
    answer: { sum: 105 * UNIT },
  },
  {
    what: "how much a query reads",
    method: "AnalyzeQuery",
    request: { ...RANGE, query: `${NANOS}${SELECTOR}` },
    answer: {},
  },
  { what: "settings", service: SettingsService, method: "Get", request: {}, answer: {} },
  {
    what: "a changed setting",
    service: SettingsService,
    method: "Set",
    request: { setting: { name: "pluginSettings", value: "{}", modifiedAt: "1" } },
    answer: { setting: { name: "pluginSettings", value: "{}", modifiedAt: "1" } },
  },
  { what: "recording rules", service: RecordingRulesService, method: "ListRecordingRules", request: {}, answer: {} },
  {
    what: "the source code's application",
    service: VCSService,
    method: "GithubApp",
    request: {},
    answer: { code: "unimplemented" },
  },
  {
    what: "an ad-hoc file",
    service: AdHocProfileService,
    method: "Upload",
    request: { name: "cpu.collapsed", profile: btoa("main;work 90\n") },
    answer: { flamebearerProfile: expect.stringContaining('"numTicks":90') },
  },
];
