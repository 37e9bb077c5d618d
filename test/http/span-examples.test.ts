// Examples of points and cells and how their graphs are asked for; and what becomes of spans that come twice, too fast, or too many.
import { expect, it } from "vitest";
import { rows } from "../support/catalog-rows.ts";
import { clock, objectOf, standStill, T0 } from "../support/object-clock.ts";
import { ask, type Graph, ms, NANOS, push, refusal, SAMPLES, type Sample, shown } from "../support/span-calls.ts";
import type { FormName } from "../support/unary-call.ts";
import { call } from "../support/worker-call.ts";

standStill();

const SPAN_A = "00f067aa0ba902b7";
const SPAN_B = "b7ad6b7169203331";
const TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
const inSpan = (at: number, stack: string, count: number, span: string, trace = ""): Sample => ({
  at,
  region: "eu",
  stack,
  count,
  span,
  trace,
});

interface Exemplar {
  readonly timestamp: string;
  readonly value: string;
  readonly spanId?: string;
  readonly traceId?: string;
  readonly profileId?: string;
  readonly labels?: readonly { readonly name: string; readonly value: string }[];
}
interface Answer {
  readonly series?: readonly {
    readonly points?: readonly { readonly value: number; readonly exemplars?: readonly Exemplar[] }[];
    readonly slots?: readonly { readonly counts: number[]; readonly exemplars?: readonly Exemplar[] }[];
  }[];
}

it("gives examples of a point and a cell, and the graph of each", async () => {
  const app = "spans.examples";
  clock.now = T0 + 60;
  await push(app, [
    inSpan(T0, "main;a", 3, SPAN_A, TRACE),
    inSpan(T0, "main;b", 2, SPAN_A, TRACE),
    inSpan(T0, "main;c", 4, SPAN_B),
    inSpan(T0, "main;d", 1, ""),
  ]);
  await push(app, [{ ...inSpan(T0 + 20, "main;e", 7, "", TRACE), region: "us" }]);
  const all = { profileTypeID: SAMPLES, labelSelector: `{service_name="${app}"}`, start: ms(T0), end: ms(T0 + 60) };

  const points = async (kind: string, more: object = {}, form: FormName = "proto") => {
    const request = { ...all, step: 60, exemplarType: `EXEMPLAR_TYPE_${kind}`, ...more };
    const { series = [] } = await ask<Answer>("SelectSeries", request, form);
    return series.flatMap(({ points: list = [] }) => list.flatMap(({ exemplars = [] }) => exemplars));
  };
  expect(await points("NONE")).toEqual([]);
  const spans = [
    { timestamp: ms(T0), value: "5", spanId: SPAN_A, traceId: TRACE, labels: [{ name: "region", value: "eu" }] },
    { timestamp: ms(T0 + 20), value: "7", traceId: TRACE, labels: [{ name: "region", value: "us" }] },
  ];
  expect(await points("SPAN")).toEqual([spans[1]]);
  expect(await points("SPAN", { groupBy: ["region"] }, "json")).toEqual(spans.map(({ labels, ...one }) => one));
  const individual = await points("INDIVIDUAL", { groupBy: ["region"] });
  expect(individual.map(({ timestamp, value }) => [timestamp, value])).toEqual([
    [ms(T0), "10"],
    [ms(T0 + 20), "7"],
  ]);
  for (const { profileId = "", value } of individual) {
    const { flamegraph } = await ask<Graph>("SelectMergeStacktraces", { ...all, profileIdSelector: [profileId] });
    expect(flamegraph.total).toBe(value);
  }
  const both = { ...all, profileIdSelector: individual.map(({ profileId = "" }) => profileId) };
  expect((await ask<Graph>("SelectMergeStacktraces", both)).flamegraph.total).toBe("17");

  const cells = async (queryType: string, exemplarType: string) => {
    const request = { ...all, step: 60, queryType: `HEATMAP_QUERY_TYPE_${queryType}`, exemplarType };
    const { series = [] } = await ask<Answer>("SelectHeatmap", request);
    return series.flatMap(({ slots = [] }) => slots);
  };
  const [ofSpans] = await cells("SPAN", "EXEMPLAR_TYPE_SPAN");
  expect(ofSpans?.counts.filter((count) => count > 0)).toEqual([1, 1, 1]);
  expect(ofSpans?.exemplars?.map(({ value, spanId }) => [value, spanId])).toEqual([
    ["4", SPAN_B],
    ["5", SPAN_A],
    ["7", undefined],
  ]);
  const [ofProfiles] = await cells("INDIVIDUAL", "EXEMPLAR_TYPE_INDIVIDUAL");
  expect(ofProfiles?.exemplars?.map(({ value }) => value)).toEqual(["7", "10"]);
});

it("shows a span by the old API and the page, with its timeline, and nothing for two at once", async () => {
  const app = "spans.render";
  clock.now = T0 + 60;
  await push(app, [inSpan(T0, "main;a", 3, SPAN_A, TRACE)]);
  await push(app, [inSpan(T0 + 30, "main;b", 2, SPAN_A, TRACE), inSpan(T0 + 30, "main;c", 4, SPAN_B, TRACE)]);
  const render = async (path: string) => {
    const response = await call(`${path}&from=${T0}&until=${T0 + 60}`);
    expect(response.status).toBe(200);
    return response;
  };
  const collapsed = async (matchers: string) => {
    const query = encodeURIComponent(`${app}.cpu{${matchers}}`);
    const lines = await (await render(`/render?format=collapsed&query=${query}`)).text();
    return lines.trim().split("\n").sort().join(", ");
  };
  expect(await collapsed(`span_id="${SPAN_A}"`)).toBe("main;a 3, main;b 2");
  expect(await collapsed(`profile_id="${SPAN_B.toUpperCase()}"`)).toBe("main;c 4");
  expect(await collapsed(`trace_id="${TRACE}"`)).toBe("main;a 3, main;b 2, main;c 4");
  expect(await collapsed(`trace_id="${TRACE}",span_id="${SPAN_B}",region="eu"`)).toBe("main;c 4");
  expect(await collapsed(`span_id="${SPAN_A}",profile_id="${SPAN_B}"`)).toBe("");
  expect(await collapsed(`span_id="${SPAN_A}",region="us"`)).toBe("");
  const query = encodeURIComponent(`${SAMPLES}{service_name="${app}",span_id="${SPAN_A}"}`);
  for (const path of ["/render", "/pyroscope/render"]) {
    const body = (await (await render(`${path}?query=${query}`)).json()) as {
      flamebearer: { numTicks: number };
      timeline: { samples: number[] };
    };
    expect(body.flamebearer.numTicks).toBe(5);
    expect(body.timeline.samples.reduce((a, b) => a + b, 0)).toBe(5);
  }
});

