// The ad-hoc page: a file of 50 MB of collapsed text is chosen → its first graph is painted, in headless Chromium on the built page.
// Against it, in the same page and turn by turn: the same file read, decoded as text and split into lines, which is where any
// parser of text begins. `npm run bench adhoc`; the page is built before if it is stale.
//
//   graph     the file input's event → the frame after the one that painted the graph
//   longest   the main thread's longest task meanwhile
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium, type Page } from "playwright-core";
import { buildWhatIsStale } from "../../scripts/server/build.ts";
import { readProjectConfig } from "../../scripts/server/wrangler-config.ts";
import { findChromium } from "../../test/support/chromium.ts";
import { startPageServer } from "../../test/support/page-server.ts";
import { machineLine, markdownTable, median } from "../lib/figures.ts";
import { type FoldedShape, foldedText } from "../lib/folded-text.ts";

const ROOT = join(import.meta.dirname, "../..");
const BYTES = 50_000_000;
const RUNS = 7;
const SHAPES: readonly (FoldedShape & { readonly name: string })[] = [
  { name: "deep, sorted", bytes: BYTES, depthMost: 60, nodes: 120_000, order: "sorted" },
  { name: "deep, shuffled", bytes: BYTES, depthMost: 60, nodes: 120_000, order: "shuffled" },
  { name: "shallow, repeated", bytes: BYTES, depthMost: 6, nodes: 100_000, order: "repeated" },
];

export async function benchAdhoc(): Promise<string> {
  const launch = await findChromium();
  if (launch === undefined) return "### Ad hoc\n\nno Chromium runs here";
  await buildWhatIsStale(ROOT, readProjectConfig(ROOT));
  const folder = mkdtempSync(join(tmpdir(), "edgeflame-bench-"));
  const server = await startPageServer(join(ROOT, "dist/page"), (path) =>
    path.startsWith("api/") ? { status: 200, body: { services: [], entries: [] } } : null,
  );
  const browser = await chromium.launch(launch);
  const rows: string[][] = [];
  try {
    for (const shape of SHAPES) {
      const path = join(folder, "stacks.folded");
      const text = foldedText(shape);
      writeFileSync(path, text);
      const lines = text.reduce((count, byte) => (byte === 0x0a ? count + 1 : count), 0);
      const graphs: Figure[] = [];
      const splits: number[] = [];
      for (let run = 0; run < RUNS; run++) {
        const page = await browser.newPage();
        await page.goto(`${server.url}adhoc`);
        await page.getByRole("button", { name: "Choose files…" }).waitFor();
        splits.push(await splitMs(page, path));
        graphs.push(await graphMs(page, path));
        await page.close();
      }
      const [graph, split] = [median(graphs.map(({ ms }) => ms)), median(splits)];
      rows.push([
        shape.name,
        lines.toLocaleString("en-US"),
        graph.toFixed(0),
        Math.max(...graphs.map(({ ms }) => ms)).toFixed(0),
        median(graphs.map(({ longestMs }) => longestMs)).toFixed(0),
        split.toFixed(0),
        `${(graph / split).toFixed(2)}×`,
      ]);
    }
  } finally {
    await browser.close();
    await server.close();
    rmSync(folder, { recursive: true, force: true });
  }
  const head = [
    "50 MB of collapsed text",
    "lines",
    "graph ms",
    "worst ms",
    "longest task ms",
    "read, decode, split ms",
    "",
  ];
  return markdownTable(`### Ad hoc\n\n${machineLine()}, median of ${RUNS} pages`, head, rows);
}

interface Figure {
  readonly ms: number;
  readonly longestMs: number;
}

async function graphMs(page: Page, path: string): Promise<Figure> {
  const measured = page.evaluate(
    () =>
      new Promise<Figure>((resolve) => {
        let begin = 0;
        let longestMs = 0;
        new PerformanceObserver((list) => {
          for (const { duration } of list.getEntries()) longestMs = Math.max(longestMs, duration);
        }).observe({ type: "longtask" });
        addEventListener(
          "change",
          () => {
            begin = performance.now();
          },
          { capture: true, once: true },
        );
        const look = () => {
          if (begin > 0 && document.querySelector(".efp-crumb")?.textContent?.startsWith("total"))
            requestAnimationFrame(() => {
              const ms = performance.now() - begin;
              // Long tasks are told of later.
              setTimeout(() => resolve({ ms, longestMs }), 200);
            });
          else requestAnimationFrame(look);
        };
        look();
      }),
  );
  await page.locator("input[type=file]").first().setInputFiles(path);
  return measured;
}

async function splitMs(page: Page, path: string): Promise<number> {
  await page.evaluate(() => {
    const input = document.createElement("input");
    input.type = "file";
    input.id = "split";
    // Behind the page's own input, which is the first.
    document.body.appendChild(input);
  });
  await page.locator("#split").setInputFiles(path);
  return page.evaluate(async () => {
    const file = document.querySelector<HTMLInputElement>("#split")?.files?.[0];
    if (file === undefined) throw new Error("no file");
    const begin = performance.now();
    const lines = new TextDecoder().decode(await file.arrayBuffer()).split("\n");
    const ms = performance.now() - begin;
    return lines.length > 1 ? ms : Number.NaN;
  });
}

if (process.argv[1] === import.meta.filename) console.log(await benchAdhoc());
