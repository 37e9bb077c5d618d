// The inbox on the page: what was refused is said with its reason and remedy, in every state, and nothing a sender wrote acts.
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { EMPTY_INBOX, mockInbox } from "../support/mock-inbox.ts";
import { APP_QUERY, axeFindings, NOW, type PageHarness, search, startPageHarness } from "../support/page-harness.ts";
import { describeWithChromium } from "../support/skips.ts";

const HOUR = search({ query: APP_QUERY, from: "now-1h", until: "now" });
/** A thousand entries take a busy machine a while. */
const SLOWLY = { timeout: 20_000 };

describeWithChromium("the inbox", (launch) => {
  let harness: PageHarness;
  beforeAll(async () => {
    harness = await startPageHarness(launch, "/profiles/");
  });
  afterAll(() => harness.close());
  const list = (page: Page) => page.getByRole("list", { name: "Entries" });
  const entry = (page: Page, text: string) => list(page).getByRole("listitem").filter({ hasText: text });

  it("is reached from the header, which counts recent refusals, by keyboard; and Back leads out", async () => {
    const page = await harness.open(HOUR);
    const link = page.getByRole("link", { name: "Inbox: 2 recent refusals" });
    await link.focus();
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "Refused and mended uploads" }).waitFor();
    expect(new URL(page.url()).pathname).toBe("/profiles/inbox");
    expect(await link.getAttribute("aria-current")).toBe("page");
    await entry(page, "Not a readable profile").waitFor();
    await page.goBack();
    await page.getByRole("region", { name: "Flame graph and table" }).waitFor();
  });

  it("says what was wrong, how often, what to do, and on demand what arrived", async () => {
    const page = await harness.open("inbox");
    const one = entry(page, "Not a readable profile");
    expect(await one.textContent()).toMatch(
      /Refused.*ride-sharing-app.*1,284 times.*40 seconds ago.*wire type 7.*Compare/s,
    );
    const link = one.getByRole("link", { name: "documentation" });
    expect(await link.getAttribute("href")).toBe("./docs/errors.md#malformed_profile");
    await one.getByText("What arrived").focus();
    await page.keyboard.press("Enter");
    await one.getByText("pyroscope-go/1.2.0 · gospy").waitFor();
    expect(await one.locator("pre").textContent()).toContain(
      "0000  1f 8b 08 00 00 00 00 00 00 ff 6d 61 69 6e 2e 77  ..........main.w",
    );
    expect(await one.textContent()).toContain("Looks likegzip");
    const mended = entry(page, "Labels were left out");
    expect(await mended.textContent()).toMatch(/Mended.*Limit labelValueBytes: sent 3,120, allowed 2,048/s);
  });

  it("keeps open what is open when the same comes again", async () => {
    const page = await harness.open("inbox");
    await entry(page, "Not a readable profile").getByText("What arrived").click();
    harness.answerWith((path, params) => {
      if (path !== "api/inbox") return null;
      const { entries, ...counts } = mockInbox(params, NOW);
      return { status: 200, body: { ...counts, entries: entries.map((each) => ({ ...each, count: each.count + 1 })) } };
    });
    await page.getByRole("button", { name: "Refresh" }).click();
    await entry(page, "1,285 times").locator("pre").waitFor();
  });

  it("shows one application's entries, or those of none, and the link says so", async () => {
    const page = await harness.open("inbox");
    const filter = page.getByLabel("Uploads of");
    await filter.selectOption({ label: "checkout (1)" });
    await expect.poll(() => list(page).getByRole("listitem").count(), SLOWLY).toBe(1);
    expect(new URL(page.url()).searchParams.get("inboxApp")).toBe("checkout");
    await filter.selectOption({ label: "No application (1)" });
    await entry(page, "No valid token").waitFor();
    expect(new URL(page.url()).searchParams.get("inboxApp")).toBe("");
    await page.reload();
    await entry(page, "No valid token").waitFor();
    expect(await list(page).getByRole("listitem").count()).toBe(1);
    await filter.selectOption({ label: "All" });
    await expect.poll(() => list(page).getByRole("listitem").count(), SLOWLY).toBe(4);
  });

  it("lets no sender's text act: markup is text, and what can't be seen is written out", async () => {
    const page = await harness.open("inbox");
    const hostile = entry(page, "Request too large");
    await hostile.getByText("What arrived").click();
    await expect.poll(() => hostile.textContent(), SLOWLY).toContain("\\u{202e}evil\\u{0}\\u{200b}<script>");
    expect(await page.locator("img[src=x], main script").count()).toBe(0);
    expect(await page.locator("main").textContent()).not.toMatch(/[\u202e\u200b\0]/);
  });

  it("shows the first hundred of many, and the rest when asked", async () => {
    const page = await harness.open("favicon.svg");
    harness.answerWith((path, params) =>
      path === "api/inbox" ? { status: 200, body: mockInbox(params, NOW, 1000) } : null,
    );
    await page.goto(`${harness.url}inbox`);
    await expect.poll(() => list(page).getByRole("listitem").count(), SLOWLY).toBe(100);
    await page.getByRole("button", { name: "Show 900 more" }).click();
    await expect.poll(() => list(page).getByRole("listitem").count(), SLOWLY).toBe(1000);
    expect(await page.getByRole("button", { name: /^Show/ }).count()).toBe(0);
  });

  it("says that nothing was refused; and where nothing came at all, what to look at", async () => {
    const page = await harness.open("favicon.svg");
    let services = true;
    harness.answerWith((path) => {
      if (path === "api/inbox") return { status: 200, body: EMPTY_INBOX };
      return path === "api/services" && !services ? { status: 200, body: { services: [] } } : null;
    });
    await page.goto(`${harness.url}inbox`);
    await page.getByRole("heading", { name: "Nothing was refused or mended" }).waitFor();
    expect(await page.getByText("No upload has arrived at all").count()).toBe(0);
    services = false;
    await page.reload();
    await page.getByText("No upload has arrived at all").waitFor();
    await page.getByRole("link", { name: "Inbox", exact: true }).waitFor();
  });

  it("says why it can't be loaded, and tries again", async () => {
    const page = await harness.open("favicon.svg");
    let broken = true;
    harness.answerWith((path) =>
      broken && path === "api/inbox"
        ? { status: 503, body: { code: "unavailable", message: "storage is busy" } }
        : null,
    );
    await page.goto(`${harness.url}inbox`);
    const alert = page.getByRole("alert").filter({ hasText: "The inbox could not be loaded" });
    await alert.waitFor();
    broken = false;
    await alert.getByRole("button", { name: "Retry" }).click();
    await entry(page, "Not a readable profile").waitFor();
  });

  it("says so when its code does not arrive", async () => {
    const page = await harness.open("favicon.svg");
    await page.route("**/inbox-page-*.js", (route) => route.abort());
    await page.goto(`${harness.url}inbox`);
    await page.getByText("The view's code did not arrive").waitFor();
    await page.getByRole("button", { name: "Reload the page" }).waitFor();
  });

  it("is offered where the first profile is waited for, once something was refused", async () => {
    const page = await harness.open("favicon.svg");
    let refused = false;
    harness.answerWith((path) => {
      if (path === "api/services") return { status: 200, body: { services: [] } };
      return path === "api/inbox" && !refused ? { status: 200, body: EMPTY_INBOX } : null;
    });
    await page.goto(harness.url);
    await page.getByRole("heading", { name: "Send your first profile" }).waitFor();
    expect(await page.getByText("none of it could be taken").count()).toBe(0);
    refused = true;
    await page.getByText("Something arrived, and none of it could be taken.").waitFor();
    await page.getByRole("link", { name: "See why" }).click();
    await entry(page, "Not a readable profile").waitFor();
  });

  it("is offered where a query finds nothing", async () => {
    const page = await harness.open(search({ query: "nobody.cpu", from: "now-1h", until: "now" }));
    await page.getByRole("link", { name: "See what arrived and was refused" }).click();
    await entry(page, "Not a readable profile").waitFor();
  });

  it.each((["light", "dark"] as const).flatMap((theme) => [390, 900, 1280].map((width) => ({ theme, width }))))(
    "axe finds nothing, and nothing is wider than the page: $theme, $width px",
    async ({ theme, width }) => {
      const page = await harness.open("inbox", { colorScheme: theme, viewport: { width, height: 900 } });
      for (const summary of await list(page).getByText("What arrived").all()) await summary.click();
      expect(await axeFindings(page)).toEqual([]);
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
    },
  );
});
