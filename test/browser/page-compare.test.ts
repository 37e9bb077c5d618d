// Comparison and diff in a real browser: defaults, ranges by mouse and by keys, swapping, searching.
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { APP_QUERY, NOW, type PageHarness, search, startPageHarness } from "../support/page-harness.ts";
import { describeWithChromium } from "../support/skips.ts";

const HOUR = search({ query: APP_QUERY, from: "now-1h", until: "now" });

describeWithChromium("comparison and diff", (launch) => {
  let harness: PageHarness;
  beforeAll(async () => {
    harness = await startPageHarness(launch);
  });
  afterAll(() => harness.close());
  const param = (page: Page, name: string) => new URL(page.url()).searchParams.get(name);
  const side = (page: Page, name: "A: Baseline" | "B: Comparison") => page.getByRole("region", { name });
  const edge = (page: Page, name: string) => page.getByRole("slider", { name });

  it("compares the halves of the range, with one request for both small timelines", async () => {
    const page = await harness.open(`comparison${HOUR}`);
    await side(page, "A: Baseline").getByRole("button", { name: "Baseline range: now-1h to now-30m" }).waitFor();
    await side(page, "B: Comparison").getByRole("button", { name: "Comparison range: Last 30 minutes" }).waitFor();
    await edge(page, "Comparison range: end").waitFor();
    const renders = harness.takeRequests().filter((path) => path.startsWith("render?"));
    expect(renders.filter((path) => path.includes("max-nodes=1&"))).toHaveLength(1);
    expect(renders).toHaveLength(3);
  });

  it("moves the edge of a side's range by mouse, and that side only", async () => {
    const page = await harness.open(`comparison${HOUR}`);
    const end = edge(page, "Baseline range: end");
    const box = await end.boundingBox();
    const plot = await page.locator(".u-over").nth(1).boundingBox();
    if (box === null || plot === null) throw new Error("no edge");
    await page.mouse.move(box.x + box.width / 2, box.y + 10);
    await page.mouse.down();
    await page.mouse.move(plot.x + plot.width * 0.25, box.y + 10, { steps: 5 });
    await page.mouse.up();
    await expect.poll(() => Number(param(page, "leftUntil"))).toBeCloseTo(NOW - 2700, -2);
    expect(Number(param(page, "leftFrom"))).toBe(NOW - 3600);
    expect(param(page, "rightFrom")).toBeNull();
    expect(param(page, "from")).toBe("now-1h");
  });

  it("moves an edge by keys", async () => {
    const page = await harness.open(`comparison${HOUR}`);
    await edge(page, "Comparison range: start").focus();
    await page.keyboard.press("ArrowLeft");
    await page.keyboard.press("PageDown");
    await expect.poll(() => param(page, "rightFrom")).toBe(String(NOW - 1800 - 110));
    expect(await edge(page, "Comparison range: start").getAttribute("aria-valuetext")).toBe("22 Nov 2026, 19:48:10");
  });

  it("takes a drag on a small timeline as that side's new range", async () => {
    const page = await harness.open(`comparison-diff${HOUR}`);
    await edge(page, "Comparison range: start").waitFor();
    const plot = await page.locator(".u-over").nth(2).boundingBox();
    if (plot === null) throw new Error("no timeline");
    await page.mouse.move(plot.x + plot.width * 0.1, plot.y + 10);
    await page.mouse.down();
    await page.mouse.move(plot.x + plot.width * 0.3, plot.y + 10, { steps: 4 });
    await page.mouse.up();
    await expect.poll(() => Number(param(page, "rightFrom"))).toBeCloseTo(NOW - 3240, -2);
    expect(param(page, "leftFrom")).toBeNull();
  });

  it("swaps the sides, and Back swaps them again", async () => {
    const page = await harness.open(
      `comparison${HOUR}&leftQuery=${encodeURIComponent(`${APP_QUERY}{region="us-west-1"}`)}`,
    );
    await page.getByRole("button", { name: "Swap sides" }).click();
    await side(page, "B: Comparison")
      .getByRole("button", { name: /^region.*us-west-1/ })
      .waitFor();
    await side(page, "A: Baseline").getByRole("button", { name: "Baseline range: Last 30 minutes" }).waitFor();
    await page.goBack();
    await side(page, "A: Baseline")
      .getByRole("button", { name: /^region.*us-west-1/ })
      .waitFor();
  });

  it("offers to stretch the range when a side lies outside of it", async () => {
    const page = await harness.open(`comparison${HOUR}&leftFrom=${NOW - 7200}&leftUntil=${NOW - 5400}`);
    await page.getByRole("button", { name: "Fit range to both sides" }).click();
    await expect.poll(() => param(page, "from")).toBe(String(NOW - 7200));
    await expect.poll(() => page.getByRole("button", { name: "Fit range to both sides" }).count()).toBe(0);
  });

  it("searches both sides at once, or each for itself", async () => {
    const page = await harness.open(`comparison${HOUR}&search=mutex`);
    const boxes = page.getByRole("searchbox");
    await expect.poll(() => boxes.count()).toBe(2);
    expect(await boxes.nth(1).inputValue()).toBe("mutex");
    await page.getByLabel("One search for both").uncheck();
    await boxes.nth(0).fill("car");
    await expect.poll(() => param(page, "leftSearch")).toBe("car");
    expect(param(page, "rightSearch")).toBe("mutex");
  });

  it("keeps the sides on the way to the diff, and shows their totals", async () => {
    const page = await harness.open(`comparison${HOUR}&leftFrom=${NOW - 1700}&leftUntil=${NOW - 1000}`);
    await page.getByRole("link", { name: "Diff" }).click();
    await page.getByRole("region", { name: "Diff flame graph and table" }).waitFor();
    expect(new URL(page.url()).pathname).toBe("/comparison-diff");
    expect(param(page, "leftFrom")).toBe(String(NOW - 1700));
    expect(await side(page, "A: Baseline").locator(".ef-total").textContent()).toMatch(/\d+ min/);
    const [diff] = harness.takeRequests().filter((path) => path.startsWith("render-diff"));
    expect(diff).toContain(`leftFrom=${NOW - 1700}&leftUntil=${NOW - 1000}`);
  });

  it("resets both sides when another application is chosen", async () => {
    const page = await harness.open(
      `comparison${HOUR}&rightQuery=${encodeURIComponent(`${APP_QUERY}{vehicle="car"}`)}`,
    );
    await page.getByRole("combobox", { name: "Application" }).fill("checkout");
    await page.keyboard.press("Enter");
    await expect.poll(() => param(page, "query")).toBe("checkout.cpu");
    expect(param(page, "rightQuery")).toBeNull();
  });
});
