/** What the flame panel bears: many rows, deep stacks, hostile names, broken answers, both themes, axe. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { expect, it, vi } from "vitest";
import type { FlamePanelState, FlameSource } from "../../../web/panel/panel-types.ts";
import { describeWithChromium } from "../../support/skips.ts";
import { anyFlamebearer } from "../../view/any-flamebearer.ts";
import { panelDriver } from "./panel-driver.ts";
import { RIDESHARE, RIDESHARE_DIFF } from "./rideshare-graph.ts";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
describeWithChromium("flame panel limits", (chromium) => {
  vi.setConfig({ testTimeout: 60_000 });
  const { clickBar, history, page, pressOnTree, rows, selectedItem, settled, show, state, tree } =
    panelDriver(chromium);

  it("reaches the last of thousands of rows with a handful of elements", async () => {
    await show(anyFlamebearer({ nodeCount: 20_000, nameCount: 5_000, maxDepth: 40, seed: 3 }));
    const count = Number(await page().getByRole("table").getAttribute("aria-rowcount"));
    expect(count).toBeGreaterThan(4_000);
    expect((await rows()).length).toBeLessThan(60);
    await page().locator(".efp-name").first().focus();
    await page().keyboard.press("End");
    await settled();
    expect(await page().evaluate(() => document.activeElement?.closest("tr")?.getAttribute("aria-rowindex"))).toBe(
      String(count),
    );
  });

  it("draws ten thousand levels on a canvas no larger than the window", async () => {
    const levels = Array.from({ length: 10_000 }, (_, level) => [0, 5, level === 9_999 ? 5 : 0, level === 0 ? 0 : 1]);
    await show(
      { ...RIDESHARE, flamebearer: { names: ["total", "again"], levels, numTicks: 5, maxSelf: 5 } },
      { view: "flamegraph" },
    );
    const sizes = await page().evaluate(() => {
      const graph = document.querySelector(".efp-graph")!;
      return { canvas: document.querySelector("canvas")!.height, inside: graph.scrollHeight };
    });
    expect(sizes.canvas).toBeLessThan(900);
    expect(sizes.inside).toBeGreaterThan(200_000);
    await page().evaluate(() => document.querySelector(".efp-graph")!.scrollTo(0, 1e9));
    await settled();
    await clickBar(35, 0.5);
    expect((await state()).zoom.length).toBeGreaterThan(9_900);
    expect(await page().locator(".efp-crumb").count()).toBeLessThan(8);
  });

  it("shows hostile names as text, with what is invisible made visible", async () => {
    const names = ["total", "<img src=x onerror=alert(1)>", "user\u202egpj.exe\u0000", "__proto__"];
    await show({
      ...RIDESHARE,
      flamebearer: {
        names,
        levels: [
          [0, 6, 0, 0],
          [0, 3, 3, 1, 0, 2, 2, 2, 0, 1, 1, 3],
        ],
        numTicks: 6,
        maxSelf: 3,
      },
    });
    expect((await rows()).map((row) => row.split(" | ")[0])).toEqual([
      "<img src=x onerror=alert(1)>",
      "user\\u{202e}gpj.exe\\u{0}",
      "__proto__",
    ]);
    expect(await page().locator("img").count()).toBe(0);
  });

  it("explains a broken answer, and an empty one", async () => {
    await show({ ...RIDESHARE, flamebearer: { names: ["total"], levels: [[0, 1, 2, 0]], numTicks: 1, maxSelf: 1 } });
    expect(await page().locator(".efp-message").textContent()).toContain("cannot be shown");
    await page().evaluate((source) => window.harness.panel.setSource(source), {
      ...RIDESHARE,
      flamebearer: { names: ["total"], levels: [[0, 0, 0, 0]], numTicks: 0, maxSelf: 0 },
    });
    expect(await page().locator(".efp-message").textContent()).toBe("No samples");
    await page().evaluate((source) => window.harness.panel.setSource(source), RIDESHARE);
    await settled();
    expect(await page().locator(".efp-message").isVisible()).toBe(false);
    expect(await rows()).toHaveLength(11);
  });

  it("keeps the place in table and graph, and the selected frame, while new data comes in", async () => {
    const source = anyFlamebearer({ nodeCount: 20_000, nameCount: 3_000, maxDepth: 90, seed: 3 });
    await show(source);
    await pressOnTree("ArrowDown", "ArrowDown");
    const places = () =>
      page().evaluate(() => [".efp-graph", ".efp-table-scroll"].map((part) => document.querySelector(part)?.scrollTop));
    await page().evaluate(() => {
      document.querySelector(".efp-graph")?.scrollTo(0, 300);
      document.querySelector(".efp-table-scroll")?.scrollTo(0, 2400);
    });
    const selected = await selectedItem();
    await page().evaluate((again) => window.harness.panel.setSource(again), source);
    await settled();
    expect([await places(), await selectedItem()]).toEqual([[300, 2400], selected]);
  });

  it("keeps zoom and search while new data comes in", async () => {
    await show(RIDESHARE, { search: "mutex", zoom: ["net/http.(*conn).serve", "main.OrderCar"] });
    await page().evaluate((source) => {
      window.harness.panel.setStale(true);
      window.harness.panel.setSource(source);
      window.harness.panel.setStale(false);
    }, RIDESHARE);
    await settled();
    expect(await selectedItem()).toContain("main.OrderCar");
    expect(await page().locator(".efp-outcome").textContent()).toBe("matches 33.0 % · 2 frames");
    expect(await history()).toEqual([]);
  });

  const looks: readonly (readonly [string, FlameSource, Partial<FlamePanelState>, number])[] = [
    ["one profile", RIDESHARE, {}, 1440],
    ["one profile, searched", RIDESHARE, { search: "main" }, 1440],
    ["a diff", RIDESHARE_DIFF, { sort: "diff" }, 1440],
    ["one pane", RIDESHARE, { view: "table" }, 700],
  ];
  it.each(
    looks.flatMap(([name, ...look]) => (["light", "dark"] as const).map((theme) => [name, theme, ...look] as const)),
  )("gives axe nothing to find: %s, %s", async (_, theme, source, change, width) => {
    await show(source, change, width);
    await page().evaluate((name) => document.documentElement.setAttribute("data-theme", name), theme);
    await clickBarOrRow();
    await page().evaluate(AXE);
    const found = await page().evaluate(async () => {
      const { axe } = window as unknown as {
        axe: { run(): Promise<{ violations: { id: string; nodes: { html: string; failureSummary: string }[] }[] }> };
      };
      const { violations } = await axe.run();
      return violations.map(
        ({ id, nodes }) => `${id}: ${nodes.map((node) => `${node.html} ${node.failureSummary}`).join(" ; ")}`,
      );
    });
    expect(found).toEqual([]);
  });

  async function clickBarOrRow(): Promise<void> {
    await settled();
    if (await tree().isVisible()) await clickBar(2, 0.4);
    else await page().getByRole("button", { name: "main.mutexLock" }).click();
  }

  it("repaints when the theme changes", async () => {
    await show(RIDESHARE);
    const corner = () =>
      page().evaluate(() => {
        const canvas = document.querySelector("canvas")!;
        return [...canvas.getContext("2d")!.getImageData(5, canvas.height - 5, 1, 1).data];
      });
    expect(await corner()).toEqual([255, 255, 255, 255]);
    await page().evaluate(() => document.documentElement.setAttribute("data-theme", "dark"));
    await settled();
    expect(await corner()).toEqual([18, 20, 26, 255]);
  });
});
