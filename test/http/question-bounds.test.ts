// What a question may say: each condition is asked of every series, and each label that it is grouped by is looked for in all of
// them, in the live objects, too. So both are bounded before anything is read.
import { expect, it } from "vitest";
import { clock, standStill } from "../support/object-clock.ts";
import { ask, refusal, SAMPLES } from "../support/span-calls.ts";
import { call, uploadFolded } from "../support/worker-call.ts";

standStill();

const at = (seconds: number) => String((clock.now + seconds) * 1000);
const range = () => ({ start: at(-600), end: at(600) });
const conditions = (count: number) => `{${Array.from({ length: count }, (_, i) => `k!="${i}"`).join()}}`;
const typed = () => ({ profileTypeID: SAMPLES, labelSelector: conditions(3000), ...range() });

it.each([
  ["SelectMergeStacktraces", typed],
  ["SelectMergeProfile", typed],
  ["SelectSeries", () => ({ ...typed(), step: 60 })],
  ["SelectHeatmap", () => ({ ...typed(), step: 60 })],
  ["Diff", () => ({ left: typed(), right: typed() })],
  ["AnalyzeQuery", () => ({ query: conditions(3000), ...range() })],
  ["Series", () => ({ matchers: [conditions(3000)], ...range() })],
  ["LabelNames", () => ({ matchers: Array.from({ length: 9000 }, () => "{}"), ...range() })],
  ["LabelValues", () => ({ name: "k", matchers: [conditions(1500), conditions(1500)], ...range() })],
])("%s takes 16 KiB of conditions, all together", async (method, request) => {
  expect(await refusal(method, request())).toMatch(
    /^invalid_argument: query: \d{5} characters, limit queryTextBytes is 16384/,
  );
});

it("a deletion takes as many", async () => {
  await uploadFolded("bounds.shop.cpu", clock.now, { main: 1 });
  const body = JSON.stringify({ app: "bounds.shop", query: conditions(3000) });
  const response = await call("/api/deletions", { method: "POST", body });
  expect([response.status, await response.json()]).toMatchObject([400, { limit: "queryTextBytes" }]);
});

it.each(["SelectSeries", "SelectHeatmap"])("%s is told apart by a hundred labels, and by no more", async (method) => {
  const question = (count: number) => ({
    profileTypeID: SAMPLES,
    labelSelector: "{}",
    ...range(),
    step: 60,
    groupBy: Array.from({ length: count }, (_, i) => `label_${i}`),
  });
  expect(await ask<object>(method, question(100))).toBeTruthy();
  expect(await refusal(method, question(101))).toMatch(
    /^invalid_argument: group_by has 101 labels, limit groupByLabels is 100/,
  );
});

it("who asks too much at once is not told to compress a profile", async () => {
  const body = JSON.stringify({ query: "x".repeat(2_000_000) });
  const headers = { "content-type": "application/json" };
  const response = await call("/querier.v1.QuerierService/AnalyzeQuery", { method: "POST", body, headers });
  expect([response.status, await response.json()]).toMatchObject([
    429,
    { limit: "bodyBytes", advice: "send less in one request" },
  ]);
});
