// A person at the page, for the two stories: opens it in Chromium, finds things by role and name, reads numbers from what
// assistive technology is told, and leaves pictures of every stop in test-results/.
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import axe from "axe-core";
import { type Browser, chromium, type Locator, type Page } from "playwright-core";
import type { ChromiumLaunch } from "../support/chromium.ts";
import { axeFindings } from "../support/page-harness.ts";

export interface Story {
  readonly page: Page;
  /** What a user should never meet: messages of the console, refused requests, exceptions. */
  readonly trouble: readonly string[];
  /** A page in a context of its own: another person who was sent the link. */
  openFresh(url: string): Promise<Page>;
  close(): Promise<void>;
}

const RESULTS_DIR = join(import.meta.dirname, "../../test-results/e2e");
const WIDE = { width: 1440, height: 900 };
const NARROW = { width: 900, height: 900 };

export async function startStory(launch: ChromiumLaunch): Promise<Story> {
  mkdirSync(RESULTS_DIR, { recursive: true });
  const browser: Browser = await chromium.launch(launch);
  const trouble: string[] = [];
  const open = async (): Promise<Page> => {
    const context = await browser.newContext({
      viewport: WIDE,
      timezoneId: "UTC",
      locale: "en-GB",
      colorScheme: "light",
    });
    const page = await context.newPage();
    await page.addInitScript(axe.source);
    page.on("console", (message) => {
      if (message.type() === "error" || message.type() === "warning") trouble.push(`console: ${message.text()}`);
    });
    page.on("pageerror", (error) => trouble.push(`exception: ${error.message}`));
    page.on("response", (response) => {
      if (response.status() >= 400) trouble.push(`${response.status()} ${response.url()}`);
    });
    return page;
  };
  return {
    page: await open(),
    trouble,
    async openFresh(url) {
      const page = await open();
      await page.goto(url);
      return page;
    },
    close: () => browser.close(),
  };
}

/** Pictures in both themes, wide and narrow, and what axe finds in both. */
export async function lookAround(page: Page, name: string): Promise<string[]> {
  const findings: string[] = [];
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme });
    for (const viewport of [NARROW, WIDE]) {
      await page.setViewportSize(viewport);
      await settled(page);
      await page.screenshot({ path: join(RESULTS_DIR, `${name}-${colorScheme}-${viewport.width}.png`) });
    }
    findings.push(...(await axeFindings(page)).map((finding) => `${colorScheme}: ${finding}`));
  }
  await page.emulateMedia({ colorScheme: "light" });
  return findings;
}

export async function lookOnce(page: Page, name: string): Promise<void> {
  await page.screenshot({ path: join(RESULTS_DIR, `${name}.png`) });
}

/** After two frames in which canvases were painted, and no progress bar is under way. */
export async function settled(page: Page): Promise<void> {
  await page.waitForFunction(() => document.querySelector('[data-busy="true"]') === null);
  await page.evaluate(
    () => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(resolve, 50)))),
  );
}

/** Types a name, old or new, into one of the two comboboxes, and takes the first that fits. */
export async function pick(page: Page, label: "Application" | "Profile type", text: string): Promise<void> {
  const box = page.getByRole("combobox", { name: label });
  await box.focus();
  await page.keyboard.type(text);
  await page.getByRole("option", { name: text }).first().waitFor();
  await page.keyboard.press("Enter");
}

/** As the person would: open the tags, choose the name, press = (or ≠) beside the value unless it is pressed, close. */
export async function chooseTag(page: Page, name: string, value: string, how = "Include"): Promise<void> {
  await page.getByRole("button", { name: "Tags", exact: true }).click();
  const tags = page.getByRole("dialog", { name: "Tags of query" });
  await tags.getByRole("button", { name: new RegExp(`^${name}`) }).click();
  const wanted = tags.getByRole("button", { name: `${how} ${value}`, exact: true });
  if ((await wanted.getAttribute("aria-pressed")) !== "true") await wanted.click();
  await page.keyboard.press("Escape");
}

/** Writes a range as text into the picker called `label`. */
export async function chooseRange(page: Page, label: string, from: string, until: string): Promise<void> {
  await page.getByRole("button", { name: new RegExp(`^${label}`) }).click();
  const dialog = page.getByRole("dialog", { name: label });
  await dialog.getByRole("textbox", { name: "From" }).first().fill(from);
  await dialog.getByRole("textbox", { name: "Until" }).first().fill(until);
  await page.keyboard.press("Enter");
  await dialog.waitFor({ state: "hidden" });
}

/** Drags an edge of a side's range to a moment; the handle says between which moments its timeline lies. */
export async function dragEdge(page: Page, name: string, toS: number): Promise<void> {
  const edge = page.getByRole("slider", { name, exact: true });
  const [handle, plot] = [await edge.boundingBox(), await edge.locator("xpath=../..").boundingBox()];
  if (handle === null || plot === null) throw new Error(`“${name}” is not on the screen`);
  const [fromS, untilS] = [await numberOf(edge, "aria-valuemin"), await numberOf(edge, "aria-valuemax")];
  const y = handle.y + handle.height / 2;
  await page.mouse.move(handle.x + handle.width / 2, y);
  await page.mouse.down();
  await page.mouse.move(plot.x + (plot.width * (toS - fromS)) / (untilS - fromS), y, { steps: 8 });
  await page.mouse.up();
}

