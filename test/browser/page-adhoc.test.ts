// The ad-hoc page against the real server: a file, two of them, one that is none, and a share of what is seen. Until Share is
// pressed no request carries anything of a file, and afterwards nothing is kept.
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import axe from "axe-core";
import { type Browser, type BrowserContext, chromium, type Page, type Request } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect, it } from "vitest";
import { axeFindings } from "../support/page-harness.ts";
import { startServer, type TestServer } from "../support/server.ts";
import { describeWithChromium } from "../support/skips.ts";

const RESULTS_DIR = join(import.meta.dirname, "../../test-results/adhoc");
const FIXTURES = join(import.meta.dirname, "../fixtures");
const HEAP = join(FIXTURES, "pprof/go-heap.pb.gz");
const RECORDING = join(FIXTURES, "jfr/openjdk-17.jfr.gz");
const SECRET = "secretFunctionOfMine";
const BEFORE = `main;${SECRET} 60\nmain;wait 40\n`;
const AFTER = `main;${SECRET} 30\nmain;wait 40\nmain;<img src=x onerror=window.__ran=1> 30\n`;

interface TextFile {
  readonly name: string;
  readonly text: string;
}
const before: TextFile = { name: "before.folded", text: BEFORE };
const after: TextFile = { name: "after.folded", text: AFTER };
const asUpload = ({ name, text }: TextFile) => ({ name, mimeType: "", buffer: Buffer.from(text) });

