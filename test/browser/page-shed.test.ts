// Stretches whose stacks were left out over the rate limit: hatched in the timeline, said beside it, in both themes.
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { RenderResponse } from "../../src/api/render.ts";
import { mockAnswer } from "../support/mock-api.ts";
import { APP_QUERY, axeFindings, NOW, type PageHarness, search, startPageHarness } from "../support/page-harness.ts";
import { describeWithChromium } from "../support/skips.ts";

const HOUR = search({ query: APP_QUERY, from: "now-1h", until: "now" });
/** The second quarter of the hour. */
const SHED = { from: NOW - 2700, until: NOW - 1800, uploads: 1234 };

/** A checksum of each column of the timeline's pixels. */
const columnsOf = (page: Page): Promise<number[]> =>
  page
    .locator("canvas")
    .first()
    .evaluate((canvas: HTMLCanvasElement) => {
      const { width, height } = canvas;
      const { data } = canvas.getContext("2d")?.getImageData(0, 0, width, height) ?? { data: [] };
      const sums = new Array<number>(width).fill(0);
      for (let i = 0; i < data.length; i++) {
        const x = (i >> 2) % width;
        sums[x] = (Math.imul(sums[x] ?? 0, 31) + (data[i] ?? 0)) | 0;
      }
      return sums;
    });

describeWithChromium("a stretch whose stacks were shed", (launch) => {
  let harness: PageHarness;
  beforeAll(async () => {
    harness = await startPageHarness(launch);
  });
  afterAll(() => harness.close());

  it.each(["light", "dark"] as const)("is hatched, and the note says what that means: %s", async (colorScheme) => {
    const page = await harness.open(HOUR, { colorScheme });
    const note = page.getByRole("note").filter({ hasText: "over the rate limit" });
    await page.getByRole("region", { name: "Flame graph and table" }).waitFor();
    await page.locator("canvas").first().waitFor();
    expect(await note.count()).toBe(0);
    const plain = await columnsOf(page);
    harness.answerWith((path, params) => {
      if (path !== "render") return null;
      const body = mockAnswer(path, params, NOW) as RenderResponse;
      return { status: 200, body: { ...body, edgeflame: { ...body.edgeflame, shed: [SHED] } } };
    });
    await page.getByRole("button", { name: "Refresh" }).click();
    await note.waitFor();
    expect(await note.textContent()).toBe(
      "1,234 uploads were over the rate limit where the timeline is hatched: totals are whole, stacks are left out.",
    );
    const changedColumns = async () =>
      (await columnsOf(page)).flatMap((sum, x) => (sum === plain[x] ? [] : [x / plain.length]));
    await expect.poll(async () => (await changedColumns()).length).toBeGreaterThan(20);
    const changed = await changedColumns();
    // The axis takes a little of the canvas' left side.
    expect(changed[0]).toBeGreaterThan(0.24);
    expect(changed[0]).toBeLessThan(0.36);
    expect(changed.at(-1)).toBeGreaterThan(0.46);
    expect(changed.at(-1)).toBeLessThan(0.58);
    expect(await axeFindings(page)).toEqual([]);
  });
});
