// Operations that answer questions.

import { ExemplarsQuery, ExemplarsResponse } from "../exemplars.ts";
import { InboxQuery, InboxResponse } from "../inbox.ts";
import { MergeRequest, MergeResponse } from "../merge.ts";
import { RenderResponse } from "../render.ts";
import { RenderDiffQuery, RenderDiffResponse } from "../render-diff.ts";
import { ServicesResponse } from "../services.ts";
import { TagsQuery, TagsResponse } from "../tags.ts";
import { type Content, found, json, type Operation, type OperationAnswer } from "./operation.ts";
import {
  LabelsQuery,
  LabelValuesQuery,
  LabelValuesV2Query,
  Names,
  OldApps,
  OldRenderQuery,
  RenderDiffV2Query,
  RenderV2Query,
} from "./parameters.ts";

const TYPE = "process_cpu:cpu:nanoseconds:cpu:nanoseconds";
const graph = (more: readonly Content[]): readonly OperationAnswer[] => [
  { status: 200, what: "The graph; what nobody uploaded is an empty one", content: [...json(RenderResponse), ...more] },
];
const TEXT: Content = { type: "text/plain" };

const GRAPHS: readonly Operation[] = [
  {
    id: "render",
    group: "Flame graphs",
    method: "GET",
    path: "/render",
    scope: "read",
    summary: "The merged flame graph of a query and its timeline, as Pyroscope 0.3x answers",
    details:
      "Gauges (memory in use, goroutines) are divided by the number of uploads. `format=pprof` answers a pprof file, `collapsed` folded stacks, `dot` a graph for Graphviz, `html` a page in one file that works offline.",
    query: OldRenderQuery,
    answers: graph([{ type: "application/octet-stream" }, TEXT, { type: "text/html" }]),
    example: { query: { query: 'shop.cpu{region="eu"}', from: "now-1h" } },
  },
  {
    id: "renderDiff",
    group: "Flame graphs",
    method: "GET",
    path: "/render-diff",
    scope: "read",
    summary: "Two queries in one graph, with both totals for each function",
    details: "`format=html` answers a page in one file that works offline.",
    query: RenderDiffQuery,
    answers: found("The graph, of format double", RenderDiffResponse),
    example: {
      query: {
        leftQuery: "shop.cpu",
        leftFrom: "now-2h",
        leftUntil: "now-1h",
        rightQuery: "shop.cpu",
        rightFrom: "now-1h",
        rightUntil: "now",
      },
    },
  },
  {
    id: "renderV2",
    group: "Flame graphs",
    method: "GET",
    path: "/pyroscope/render",
    scope: "read",
    summary: "The same by profile type ids, as Pyroscope 2 answers",
    details: "Values are sums, of gauges too, unless `aggregation=avg`.",
    query: RenderV2Query,
    answers: graph([TEXT]),
    example: { query: { query: `${TYPE}{service_name="shop"}`, from: "now-1h", until: "now" } },
  },
  {
    id: "renderDiffV2",
    group: "Flame graphs",
    method: "GET",
    path: "/pyroscope/render-diff",
    scope: "read",
    summary: "Two queries of one profile type in one graph, as Pyroscope 2 answers",
    query: RenderDiffV2Query,
    answers: found("The graph, of format double", RenderDiffResponse),
    example: {
      query: {
        leftQuery: `${TYPE}{service_name="shop"}`,
        leftFrom: "now-2h",
        leftUntil: "now-1h",
        rightQuery: `${TYPE}{service_name="shop"}`,
        rightFrom: "now-1h",
        rightUntil: "now",
      },
    },
  },
  {
    id: "merge",
    group: "Flame graphs",
    method: "POST",
    path: "/merge",
    scope: "read",
    summary: "What was sampled in chosen requests, as Pyroscope 0.3x merges exemplars",
    body: { what: "The ids that agents gave as `profile_id`, and where to look", content: json(MergeRequest) },
    answers: found("Their flame graph; of what is not known an empty one", MergeResponse),
    example: { json: { appName: "my-app.cpu", profiles: ["00f067aa0ba902b7"], from: "now-1h", until: "now" } },
  },
  {
    id: "exemplars",
    group: "Flame graphs",
    method: "GET",
    path: "/api/exemplars:query",
    scope: "read",
    summary: "How heavy single requests were, and the flame graph of those that are chosen, as Pyroscope 0.3x has it",
    details: "Requests are what agents send as `profile_id` or `span_id`; of an app the 10 000 heaviest.",
    query: ExemplarsQuery,
    answers: found("The flame graph with a heatmap", ExemplarsResponse),
    example: { query: { query: "shop.cpu", from: "now-1h", until: "now" } },
  },
];

const NAMES: readonly Operation[] = [
  {
    id: "services",
    group: "What there is",
    method: "GET",
    path: "/api/services",
    scope: "read",
    summary: "Every service with its profile types",
    answers: found("Sorted by name", ServicesResponse),
    example: {},
  },
  {
    id: "tags",
    group: "What there is",
    method: "GET",
    path: "/api/tags",
    scope: "read",
    summary: "The labels of a query and their values, with the number of uploads of each",
    details: "The values of a label are counted under the query's other matchers, not under its own.",
    query: TagsQuery,
    answers: found("Labels sorted by name, values by uploads", TagsResponse),
    example: { query: { query: "shop.cpu", from: "now-1h" } },
  },
  {
    id: "labels",
    group: "What there is",
    method: "GET",
    path: "/labels",
    scope: "read",
    summary: "Names of labels",
    query: LabelsQuery,
    answers: found("Sorted", Names),
    example: { query: { query: "shop.cpu" } },
  },
  {
    id: "labelValues",
    group: "What there is",
    method: "GET",
    path: "/label-values",
    scope: "read",
    summary: "Values of a label; of `__name__`: the names that /render takes",
    query: LabelValuesQuery,
    answers: found("Sorted", Names),
    example: { query: { label: "region", query: "shop.cpu" } },
  },
  {
    id: "labelValuesV2",
    group: "What there is",
    method: "GET",
    path: "/pyroscope/label-values",
    scope: "read",
    summary: "Values of a label; of `__name__`: ids of profile types",
    query: LabelValuesV2Query,
    answers: found("Sorted", Names),
    example: { query: { label: "__name__" } },
  },
  {
    id: "apps",
    group: "What there is",
    method: "GET",
    path: "/api/apps",
    scope: "read",
    summary: "Apps by their old names, as Pyroscope 0.3x lists them",
    answers: found("Sorted by name", OldApps),
    example: {},
  },
  {
    id: "inbox",
    group: "What there is",
    method: "GET",
    path: "/api/inbox",
    scope: "read",
    summary: "The last uploads that were refused, or taken after something in them was mended",
    query: InboxQuery,
    answers: found("Newest first", InboxResponse),
    example: { query: { app: "shop", limit: "20" } },
  },
];

export const READING: readonly Operation[] = [...GRAPHS, ...NAMES];
