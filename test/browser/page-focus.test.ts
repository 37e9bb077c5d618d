// What a node budget hides, and how a reader gets to it: by pointer, by keyboard, by link. Answers are pruned for real.
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { APP_QUERY, axeFindings, NOW, type PageHarness, search, startPageHarness } from "../support/page-harness.ts";
import { describeWithChromium } from "../support/skips.ts";

const FEW = search({ query: APP_QUERY, from: "now-1h", until: "now", maxNodes: "9" });

describeWithChromium("what is hidden", (launch) => {
  let harness: PageHarness;
  beforeAll(async () => {
    harness = await startPageHarness(launch);
  });
  afterAll(() => harness.close());
  const graph = (page: Page) => page.getByRole("tree", { name: /^Flame graph|^Diff flame graph|flame graph$/ }).first();
  const asked = (requests: readonly string[]) =>
    new URLSearchParams(
      requests
        .filter((path) => path.startsWith("render"))
        .at(-1)
        ?.split("?")[1],
    );
  const hash = (page: Page) => new URLSearchParams(new URL(page.url()).hash.slice(1));
  /** Down the heaviest frames, then to the box at the end of the row. */
  async function selectOther(page: Page, levels: number): Promise<void> {
    await graph(page).focus();
    for (let level = 0; level < levels; level++) await page.keyboard.press("ArrowDown");
    for (let step = 0; step < 6; step++) await page.keyboard.press("ArrowRight");
  }
  const active = (page: Page) =>
    page.evaluate(() => {
      const tree = document.activeElement;
      const id = tree?.getAttribute("aria-activedescendant");
      return (id && document.getElementById(id)?.textContent) || "";
    });

  it("says how much there is and what it is at most", async () => {
    const page = await harness.open(FEW);
    await page.getByText(/^\d+ small nodes, .* of the total, are gathered as “other”; none is above /).waitFor();
  });

  it("is opened by keyboard: the subtree is asked for, zoomed to, and in the address; Back undoes it", async () => {
    const page = await harness.open(FEW);
    await graph(page).waitFor();
    await selectOther(page, 5);
    expect(await active(page)).toMatch(/^other, small frames that are not shown here/);
    harness.takeRequests();
    await page.keyboard.press("e");
    await page.getByText(/^Only what is under/).waitFor();
    const focus = asked(harness.takeRequests()).getAll("focus");
    expect(focus).toEqual([
      "runtime.goexit",
      "net/http.(*conn).serve",
      "net/http.serverHandler.ServeHTTP",
      "net/http.(*ServeMux).ServeHTTP",
    ]);
    expect(hash(page).get("focus")).toBe(focus.join(";"));
    expect(hash(page).get("zoom")).toBe(focus.join(";"));
    await page.goBack();
    await page.getByText(/^Only what is under/).waitFor({ state: "detached" });
    expect(hash(page).get("focus")).toBe(null);
  });

  it("is opened from the context menu, and the whole comes back by a button", async () => {
    const page = await harness.open(FEW);
    await graph(page).waitFor();
    await selectOther(page, 5);
    await page.keyboard.press("Shift+F10");
    await page.getByRole("menuitem", { name: "Expand: show what is hidden here" }).click();
    await page.getByRole("button", { name: "Show the whole profile" }).click();
    await expect.poll(() => new URL(page.url()).hash).toBe("");
    expect(new URL(page.url()).searchParams.get("maxNodes")).toBe("9");
  });

  it("asks for more nodes where the subtree has the whole budget already", async () => {
    const page = await harness.open(FEW);
    await graph(page).waitFor();
    await selectOther(page, 1);
    await page.keyboard.press("e");
    await expect.poll(() => new URL(page.url()).searchParams.get("maxNodes")).toBe("36");
  });

  it("comes with a link, in a diff, too", async () => {
    const path = ["runtime.goexit", "net/http.(*conn).serve"];
    const page = await harness.open(`comparison-diff${FEW}#focus=${encodeURIComponent(path.join(";"))}`);
    await page.getByText("Only what is under net/http.(*conn).serve").waitFor();
    expect(asked(harness.takeRequests().filter((each) => each.startsWith("render-diff"))).getAll("focus")).toEqual(
      path,
    );
  });

  it("stays apart on the two sides of a comparison", async () => {
    const page = await harness.open(`comparison${FEW}#leftFocus=runtime.goexit`);
    await page
      .getByRole("region", { name: "A: Baseline" })
      .getByText(/^Only what is under/)
      .waitFor();
    expect(
      await page
        .getByRole("region", { name: "B: Comparison" })
        .getByText(/^Only what is under/)
        .count(),
    ).toBe(0);
  });

  it("says so when nothing in the range runs through the path", async () => {
    const page = await harness.open(`${FEW}#focus=runtime.goexit%3Bmain.gone`);
    await page.getByText("Nothing in this range runs through main.gone under runtime.goexit").waitFor();
  });

  it.each(["light", "dark"] as const)("axe finds nothing: focused, with nodes hidden, %s", async (colorScheme) => {
    const page = await harness.open(`${FEW}#focus=runtime.goexit`, { colorScheme });
    await page.getByText(/^Only what is under/).waitFor();
    expect(await axeFindings(page)).toEqual([]);
  });

  it("notes quietly that an answer covers more than was asked for", async () => {
    const from = NOW - 30 * 86_400;
    const page = await harness.open("favicon.svg");
    harness.answerWith(async (path, params) => {
      if (path !== "render") return null;
      const { mockRender } = await import("../support/mock-api.ts");
      const answer = mockRender(params, NOW);
      return {
        status: 200,
        body: {
          ...answer,
          edgeflame: { ...answer.edgeflame, from: from - (from % 3600), until: from + 3600 - (from % 3600) },
        },
      };
    });
    await page.goto(harness.url + search({ query: APP_QUERY, from: String(from + 600), until: String(from + 1800) }));
    await page.getByText(/^Shown: .* to .*\. What is this old is kept per hour\.$/).waitFor();
  });
});
