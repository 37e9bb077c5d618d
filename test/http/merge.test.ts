// POST /merge of Pyroscope 0.3x: chosen exemplars in one flame graph, from what agents send with the label profile_id.
import { beforeAll, expect, it } from "vitest";
import { MergeResponse } from "../../src/api/merge.ts";
import { pprofOf } from "../formats/pprof-bytes.ts";
import { call } from "../support/worker-call.ts";

const T0 = 1_790_000_000 - (1_790_000_000 % 3600);
const [A, B] = ["00f067aa0ba902b7", "53995c3f42cd8ad8"];

beforeAll(async () => {
  const sample = (stack: string, value: number, id?: string) => ({
    stack: ["main", stack],
    values: [value],
    ...(id === undefined ? {} : { labels: { profile_id: id } }),
  });
  const body = pprofOf({
    types: ["samples/count"],
    period: ["cpu", "nanoseconds", 10_000_000],
    samples: [sample("work", 3, A), sample("wait", 2, A), sample("work", 7, B), sample("idle", 5)],
  });
  const path = `/ingest?name=merge.cpu{region=eu}&format=pprof&from=${T0}&until=${T0 + 10}`;
  expect((await call(path, { method: "POST", body })).status).toBe(200);
});

const merge = (body: unknown, path = "/merge") => call(path, { method: "POST", body: JSON.stringify(body) });
const GOOD = { appName: "merge.cpu", profiles: [A], startTime: T0, endTime: T0 + 600 };

it.each([
  ["one", { ...GOOD }, "main 5, work 3, wait 2", 1],
  ["one by its id in capitals", { ...GOOD, profiles: [A.toUpperCase()] }, "main 5, work 3, wait 2", 1],
  ["both", { ...GOOD, profiles: [A, B] }, "main 12, work 10, wait 2", 2],
  ["both, in another region", { ...GOOD, appName: "merge.cpu{region=us}", profiles: [A, B] }, "", 2],
  [
    "both, by the other words",
    { appName: "merge.cpu", profiles: [A, B], from: String(T0), until: `${T0 + 60}` },
    "main 12, work 10, wait 2",
    2,
  ],
  ["with few boxes", { ...GOOD, profiles: [A, B], maxNodes: 2 }, "main 12, other 12", 2],
  ["at another time", { ...GOOD, startTime: T0 + 60 }, "", 1],
  ["that is not there", { ...GOOD, profiles: ["0000000000000001"] }, "", 1],
  ["that is no id", { ...GOOD, profiles: ["x"] }, "", 1],
  ["of an app that is not there", { ...GOOD, appName: "merge.none" }, "", 1],
])("merges %s", async (_what, body, expected, length) => {
  for (const path of ["/merge", "/api/exemplars:merge"]) {
    const response = await merge(body, path);
    expect(response.status).toBe(200);
    const answer = MergeResponse.parse(await response.json());
    const { names, levels } = answer.flamebearer;
    const boxes = levels.flatMap((level) =>
      Array.from({ length: level.length / 4 }, (_, i) => [names[level[i * 4 + 3]!]!, level[i * 4 + 1]!] as const),
    );
    const said = boxes.filter(([name]) => name !== "total").sort(([, a], [, b]) => b - a);
    expect(said.map(([name, total]) => `${name} ${total}`).join(", ")).toBe(expected);
    expect(answer.mergeMetadata).toMatchObject({ appName: expect.stringMatching(/^merge\./), profilesLength: length });
  }
});

it.each([
  ["without an app", { profiles: [A] }, 400, /^application name required$/],
  ["without profiles", { appName: "merge.cpu" }, 400, /^at least one profile ID must be specified$/],
  [
    "too many profiles",
    { ...GOOD, profiles: Array.from({ length: 1001 }, () => A) },
    400,
    /^at most 1000 profiles at once, not 1001$/,
  ],
  ["of a range that ends first", { ...GOOD, endTime: T0 - 600 }, 400, /^startTime .* is after endTime/],
  ["of a bad name", { ...GOOD, appName: "a b" }, 400, /character is not allowed/],
  ["of another shape", { ...GOOD, profiles: A }, 400, /^profiles: /],
])("refuses %s", async (_what, body, status, message) => {
  const response = await merge(body);
  const refusal = (await response.json()) as { message: string; errors: string[] };
  expect([response.status, refusal.message, refusal.errors]).toEqual([
    status,
    expect.stringMatching(message),
    [refusal.message],
  ]);
});
