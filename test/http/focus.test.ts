// `focus` and the facts about what is hidden, through the HTTP interface: old render, v2, diffs and exports.
import { describe, expect, it } from "vitest";
import type { RenderResponse } from "../../src/api/render.ts";
import type { RenderDiffResponse } from "../../src/api/render-diff.ts";
import { LIMITS } from "../../src/config.ts";
import { decodePprof } from "../../src/formats/pprof/decode.ts";
import { call, uploadFolded } from "../support/worker-call.ts";

const T0 = 1_790_000_000 - (1_790_000_000 % 3600);
/** Whatever an URL makes hard: separators, quotes, spaces, empty, other scripts. */
const STRANGE = "a b&c=d;e/ü\"'%41+<😀>";

const query = (app: string, focus: readonly string[] = [], more: Record<string, string> = {}) =>
  new URLSearchParams([
    ["query", `${app}.cpu`],
    ["from", String(T0)],
    ["until", String(T0 + 60)],
    ...Object.entries(more),
    ...focus.map((name) => ["focus", name]),
  ]);
async function json<T>(path: string): Promise<T> {
  const response = await call(path);
  expect(response.status).toBe(200);
  return response.json() as Promise<T>;
}

async function upload(app: string): Promise<void> {
  await uploadFolded(`${app}.cpu`, T0, { "main;work;read": 50, "main;work;write": 8, "main;idle": 30, exit: 12 });
  await uploadFolded(`${app}.cpu`, T0 + 10, { "main;work": 2, "main;work;write": 1 });
}

describe("render", () => {
  it("answers with the subtree under the path, whose frames keep their totals", async () => {
    await upload("focus-old");
    const { flamebearer, edgeflame } = await json<RenderResponse>(`/render?${query("focus-old", ["main", "work"])}`);
    expect(flamebearer).toEqual({
      names: ["total", "main", "work", "write", "read"],
      levels: [
        [0, 103, 0, 0],
        [0, 91, 0, 1],
        [0, 61, 2, 2],
        [2, 50, 50, 4, 0, 9, 9, 3],
      ],
      numTicks: 103,
      maxSelf: 50,
    });
    expect(edgeflame).toMatchObject({
      hiddenNodes: 0,
      largestHidden: 0,
      focus: { path: ["main", "work"], matched: 2, found: true, total: 61 },
    });
  });

  it("says how many nodes are hidden, how much they hold, and the largest of them, whole or in focus", async () => {
    await upload("focus-hidden");
    const whole = await json<RenderResponse>(`/render?${query("focus-hidden", [], { "max-nodes": "4" })}`);
    expect(whole.edgeflame).toMatchObject({ hiddenNodes: 3, otherTotal: 51, largestHidden: 30, focus: null });
    const part = await json<RenderResponse>(`/render?${query("focus-hidden", ["main", "work"], { "max-nodes": "2" })}`);
    expect(part.edgeflame).toMatchObject({ hiddenNodes: 1, otherTotal: 9, largestHidden: 9 });
    expect(part.flamebearer.names).toEqual(["total", "main", "work", "other", "read"]);
  });

  it("states that a path is not there, and shows how far it goes", async () => {
    await upload("focus-none");
    const { flamebearer, edgeflame } = await json<RenderResponse>(`/render?${query("focus-none", ["main", "play"])}`);
    expect(edgeflame.focus).toEqual({ path: ["main", "play"], matched: 1, found: false, total: 0 });
    expect(flamebearer.levels).toEqual([
      [0, 103, 0, 0],
      [0, 91, 0, 1],
    ]);
    const empty = await json<RenderResponse>(`/render?${query("focus-never", ["main"])}`);
    expect(empty.edgeflame.focus).toMatchObject({ matched: 0, found: false });
  });

  it("takes a name of any characters as it is", async () => {
    // Folded text splits at `;`, so the name comes in two frames there.
    await uploadFolded("focus-strange.cpu", T0, { [`${STRANGE};leaf`]: 3, other: 4 });
    const path = STRANGE.split(";");
    const { edgeflame } = await json<RenderResponse>(`/render?${query("focus-strange", path)}`);
    expect(edgeflame.focus).toEqual({ path, matched: 2, found: true, total: 3 });
  });

  it("takes a focus that was left empty for none", async () => {
    await upload("focus-empty");
    const whole = await json<RenderResponse>(`/render?${query("focus-empty")}`);
    const left = await json<RenderResponse>(`/render?${query("focus-empty")}&focus=`);
    expect([left.flamebearer, left.edgeflame]).toEqual([whole.flamebearer, whole.edgeflame]);
  });

  it("exports only the stacks under the path", async () => {
    await upload("focus-export");
    const path = ["main", "work"];
    const text = await call(`/render?${query("focus-export", path, { format: "collapsed" })}`);
    expect(await text.text()).toBe("main;work 2\nmain;work;read 50\nmain;work;write 9\n");
    const dot = await (await call(`/render?${query("focus-export", path, { format: "dot" })}`)).text();
    expect(dot).toContain("Total: 61");
    expect(dot).not.toContain("idle");
    const bytes = new Uint8Array(
      await (await call(`/render?${query("focus-export", path, { format: "pprof" })}`)).arrayBuffer(),
    );
    const profile = decodePprof(bytes, { limits: LIMITS });
    expect(profile?.sampleValues.reduce((sum, value) => sum + value, 0n)).toBe(61n);
  });

  it.each([
    ["too many frames", Array.from({ length: 1001 }, () => "f"), "stackDepth"],
    ["too many bytes", Array.from({ length: 20 }, () => "ü".repeat(2000)), "focusBytes"],
  ])("refuses a path of %s and names the limit", async (_what, path, limit) => {
    const response = await call(`/render?${query("focus-limits", path)}`);
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ limit });
  });
});

