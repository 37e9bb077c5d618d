// The rideshare story on the demo's history, from an empty server to the diff, in a real browser against the real server.
// What is read from the page is held against the truth that the generator knows.
import type { Locator, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect, it } from "vitest";
import { SAMPLES_PER_S } from "../../scripts/demo/profiles.ts";
import { sendAll } from "../../scripts/demo/send.ts";
import {
  APP_NAME,
  CPU_STEP_S,
  comparedPeriods,
  type DemoRange,
  floorTo,
  incidentTimes,
  OTHER_STEP_S,
} from "../../scripts/demo/story.ts";
import { demoTruth, demoUploads, shareOf } from "../../scripts/demo/uploads.ts";
import { startServer, type TestServer } from "../support/server.ts";
import { describeWithChromium } from "../support/skips.ts";
import {
  chooseRange,
  chooseTag,
  dragEdge,
  lookAround,
  lookOnce,
  pick,
  readPercent,
  readTimeline,
  type Story,
  secondsOf,
  settled,
  showTable,
  startStory,
  stepEdge,
  type TimelineSlot,
} from "./story-page.ts";

const HISTORY_S = 3 * 3600;
const TOTAL = 1;
const untilS = floorTo(OTHER_STEP_S, Date.now() / 1000);
const range: DemoRange = { seed: "story", fromS: untilS - HISTORY_S, untilS };
const { query, low, high } = comparedPeriods(range);

/** In per cent, of all samples of the demo in a range. */
const truth = (functionName: string, asked: Partial<Parameters<typeof demoTruth>[1]> = {}) =>
  100 * shareOf(demoTruth(range, { ...range, kind: "cpu", ...asked }), functionName);

/** The page shows one decimal. */
const expectRounded = (shown: number | undefined, exact: number) =>
  expect(Math.abs((shown ?? Number.NaN) - exact)).toBeLessThan(0.051);

