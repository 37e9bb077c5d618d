// Every export, downloaded from the page and looked into; the single file opened offline. Names are hostile: none may run.
import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { type Browser, chromium, type Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect, it } from "vitest";
import { decodeFile } from "../../src/adhoc/decode-file.ts";
import { BROWSER_LIMITS } from "../../src/adhoc/limits.ts";
import type { RenderResponse } from "../../src/api/render.ts";
import type { ShareAnswer } from "../../src/api/share.ts";
import { cleanPages, hasRun } from "../support/clean-pages.ts";
import { axeFindings, search } from "../support/page-harness.ts";
import { startServer, type TestServer } from "../support/server.ts";
import { describeWithChromium, describeWithGo } from "../support/skips.ts";
import { BIDI_NAME, FORMULA_NAME, IMAGE_NAME, NOT_PLAIN, SCRIPT_NAME } from "../view/hostile-names.ts";

const STACKS = [
  `main;work;${SCRIPT_NAME} 70`,
  `main;work;${IMAGE_NAME} 20`,
  `main;${BIDI_NAME} 6`,
  `main;${FORMULA_NAME} 3`,
  "idle 1",
].join("\n");
const QUERY = "shop.cpu";
const RANGE = { query: QUERY, from: "now-1h", until: "now" };
const RESULTS_DIR = join(import.meta.dirname, "../../test-results/export");
/** Of the whole hour: two uploads. */
const TOTAL = 200;

