// What becomes of a link: opened by somebody else, shown in another site's article, live, reported, over. Against the real server,
// with names that mean harm; whatever a policy refuses or a page throws fails the test.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Browser, chromium, type Locator, type Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect, it } from "vitest";
import type { EmbedAnswer } from "../../src/api/embed.ts";
import type { ShareAnswer, ShareContent } from "../../src/api/share.ts";
import { visibleName } from "../../src/view/names.ts";
import { type ArticleServer, startArticleServer } from "../support/article-server.ts";
import { cleanPages, hasRun } from "../support/clean-pages.ts";
import { axeFindings, search } from "../support/page-harness.ts";
import { startServer, type TestServer } from "../support/server.ts";
import { describeWithChromium } from "../support/skips.ts";
import { hostileNames, IMAGE_NAME, NOT_PLAIN, SCRIPT_NAME } from "../view/hostile-names.ts";

const QUERY = "shop.cpu";
const CHECKOUT = "github.com/acme/cart.(*Basket).Checkout";
const STACKS = `main;work;${SCRIPT_NAME} 65\nmain;work;${IMAGE_NAME} 20\nmain;${CHECKOUT} 5\nidle 10\n`;
const DAY = 86_400;

describeWithChromium("the life of a link", (launch) => {
  const dataDir = mkdtempSync(join(tmpdir(), "edgeflame-walk-"));
  let server: TestServer;
  let article: ArticleServer;
  let browser: Browser;
  const clean = cleanPages(() => browser);

  beforeAll(async () => {
    [server, article, browser] = await Promise.all([
      startServer({ dataDir }),
      startArticleServer(),
      chromium.launch(launch),
    ]);
    const from = Math.floor(Date.now() / 1000) - 60;
    const times = search({ name: QUERY, from: String(from), until: String(from + 10), sampleRate: "100" });
    expect((await fetch(`${server.url}/ingest${times}`, { method: "POST", body: STACKS })).status).toBe(200);
  });
  afterAll(async () => {
    await browser?.close();
    await Promise.all([server?.stop(), article?.close()]);
    rmSync(dataDir, { recursive: true, force: true });
  });
  afterEach(clean.end);

  const dialog = (page: Page) => page.getByRole("dialog", { name: "Share this flame graph" });
  const linkOf = (page: Page, name: string) => dialog(page).getByRole("textbox", { name, exact: true }).inputValue();
  /** From the page, as it is opened with a search and a zoom, through the dialog. */
  async function shareFromPage(choose: (form: Locator) => Promise<unknown>): Promise<Page> {
    const zoom = new URLSearchParams({ zoom: "main;work" });
    const page = await clean.open(
      `${server.url}/${search({ query: QUERY, from: "now-1h", until: "now", search: "img" })}#${zoom}`,
    );
    await page.getByRole("button", { name: "Share" }).and(page.locator(":not([aria-disabled])")).click();
    await dialog(page).waitFor();
    await choose(dialog(page));
    await dialog(page).getByRole("button", { name: "Make it public" }).click();
    await dialog(page).getByRole("heading", { name: "It is public now" }).waitFor();
    return page;
  }
  /** Styled, in both themes, and no wider than a phone. */
  async function noticeIsFit(page: Page): Promise<void> {
    await page.setViewportSize({ width: 390, height: 844 });
    for (const colorScheme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme });
      expect(await axeFindings(page)).toEqual([]);
      const [colour, width] = await page.evaluate(() => [
        getComputedStyle(document.body).backgroundColor,
        document.documentElement.scrollWidth,
      ]);
      expect([colour, width]).toEqual([colorScheme === "light" ? "rgb(255, 255, 255)" : "rgb(18, 20, 26)", 390]);
    }
  }
  const inArticle = (html: string) => clean.open(article.url(html));

  it("is opened as it was shared, framed, shown as a picture, reported, and over on its day", async () => {
    const owner = await shareFromPage((form) => form.getByLabel("Deleted by itself").selectOption("after 1 day"));
    const [link, embed] = [await linkOf(owner, "Link"), await linkOf(owner, "Embed code")];
    const key = link.split("/").at(-1);

    const reader = await clean.open(link);
    await reader.getByRole("searchbox").waitFor();
    expect(await reader.getByRole("searchbox").inputValue()).toBe("img");
    expect(await reader.locator('[aria-current="location"]').textContent()).toContain("work");

    const picture = await inArticle(`${embed}<img id="card" src="${server.url}/api/preview/${key}.png">`);
    await picture.frameLocator("iframe").getByRole("tree").waitFor();
    const width = () => picture.locator("#card").evaluate((image) => (image as HTMLImageElement).naturalWidth);
    await expect.poll(width).toBe(1200);
    expect(await hasRun(picture)).toBe(false);

    await reader.getByRole("link", { name: "Report" }).click();
    await noticeIsFit(reader);
    await reader.getByLabel("It shows what should not be public").check();
    await reader.getByLabel("Details").fill(SCRIPT_NAME);
    await reader.getByRole("button", { name: "Send the report" }).click();
    await reader.getByRole("heading", { name: "Thank you" }).waitFor();
    const told = await (await fetch(`${server.url}/api/reports`)).json();
    expect(told).toMatchObject({ reports: [{ key, reason: "private", details: SCRIPT_NAME }] });

    await server.stop();
    server = await startServer({ dataDir, env: { EDGEFLAME_CLOCK_OFFSET_S: String(2 * DAY) } });
    const address = link.replace(/^http:\/\/[^/]+/, server.url);
    for (const part of ["", "/iframe", "/data", "/report"])
      expect((await fetch(address + part)).status, part).toBe(404);
    const missing = await clean.open(address);
    await missing.getByRole("heading", { name: "There is nothing here" }).waitFor();
    await noticeIsFit(missing);
    await server.stop();
    server = await startServer({ dataDir });
  });

  it("tells readers of packages alone where that was chosen: in the page, its data and its picture", async () => {
    const owner = await shareFromPage((form) => form.getByLabel("Packages instead of functions").check());
    const link = await linkOf(owner, "Link");
    const page = await clean.open(link);
    await page.getByRole("tree").waitFor();
    expect(await page.getByRole("searchbox").inputValue()).toBe("");
    const key = link.split("/").at(-1);
    const seen = [
      await page.content(),
      await (await fetch(`${link}/data`)).text(),
      await (await fetch(`${server.url}/api/preview/${key}.svg`)).text(),
    ].join("\n");
    expect(seen).toContain("github.com/acme/cart");
    for (const word of ["Basket", "Checkout", "work"]) expect(seen).not.toContain(word);
  });

  it("goes on living where it was made live, until it is revoked", async () => {
    const owner = await shareFromPage((form) => form.getByLabel("What is shared").selectOption("live: the last hour"));
    const [embed, link, deletion] = [
      await linkOf(owner, "Embed code"),
      await linkOf(owner, "Link"),
      await linkOf(owner, "Delete link"),
    ];
    const page = await inArticle("nothing yet");
    await page.clock.install();
    await page.goto(article.url(embed));
    const frame = page.frameLocator("iframe");
    await frame.getByRole("heading", { name: QUERY }).waitFor();
    const total = frame
      .getByRole("button", { name: /^total/ })
      .or(frame.getByRole("treeitem", { name: /^total/ }))
      .first();
    await expect.poll(() => total.textContent()).toContain("1.00");

    const content = (await (await fetch(`${link}/data`)).json()) as ShareContent;
    const { flamebearer } = content.graphs[0]!;
    const next = {
      ...flamebearer,
      levels: flamebearer.levels.map((level) => level.map((value, at) => (at % 4 === 3 ? value : 3 * value))),
      numTicks: 300,
    };
    await page.route("**/embed/*/data", (route) =>
      route.fulfill({ json: { ...content, graphs: [{ ...content.graphs[0], flamebearer: next }] } }),
    );
    await page.clock.fastForward(61_000);
    await expect.poll(() => total.textContent()).toContain("3.00");
    await page.unroute("**/embed/*/data");

    const revoking = await clean.open(deletion);
    await revoking.getByRole("button", { name: "Revoke it for everyone" }).click();
    await revoking.getByRole("heading", { name: "Revoked" }).waitFor();
    await page.clock.fastForward(61_000);
    await frame.getByText("There is no live flame graph here any more").waitFor();
    for (const part of ["", "/data", "/preview.png"]) expect((await fetch(link + part)).status, part).toBe(404);
  });

  it("is framed live by the sites that were named, and by no others", async () => {
    const post = async (frameHosts: string[] | null) => {
      const body = JSON.stringify({ query: QUERY, frameHosts });
      return (await (await fetch(`${server.url}/api/embeds`, { method: "POST", body })).json()) as EmbedAnswer &
        ShareAnswer;
    };
    const [refused, allowed] = [await post(["docs.example.org"]), await post([new URL(article.url("")).host])];
    const other = await inArticle(refused.embed);
    await expect.poll(() => other.frames()[1]?.url()).toContain("chrome-error://");
    const named = await inArticle(allowed.embed);
    await named.frameLocator("iframe").getByRole("tree").waitFor();
  });

  async function shareOf(names: readonly string[], title = ""): Promise<ShareAnswer> {
    const body = JSON.stringify({ layout: "single", graphs: [siblings(names)], title });
    return (await (await fetch(`${server.url}/api/shares`, { method: "POST", body })).json()) as ShareAnswer;
  }

  it("hears keys before what tells of them has come, and tells then", async () => {
    const { url } = await shareOf(["main", "idle"]);
    const page = await inArticle("nothing yet");
    let release = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    await page.route("**/after-paint-*.js", async (route) => {
      await held;
      await route.continue();
    });
    await page.goto(url);
    await page.getByRole("tree").press("ArrowDown");
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("Enter");
    await page.locator('[aria-current="location"]').filter({ hasText: "idle" }).waitFor();
    expect(await page.getByRole("treeitem").count()).toBe(0);
    release();
    const selected = page.getByRole("treeitem", { selected: true });
    await expect.poll(() => selected.textContent()).toMatch(/^idle, self /);
    expect(await page.getByRole("tree").getAttribute("aria-activedescendant")).toBe(await selected.getAttribute("id"));
  });

  it("says so when a part of the page can't be fetched: it may be of an older build", async () => {
    const { url } = await shareOf(["main", "idle"]);
    // What is thrown here is what the reader is told of.
    const page = await (await browser.newContext()).newPage();
    await page.route("**/after-paint-*.js", (route) => route.abort());
    await page.goto(url);
    await page.getByText("A part of this page could not be fetched.").waitFor();
    expect(await page.getByRole("tree").isVisible()).toBe(true);
  });

  it("tells hostile names in tooltips, saved files, pictures and the element of oEmbed as text, and nothing runs", async () => {
    const names = hostileNames.map(([, name]) => name);
    const { url, key } = await shareOf(names, names.join(" ").slice(0, 200));
    const hoverAll = async (page: Page) => {
      const { width = 0 } = (await page.getByRole("tree").boundingBox()) ?? {};
      for (const [at, name] of names.entries()) {
        await page.getByRole("tree").hover({ position: { x: ((at + 0.5) / names.length) * width, y: 35 } });
        await page.locator(".efp-tooltip-name", { hasText: visibleName(name).slice(0, 20) }).waitFor();
      }
      expect(await page.locator("body").innerText()).not.toMatch(NOT_PLAIN);
      expect(await hasRun(page)).toBe(false);
    };
    const page = await clean.open(url);
    await hoverAll(page);
    const save = async (item: string) => {
      const download = page.waitForEvent("download");
      await page.getByRole("button", { name: "Export", exact: true }).click();
      await page.getByRole("menuitem", { name: item }).click();
      const path = join(dataDir, (await download).suggestedFilename());
      await (await download).saveAs(path);
      return path;
    };
    await hoverAll(await clean.open(`file://${await save("Page in one file")}`, { offline: true }));
    const picture = await clean.open(`file://${await save("Picture (SVG)")}`, { offline: true });
    expect(await picture.locator("text").count()).toBeGreaterThan(names.length);
    expect(await hasRun(picture)).toBe(false);
    const csv = readFileSync(await save("Table"), "utf8").replaceAll("\r\n", "\n");
    expect(csv).not.toMatch(NOT_PLAIN);
    expect(csv.trimEnd().split("\n")).toHaveLength(names.length + 1);

    const oembed = await fetch(`${server.url}/oembed?url=${encodeURIComponent(url)}`);
    const { html, title } = (await oembed.json()) as { html: string; title: string };
    expect(html + title).not.toMatch(NOT_PLAIN);
    const images = ["png", "svg"].map((format) => `<img src="${server.url}/api/preview/${key}.${format}">`);
    const reader = await clean.open(article.url(html + images.join("")));
    await reader.frameLocator("iframe").getByRole("tree").waitFor();
    const widths = () => reader.evaluate(() => [...document.images].map((image) => image.naturalWidth));
    await expect.poll(widths).toEqual([1200, 1200]);
    expect(await hasRun(reader)).toBe(false);
  });
});

/** All below the root, of one size. */
const siblings = (names: readonly string[]) => ({
  label: "",
  flamebearer: {
    names: ["total", ...names],
    levels: [[0, 10 * names.length, 0, 0], names.flatMap((_, at) => [0, 10, 10, at + 1])],
    numTicks: 10 * names.length,
    maxSelf: 10,
  },
  metadata: { format: "single", units: "samples", sampleRate: 100, spyName: "gospy", name: "shop" },
});