describeWithChromium("the rideshare story on the demo's history", (launch) => {
  let server: TestServer;
  let story: Story;
  let page: Page;
  const looks = async (name: string) => expect(await lookAround(page, `demo-${name}`)).toEqual([]);
  const queryBox = () => page.getByRole("textbox", { name: "Query" });
  const single = () => page.getByRole("region", { name: "Flame graph and table" });
  const side = (name: "A: Baseline" | "B: Comparison", on = page): Locator => on.getByRole("region", { name });

  beforeAll(async () => {
    server = await startServer();
    story = await startStory(launch);
    page = story.page;
  });
  afterAll(async () => {
    await story?.close();
    await server?.stop();
  });

  afterEach(async ({ task }) => {
    if (task.result?.state === "fail") await lookOnce(page, "demo-failed");
  });

  it("starts with how to send a profile to this very server", async () => {
    await page.goto(server.url);
    await page.getByRole("heading", { name: "Send your first profile" }).waitFor();
    await expect.poll(() => page.getByRole("status").first().textContent()).toContain("Waiting for the first profile");
    expect(await page.getByRole("tabpanel", { name: "Go" }).textContent()).toContain(server.url);
    await looks("1-first-use");
  });

  it("moves on by itself when profiles arrive", async () => {
    await sendAll(demoUploads(range), { server: server.url, token: null, concurrency: 8, onSent: () => {} });
    await page.getByRole("heading", { name: `Profile of ${APP_NAME} cpu` }).waitFor({ timeout: 15_000 });
    await page.getByRole("button", { name: "Refresh" }).click();
    await single().waitFor();
  });

  it("finds ride-sharing-app.cpu by its old name", async () => {
    await pick(page, "Profile type", "inuse_space");
    await expect.poll(() => queryBox().inputValue()).toBe(`${APP_NAME}.inuse_space`);
    await single().waitFor();
    await settled(page);
    await looks("2-memory");
    await pick(page, "Application", `${APP_NAME}.cpu`);
    await expect.poll(() => queryBox().inputValue()).toBe(`${APP_NAME}.cpu`);
    await chooseRange(page, "Time range", String(range.fromS), String(range.untilS));
    await settled(page);
    await looks("3-single");
  });

  it("says in the table that a car takes more than a scooter, and a scooter more than a bike", async () => {
    await showTable(single(), "Total");
    const shares: number[] = [];
    for (const name of ["main.OrderBike", "main.OrderScooter", "main.OrderCar"]) {
      shares.push(await readPercent(single(), name, TOTAL));
      expectRounded(shares.at(-1), truth(name));
    }
    const [bike = 0, scooter = 0, car = 0] = shares;
    expect(scooter / bike).toBeCloseTo(2, 1);
    expect(car / bike).toBeGreaterThan(3.3);
  });

  it("takes them as their radii where nothing is wrong", async () => {
    await chooseTag(page, "region", "us-west-1", "Exclude");
    await settled(page);
    const [bike, scooter, car] = [
      await readPercent(single(), "main.OrderBike", TOTAL),
      await readPercent(single(), "main.OrderScooter", TOTAL),
      await readPercent(single(), "main.OrderCar", TOTAL),
    ];
    expect(scooter / bike).toBeCloseTo(2, 1);
    expect(car / bike).toBeCloseTo(3, 1);
    await page.getByRole("button", { name: "Remove filter region" }).click();
  });

  it("shows on the timeline of cars that us-west-1 alone alternates", async () => {
    await chooseTag(page, "vehicle", "car");
    await page.getByLabel("Group by").selectOption("region");
    await page.getByRole("list", { name: "Groups" }).getByRole("button", { name: "us-west-1" }).waitFor();
    await chooseRange(page, "Time range", String(incidentTimes(range).startS), String(range.untilS));
    await settled(page);
    await looks("4-cars-by-region");
    const shown = (await readTimeline(page, /^cpu timeline: cursor/)).filter(({ startS }) => startS < range.untilS);
    const levels = (region: string) => periodMeans(shown, region);
    // Days have rush hours: a period is held against the one before it, not against all of the hour.
    const [west, elsewhere] = [levels("us-west-1"), levels("eu-west-1")];
    expect(west.length).toBe(HISTORY_S / 3 / incidentTimes(range).periodS);
    for (let period = 1; period < west.length; period++) {
      const [before = 0, now = 0] = west.slice(period - 1);
      expect(period % 2 === 1 ? before / now : now / before).toBeGreaterThan(2);
      const [healthyBefore = 0, healthyNow = 0] = elsewhere.slice(period - 1);
      expect(Math.abs(Math.log(healthyNow / healthyBefore))).toBeLessThan(Math.log(1.5));
    }
  });

  it("leads to mutexLock by the filters vehicle=car and region=us-west-1", async () => {
    await chooseTag(page, "region", "us-west-1");
    await expect.poll(() => queryBox().inputValue()).toMatch(/\{vehicle="car", region="us-west-1"\}$/);
    await settled(page);
    const asked = { fromS: incidentTimes(range).startS, region: "us-west-1", vehicle: "car" };
    const share = await readPercent(single(), "main.mutexLock", TOTAL);
    expectRounded(share, truth("main.mutexLock", asked));
    expect(share).toBeGreaterThan(60);
    await looks("5-cars-in-us-west-1");
    await page.getByRole("button", { name: "Remove filter vehicle" }).click();
    await expect.poll(() => queryBox().inputValue()).toBe(query);
  });

  it("compares a low range, set by dragging, with a high one, set by keys: 33 % and 71 %", async () => {
    await page.getByRole("link", { name: "Comparison" }).click();
    await settled(page);
    await dragEdge(page, "Baseline range: end", low.untilS);
    await settled(page);
    await dragEdge(page, "Baseline range: start", low.fromS);
    await settled(page);
    await stepEdge(page, "Baseline range: start", low.fromS);
    await stepEdge(page, "Baseline range: end", low.untilS);
    await stepEdge(page, "Comparison range: start", high.fromS);
    await stepEdge(page, "Comparison range: end", high.untilS);
    await expect.poll(() => ranges(page)).toEqual([low.fromS, low.untilS, high.fromS, high.untilS]);
    await settled(page);
    await looks("6-comparison");
    await expectShares(page);
    await looks("7-comparison-tables");
  });

  it("tells the difference in the diff, and the way back", async () => {
    await page.getByRole("link", { name: "Diff" }).click();
    const diff = page.getByRole("region", { name: "Diff flame graph and table" });
    await diff.waitFor();
    await settled(page);
    await showTable(diff, "Difference");
    const [a, b, points] = [
      await readPercent(diff, "main.mutexLock", 0),
      await readPercent(diff, "main.mutexLock", 1),
      await readPercent(diff, "main.mutexLock", 2),
    ];
    expect(points).toBeCloseTo(b - a, 1);
    expect(Math.abs(points - 38)).toBeLessThanOrEqual(1);
    await looks("8-diff");
    await page.goBack();
    await side("A: Baseline").getByRole("searchbox").waitFor();
    await settled(page);
    await expectShares(page);
  });

  it("keeps all of it through a reload, and in a link that somebody else opens", async () => {
    await page.reload();
    await side("B: Comparison").getByRole("searchbox").waitFor();
    await settled(page);
    await expectShares(page);
    const other = await story.openFresh(page.url());
    await side("B: Comparison", other).getByRole("searchbox").waitFor();
    await settled(other);
    await expectShares(other);
    expect(ranges(other)).toEqual([low.fromS, low.untilS, high.fromS, high.untilS]);
  });

  it("met no error on the way", () => {
    expect(story.trouble).toEqual([]);
  });

  async function expectShares(on: Page): Promise<void> {
    for (const [name, period, percent] of [
      ["A: Baseline", low, 33],
      ["B: Comparison", high, 71],
    ] as const) {
      await showTable(side(name, on), "Total");
      const share = await readPercent(side(name, on), "main.mutexLock", TOTAL);
      expect(Math.abs(share - percent)).toBeLessThanOrEqual(1);
      expectRounded(share, truth("main.mutexLock", { ...period, region: "us-west-1" }));
    }
  }
});

/** Seconds of CPU of a slot, in each period of the incident, as the timeline tells them; each slot must be what was sent. */
function periodMeans(shown: readonly TimelineSlot[], region: string): number[] {
  const { startS, periodS } = incidentTimes(range);
  const sums: number[] = [];
  for (const slot of shown) {
    const seconds = secondsOf(slot.values.get(region) ?? "");
    const sent = { kind: "cpu", fromS: slot.startS, untilS: slot.startS + CPU_STEP_S, region, vehicle: "car" } as const;
    const sentSeconds = (demoTruth(range, sent).totals[0] ?? 0) / SAMPLES_PER_S;
    expect(Math.abs(seconds - sentSeconds)).toBeLessThan(0.006 * sentSeconds);
    const period = Math.floor((slot.startS - startS) / periodS);
    sums[period] = (sums[period] ?? 0) + seconds;
  }
  return sums.map((sum) => sum / (periodS / CPU_STEP_S));
}

function ranges(page: Page): number[] {
  const { searchParams } = new URL(page.url());
  return ["leftFrom", "leftUntil", "rightFrom", "rightUntil"].map((name) => Number(searchParams.get(name)));
}