/** Steps an edge of a side's range with the arrow keys until it says the moment. */
export async function stepEdge(page: Page, name: string, toS: number): Promise<void> {
  const edge = page.getByRole("slider", { name, exact: true });
  await edge.focus();
  for (let presses = 0; presses < 200; presses++) {
    const leftS = toS - (await numberOf(edge, "aria-valuenow"));
    if (leftS === 0) return;
    await page.keyboard.press(leftS > 0 ? "ArrowRight" : "ArrowLeft");
  }
  throw new Error(`“${name}” stays at ${await edge.getAttribute("aria-valuetext")}`);
}

async function numberOf(slider: Locator, attribute: string): Promise<number> {
  return Number(await slider.getAttribute(attribute));
}

/** Shows the table of a panel, sorted by a column. The first click sorts numbers from the largest. */
export async function showTable(panel: Locator, column: string): Promise<void> {
  const view = panel.getByRole("group", { name: "View" });
  const both = view.getByRole("button", { name: "Both" });
  if (!(await both.isVisible())) await view.getByRole("button", { name: "Table" }).click();
  const header = panel.getByRole("columnheader", { name: column });
  if ((await header.getAttribute("aria-sort")) === "none") await header.getByRole("button").click();
}

/** The cells of a function's row, as a screen reader gets them: ["5.37 h 68.4 %", …]. */
export async function readRow(panel: Locator, functionName: string): Promise<string[]> {
  const name = panel.page().getByRole("button", { name: functionName, exact: true });
  const row = panel.getByRole("row").filter({ has: name }).first();
  for (let tries = 0; tries < 5; tries++) {
    const words = await row.ariaSnapshot({ timeout: 10_000 });
    const cells = [...words.matchAll(/^\s*- cell "(.*)"$/gm)].map(([, text = ""]) => text);
    if (cells.length > 0) return cells;
    await settled(panel.page()); // the table was just sorted anew: that row is gone
  }
  throw new Error(`The row of ${functionName} has no cells`);
}

/** A function's part of the whole in a column of the table, in per cent (or percentage points, signed). */
export async function readPercent(panel: Locator, functionName: string, columnIndex: number): Promise<number> {
  const cell = (await readRow(panel, functionName))[columnIndex] ?? "";
  const found = /([+−-]?[\d.]+) (?:%|pp)$/.exec(cell);
  if (found?.[1] === undefined) throw new Error(`No share of ${functionName} in “${cell}”`);
  return Number(found[1].replace("−", "-"));
}

export interface TimelineSlot {
  readonly startS: number;
  /** Series → the text of its value. A lone series has the name "". */
  readonly values: ReadonlyMap<string, string>;
}

/** Walks the cursor of a timeline over all slots with the arrow key, and takes down what it says at each. */
export async function readTimeline(page: Page, name: RegExp): Promise<TimelineSlot[]> {
  const cursor = page.getByRole("slider", { name });
  await cursor.focus();
  await page.keyboard.press("Home");
  const last = await numberOf(cursor, "aria-valuemax");
  const slots: TimelineSlot[] = [];
  for (let at = 0; at <= last; at++) {
    slots.push(parseSlot((await cursor.getAttribute("aria-valuetext")) ?? ""));
    await page.keyboard.press("ArrowRight");
  }
  return slots;
}

/** `22 Nov 2026, 20:10: us-west-1 2.24 min, eu-west-1 31.0 s`, in UTC. */
function parseSlot(text: string): TimelineSlot {
  const [, time = "", rest = ""] = /^(.+?\d\d:\d\d(?::\d\d)?): (.*?)\.?$/.exec(text) ?? [];
  const startS = Date.parse(`${time.replace(",", "")} UTC`) / 1000;
  if (Number.isNaN(startS)) throw new Error(`No time in “${text}”`);
  const values = rest.split(", ").map((part): [string, string] => {
    const [, series = "", value = ""] = /^(?:(\S+) )?(no data|[\d.,]+ \S+)$/.exec(part) ?? [];
    return [series, value];
  });
  return { startS, values: new Map(values) };
}

const SECONDS_PER_UNIT: Readonly<Record<string, number>> = {
  ns: 1e-9,
  µs: 1e-6,
  ms: 1e-3,
  s: 1,
  min: 60,
  h: 3600,
  d: 86_400,
};

/** "2.24 min" → 134.4. NaN for no data. */
export function secondsOf(text: string): number {
  const [number = "", unit = ""] = text.split(" ");
  return Number(number) * (SECONDS_PER_UNIT[unit] ?? Number.NaN);
}