describe("the v2 render", () => {
  it("honours focus in its flame graph and its dot", async () => {
    await upload("focus-v2");
    const params = query("focus-v2", ["main", "idle"]);
    params.set("query", 'process_cpu:samples:count:cpu:nanoseconds{service_name="focus-v2"}');
    const types = await json<{ services: { name: string; types: { id: string }[] }[] }>("/api/services");
    const id = types.services.find(({ name }) => name === "focus-v2")?.types[0]?.id;
    params.set("query", `${id}{service_name="focus-v2"}`);
    const { flamebearer, edgeflame } = await json<RenderResponse>(`/pyroscope/render?${params}`);
    expect(flamebearer.names).toEqual(["total", "main", "idle"]);
    expect(edgeflame.focus).toMatchObject({ found: true, total: flamebearer.levels[2]?.[1] });
    params.set("format", "dot");
    expect(await (await call(`/pyroscope/render?${params}`)).text()).not.toContain("exit");
  });
});

describe("render-diff", () => {
  it("focuses both sides, and keeps what one of them lacks", async () => {
    await upload("focus-diff");
    const params = new URLSearchParams([
      ["leftQuery", "focus-diff.cpu"],
      ["leftFrom", String(T0)],
      ["leftUntil", String(T0 + 10)],
      ["rightQuery", "focus-diff.cpu"],
      ["rightFrom", String(T0 + 10)],
      ["rightUntil", String(T0 + 20)],
      ["focus", "main"],
      ["focus", "work"],
      ["focus", "read"],
    ]);
    const diff = await json<RenderDiffResponse>(`/render-diff?${params}`);
    expect(diff.flamebearer).toMatchObject({
      names: ["total", "main", "work", "read"],
      levels: [
        [0, 100, 0, 0, 3, 0, 0],
        [0, 88, 0, 0, 3, 0, 1],
        [0, 58, 0, 0, 3, 2, 2],
        [0, 50, 50, 2, 0, 0, 3],
      ],
    });
    expect(diff).toMatchObject({ leftTicks: 100, rightTicks: 3 });
    expect(diff.edgeflame.focus).toEqual({
      path: ["main", "work", "read"],
      matched: 3,
      found: true,
      leftTotal: 50,
      rightTotal: 0,
    });
  });
});
