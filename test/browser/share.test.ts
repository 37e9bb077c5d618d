// Sharing against the real server: from the page's dialog to the link, the embed on another origin, and the deletion.
// Function names are hostile throughout: nothing of them may run, and no policy may be broken.
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { type Browser, chromium, type Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect, it } from "vitest";
import type { ShareAnswer } from "../../src/api/share.ts";
import { type ArticleServer, startArticleServer } from "../support/article-server.ts";
import { cleanPages, hasRun } from "../support/clean-pages.ts";
import { axeFindings, search } from "../support/page-harness.ts";
import { startServer, type TestServer } from "../support/server.ts";
import { describeWithChromium } from "../support/skips.ts";

const SCRIPT_NAME = "</script><script>window.__ran=1</script>";
const IMAGE_NAME = '"><img src=x onerror=window.__ran=1>';
const BIDI_NAME = "\u202Efdp.exe\u2066\u0007";
/** Nothing may be on the page as it is: control and format characters. */
const OBEYED = /(?![\n\t])[\p{Cc}\p{Cf}]/u;
const LONG_NAME = `long${"x".repeat(64 * 1024 - 10)}`;
const STACKS = [`main;work;${SCRIPT_NAME} 70`, `main;work;${IMAGE_NAME} 20`, `main;${BIDI_NAME} 6`, "idle 4"].join(
  "\n",
);
const QUERY = "shop.cpu";
const RESULTS_DIR = join(import.meta.dirname, "../../test-results/share");
const ZOOM = `#${new URLSearchParams({ zoom: "main;work" })}`;
const RANGE = { query: QUERY, from: "now-1h", until: "now" };