describeWithChromium("exports", (launch) => {
  let server: TestServer;
  let browser: Browser;
  const clean = cleanPages(() => browser);

  beforeAll(async () => {
    mkdirSync(RESULTS_DIR, { recursive: true });
    [server, browser] = await Promise.all([startServer(), chromium.launch(launch)]);
    const now = Math.floor(Date.now() / 1000);
    for (const from of [now - 2400, now - 60]) {
      const times = search({ name: QUERY, from: String(from), until: String(from + 10), sampleRate: "100" });
      expect((await fetch(`${server.url}/ingest${times}`, { method: "POST", body: STACKS })).status).toBe(200);
    }
  });
  afterAll(async () => {
    await browser?.close();
    await server?.stop();
  });
  afterEach(clean.end);

  const exportButton = (page: Page) => page.getByRole("button", { name: "Export", exact: true }).first();

  /** @returns path and name of each file */
  async function exported(page: Page, item: string, files = 1): Promise<{ path: string; name: string }[]> {
    const saved: { path: string; name: string }[] = [];
    const done = new Promise<void>((resolve) => {
      page.on("download", async (download) => {
        const path = join(RESULTS_DIR, download.suggestedFilename());
        await download.saveAs(path);
        if (saved.push({ path, name: download.suggestedFilename() }) === files) resolve();
      });
    });
    await exportButton(page).click();
    await page.getByRole("menuitem", { name: item }).click();
    await done;
    page.removeAllListeners("download");
    return saved.sort((a, b) => (a.name < b.name ? -1 : 1));
  }
  const text = ({ path }: { path: string }): string => readFileSync(path, "utf8");
  const graphOf = (bytes: Uint8Array) => decodeFile({ bytes, name: "x" }, BROWSER_LIMITS).content.graphs[0];

  it("saves every kind from the single page, as it is seen there", async () => {
    const page = await clean.open(`${server.url}/${search({ ...RANGE, search: "work" })}`);
    await page
      .getByRole("search")
      .getByText(/^matches/)
      .waitFor();

    const [svg, png, json, csv, pprof, collapsed] = [
      await exported(page, "Picture (SVG)"),
      await exported(page, "Picture (PNG)"),
      await exported(page, "Flamebearer"),
      await exported(page, "Table"),
      await exported(page, "pprof"),
      await exported(page, "Collapsed"),
    ].map(([file]) => file!) as [F, F, F, F, F, F];
    type F = { path: string; name: string };

    for (const { name } of [svg, png, json, csv, pprof, collapsed])
      expect(name).toMatch(/^shop\.cpu_\d{4}-\d\d-\d\dT\d{4}Z_[\dT-]+Z\.[a-z.]+$/);
    expect(text(svg)).toContain("search: work");
    expect(text(svg)).not.toMatch(NOT_PLAIN);
    expect([...readFileSync(png.path).subarray(0, 4)]).toEqual([0x89, 0x50, 0x4e, 0x47]);
    expect(JSON.parse(text(json)).flamebearer.numTicks).toBe(TOTAL);
    expect(graphOf(readFileSync(json.path))?.flamebearer.numTicks).toBe(TOTAL);
    // The table has what the search found.
    expect(
      text(csv)
        .split("\r\n")
        .map((line) => line.split(",")[0]),
    ).toEqual(['"Function"', '"work"', ""]);
    expect(graphOf(gunzipSync(readFileSync(pprof.path)))?.flamebearer.numTicks).toBe(TOTAL);
    const sum = text(collapsed)
      .trimEnd()
      .split("\n")
      .reduce((total, line) => total + Number(/\d+$/.exec(line)?.[0]), 0);
    expect(sum).toBe(TOTAL);

    await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
    await exportButton(page).click();
    await page.getByRole("menuitem", { name: "Copy as curl" }).click();
    await page.getByText("The command is copied").waitFor();
    const command = await page.evaluate(() => navigator.clipboard.readText());
    expect(command).toMatch(/^curl -fsS '[\x21-\x7e]+'$/);
    const answer = JSON.parse(execFileSync("sh", ["-c", command], { encoding: "utf8" }));
    expect(answer.flamebearer.numTicks).toBe(TOTAL);
    expect(await hasRun(page)).toBe(false);

    // An SVG on its own is a page, too.
    const picture = await clean.open(`file://${svg.path}`, { offline: true });
    expect(await picture.locator("text").count()).toBeGreaterThan(3);
    expect(await hasRun(picture)).toBe(false);
  });

  it("exports what is zoomed to, and the whole as JSON", async () => {
    const zoom = `#${new URLSearchParams({ zoom: "main;work" })}`;
    const page = await clean.open(`${server.url}/${search(RANGE)}${zoom}`);
    await page.locator('[aria-current="location"]').getByText("work").waitFor();
    const [pprof] = await exported(page, "pprof");
    expect(graphOf(gunzipSync(readFileSync(pprof!.path)))?.flamebearer.numTicks).toBe(180);
    const [collapsed] = await exported(page, "Collapsed");
    expect(
      text(collapsed!)
        .trimEnd()
        .split("\n")
        .every((line) => line.startsWith("main;work;")),
    ).toBe(true);
    const [svg] = await exported(page, "Picture (SVG)");
    expect(text(svg!)).toContain("zoomed to work");
    expect(text(svg!)).not.toContain("idle");
    const [json] = await exported(page, "Flamebearer");
    expect(JSON.parse(text(json!)).flamebearer.numTicks).toBe(TOTAL);
  });

  it("opens the single file offline: zoom, search, table, sandwich, keyboard; nothing runs and nothing is asked for", async () => {
    const from = await clean.open(`${server.url}/${search({ ...RANGE, search: "img", view: "both" })}#zoom=main`);
    await from
      .getByRole("search")
      .getByText(/^matches/)
      .waitFor();
    const [html] = await exported(from, "Page in one file");
    for (const theme of ["light", "dark"] as const) {
      const page = await clean.open(`file://${html!.path}`, { colorScheme: theme, offline: true });
      expect(await page.getByRole("heading", { level: 1 }).textContent()).toBe(QUERY);
      await page
        .getByRole("search")
        .getByText(/^matches 20\.0 %/)
        .waitFor();
      expect(await page.getByRole("searchbox").inputValue()).toBe("img");
      await expect.poll(() => page.locator('[aria-current="location"]').textContent()).toBe("main");
      await page.getByRole("tree").hover({ position: { x: 60, y: 50 } });
      await page.locator(".efp-tooltip").waitFor();
      await page.getByRole("searchbox").fill("");
      await page.getByRole("table").getByText("\\u{202e}fdp.exe").first().waitFor();
      expect(await axeFindings(page)).toEqual([]);
      await page.screenshot({ path: join(RESULTS_DIR, `standalone-${theme}.png`) });
      await page.getByRole("tree").focus();
      await page.keyboard.press("Escape");
      await page.keyboard.press("ArrowDown");
      await page.keyboard.press("s");
      await page.getByRole("tree", { name: /^Callees/ }).waitFor();
      await page.getByRole("button", { name: "Light / dark" }).click();
      await expect
        .poll(() => page.locator("html").getAttribute("data-theme"))
        .toBe(theme === "light" ? "dark" : "light");
      await page.screenshot({ path: join(RESULTS_DIR, `standalone-sandwich-${theme}.png`) });
      expect(await page.locator("body").innerText()).not.toMatch(NOT_PLAIN);
      expect(await hasRun(page)).toBe(false);
    }
  });

  it("exports both sides of a diff, and the diff", async () => {
    const page = await clean.open(`${server.url}/comparison-diff${search(RANGE)}`);
    await page.getByRole("region", { name: "Diff flame graph" }).getByRole("tree").waitFor();
    const sides = await exported(page, "pprof", 2);
    expect(sides.map(({ name }) => name.replace(/^.*Z\./, ""))).toEqual(["baseline.pb.gz", "comparison.pb.gz"]);
    for (const { path, name } of sides) {
      expect(name).toMatch(/^diff-shop\.cpu_/);
      expect(graphOf(gunzipSync(readFileSync(path)))?.flamebearer.numTicks).toBe(TOTAL / 2);
    }
    const [json] = await exported(page, "Flamebearer");
    expect(graphOf(readFileSync(json!.path))?.metadata.format).toBe("double");
    const [csv] = await exported(page, "Table");
    expect(text(csv!)).toContain("Difference of total shares");
    expect(text(csv!)).toContain(`"'=HYPERLINK(""http`);
    const [html] = await exported(page, "Page in one file");
    const offline = await clean.open(`file://${html!.path}`, { offline: true });
    await offline.getByText(/^Comparison · shop\.cpu/).waitFor();
    await offline.getByRole("img", { name: /clamped beyond 15/ }).waitFor();
  });

  it("exports from a share, sandwich and all, and shows it in an embed", async () => {
    const stored = await fetch(`${server.url}/render${search({ ...RANGE, format: "json" })}`);
    const { flamebearer, metadata } = (await stored.json()) as RenderResponse;
    const graph = { label: "", flamebearer, metadata };
    const view = { display: "sandwich", search: '"work"' };
    const body = JSON.stringify({ layout: "single", graphs: [graph], view, title: QUERY });
    const made = await fetch(`${server.url}/api/shares`, { method: "POST", body });
    const { url } = (await made.json()) as ShareAnswer;
    for (const theme of ["light", "dark"] as const) {
      const page = await clean.open(url, { colorScheme: theme });
      await page.getByText("work · total 1.80 s (90.0 %)").waitFor();
      await page.getByRole("tree", { name: /^Callees/ }).waitFor();
      expect(await axeFindings(page)).toEqual([]);
      await page.screenshot({ path: join(RESULTS_DIR, `sandwich-${theme}.png`) });
      await page.setViewportSize({ width: 880, height: 900 });
      await page.screenshot({ path: join(RESULTS_DIR, `sandwich-${theme}-880.png`) });
    }
    const page = await clean.open(url);
    await page.getByText("work · total").waitFor();
    const [svg] = await exported(page, "Picture (SVG)");
    expect(text(svg!)).toContain("Callers of work");
    const [pprof] = await exported(page, "pprof");
    expect(graphOf(gunzipSync(readFileSync(pprof!.path)))?.flamebearer.numTicks).toBe(TOTAL);
    await page.getByRole("tree", { name: /^Callers/ }).focus();
    await page.keyboard.press("ArrowUp");
    await page.keyboard.press("Enter");
    await page.getByText("main · total 1.98 s (99.0 %)").waitFor();
    const embed = await clean.open(`${url}/iframe?onlyDisplay=sandwich`);
    await embed.getByText("work · total").waitFor();
    await embed.setViewportSize({ width: 600, height: 400 });
    await embed.screenshot({ path: join(RESULTS_DIR, "sandwich-embed.png") });
  });

  it("is answered by /render?format=html as well, in a sandbox of its own", async () => {
    const page = await clean.open(`${server.url}/render${search({ ...RANGE, format: "html" })}`);
    await page.getByRole("button", { name: /^total/ }).waitFor();
    expect(await page.evaluate(() => window.origin)).toBe("null");
    expect(await hasRun(page)).toBe(false);
    const sides = { leftQuery: QUERY, leftFrom: "now-1h", rightQuery: QUERY, rightFrom: "now-30m", format: "html" };
    const diff = await clean.open(`${server.url}/render-diff${search(sides)}`);
    await diff.getByText(/^Comparison · shop\.cpu/).waitFor();
  });

  it("shows the menu in both themes; axe finds nothing", async () => {
    for (const theme of ["light", "dark"] as const) {
      const page = await clean.open(`${server.url}/${search(RANGE)}`, { colorScheme: theme });
      await exportButton(page).click();
      await page.getByRole("menu", { name: "Export" }).waitFor();
      expect(await axeFindings(page)).toEqual([]);
      await page.screenshot({ path: join(RESULTS_DIR, `menu-${theme}.png`) });
    }
  });
});

describeWithGo("exported pprof", () => {
  it("is read by go tool pprof", async () => {
    const { pprofOfGraph, treeOfGraph } = await import("../../src/adhoc/tree-of-graph.ts");
    const { decodeLevels } = await import("../../src/view/levels.ts");
    const { writeFileSync } = await import("node:fs");
    mkdirSync(RESULTS_DIR, { recursive: true });
    const decoded = decodeLevels(
      {
        names: ["total", "main", "main.work"],
        levels: [
          [0, 10, 0, 0],
          [0, 10, 3, 1],
          [3, 7, 7, 2],
        ],
      },
      "single",
    );
    if (!decoded.ok) throw new Error(decoded.reason);
    const path = join(RESULTS_DIR, "drawn.pb");
    writeFileSync(path, pprofOfGraph(treeOfGraph(decoded.model), { label: "", units: "samples", sampleRate: 100 }));
    const top = execFileSync("go", ["tool", "pprof", "-top", "-symbolize=none", path], { encoding: "utf8" });
    expect(top).toMatch(/7 70\.00% 70\.00%\s+7 70\.00%\s+main\.work/);
    expect(top).toMatch(/3 30\.00%\s+100%\s+10\s+100%\s+main/);
  });
});
