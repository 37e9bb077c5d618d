// Retention and deletion from the page: nothing is ordered before the name was typed, and the work is followed to its end.
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { Deletion } from "../../src/api/deletion.ts";
import { APP_QUERY, axeFindings, NOW, type PageHarness, search, startPageHarness } from "../support/page-harness.ts";
import { describeWithChromium } from "../support/skips.ts";

const HOUR = search({ query: `${APP_QUERY}{region="us-west-1"}`, from: "now-1h", until: "now" });
const APP = "ride-sharing-app";

describeWithChromium("managing data", (launch) => {
  let harness: PageHarness;
  beforeAll(async () => {
    harness = await startPageHarness(launch);
  });
  afterAll(() => harness.close());
  const dialog = (page: Page) => page.getByRole("dialog", { name: `Manage data of ${APP}` });
  const confirm = (page: Page) => dialog(page).getByLabel(/^Type .* to confirm/);

  async function open(colorScheme: "light" | "dark" = "light"): Promise<Page> {
    const page = await harness.open(HOUR, { colorScheme });
    await page.getByRole("searchbox").first().waitFor();
    await page.getByRole("button", { name: "Manage data" }).click();
    await dialog(page).waitFor();
    return page;
  }

  /** Answers deletions, done at the second look. */
  function answerDeletions(): unknown[] {
    const orders: unknown[] = [];
    let looks = 0;
    harness.answerWith((path, _params, body) => {
      if (!path.startsWith("api/deletions")) return null;
      if (body !== "") orders.push(JSON.parse(body));
      else if (path !== "api/deletions") looks++;
      const isDone = looks >= 2;
      const one: Deletion = {
        id: 7,
        kind: "app",
        app: isDone ? null : APP,
        query: null,
        from: null,
        until: null,
        requestedAt: NOW,
        doneAt: isDone ? NOW : null,
        state: isDone ? "done" : "working",
        step: isDone ? "done" : "objects",
      };
      if (path === "api/deletions" && body === "") return { status: 200, body: { deletions: [] } };
      return { status: 200, body: one };
    });
    return orders;
  }

  it("says how long data is kept", async () => {
    const page = await open();
    await dialog(page).getByRole("row", { name: "10 s 2 d default" }).waitFor();
    await dialog(page).getByRole("row", { name: "1 day and longer for ever default" }).waitFor();
  });

  it("deletes an application only after its name was typed, and follows the work; all by keyboard", async () => {
    const page = await open();
    const orders = answerDeletions();
    await page.keyboard.press("Escape");
    await dialog(page).waitFor({ state: "detached" });
    expect(await page.evaluate(() => document.activeElement?.getAttribute("aria-label"))).toBe("Manage data");
    await page.keyboard.press("Enter");
    await dialog(page).waitFor();
    await confirm(page).focus();
    await page.keyboard.type("ride-sharing-ap");
    await page.keyboard.press("Enter");
    expect(await dialog(page).getByRole("button", { name: "Delete the application" }).isDisabled()).toBe(true);
    expect(orders).toEqual([]);
    await page.keyboard.type("p");
    await page.keyboard.press("Enter");
    await dialog(page).getByText(`All of ${APP}`).waitFor();
    expect(orders).toEqual([{ app: APP }]);
    await page.clock.runFor(1500);
    await dialog(page).getByText("A whole application").waitFor();
    await dialog(page)
      .getByText(/^done · /)
      .waitFor();
    expect(await confirm(page).inputValue()).toBe("");
  });

  it("deletes the part that the page shows, and no part that is not named", async () => {
    const page = await open();
    const orders = answerDeletions();
    await dialog(page).getByLabel("Some series, or a time").check();
    await confirm(page).fill(APP);
    await dialog(page).getByText("Say which series, or which time.").waitFor();
    expect(await dialog(page).getByRole("button", { name: "Delete this part" }).isDisabled()).toBe(true);
    await dialog(page).getByRole("button", { name: "As the page shows" }).click();
    await dialog(page).getByRole("button", { name: "Delete this part" }).click();
    await expect
      .poll(() => orders)
      .toEqual([{ app: APP, query: `${APP_QUERY}{region="us-west-1"}`, from: String(NOW - 3600), until: String(NOW) }]);
  });

  it("shows a refusal in the form, and orders nothing", async () => {
    const page = await open();
    harness.answerWith((path, _params, body) =>
      path === "api/deletions" && body !== ""
        ? { status: 403, body: { code: "permission_denied", message: "this token lacks the scope admin" } }
        : null,
    );
    await confirm(page).fill(APP);
    await dialog(page).getByRole("button", { name: "Delete the application" }).click();
    await dialog(page).getByText("this token lacks the scope admin").waitFor();
    await dialog(page).getByText("The deletion could not be ordered.").waitFor();
  });

  it("keeps the focus inside while it is open", async () => {
    const page = await open();
    for (let step = 0; step < 12; step++) {
      await page.keyboard.press("Tab");
      const isInside = await page.evaluate(() => {
        const { activeElement: at } = document;
        return at === document.body || at?.closest("dialog") !== null;
      });
      expect(isInside).toBe(true);
    }
  });

  it.each(["light", "dark"] as const)("axe finds nothing: %s", async (theme) => {
    const page = await open(theme);
    await dialog(page).getByLabel("Some series, or a time").check();
    await confirm(page).fill(APP);
    await dialog(page).getByRole("button", { name: "As the page shows" }).click();
    expect(await axeFindings(page)).toEqual([]);
  });
});
