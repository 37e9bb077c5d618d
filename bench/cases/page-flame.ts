/**
 * The flame panel in headless Chromium, on graphs from a seed: answer → first paint, frames while zooming and panning,
 * search. `node bench/cases/page-flame.ts` prints one row per size; figures are medians of several runs.
 *
 *   parse    JSON.parse of the answer's text
 *   paint    parsed answer → decode, layout and painting done, in the next animation frame
 *   cold     the same on a fresh page, where no code is compiled yet, with parsing
 *   frame    one painted frame while the wheel zooms and pans: script time, and the time between frames
 *   search   typed text → hits counted and marked, a name test on every name and a walk over every node
 */
import type { Page } from "playwright-core";
import { findChromium } from "../../test/support/chromium.ts";
import { anyFlamebearer } from "../../test/view/any-flamebearer.ts";
import { harnessPages } from "../../test/web/panel/harness-page.ts";
import "../../test/web/panel/harness-types.ts";

const NODE_COUNTS = [16_000, 200_000, 1_000_000];
const RUNS = 5;
const FRAMES = 90;
/** What the page promises, in ms, for data → first paint, parsing not counted. */
const PAINT_BUDGET_MS: Readonly<Record<number, number>> = { 16000: 60, 200000: 150, 1000000: 500 };
const SEARCH_BUDGET_MS = 30;

export interface PageFlameRow {
  readonly nodes: number;
  readonly parseMs: number;
  readonly paintMs: number;
  readonly coldMs: number;
  readonly frameMedianMs: number;
  readonly frameP95Ms: number;
  readonly betweenFramesP95Ms: number;
  readonly searchMs: number;
}

export async function benchPageFlame(): Promise<PageFlameRow[]> {
  const launch = await findChromium();
  if (!launch) return [];
  const pages = await harnessPages(launch);
  const rows: PageFlameRow[] = [];
  for (const nodes of NODE_COUNTS) {
    const text = JSON.stringify(anyFlamebearer({ nodeCount: nodes, nameCount: 5_000, maxDepth: 80, seed: 42 }));
    const page = await pages.open();
    await page.evaluate(() => window.harness.change({ view: "flamegraph" }));
    const paints: { parseMs: number; paintMs: number }[] = [];
    for (let run = 0; run < RUNS; run++) {
      paints.push(await page.evaluate((answer) => window.harness.timeToPaint(answer), text));
    }
    const frames = await zoomAndPan(page);
    rows.push({
      nodes,
      parseMs: median(paints.map(({ parseMs }) => parseMs)),
      paintMs: median(paints.map(({ paintMs }) => paintMs)),
      coldMs: (paints[0]?.parseMs ?? Number.NaN) + (paints[0]?.paintMs ?? Number.NaN),
      frameMedianMs: median(frames.script),
      frameP95Ms: percentile(frames.script, 0.95),
      betweenFramesP95Ms: percentile(frames.between, 0.95),
      searchMs: median(await searches(page)),
    });
    await page.context().close();
  }
  await pages.close();
  return rows;
}

/** Wheel events zoom in around a wandering point and pan; each frame's own painting is timed inside its callback. */
function zoomAndPan(page: Page): Promise<{ script: number[]; between: number[] }> {
  return page.evaluate(async (frames) => {
    const graph = document.querySelector(".efp-graph");
    if (!graph) throw new Error("no graph");
    const { left, width, top } = graph.getBoundingClientRect();
    const between: number[] = [];
    const script: number[] = [];
    const request = window.requestAnimationFrame.bind(window);
    window.requestAnimationFrame = (callback) =>
      request((time) => {
        const start = performance.now();
        callback(time);
        script.push(performance.now() - start);
      });
    let last = await new Promise<number>((resolve) => request(resolve));
    for (let frame = 0; frame < frames; frame++) {
      const clientX = left + width * (0.5 + 0.4 * Math.sin(frame / 9));
      const isZoom = frame % 3 !== 2;
      const deltaY = frame % 60 < 30 ? -40 : 40;
      graph.dispatchEvent(
        new WheelEvent("wheel", {
          clientX,
          clientY: top + 50,
          deltaY: isZoom ? deltaY : 0,
          deltaX: isZoom ? 0 : 60,
          ctrlKey: isZoom,
          bubbles: true,
          cancelable: true,
        }),
      );
      const now = await new Promise<number>((resolve) => request(resolve));
      between.push(now - last);
      last = now;
    }
    window.requestAnimationFrame = request;
    return { script, between };
  }, FRAMES);
}

function searches(page: Page): Promise<number[]> {
  return page.evaluate(async (runs) => {
    const input = document.querySelector<HTMLInputElement>("input[type=search]");
    if (!input) throw new Error("no search box");
    const times: number[] = [];
    for (let run = 0; run < runs; run++) {
      input.value = run % 2 === 0 ? "lock" : "/read(order|tree)/";
      const start = performance.now();
      input.dispatchEvent(new Event("input", { bubbles: true }));
      times.push(performance.now() - start);
      await new Promise((resolve) => requestAnimationFrame(resolve));
    }
    return times;
  }, RUNS * 2);
}

function median(values: readonly number[]): number {
  return percentile(values, 0.5);
}

function percentile(values: readonly number[], part: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN;
}

if (process.argv[1] === import.meta.filename) {
  const rows = await benchPageFlame();
  if (rows.length === 0) console.log("no Chromium runs here: set CHROMIUM_PATH");
  for (const row of rows) {
    const figures = Object.entries(row).map(
      ([name, value]) => `${name} ${name === "nodes" ? value : value.toFixed(1)}`,
    );
    const over =
      row.paintMs > (PAINT_BUDGET_MS[row.nodes] ?? Number.POSITIVE_INFINITY) || row.searchMs > SEARCH_BUDGET_MS;
    console.log(`${over ? "OVER BUDGET  " : ""}${figures.join("  ")}`);
  }
}
