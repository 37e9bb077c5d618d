// What the page shows when there is nothing, when something fails, and while it waits.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { APP_QUERY, NOW, type PageHarness, search, startPageHarness } from "../support/page-harness.ts";
import { describeWithChromium } from "../support/skips.ts";

const HOUR = search({ query: APP_QUERY, from: "now-1h", until: "now" });
const failing = {
  status: 503,
  body: { code: "unavailable", message: "storage is busy" },
  headers: { "x-request-id": "req-42" },
};

describeWithChromium("states of the page", (launch) => {
  let harness: PageHarness;
  beforeAll(async () => {
    harness = await startPageHarness(launch, "/profiles/");
  });
  afterAll(() => harness.close());

  it("helps with the first profile, and moves on by itself when it comes", async () => {
    const page = await harness.open("favicon.svg");
    let empty = true;
    harness.answerWith((path) => (empty && path === "api/services" ? { status: 200, body: { services: [] } } : null));
    await page.goto(harness.url);
    await page.getByRole("heading", { name: "Send your first profile" }).waitFor();
    const go = await page.getByRole("tabpanel").textContent();
    expect(go).toContain(`ServerAddress:   "${harness.url.slice(0, -1)}"`);
    await page.getByRole("tab", { name: "Go" }).press("ArrowRight");
    expect(await page.getByRole("tabpanel").textContent()).toContain("-javaagent:pyroscope.jar");
    empty = false;
    await page.getByRole("region", { name: "Flame graph and table" }).waitFor();
  });

  it("says which filter leaves nothing, and takes it away", async () => {
    const page = await harness.open(search({ query: `${APP_QUERY}{region="mars"}`, from: "now-1h", until: "now" }));
    await page.getByText("Nothing in this range has region = mars").waitFor();
    await page.getByRole("button", { name: "Remove filters" }).click();
    await page.getByRole("region", { name: "Flame graph and table" }).waitFor();
    expect(new URL(page.url()).searchParams.get("query")).toBe(APP_QUERY);
  });

  it("says when the last data came, and goes there", async () => {
    const page = await harness.open(search({ query: "billing-worker.cpu", from: "now-1h", until: "now" }));
    await page.getByText("19 Nov 2026, 20:20, before this range").waitFor();
    await page.getByRole("button", { name: "Go there" }).click();
    await expect.poll(() => Number(new URL(page.url()).searchParams.get("until"))).toBe(NOW - 3 * 86_400 + 60);
  });

  it("names an application that nobody sent", async () => {
    const page = await harness.open(search({ query: "nobody.cpu", from: "now-1h", until: "now" }));
    await page.getByText("Nothing called “nobody.cpu” has sent a profile").waitFor();
  });

  it("shows an error with its request id, and retries", async () => {
    const page = await harness.open("favicon.svg");
    let broken = true;
    harness.answerWith((path) => (broken && path === "render" ? failing : null));
    await page.goto(harness.url + HOUR);
    const alert = page.getByRole("alert").filter({ hasText: "storage is busy" });
    await alert.waitFor();
    expect(await alert.textContent()).toContain("request req-42");
    broken = false;
    await alert.getByRole("button", { name: "Retry" }).click();
    await page.getByRole("region", { name: "Flame graph and table" }).waitFor();
    await expect.poll(() => alert.count()).toBe(0);
  });

  it("keeps what it has when a refresh fails", async () => {
    const page = await harness.open(HOUR);
    const graph = page.getByRole("region", { name: "Flame graph and table" });
    await graph.waitFor();
    harness.answerWith((path) => (path === "render" ? failing : null));
    await page.getByRole("button", { name: "Refresh" }).click();
    await page.getByRole("alert").filter({ hasText: "storage is busy" }).waitFor();
    expect(await graph.isVisible()).toBe(true);
  });

  it("lets only the failing side of a comparison fail", async () => {
    const page = await harness.open("favicon.svg");
    harness.answerWith((path, params) => (path === "render" && params.get("from") === "now-30m" ? failing : null));
    await page.goto(`${harness.url}comparison${HOUR}`);
    const b = page.getByRole("region", { name: "B: Comparison" });
    await b.getByRole("alert").filter({ hasText: "The comparison profile could not be loaded" }).waitFor();
    expect(
      await page.getByRole("region", { name: "A: Baseline" }).getByRole("alert").filter({ hasText: "busy" }).count(),
    ).toBe(0);
  });

  it("asks for a token when the server wants one, and sends it", async () => {
    const page = await harness.open("favicon.svg");
    const sent: (string | undefined)[] = [];
    page.on("request", (request) => sent.push(request.headers().authorization));
    let open = false;
    harness.answerWith(() =>
      open ? null : { status: 401, body: { code: "unauthenticated", message: "a token is needed" } },
    );
    await page.goto(harness.url + HOUR);
    const alert = page.getByRole("alert").filter({ hasText: "The profile could not be loaded" });
    await alert.getByLabel("Read token of this server").fill("s3cret");
    open = true;
    await alert.getByRole("button", { name: "Sign in" }).click();
    await page.getByRole("region", { name: "Flame graph and table" }).waitFor();
    expect(sent).toContain("Bearer s3cret");
  });

  it("says so when the server is gone", async () => {
    const page = await harness.open(HOUR);
    await page.getByRole("region", { name: "Flame graph and table" }).waitFor();
    await page.route("**/render?*", (route) => route.abort());
    await page.getByRole("button", { name: "Refresh" }).click();
    await page.getByRole("alert").filter({ hasText: "could not be reached" }).waitFor();
  });

  it("says so when the chart's code does not arrive, and shows the rest", async () => {
    const page = await harness.open("favicon.svg");
    await page.route("**/timeline-*.js", (route) => route.abort());
    await page.goto(harness.url + HOUR);
    await page.getByRole("button", { name: "Reload the page" }).waitFor();
    await page.getByRole("region", { name: "Flame graph and table" }).waitFor();
  });

  describe("theme", () => {
    it("follows the system, remembers another choice, and a link's wish comes first", async () => {
      const page = await harness.open(HOUR, { colorScheme: "dark" });
      const theme = () => page.evaluate(() => document.documentElement.dataset.theme);
      await page.getByRole("button", { name: "Use light theme" }).click();
      expect(await theme()).toBe("light");
      await page.reload();
      await page.getByRole("button", { name: "Use dark theme" }).waitFor();
      await page.goto(`${harness.url}${HOUR}&theme=dark`);
      await page.getByRole("button", { name: "Use light theme" }).waitFor();
      expect(await theme()).toBe("dark");
    });
  });

  it("breaks no rule of the content security policy", async () => {
    const page = await harness.open("favicon.svg");
    const refused: string[] = [];
    page.on("console", (message) => message.text().includes("Content Security Policy") && refused.push(message.text()));
    for (const path of ["", "comparison", "comparison-diff"]) {
      await page.goto(harness.url + path + HOUR);
      await page.locator(".u-over").first().waitFor();
    }
    expect(refused).toEqual([]);
  });
});