it("counts a span once when its upload comes again, and not at all when its stacks are shed", async () => {
  const app = "spans.again";
  clock.now = T0 + 60;
  const samples = [inSpan(T0, "main;a", 3, SPAN_A), inSpan(T0, "main;b", 5, SPAN_A)];
  await push(app, samples, "once");
  await push(app, samples, "once");
  expect((await shown(app, { spanSelector: [SPAN_A] }, [T0, T0 + 60])).total).toBe(8);

  const limits = { profilesPerSecond: 1, profilesBurst: 1 };
  const change = { method: "PUT", body: JSON.stringify({ limits }) };
  expect((await call("/api/limits", change)).status).toBe(200);
  clock.now += 120;
  for (let k = 0; k < 4; k++) await push("spans.shed", [inSpan(T0 + 90, "main;a", 1 + k, SPAN_B)]);
  const off = { method: "PUT", body: JSON.stringify({ limits: { profilesPerSecond: null, profilesBurst: null } }) };
  expect((await call("/api/limits", off)).status).toBe(200);
  const range = [T0, T0 + 120] as const;
  const whole = await shown("spans.shed", {}, range);
  const found = await shown("spans.shed", { spanSelector: [SPAN_B] }, range);
  expect([whole.total, whole.names.has("[stacks shed: over rate limit]")]).toEqual([10, true]);
  expect(found.total).toBeLessThan(10);
  expect(found.names).toEqual(new Set(["main", "a"]));
});

it("keeps no more spans of an open hour than it has room for, and every sample", async () => {
  const app = "spans.crowd";
  clock.now = T0 + 60;
  const idOf = (upload: number, i: number) => `1${String(upload * 10_000 + i).padStart(15, "0")}`;
  const uploads = 9;
  for (let k = 0; k < uploads; k++) {
    const at = T0 + 10 * k;
    await push(
      app,
      Array.from({ length: 4000 }, (_, i) => inSpan(at, "main;a", 1, idOf(k, i))),
    );
    await objectOf(app).tick();
  }
  const range = [T0, T0 + 100] as const;
  expect((await shown(app, {}, range)).total).toBe(4000 * uploads);
  const totalOf = async (upload: number) =>
    (await shown(app, { spanSelector: [idOf(upload, 0), idOf(upload, 3999)] }, range)).total;
  expect([await totalOf(0), await totalOf(uploads - 1)]).toEqual([2, 0]);
  const request = { profileTypeID: NANOS, labelSelector: `{service_name="${app}"}`, start: ms(T0), end: ms(T0 + 100) };
  const heat = { ...request, step: 100, queryType: "HEATMAP_QUERY_TYPE_SPAN" };
  const { series = [] } = await ask<Answer>("SelectHeatmap", heat);
  const counted = series
    .flatMap(({ slots = [] }) => slots)
    .reduce((sum, { counts }) => sum + counts.reduce((a, b) => a + b, 0), 0);
  expect(counted).toBe(10_000);
});

it("refuses a question by span or profile that would take more calls than a request may make", async () => {
  clock.now = T0 + 60;
  const apps = Array.from({ length: 11 }, (_, i) => `spans.far-${i}`);
  for (const app of apps) await push(app, [inSpan(T0, "main;a", 3, SPAN_A)]);
  await rows(
    `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 301)
    INSERT INTO segments (app_id, width, start, shard, part, finest, epoch, object_key, object_bytes, head_offset, head_length)
    SELECT a.id, 3600, ?1 - i * 3600, 0, 0, 1, 1, 'none/' || i, 100, 0, 10 FROM n, apps a WHERE a.name = ?2 RETURNING part`,
    T0,
    apps[0],
  );
  const question = (app: string, since: number) => ({
    profileTypeID: NANOS,
    labelSelector: `{service_name=~"${app}"}`,
    start: ms(since),
    end: ms(T0 + 60),
  });
  const far = { ...question("spans.far-0", T0 - 400 * 3600), spanSelector: [SPAN_A] };
  expect(await refusal("SelectMergeStacktraces", far)).toMatch(/^invalid_argument: spans: 301 objects .* at most 300/);
  expect((await shown("spans.far-0", { spanSelector: [SPAN_A] }, [T0, T0 + 60])).total).toBe(3);

  const ids = Array.from({ length: 20 }, (_, i) => `00000000-0000-8000-8000-0000000000${10 + i}`);
  const everywhere = { ...question("spans.far-.*", T0), profileIdSelector: ids };
  expect(await refusal("SelectMergeStacktraces", everywhere)).toMatch(/^invalid_argument: .* at most 200 .* not 220/);
  const few = { ...everywhere, profileIdSelector: ids.slice(0, 18) };
  expect(await refusal("SelectMergeStacktraces", few)).toMatch(/^ok/);
});