describeWithChromium("the ad-hoc page", (launch) => {
  let server: TestServer;
  let browser: Browser;
  let trouble: string[] = [];
  let requests: Request[] = [];

  beforeAll(async () => {
    mkdirSync(RESULTS_DIR, { recursive: true });
    [server, browser] = await Promise.all([startServer(), chromium.launch(launch)]);
  });
  afterAll(async () => {
    await browser?.close();
    await server?.stop();
  });
  afterEach(async () => {
    for (const context of browser.contexts()) await context.close();
    const met = trouble;
    [trouble, requests] = [[], []];
    expect(met).toEqual([]);
  });

  async function newContext(): Promise<BrowserContext> {
    const context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
    context.setDefaultTimeout(15_000);
    context.on("request", (request) => requests.push(request));
    await context.addInitScript(axe.source);
    return context;
  }
  async function open(path = "/adhoc"): Promise<Page> {
    const page = await (await newContext()).newPage();
    page.on("pageerror", (error) => trouble.push(`exception: ${error.message}`));
    page.on("console", (message) => {
      if (/Content Security Policy/.test(message.text())) trouble.push(message.text());
    });
    await page.goto(server.url + path);
    await page.getByRole("button", { name: "Choose files…" }).waitFor();
    return page;
  }
  const inputs = (page: Page) => page.locator("input[type=file]");
  const choose = (page: Page, ...files: TextFile[]) => inputs(page).first().setInputFiles(files.map(asUpload));
  const card = (page: Page, name: string) => page.getByRole("region", { name: new RegExp(`${name}$`) });
  const totals = (page: Page) => page.getByRole("button", { name: /^total/ });
  /** Nothing of a file is in any address or body; the page's own questions send nothing. */
  const sentNothing = () => {
    for (const request of requests) {
      expect(request.method(), request.url()).toBe("GET");
      expect(request.url()).not.toContain(SECRET);
    }
  };
  /** Drags files from outside over an element. @returns what drops them there */
  async function drag(page: Page, target: string, ...files: readonly TextFile[]): Promise<() => Promise<void>> {
    const dataTransfer = await page.evaluateHandle((dropped) => {
      const made = new DataTransfer();
      for (const { name, text } of dropped) made.items.add(new File([text], name));
      return made;
    }, files);
    await page.dispatchEvent(target, "dragover", { dataTransfer });
    return () => page.dispatchEvent(target, "drop", { dataTransfer });
  }

  it("is reached from any view, and shows a file of several profile types without sending anything", async () => {
    const page = await (await newContext()).newPage();
    await page.goto(`${server.url}/?query=shop.cpu`);
    await page.getByRole("link", { name: "Ad hoc" }).click();
    const chooser = page.waitForEvent("filechooser");
    await page.getByRole("button", { name: "Choose files…" }).focus();
    await page.keyboard.press("Enter");
    await (await chooser).setFiles(HEAP);
    await totals(page).waitFor();
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe("go-heap.pb.gz");
    const types = page.getByLabel("Profile type");
    expect(await types.locator("option").allTextContents()).toHaveLength(4);
    expect(await totals(page).textContent()).toMatch(/iB$/);
    await types.selectOption({ index: 1 });
    await expect.poll(() => totals(page).textContent()).not.toMatch(/iB$/);
    await page.getByRole("searchbox").fill("runtime");
    await page
      .getByRole("search")
      .getByText(/^matches/)
      .waitFor();
    await page.getByRole("tree").press("ArrowDown");
    await page.getByRole("tree").press("Enter");
    await page.locator('[aria-current="location"]').filter({ hasNotText: "total" }).waitFor();
    // Neither search nor zoom is in the address, which a reload sends.
    expect(page.url()).toBe(`${server.url}/adhoc?query=shop.cpu&from=now-1h&until=now`);
    // Another view and back: it is still there.
    await page.getByRole("link", { name: "Single" }).click();
    await page.getByRole("link", { name: "Ad hoc" }).click();
    await totals(page).waitFor();
    sentNothing();
    const kept = await page.evaluate(async () => [
      localStorage.length,
      sessionStorage.length,
      (await indexedDB.databases()).length,
      (await caches.keys()).length,
    ]);
    expect(kept).toEqual([0, 0, 0, 0]);
    await page.reload();
    await page.getByRole("button", { name: "Choose files…" }).waitFor();
  });

  it("compares two files side by side and as a difference, and shares what is seen", async () => {
    const page = await open();
    const dropFirst = await drag(page, "main", before);
    await page.getByText("Drop to open").waitFor();
    await dropFirst();
    await totals(page).waitFor();
    expect(await page.getByText("Drop to").count()).toBe(0);
    const dropSecond = await drag(page, "main", after);
    await page.getByText("Drop to compare with before.folded").waitFor();
    await dropSecond();
    await expect.poll(() => totals(page).count()).toBe(2);
    await card(page, "Baseline: before.folded").waitFor();
    await page.getByRole("button", { name: "Difference" }).click();
    await page.getByRole("img", { name: /^Colours: blue is less/ }).waitFor();
    await expect.poll(() => totals(page).textContent()).toBe("total 1.00 s → 1.00 s");
    const row = page.getByRole("row").filter({ hasText: SECRET });
    await expect.poll(() => row.textContent()).toContain("−30.0 pp");
    await page.getByRole("button", { name: "Swap" }).click();
    await expect.poll(() => row.textContent()).toContain("+30.0 pp");
    sentNothing();

    await page.getByRole("button", { name: "Share" }).click();
    const dialog = page.getByRole("dialog", { name: "Share this flame graph" });
    await dialog.waitFor();
    expect(await dialog.getByRole("textbox", { name: "Title" }).inputValue()).toBe("after.folded → before.folded");
    await dialog.getByRole("textbox", { name: "Title" }).fill("What we gained");
    sentNothing();
    await dialog.getByRole("button", { name: "Make it public" }).click();
    const link = await dialog.getByRole("textbox", { name: "Link", exact: true }).inputValue();
    const posted = requests.filter((request) => request.method() === "POST").map((request) => request.postData());
    expect(posted).toHaveLength(1);
    expect(posted[0]).toContain(SECRET);
    expect(posted[0]).not.toContain(".folded");
    const seen = await (await newContext()).newPage();
    await seen.goto(link);
    await expect.poll(() => totals(seen).textContent()).toBe("total 1.00 s → 1.00 s");
    expect(await seen.getByRole("heading", { level: 1 }).textContent()).toBe("What we gained");
    expect(await page.evaluate(() => "__ran" in window)).toBe(false);
  });

  it("says what is wrong with a file and what to do, and takes another in its place", async () => {
    const page = await open();
    await choose(page, { name: "notes.txt", text: "Dear diary\ntoday 12 x\n" });
    const alert = page.getByRole("alert");
    await alert.getByText("notes.txt cannot be shown. Read as collapsed stacks: line 1:").waitFor();
    await alert.getByText("Check that the file is complete").waitFor();
    await expect
      .poll(() => page.getByRole("button", { name: "Share" }).getAttribute("title"))
      .toMatch(/no file is open/);
    await inputs(page)
      .first()
      .setInputFiles(asUpload({ name: "nothing", text: "" }));
    await alert.getByText("The file is empty.").waitFor();
    const half = gzipSync(Buffer.from(BEFORE.repeat(500)));
    await inputs(page)
      .first()
      .setInputFiles({ name: "half.gz", mimeType: "", buffer: half.subarray(0, 60) });
    await alert.getByText("Gzip:").waitFor();
    await choose(page, before);
    await totals(page).waitFor();
    expect(await alert.count()).toBe(0);
    // A second that is none costs the first nothing.
    await inputs(page)
      .nth(1)
      .setInputFiles(asUpload({ name: "b.json", text: "{" }));
    await alert.getByText("b.json cannot be shown.").waitFor();
    await totals(page).waitFor();
    await page.getByRole("button", { name: "Close b.json" }).click();
    await inputs(page).nth(1).setInputFiles(HEAP);
    await page.getByRole("button", { name: "Difference" }).click();
    await alert.getByText("One is in samples, the other in bytes.").waitFor();
    await page.getByRole("button", { name: "Close go-heap.pb.gz" }).click();
    await page.getByRole("button", { name: "Close before.folded" }).click();
    await page.getByRole("button", { name: "Choose files…" }).waitFor();
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe("Choose files…");
    sentNothing();
  });

  it("lets in no worker but its own, and reads a shared original by the same one", async () => {
    const page = await open();
    const policy = (await page.request.get(`${server.url}/adhoc`)).headers()["content-security-policy"] ?? "";
    expect(policy).toContain("worker-src 'self';");
    const made = await fetch(`${server.url}/api/upload/v1?name=large`, {
      method: "POST",
      body: readFileSync(RECORDING),
    });
    const { url } = (await made.json()) as { url: string };
    const reader = await (await newContext()).newPage();
    // As if the edge had found it too large.
    await reader.route("**/data", (route) => route.fulfill({ status: 404, body: "" }));
    await reader.goto(url);
    await totals(reader).waitFor();
    expect(requests.some((request) => /\/assets\/worker-[\w-]+\.js$/.test(request.url()))).toBe(true);
  });

  it("axe finds nothing in any state, and nothing is wider than the page, in both themes", async () => {
    const page = await open();
    const wrong = { name: "notes.txt", text: "Dear diary\ntoday 12 x\n" };
    const states: readonly [name: string, reach: () => Promise<unknown>][] = [
      ["empty", async () => {}],
      ["error", () => choose(page, wrong).then(() => page.getByRole("alert").waitFor())],
      [
        "single",
        () =>
          inputs(page)
            .first()
            .setInputFiles(HEAP)
            .then(() => totals(page).waitFor()),
      ],
      ["over", () => drag(page, "[data-drop=right]", before)],
      ["comparison", async () => (await drag(page, "main", before, after))().then(() => totals(page).nth(1).waitFor())],
      [
        "difference",
        () =>
          page
            .getByRole("button", { name: "Difference" })
            .click()
            .then(() => page.getByRole("img", { name: /^Colours/ }).waitFor()),
      ],
    ];
    for (const [name, reach] of states) {
      await reach();
      for (const theme of ["light", "dark"] as const) {
        await page.emulateMedia({ colorScheme: theme });
        for (const width of [1280, 900, 390]) {
          await page.setViewportSize({ width, height: 900 });
          // The panel lays itself out anew in the frame after.
          const widest = () => page.evaluate(() => document.documentElement.scrollWidth);
          await expect.poll(widest, { message: `${name} ${width}` }).toBe(width);
          // Each width in one theme: pictures take their time.
          if ((width === 390) === (theme === "dark"))
            await page.screenshot({ path: join(RESULTS_DIR, `${name}-${theme}-${width}.png`), fullPage: true });
        }
        expect(await axeFindings(page), `${name} ${theme}`).toEqual([]);
      }
      await page.setViewportSize({ width: 1280, height: 900 });
    }
  });
});
