/** Drives the panel on the harness page and reads it as a person with a screen reader would: tree, table, status texts. */
import type { Locator, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect } from "vitest";
import type { FlamePanelState, FlameSource } from "../../../web/panel/panel-types.ts";
import type { ChromiumLaunch } from "../../support/chromium.ts";
import { type HarnessPages, harnessPages } from "./harness-page.ts";
import "./harness-types.ts";

export interface PanelDriver {
  readonly page: () => Page;
  readonly show: (source: FlameSource | null, change?: Partial<FlamePanelState>, width?: number) => Promise<void>;
  /** Waits until what was asked for is painted, table included. */
  readonly settled: () => Promise<void>;
  readonly state: () => Promise<FlamePanelState>;
  /** "push" or "replace" for every step that the panel reported. */
  readonly history: () => Promise<string[]>;
  readonly tree: () => Locator;
  /** Text of the tree's active item. */
  readonly selectedItem: () => Promise<string>;
  /** The table's rows, cells joined by " | ". */
  readonly rows: () => Promise<string[]>;
  readonly pressOnTree: (...keys: string[]) => Promise<void>;
  /** Clicks the bar on a level at a part of the canvas' width. */
  readonly clickBar: (level: number, part: number, button?: "left" | "right") => Promise<void>;
  readonly hoverBar: (level: number, part: number) => Promise<void>;
}

/** Registers its own hooks; an error on the page fails the test that caused it. */
export function panelDriver(chromium: ChromiumLaunch): PanelDriver {
  let pages: HarnessPages;
  let page: Page;
  const problems: string[] = [];

  beforeAll(async () => {
    pages = await harnessPages(chromium);
  }, 60_000);
  afterAll(() => pages?.close());
  afterEach(async () => {
    await page.context().close();
    expect(problems.splice(0)).toEqual([]);
  });

  async function settled(): Promise<void> {
    await page.evaluate(
      () => new Promise((resolve) => setTimeout(() => requestAnimationFrame(() => requestAnimationFrame(resolve)), 60)),
    );
  }
  const tree = () => page.getByRole("tree");
  async function barPoint(level: number, part: number): Promise<[x: number, y: number]> {
    const box = await tree().boundingBox();
    if (!box) throw new Error("the graph is not visible");
    return [box.x + box.width * part, box.y + 5 + level * 20 + 10];
  }

  return {
    page: () => page,
    show: async (source, change = {}, width = 1440) => {
      page = await pages.open({ viewport: { width, height: 900 } });
      page.on("pageerror", (error) => problems.push(error.message));
      page.on("console", (line) => line.type() === "error" && problems.push(line.text()));
      await page.evaluate(
        (given) => {
          window.harness.change(given.change);
          window.harness.panel.setSource(given.source);
        },
        { source, change },
      );
      await settled();
    },
    settled,
    state: () => page.evaluate(() => window.harness.state()),
    history: () => page.evaluate(() => window.harness.history.map(({ how }) => how)),
    tree,
    selectedItem: async () => {
      const id = await tree().getAttribute("aria-activedescendant");
      return (await page.locator(`[id="${id}"]`).textContent()) ?? "";
    },
    rows: () =>
      page
        .locator(".efp-row")
        .evaluateAll((all) => all.map((row) => [...row.children].map((cell) => cell.textContent).join(" | "))),
    pressOnTree: async (...keys) => {
      await tree().focus();
      for (const key of keys) await page.keyboard.press(key);
      await settled();
    },
    clickBar: async (level, part, button = "left") => {
      await page.mouse.click(...(await barPoint(level, part)), { button });
      await settled();
    },
    hoverBar: async (level, part) => {
      await page.mouse.move(...(await barPoint(level, part)));
      await settled();
    },
  };
}
