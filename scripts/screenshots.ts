// `node scripts/screenshots.ts`: takes the pictures of docs/images from the real page, served by the real server with the
// demo's history. Light and dark, at most 300 KB each.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { chromium, type Page } from "playwright-core";
import { findChromium } from "../test/support/chromium.ts";
import { startServer } from "../test/support/server.ts";
import { sendAll } from "./demo/send.ts";
import { APP_NAME, comparedPeriods, type DemoRange, floorTo, OTHER_STEP_S } from "./demo/story.ts";
import { demoUploads } from "./demo/uploads.ts";

const FOLDER = join(import.meta.dirname, "../docs/images");
const MOST_BYTES = 300_000;
const HISTORY_S = 3 * 3600;
const PERIODS_AROUND = 4; // of the incident, on each side of the compared ones

const untilS = floorTo(OTHER_STEP_S, Date.now() / 1000);
const range: DemoRange = { seed: "rideshare", fromS: untilS - HISTORY_S, untilS };

function views(): readonly { readonly name: string; readonly path: string }[] {
  const { query, low, high } = comparedPeriods(range);
  const all = search({ query: `${APP_NAME}.cpu`, from: range.fromS, until: untilS, groupBy: "region" });
  const compared = search({
    query,
    from: high.fromS - PERIODS_AROUND * (high.untilS - high.fromS),
    until: untilS,
    leftFrom: low.fromS,
    leftUntil: low.untilS,
    rightFrom: high.fromS,
    rightUntil: high.untilS,
  });
  return [
    { name: "single", path: all },
    { name: "comparison", path: `comparison${compared}` },
    { name: "diff", path: `comparison-diff${compared}` },
  ];
}

const search = (params: Readonly<Record<string, string | number>>) =>
  `?${new URLSearchParams(Object.entries(params).map(([name, value]) => [name, String(value)]))}`;

/** The graph is there, nothing is under way, and canvases have been painted. */
async function settled(page: Page): Promise<void> {
  await page.getByRole("searchbox").last().waitFor();
  await page.locator(".u-over").first().waitFor();
  await page.waitForFunction(() => document.querySelector('[data-busy="true"]') === null);
  await page.waitForTimeout(300);
}

const launch = await findChromium();
if (launch === undefined) throw new Error("No Chromium runs here: set CHROMIUM_PATH, or install chromium");
const server = await startServer();
const browser = await chromium.launch(launch);
try {
  const options = { server: server.url, token: null, concurrency: 8, onSent: () => {} };
  await sendAll(demoUploads(range), options);
  mkdirSync(FOLDER, { recursive: true });
  for (const colorScheme of ["light", "dark"] as const) {
    const context = await browser.newContext({
      viewport: { width: 1440, height: 960 },
      timezoneId: "UTC",
      colorScheme,
    });
    const page = await context.newPage();
    for (const { name, path } of views()) {
      await page.goto(`${server.url}/${path}`);
      await settled(page);
      const picture = await page.screenshot();
      if (picture.length > MOST_BYTES) throw new Error(`${name}-${colorScheme}.png has ${picture.length} bytes`);
      writeFileSync(join(FOLDER, `${name}-${colorScheme}.png`), picture);
      console.log(`docs/images/${name}-${colorScheme}.png: ${Math.round(picture.length / 1000)} KB`);
    }
  }
} finally {
  await browser.close();
  await server.stop();
}