describeWithChromium("sharing", (launch) => {
  let server: TestServer;
  let article: ArticleServer;
  let browser: Browser;
  const clean = cleanPages(() => browser);

  beforeAll(async () => {
    mkdirSync(RESULTS_DIR, { recursive: true });
    [server, article, browser] = await Promise.all([startServer(), startArticleServer(), chromium.launch(launch)]);
    const now = Math.floor(Date.now() / 1000);
    // One for each half of the hour.
    for (const from of [now - 2400, now - 60]) {
      const times = search({ name: QUERY, from: String(from), until: String(from + 10), sampleRate: "100" });
      const sent = await fetch(`${server.url}/ingest${times}`, { method: "POST", body: STACKS });
      expect(sent.status).toBe(200);
    }
  });
  afterAll(async () => {
    await browser?.close();
    await Promise.all([server?.stop(), article?.close()]);
  });
  afterEach(clean.end);

  const dialog = (page: Page) => page.getByRole("dialog", { name: "Share this flame graph" });
  const linkOf = (page: Page, name: string) => dialog(page).getByRole("textbox", { name, exact: true }).inputValue();

  async function openDialog(path = "", colorScheme: "light" | "dark" = "light"): Promise<Page> {
    const page = await clean.open(`${server.url}/${path}${search(RANGE)}`, { colorScheme });
    await page.getByRole("button", { name: "Share" }).and(page.locator(":not([aria-disabled])")).click();
    await dialog(page).waitFor();
    return page;
  }
  const make = async (page: Page) => {
    await dialog(page).getByRole("button", { name: "Make it public" }).click();
    await dialog(page).getByRole("heading", { name: "It is public now" }).waitFor();
  };
  async function post(change: Record<string, unknown> = {}, names = ["total", "main"]): Promise<ShareAnswer> {
    const graph = {
      label: "",
      flamebearer: {
        names,
        levels: [
          [0, 10, 0, 0],
          [0, 10, 10, 1],
        ],
        numTicks: 10,
        maxSelf: 10,
      },
      metadata: {
        format: "single",
        units: "samples",
        sampleRate: 100,
        spyName: "gospy",
        name: names[1]?.slice(0, 2000),
      },
      query: names[1]?.slice(0, 2000),
    };
    const body = JSON.stringify({ layout: "single", graphs: [graph], ...change });
    const response = await fetch(`${server.url}/api/shares`, { method: "POST", body });
    expect(response.status, await response.clone().text()).toBe(200);
    return (await response.json()) as ShareAnswer;
  }

  it("goes from the page to a link, an embed on another origin, and a deletion", async () => {
    const page = await clean.open(`${server.url}/${search({ ...RANGE, search: "img" })}${ZOOM}`);
    await page.getByRole("button", { name: "Share" }).and(page.locator(":not([aria-disabled])")).focus();
    const total = await page.getByRole("button", { name: /^total/ }).textContent();
    expect(total).toContain("2.00");
    await page.keyboard.press("Enter");
    await dialog(page).getByRole("textbox", { name: "Title" }).waitFor();
    expect(await linkOf(page, "Title")).toBe(QUERY);
    await dialog(page).getByRole("textbox", { name: "Title" }).fill(`The slow one ${SCRIPT_NAME}`);
    await page.keyboard.press("Enter");
    await dialog(page).getByRole("heading", { name: "It is public now" }).waitFor();
    const [link, embed, deletion] = [
      await linkOf(page, "Link"),
      await linkOf(page, "Embed code"),
      await linkOf(page, "Delete link"),
    ];
    await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
    await dialog(page).getByRole("button", { name: "Copy: Link" }).click();
    await dialog(page).getByText("Link is copied.").waitFor();
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(link);
    await page.keyboard.press("Escape");
    expect(await page.evaluate(() => document.activeElement?.getAttribute("aria-label"))).toBe("Share");
    await page.keyboard.press("Enter");
    expect(await linkOf(page, "Delete link")).toBe(deletion);

    const seen = await clean.open(link);
    await seen.getByRole("searchbox").waitFor();
    expect(await seen.getByRole("searchbox").inputValue()).toBe("img");
    expect(await seen.getByRole("heading", { level: 1 }).textContent()).toBe(`The slow one ${SCRIPT_NAME}`);
    expect(await seen.getByRole("button", { name: /^total/ }).textContent()).toBe(total);
    expect(await seen.locator('[aria-current="location"]').textContent()).toContain("work");
    expect(await seen.context().cookies()).toEqual([]);
    expect(await hasRun(seen)).toBe(false);

    const reader = await clean.open(article.url(embed));
    const frame = reader.frameLocator("iframe");
    await frame.getByRole("tree").or(frame.locator("canvas")).first().waitFor();
    await expect
      .poll(() => reader.evaluate("heights"))
      .toContainEqual({ height: expect.any(Number), origin: server.url });
    expect(await hasRun(reader)).toBe(false);

    const owner = await clean.open(deletion);
    await owner.getByRole("button", { name: "Delete it for everyone" }).click();
    await owner.getByRole("heading", { name: "Deleted" }).waitFor();
    for (const gone of [link, `${link}/iframe`, `${link}/data`, deletion]) {
      expect((await fetch(gone)).status, gone).toBe(404);
    }
  });

  it.each([
    ["the page itself, on any site", {}, ""],
    ["the embed, on a site that is not named", { frameHosts: ["docs.example.org"] }, "/iframe"],
  ])("refuses to be framed: %s", async (_what, change, path) => {
    const { url } = await post(change);
    const page = await clean.open(article.url(`<iframe src="${url}${path}"></iframe>`));
    await expect.poll(() => page.frames()[1]?.url()).toContain("chrome-error://");
    expect(await page.evaluate("heights")).toEqual([]);
  });

  it.each([
    ["a script's end", SCRIPT_NAME],
    ["an image with a handler", IMAGE_NAME],
    ["marks of direction", BIDI_NAME],
    ["64 KB", LONG_NAME],
  ])("shows a function, a title and a query named as %s, and runs nothing", async (_what, name) => {
    const title = name.slice(0, 200);
    const { url } = await post({ title, view: { display: "both" } }, ["total", name]);
    const page = await clean.open(url);
    const row = page.getByRole("table").getByRole("row").nth(1);
    await row.waitFor();
    expect(await page.title()).not.toMatch(OBEYED);
    await page.getByRole("tree").hover({ position: { x: 60, y: 30 } });
    const shown = await page.locator("body").innerText();
    expect(shown).not.toMatch(OBEYED);
    expect(shown).toContain(name === BIDI_NAME ? "\\u{202e}" : name.slice(0, 20));
    expect(await hasRun(page)).toBe(false);
    expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true);
  });

  it.each([
    [403, { code: "permission_denied", message: "this token lacks the scope read" }, "this token lacks the scope read"],
    [413, { code: "too_large", message: "too large", limit: "snapshotBytes" }, "snapshotBytes"],
    [0, null, "could not be reached"],
  ])("says in the dialog why it was not shared: %i", async (status, body, text) => {
    const page = await openDialog();
    await page.route("**/api/shares", (route) =>
      status === 0 ? route.abort() : route.fulfill({ status, json: body }),
    );
    await dialog(page).getByRole("button", { name: "Make it public" }).click();
    await dialog(page).getByRole("alert").getByText(text).waitFor();
    await page.unroute("**/api/shares");
    await dialog(page).getByRole("button", { name: "Retry" }).click();
    await dialog(page).getByRole("heading", { name: "It is public now" }).waitFor();
  });

  it("says why there is nothing to share, and opens nothing", async () => {
    const page = await clean.open(`${server.url}/${search({ ...RANGE, query: `${QUERY}{region="mars"}` })}`);
    const button = page.getByRole("button", { name: "Share" });
    await expect.poll(() => button.getAttribute("title")).toBe("Nothing to share: there is no data here");
    await button.click({ force: true });
    expect(await dialog(page).count()).toBe(0);
  });

  it("shares a diff as a diff, with both of its queries", async () => {
    const page = await openDialog("comparison-diff");
    await make(page);
    const link = await linkOf(page, "Link");
    const graph = { metadata: { format: "double" }, query: QUERY, compared: { query: QUERY } };
    expect(await (await fetch(`${link}/data`)).json()).toMatchObject({ layout: "diff", graphs: [graph] });
    const seen = await clean.open(link);
    await seen.getByText(/^Baseline · shop\.cpu · /).waitFor();
    await seen.getByText(/^Comparison · shop\.cpu · /).waitFor();
    expect(await seen.locator(".efs-total").textContent()).toBe("1.00 s → 1.00 s");
  });

  it("takes out what its owner does not want to show, of both sides of a comparison", async () => {
    const page = await openDialog("comparison");
    for (const name of ["No file paths", "No labels"]) await dialog(page).getByLabel(name).check();
    await dialog(page).getByRole("textbox", { name: "Sites" }).fill("*");
    await dialog(page).getByText("“*” is no host").waitFor();
    expect(await dialog(page).getByRole("button", { name: "Make it public" }).isDisabled()).toBe(true);
    await dialog(page).getByRole("textbox", { name: "Sites" }).fill("docs.example.org");
    await make(page);
    const data = await (await fetch(`${await linkOf(page, "Link")}/data`)).json();
    expect(data).toMatchObject({ layout: "comparison", graphs: [{ label: "Baseline" }, { label: "Comparison" }] });
    expect(JSON.stringify(data)).not.toContain('"query"');
  });

  it("shows a comparison side by side where there is room, else stacked; axe finds nothing", async () => {
    const dialogPage = await openDialog("comparison");
    await make(dialogPage);
    const page = await clean.open(await linkOf(dialogPage, "Link"));
    const panels = page.locator(".efs-panel");
    await panels.nth(1).getByRole("searchbox").waitFor();
    expect(await page.locator(".efs-total").textContent()).toBe("1.00 s → 1.00 s");
    for (const theme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme: theme });
      for (const [width, isBeside] of [
        [1200, true],
        [900, true],
        [899, false],
        [390, false],
      ] as const) {
        await page.setViewportSize({ width, height: 844 });
        const [a, b] = await Promise.all([panels.first().boundingBox(), panels.nth(1).boundingBox()]);
        expect(a?.y === b?.y, String(width)).toBe(isBeside);
        expect(a?.width).toBe(b?.width);
        expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(width);
        await page.screenshot({ path: join(RESULTS_DIR, `comparison-${theme}-${width}.png`), fullPage: true });
      }
      expect(await axeFindings(page)).toEqual([]);
    }
  });

  it.each(["light", "dark"] as const)("axe finds nothing in the dialog, before and after: %s", async (theme) => {
    const page = await openDialog("", theme);
    await dialog(page).getByRole("textbox", { name: "Sites" }).fill("*");
    expect(await axeFindings(page)).toEqual([]);
    await page.screenshot({ path: join(RESULTS_DIR, `dialog-${theme}.png`) });
    await dialog(page).getByRole("textbox", { name: "Sites" }).fill("");
    await make(page);
    expect(await axeFindings(page)).toEqual([]);
    await page.screenshot({ path: join(RESULTS_DIR, `links-${theme}.png`) });
  });
});
