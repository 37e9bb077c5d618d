// axe-core on every page and state, in both themes, and what it does not know: sizes of targets.
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { APP_QUERY, axeFindings, type PageHarness, search, startPageHarness } from "../support/page-harness.ts";
import { describeWithChromium } from "../support/skips.ts";

const HOUR = search({ query: APP_QUERY, from: "now-1h", until: "now" });
const graph = (page: Page) => page.getByRole("searchbox").first().waitFor();

const STATES: readonly [name: string, path: string, reach: (page: Page) => Promise<unknown>][] = [
  ["single view", HOUR, graph],
  ["grouped", `${HOUR}&groupBy=region`, (page) => page.getByRole("list", { name: "Groups" }).waitFor()],
  [
    "filters",
    search({ query: `${APP_QUERY}{region="us-west-1", vehicle!="car"}`, from: "now-1h", until: "now" }),
    graph,
  ],
  ["comparison", `comparison${HOUR}`, graph],
  ["diff", `comparison-diff${HOUR}`, graph],
  [
    "empty",
    search({ query: `${APP_QUERY}{region="mars"}` }),
    (page) => page.getByRole("button", { name: "Remove filters" }).waitFor(),
  ],
  [
    "application list",
    HOUR,
    async (page) => {
      await graph(page);
      await page.getByRole("combobox", { name: "Application" }).click();
    },
  ],
  [
    "tags",
    HOUR,
    async (page) => {
      await page.getByRole("button", { name: "Tags", exact: true }).click();
      await page.getByRole("button", { name: /^vehicle/ }).click();
      await page.getByRole("button", { name: "Exclude car" }).click();
      await page.getByRole("button", { name: "Include bike" }).click();
    },
  ],
  ["time range", HOUR, (page) => page.getByRole("button", { name: /^Time range/ }).click()],
  ["first use", "first-use", (page) => page.getByRole("tab", { name: "Go" }).waitFor()],
  ["error", "error", (page) => page.getByRole("button", { name: "Retry" }).waitFor()],
];

describeWithChromium("accessibility of the page", (launch) => {
  let harness: PageHarness;
  beforeAll(async () => {
    harness = await startPageHarness(launch);
  });
  afterAll(() => harness.close());

  async function openState(path: string, colorScheme: "light" | "dark"): Promise<Page> {
    if (path !== "first-use" && path !== "error") return harness.open(path, { colorScheme });
    const page = await harness.open("favicon.svg", { colorScheme });
    harness.answerWith((asked) => {
      if (path === "first-use") return asked === "api/services" ? { status: 200, body: { services: [] } } : null;
      return asked === "render" ? { status: 500, body: { code: "internal", message: "something broke" } } : null;
    });
    await page.goto(harness.url + (path === "error" ? HOUR : ""));
    return page;
  }

  it.each(
    STATES.flatMap(([name, path, reach]) =>
      (["light", "dark"] as const).map((theme) => ({ name, path, reach, theme })),
    ),
  )("axe finds nothing: $name, $theme", async ({ path, reach, theme }) => {
    const page = await openState(path, theme);
    await reach(page);
    expect(await axeFindings(page)).toEqual([]);
  });

  it.each([
    ["single view", HOUR],
    ["comparison", `comparison${HOUR}`],
  ])("every control is at least 24 pixels high and wide: %s", async (_name, path) => {
    const page = await harness.open(path);
    await graph(page);
    const small = await page.evaluate(() =>
      [...document.querySelectorAll<HTMLElement>("button, select, input, [role=slider], nav a")]
        .map((control) => ({ control, box: (control.closest("label") ?? control).getBoundingClientRect() }))
        .filter(({ box }) => box.width > 0 && (box.width < 23.5 || box.height < 23.5))
        .map(({ control, box }) => `${control.outerHTML.slice(0, 120)}: ${box.width} x ${box.height}`),
    );
    expect(small).toEqual([]);
  });

  it("can be walked with Tab alone from the address bar to the graph, without a trap", async () => {
    const page = await harness.open(HOUR);
    await graph(page);
    const seen: string[] = [];
    for (let step = 0; step < 40; step++) {
      await page.keyboard.press("Tab");
      const at = await page.evaluate(() => {
        const element = document.activeElement;
        return element?.getAttribute("aria-label") ?? element?.textContent?.trim() ?? "";
      });
      seen.push(at);
      if (seen.some((label) => label.startsWith("Flame graph"))) break;
    }
    for (const stop of [
      "Skip to the profile",
      "Application",
      "Time range: Last 1 hour",
      "Refresh",
      "Tags",
      "Query",
      "Run",
    ]) {
      expect(seen).toContain(stop);
    }
  });
});
