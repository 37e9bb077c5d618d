// The single view by hand and by keyboard, in a real browser, against made-up answers.
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { APP_QUERY, NOW, type PageHarness, search, startPageHarness } from "../support/page-harness.ts";
import { describeWithChromium } from "../support/skips.ts";

const HOUR = search({ query: APP_QUERY, from: "now-1h", until: "now" });

describeWithChromium("the single view", (launch) => {
  let harness: PageHarness;
  beforeAll(async () => {
    harness = await startPageHarness(launch);
  });
  afterAll(() => harness.close());
  const param = (page: Page, name: string) => new URL(page.url()).searchParams.get(name);
  const query = (page: Page) => page.getByRole("textbox", { name: "Query" });
  const shown = (page: Page) => page.getByRole("region", { name: "Flame graph and table" }).waitFor();
  const plot = async (page: Page) => {
    const box = await page.locator(".u-over").first().boundingBox();
    if (box === null) throw new Error("no timeline");
    return box;
  };

  it("starts with the CPU of the application that sent last, and says so in the URL", async () => {
    const page = await harness.open("");
    await shown(page);
    await expect.poll(() => param(page, "query")).toBe(APP_QUERY);
    expect(await page.title()).toBe("Profile of ride-sharing-app cpu · Edgeflame");
    expect(await page.getByRole("heading", { level: 1 }).textContent()).toBe("Profile of ride-sharing-app cpu");
  });

  it("lets the keyboard choose an application by its old name, and Back undoes it", async () => {
    const page = await harness.open(HOUR);
    await shown(page);
    const box = page.getByRole("combobox", { name: "Application" });
    await box.focus();
    await page.keyboard.type("checkout.inuse");
    await page.getByRole("option", { name: "checkout.inuse_space" }).waitFor();
    expect(await box.getAttribute("aria-expanded")).toBe("true");
    await page.keyboard.press("Enter");
    await expect.poll(() => param(page, "query")).toBe("checkout.inuse_space");
    expect(await page.getByRole("combobox", { name: "Profile type" }).inputValue()).toBe("inuse_space");
    await page.goBack();
    await expect.poll(() => query(page).inputValue()).toBe(APP_QUERY);
  });

  it("gives up a choice on Escape", async () => {
    const page = await harness.open(HOUR);
    const box = page.getByRole("combobox", { name: "Profile type" });
    await box.click();
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Escape");
    expect(await box.getAttribute("aria-expanded")).toBe("false");
    expect(param(page, "query")).toBe(APP_QUERY);
  });

  it("includes and excludes tag values, as chips and as text", async () => {
    const page = await harness.open(HOUR);
    await page.getByRole("button", { name: "Tags", exact: true }).click();
    const tags = page.getByRole("dialog", { name: "Tags of query" });
    await tags.getByRole("button", { name: /^region/ }).click();
    await tags.getByRole("button", { name: "Include us-west-1" }).click();
    await tags.getByRole("button", { name: /^vehicle/ }).click();
    await tags.getByRole("button", { name: "Exclude bike" }).click();
    await page.keyboard.press("Escape");
    await expect.poll(() => query(page).inputValue()).toBe(`${APP_QUERY}{region="us-west-1", vehicle!="bike"}`);
    await page.getByRole("button", { name: /^vehicle.*bike.*include instead/ }).click();
    await expect.poll(() => param(page, "query")).toBe(`${APP_QUERY}{region="us-west-1", vehicle="bike"}`);
    await page.getByRole("button", { name: "Remove filter region" }).click();
    await expect.poll(() => param(page, "query")).toBe(`${APP_QUERY}{vehicle="bike"}`);
  });

  it("shows what the server says about a query beside the query, and keeps the graph", async () => {
    const page = await harness.open(HOUR);
    await shown(page);
    harness.answerWith((path, params) =>
      path === "render" && params.get("query") === "app{"
        ? { status: 400, body: { code: "bad_query", message: "a closing } is missing" } }
        : null,
    );
    await query(page).fill("app{");
    await query(page).press("Enter");
    await page.getByRole("alert").filter({ hasText: "a closing } is missing" }).waitFor();
    expect(await query(page).getAttribute("aria-invalid")).toBe("true");
    await shown(page);
  });

  it("zooms into the range that is dragged on the timeline", async () => {
    const page = await harness.open(HOUR);
    await page.locator(".u-over").waitFor();
    const { x, y, width, height } = await plot(page);
    await page.mouse.move(x + width * 0.25, y + height / 2);
    await page.mouse.down();
    await page.mouse.move(x + width * 0.5, y + height / 2, { steps: 4 });
    await page.mouse.up();
    await expect.poll(() => Number(param(page, "from"))).toBeGreaterThan(NOW - 2720);
    expect(Number(param(page, "from")) % 10).toBe(0);
    expect(Number(param(page, "until")) - Number(param(page, "from"))).toBeCloseTo(900, -2);
    await page.goBack();
    await expect.poll(() => param(page, "from")).toBe("now-1h");
  });

  it("says time and value under the pointer", async () => {
    const page = await harness.open(`${HOUR}&groupBy=region`);
    await page.locator(".u-over").waitFor();
    const { x, y, width } = await plot(page);
    await page.mouse.move(x + width * 0.4, y + 20);
    await page.mouse.move(x + width * 0.9, y + 20, { steps: 3 });
    const tip = page.locator(".tl-tip");
    await tip.waitFor();
    const text = (await tip.textContent()) ?? "";
    expect(text).toMatch(/^22 Nov 2026, 20:1\d/);
    for (const region of ["us-west-1", "us-east-1", "eu-west-1"])
      expect(text).toMatch(new RegExp(`${region}[\\d.]+ s`));
  });

  it("selects a range on the timeline with the keyboard", async () => {
    const page = await harness.open(HOUR);
    const cursor = page.getByRole("slider", { name: /^cpu timeline/ });
    await cursor.focus();
    await page.keyboard.press("Home");
    expect(await cursor.getAttribute("aria-valuetext")).toMatch(/^22 Nov 2026, 19:20: .* s/);
    for (let step = 0; step < 5; step++) await page.keyboard.press("Shift+PageUp");
    await page.keyboard.press("Enter");
    await expect.poll(() => param(page, "from")).toBe(String(NOW - 3600));
    expect(param(page, "until")).toBe(String(NOW - 3600 + 510));
  });

  it("shows annotations to pointer and keyboard, takes one at a moment, and deletes one", async () => {
    const page = await harness.open(HOUR);
    const flags = page.getByRole("toolbar", { name: "Annotations" }).getByRole("button");
    await expect.poll(() => flags.count()).toBe(2);
    const tip = page.locator(".tl-tip");
    await flags.first().hover();
    expect(await tip.textContent()).toBe("22 Nov 2026, 19:40v2.1 is out");
    await flags.first().focus();
    await page.keyboard.press("ArrowRight");
    expect(await page.evaluate(() => document.activeElement?.getAttribute("aria-label"))).toBe(
      "22 Nov 2026, 19:58:30: us-west-1 gets twice the riders; 22 Nov 2026, 19:59: <b>alert</b> fired",
    );
    expect(await tip.textContent()).toContain("<b>alert</b> fired");
    await page.keyboard.press("Escape");
    expect(await tip.isVisible()).toBe(false);
    const cursor = page.getByRole("slider", { name: /^cpu timeline/ });
    await cursor.focus();
    await page.keyboard.press("Home");
    for (let step = 0; step < 12; step++) await page.keyboard.press("PageUp");
    expect(await cursor.getAttribute("aria-valuetext")).toMatch(/19:40: .*Annotation: v2\.1 is out\.$/);
    await page.keyboard.press("Shift+F10");
    const dialog = page.getByRole("dialog", { name: "Annotations of ride-sharing-app" });
    expect(await dialog.getByLabel(/^When/).inputValue()).toBe("2026-11-22T19:40");
    const sent: string[] = [];
    harness.answerWith((path, _params, body) => {
      if (!path.startsWith("api/annotations")) return null;
      sent.push(`${path} ${body}`);
      return sent.length === 1
        ? { status: 403, body: { code: "permission_denied", message: "this token lacks the scope write" } }
        : { status: 200, body: {} };
    });
    await dialog.getByLabel("What happened").fill("rolled back");
    await page.keyboard.press("Enter");
    await dialog.getByRole("alert").filter({ hasText: "this token lacks the scope write" }).waitFor();
    harness.takeRequests();
    await dialog.getByRole("button", { name: "Retry" }).click();
    await dialog.getByRole("status").filter({ hasText: "The annotation was added." }).waitFor();
    await expect.poll(() => harness.takeRequests().some((path) => path.startsWith("render?"))).toBe(true);
    await dialog.getByRole("button", { name: "Delete v2.1 is out" }).click();
    await dialog.getByRole("status").filter({ hasText: "The annotation was deleted." }).waitFor();
    const body = JSON.stringify({ appName: "ride-sharing-app", content: "rolled back", timestamp: NOW - 2400 });
    expect(sent).toEqual([`api/annotations ${body}`, `api/annotations ${body}`, "api/annotations/0 "]);
  });

  it("draws one line per value of a tag, and one alone", async () => {
    const page = await harness.open(HOUR);
    await page.getByLabel("Group by").selectOption("region");
    const legend = page.getByRole("list", { name: "Groups" });
    await expect
      .poll(() => legend.getByRole("button").allTextContents())
      .toEqual(["us-west-1", "eu-west-1", "us-east-1"]);
    expect(param(page, "groupBy")).toBe("region");
    const west = legend.getByRole("button", { name: "us-west-1" });
    await west.click();
    expect(await west.getAttribute("aria-pressed")).toBe("true");
  });

  it.each([
    ["now-3h", "now", "Last 3 hours", "now-3h"],
    ["2026-11-22 19:00Z", "now", "22 Nov 2026, 19:00 to now", String(NOW - 4800)],
  ])("takes %s as the start of the range", async (from, until, button, param0) => {
    const page = await harness.open(HOUR);
    await page.getByRole("button", { name: /^Time range/ }).click();
    const dialog = page.getByRole("dialog", { name: "Time range" });
    await dialog.getByRole("textbox", { name: "From" }).first().fill(from);
    await dialog.getByRole("textbox", { name: "Until" }).first().fill(until);
    await page.keyboard.press("Enter");
    await page.getByRole("button", { name: `Time range: ${button}` }).waitFor();
    expect(param(page, "from")).toBe(param0);
  });

  it("refuses a range that is no time or ends before it starts", async () => {
    const page = await harness.open(HOUR);
    await page.getByRole("button", { name: /^Time range/ }).click();
    const dialog = page.getByRole("dialog", { name: "Time range" });
    await dialog.getByRole("textbox", { name: "From" }).first().fill("yesterday");
    await dialog.getByRole("button", { name: "Apply text range" }).click();
    await dialog.getByText("“yesterday” is no time").waitFor();
    await dialog.getByRole("textbox", { name: "From" }).first().fill("now+1h");
    await dialog.getByRole("button", { name: "Apply text range" }).click();
    await dialog.getByText("ends before it starts").waitFor();
    expect(param(page, "from")).toBe("now-1h");
  });

  it("keeps zoom and search while it refreshes", async () => {
    const page = await harness.open(`${HOUR}&search=mutex&refresh=5#zoom=runtime.goexit`);
    await shown(page);
    harness.takeRequests();
    await expect
      .poll(() => harness.takeRequests().filter((path) => path.startsWith("render")).length, { timeout: 8000 })
      .toBe(1);
    expect(param(page, "search")).toBe("mutex");
    expect(new URL(page.url()).hash).toBe("#zoom=runtime.goexit");
  });

  it("asks for more nodes when some were cut off", async () => {
    const page = await harness.open("favicon.svg");
    harness.answerWith(async (path) => {
      if (path !== "render") return null;
      const { mockRender } = await import("../support/mock-api.ts");
      const answer = mockRender(new URLSearchParams({ query: APP_QUERY, from: "now-1h", until: "now" }), NOW);
      return {
        status: 200,
        body: { ...answer, edgeflame: { ...answer.edgeflame, hiddenNodes: 4321, otherTotal: 900 } },
      };
    });
    await page.goto(harness.url + HOUR);
    await page.getByText(/4,321 small nodes, 0\.\d % of the total/).waitFor();
    await page.getByRole("button", { name: "Show up to 32,768 nodes" }).click();
    await expect.poll(() => param(page, "maxNodes")).toBe("32768");
  });

  it("never runs what a name says", async () => {
    const page = await harness.open(HOUR);
    let dialogs = 0;
    page.on("dialog", (dialog) => {
      dialogs++;
      return dialog.dismiss();
    });
    await page.getByRole("combobox", { name: "Application" }).click();
    await page.getByRole("option", { name: "<img src=x onerror=alert(1)>" }).click();
    await expect.poll(() => param(page, "query")).toContain("<img");
    expect(await page.locator("img[src=x]").count()).toBe(0);
    expect(dialogs).toBe(0);
  });
});
