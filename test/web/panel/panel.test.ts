/** What a person does with the flame panel, in a real Chromium. */
import { expect, it, vi } from "vitest";
import { describeWithChromium } from "../../support/skips.ts";
import { panelDriver } from "./panel-driver.ts";
import { RIDESHARE, RIDESHARE_DIFF } from "./rideshare-graph.ts";

describeWithChromium("flame panel", (chromium) => {
  vi.setConfig({ testTimeout: 60_000 });
  const { clickBar, history, hoverBar, page, pressOnTree, rows, selectedItem, settled, show, state, tree } =
    panelDriver(chromium);

  it("shows the same numbers in the table as the profile has", async () => {
    await show(RIDESHARE);
    expect((await rows()).slice(0, 3)).toEqual([
      "main.FindNearestVehicle | 4.90 s49.0 % | 9.00 s90.0 %",
      "sync.(*Mutex).Lock | 3.00 s30.0 % | 3.00 s30.0 %",
      "github.com/acme/rideshare/geo.Distance | 800 ms8.0 % | 800 ms8.0 %",
    ]);
    expect(await page().getByRole("table").getAttribute("aria-rowcount")).toBe("12");
  });

  it("zooms with one click, says so, and goes back with Escape and by the breadcrumb", async () => {
    await show(RIDESHARE);
    await clickBar(2, 0.4);
    expect((await state()).zoom).toEqual(["net/http.(*conn).serve", "main.OrderCar"]);
    expect(await selectedItem()).toContain("main.OrderCar, self 0 s, total 6.20 s, 62.0 %");
    await page().getByRole("status").filter({ hasText: "Zoomed to main.OrderCar" }).waitFor({ state: "attached" });
    await pressOnTree("Escape");
    expect((await state()).zoom).toEqual([]);
    await clickBar(4, 0.4);
    await page().getByRole("navigation").getByRole("button", { name: "main.OrderCar" }).click();
    expect((await state()).zoom).toEqual(["net/http.(*conn).serve", "main.OrderCar"]);
    expect(await history()).toEqual(["push", "push", "push", "push"]);
  });

  it("takes the zoom of a link, and shows the deepest part of it that exists", async () => {
    await show(RIDESHARE, { zoom: ["net/http.(*conn).serve", "main.OrderBike", "gone"] });
    expect(await selectedItem()).toContain("main.OrderBike");
    expect(await page().locator("[aria-current=location]").textContent()).toBe("main.OrderBike");
  });

  it("walks the tree with the keyboard and zooms with Enter", async () => {
    await show(RIDESHARE);
    await pressOnTree("ArrowDown", "ArrowDown", "ArrowRight");
    expect(await selectedItem()).toContain("main.OrderScooter");
    const item = page().locator("[role=treeitem][aria-selected=true]");
    const places = ["aria-level", "aria-posinset", "aria-setsize", "aria-expanded"].map((name) =>
      item.getAttribute(name),
    );
    expect(await Promise.all(places)).toEqual(["3", "3", "4", "true"]);
    await pressOnTree("ArrowLeft", "ArrowUp", "ArrowDown", "Enter");
    expect((await state()).zoom).toEqual(["net/http.(*conn).serve", "main.OrderCar"]);
    await pressOnTree("Home");
    expect((await state()).zoom).toEqual([]);
  });

  it("searches with the share of the union, steps through hits, and filters the table", async () => {
    await show(RIDESHARE);
    await pressOnTree("/");
    await page().keyboard.type("main., mutex");
    await settled();
    expect(await page().locator(".efp-outcome").textContent()).toBe("matches 90.0 % · 8 frames");
    expect((await rows()).map((row) => row.split(" | ")[0])).toEqual([
      "main.FindNearestVehicle",
      "sync.(*Mutex).Lock",
      "main.mutexLock",
      "main.OrderBike",
      "main.OrderCar",
      "main.OrderScooter",
    ]);
    await page().keyboard.press("Enter");
    expect(await page().locator(".efp-outcome").textContent()).toBe("matches 90.0 % · 1 / 8 frames");
    expect(await selectedItem()).toContain("main.OrderBike");
    await page().keyboard.press("Shift+Enter");
    expect(await selectedItem()).toContain("sync.(*Mutex).Lock");
    await page().keyboard.press("Escape");
    expect((await state()).search).toBe("");
    expect(new Set(await history())).toEqual(new Set(["replace"]));
  });

  it("zooms to a hit that is too narrow to read", async () => {
    await show(RIDESHARE, { view: "flamegraph" }, 1000);
    await page().evaluate(() => window.harness.change({ search: "geo.Distance" }));
    await pressOnTree("n");
    expect((await state()).zoom).toEqual(
      ["net/http.(*conn).serve", "main.OrderBike"].slice(0, (await state()).zoom.length),
    );
    expect(await selectedItem()).toContain("geo.Distance");
    await pressOnTree("N");
    expect(await page().locator(".efp-outcome").textContent()).toContain("3 / 3");
  });

  it("explains a search that it cannot run", async () => {
    await show(RIDESHARE, { search: "/(a+)+$/" });
    expect(await page().locator(".efp-outcome").textContent()).toContain("forever");
    expect(await page().getByRole("searchbox").getAttribute("aria-invalid")).toBe("true");
    expect(await rows()).toHaveLength(11);
  });

  it("marks the function that is picked in the table, and lets go at a second click", async () => {
    await show(RIDESHARE);
    const pick = page().getByRole("button", { name: "main.mutexLock" });
    await pick.click();
    await settled();
    expect((await state()).search).toBe('"main.mutexLock"');
    expect(await pick.getAttribute("aria-pressed")).toBe("true");
    expect(await rows()).toHaveLength(11);
    expect(await pick.evaluate((element) => element === document.activeElement)).toBe(true);
    await page().keyboard.press("Enter");
    expect((await state()).search).toBe("");
  });

  it("sorts by a click on the header, and turns the order at the second", async () => {
    await show(RIDESHARE);
    const total = page().getByRole("button", { name: "Total", exact: true });
    await total.click();
    await settled();
    expect((await rows())[0]).toContain("net/http.(*conn).serve");
    expect(await page().locator("th[aria-sort=descending]").textContent()).toContain("Total");
    await total.click();
    await settled();
    expect((await rows())[0]).toContain("runtime.mcall");
    await page().getByRole("button", { name: "Function", exact: true }).click();
    await settled();
    expect((await rows())[0]).toContain("encoding/json.Marshal");
    expect(await state()).toMatchObject({ sort: "name", sortDescending: false });
  });

  it("shows both sides, the signed difference, and what is new or gone", async () => {
    await show(RIDESHARE_DIFF, { sort: "diff" });
    const table = await rows();
    expect(table.slice(0, 4)).toEqual([
      "sync.(*Mutex).Lock | 30.0 % | 70.0 % | ▲+40.0 pp",
      "main.mutexLock | 33.0 % | 71.0 % | ▲+38.0 pp",
      "main.OrderCar | 65.0 % | 80.0 % | ▲+15.0 pp",
      "main.OrderBike | 10.0 % | 0 % | (removed)▼−10.0 pp",
    ]);
    expect(table).toContain("encoding/json.Marshal | 0 % | 5.0 % | (new)▲+5.0 pp");
    await hoverBar(2, 0.01);
    const tooltip = await page().locator(".efp-tooltip").textContent();
    for (const text of ["main.OrderBike", "10.0 %", "−10.0 pp (removed)", "100"]) expect(tooltip).toContain(text);
    expect(await page().getByRole("img", { name: "clamped beyond 15" }).count()).toBe(1);
    await page().evaluate(() => window.harness.change({ search: "mutexLock" }));
    await expect.poll(() => page().locator(".efp-outcome").textContent()).toBe("matches 33.0 % → 71.0 % · 1 frame");
  });

  it("tells value, self, share and samples in the tooltip", async () => {
    await show(RIDESHARE);
    await hoverBar(4, 0.4);
    const cells = await page().locator(".efp-tooltip tr").allTextContents();
    expect(cells).toEqual(["CPU timeShare", "Total3.30 s33.0 %", "Self300 ms3.0 %", "Samples330"]);
    expect(await page().locator(".efp-lit").textContent()).toContain("main.mutexLock");
  });

  it("copies the name with a key, and the stack from the menu", async () => {
    await show(RIDESHARE);
    await pressOnTree("ArrowDown", "ArrowDown", "c");
    expect(await page().evaluate(() => navigator.clipboard.readText())).toBe("main.OrderCar");
    await clickBar(3, 0.4, "right");
    await page().getByRole("menuitem", { name: "Copy stack" }).click();
    await settled();
    expect(await page().evaluate(() => navigator.clipboard.readText())).toBe(
      "net/http.(*conn).serve;main.OrderCar;main.FindNearestVehicle",
    );
    await pressOnTree("Shift+F10");
    await page().keyboard.press("ArrowDown");
    expect(await page().evaluate(() => document.activeElement?.textContent)).toBe("Show the whole graph");
    await page().keyboard.press("Escape");
    expect(await tree().evaluate((element) => element === document.activeElement)).toBe(true);
  });

  it("hides and shows the table with t, and has one pane where two do not fit", async () => {
    await show(RIDESHARE);
    await pressOnTree("t");
    expect((await state()).view).toBe("flamegraph");
    expect(await page().getByRole("table").isVisible()).toBe(false);
    await pressOnTree("t");
    expect(await page().getByRole("table").isVisible()).toBe(true);
    await page().setViewportSize({ width: 880, height: 700 });
    await settled();
    expect([await page().getByRole("table").isVisible(), await tree().isVisible()]).toEqual([false, true]);
    expect(await page().getByRole("button", { name: "Both" }).isVisible()).toBe(false);
    await page().getByRole("button", { name: "Table" }).click();
    await settled();
    expect([await page().getByRole("table").isVisible(), await tree().isVisible()]).toEqual([true, false]);
  });
});
