// GET /api/exemplars:query of Pyroscope 0.3x: requests as a heatmap, and the graph of those that are chosen.
import { beforeAll, expect, it } from "vitest";
import { ExemplarsResponse } from "../../src/api/exemplars.ts";
import { pprofOf } from "../formats/pprof-bytes.ts";
import { call } from "../support/worker-call.ts";

const T0 = 1_790_000_000 - (1_790_000_000 % 3600);
const [A, B, C] = ["00f067aa0ba902b7", "53995c3f42cd8ad8", "6e0c63257de34c92"];
type Sampled = readonly [stack: string, value: number, id: string];

/** A has 3 + 2 and, 10 s later, 5: 10 in all. B has 7, C 2 and both are a minute on. 5 are of no request. */
beforeAll(async () => {
  const upload = async (at: number, region: string, ...samples: readonly Sampled[]) => {
    const body = pprofOf({
      types: ["samples/count"],
      period: ["cpu", "nanoseconds", 10_000_000],
      samples: samples.map(([stack, value, id]) => ({
        stack: ["main", stack],
        values: [value],
        ...(id === "" ? {} : { labels: { profile_id: id } }),
      })),
    });
    const path = `/ingest?name=heat.cpu{region=${region}}&format=pprof&from=${at}&until=${at + 10}`;
    expect((await call(path, { method: "POST", body })).status).toBe(200);
  };
  await upload(T0, "eu", ["work", 3, A], ["wait", 2, A], ["idle", 5, ""]);
  await upload(T0 + 10, "us", ["late", 5, A]);
  await upload(T0 + 60, "eu", ["work", 7, B], ["wait", 2, C]);
});

const RANGE = { from: String(T0), until: String(T0 + 120) };
const get = (more: Record<string, string>) =>
  call(`/api/exemplars:query?${new URLSearchParams({ query: "heat.cpu", ...RANGE, ...more })}`);
async function found(more: Record<string, string>) {
  const response = await get(more);
  expect(response.status).toBe(200);
  const answer = ExemplarsResponse.parse(await response.json());
  const { names, levels } = answer.flamebearer;
  const boxes = levels.flatMap((level) =>
    Array.from({ length: level.length / 4 }, (_, i) => [names[level[i * 4 + 3]!]!, level[i * 4 + 1]!] as const),
  );
  const shown = boxes.filter(([name]) => name !== "total").sort(([, a], [, b]) => b - a);
  return { ...answer, shown: shown.map(([name, total]) => `${name} ${total}`).join(", ") };
}

it("shows requests by time and value, and the graph of all of them", async () => {
  const { heatmap, shown, metadata } = await found({ heatmapTimeBuckets: "2", heatmapValueBuckets: "4" });
  // 2 … 4 … 6 … 8 … 10, upper ends within; the lowest value is in the first row.
  expect(heatmap).toEqual({
    values: [
      [0, 0, 0, 1],
      [1, 0, 1, 0],
    ],
    timeBuckets: 2,
    valueBuckets: 4,
    startTime: T0 * 1e9,
    endTime: (T0 + 120) * 1e9,
    minValue: 2,
    maxValue: 10,
    minDepth: 1,
    maxDepth: 1,
  });
  expect(shown).toBe("main 19, work 10, late 5, wait 4");
  expect(metadata).toMatchObject({
    appName: "heat.cpu",
    query: "heat.cpu",
    units: "samples",
    startTime: T0,
    endTime: T0 + 120,
  });
  const usual = (await found({})).heatmap!;
  expect([usual.values.length, usual.values[0]!.length, usual.timeBuckets, usual.valueBuckets]).toEqual([
    128, 32, 128, 32,
  ]);
  expect(usual.values.flat().reduce((sum, count) => sum + count, 0)).toBe(3);
});

it.each([
  ["by value", { selectionMinValue: "5" }, "main 17, work 10, late 5, wait 2"],
  ["by value, up to one", { selectionMinValue: "2.5", selectionMaxValue: "7" }, "main 7, work 7"],
  [
    "by time",
    { selectionStartTime: String((T0 + 60) * 1000), selectionEndTime: String((T0 + 70) * 1000) },
    "main 9, work 7, wait 2",
  ],
  [
    "by both",
    { selectionStartTime: String(T0 + 60), selectionEndTime: String(T0 + 70), selectionMaxValue: "2" },
    "main 2, wait 2",
  ],
  ["of nothing", { selectionMinValue: "11" }, ""],
])("the graph is of what is selected, %s; the heatmap is of all", async (_what, selection, expected) => {
  const { heatmap, shown } = await found(selection);
  expect([shown, heatmap!.values.flat().reduce((sum, count) => sum + count, 0)]).toEqual([expected, 3]);
});

it.each([
  ["of the heavy alone", { minValue: "5" }, 2, "main 17, work 10, late 5, wait 2"],
  ["of the light alone", { maxValue: "2" }, 1, "main 2, wait 2"],
  ["of a request by its id", { query: `heat.cpu{profile_id="${B}"}` }, 1, "main 7, work 7"],
  ["of one region: a request counts with what is there", { query: 'heat.cpu{region="us"}' }, 1, "late 5, main 5"],
  [
    "by the newer names of times",
    { from: "0", until: "0", startTime: String(T0), endTime: String(T0 + 60) },
    1,
    "main 10, late 5, work 3, wait 2",
  ],
  ["with few boxes", { "max-nodes": "2" }, 3, "main 19, other 19"],
])("heatmap and graph %s", async (_what, more, count, expected) => {
  const { heatmap, shown } = await found(more);
  const order = (text: string) => text.split(", ").sort();
  expect([heatmap!.values.flat().reduce((sum, n) => sum + n, 0), order(shown)]).toEqual([count, order(expected)]);
});

it("has no heatmap where there are no requests, and where none is asked for: then the range is the selection's", async () => {
  for (const none of [
    { query: "heat.none" },
    { minValue: "1000" },
    { from: String(T0 + 600), until: String(T0 + 660) },
  ])
    expect(await found(none)).toMatchObject({ heatmap: null, shown: "" });
  const noGrid = { heatmapTimeBuckets: "0", heatmapValueBuckets: "0", from: "0", until: "0" };
  const selection = { selectionStartTime: String(T0 + 60), selectionEndTime: String(T0 + 120) };
  expect(await found({ ...noGrid, ...selection })).toMatchObject({ heatmap: null, shown: "main 9, work 7, wait 2" });
});

it.each([
  ["no query", { query: "" }, /^'query' parameter is required$/],
  ["a query that is none", { query: "{" }, /./],
  ["a range that ends first", { from: String(T0 + 10), until: String(T0 - 10) }, /^startTime .* is after endTime/],
  [
    "a value that is none",
    { minValue: "many" },
    /^can't parse minValue: invalid value: expected uint or float: "many"$/,
  ],
  ["a value below 0", { selectionMaxValue: "-1" }, /^can't parse selectionMaxValue/],
  [
    "a part of a bucket",
    { heatmapTimeBuckets: "1.5" },
    /^can't parse heatmapTimeBuckets: expected a whole number up to 512, not "1\.5"$/,
  ],
  ["too many buckets", { heatmapValueBuckets: "513" }, /^can't parse heatmapValueBuckets/],
])("refuses %s", async (_what, more, message) => {
  const response = await get(more);
  const refusal = (await response.json()) as { message: string; errors: string[] };
  expect([response.status, refusal.message, refusal.errors]).toEqual([
    400,
    expect.stringMatching(message),
    [refusal.message],
  ]);
});
