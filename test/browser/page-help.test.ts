// The sheet of keys.
import { afterAll, beforeAll, expect, it } from "vitest";
import { APP_QUERY, axeFindings, type PageHarness, search, startPageHarness } from "../support/page-harness.ts";
import { describeWithChromium } from "../support/skips.ts";

describeWithChromium("the sheet of keys", (launch) => {
  let harness: PageHarness;
  beforeAll(async () => {
    harness = await startPageHarness(launch);
  });
  afterAll(() => harness.close());

  it.each(["light", "dark"] as const)(
    "opens at ?, but not while somebody types, and gives axe nothing: %s",
    async (theme) => {
      const page = await harness.open(search({ query: APP_QUERY, from: "now-1h", until: "now" }), {
        colorScheme: theme,
      });
      const sheet = page.getByRole("dialog", { name: "Keys" });
      await page.getByRole("searchbox").first().focus();
      await page.keyboard.type("?");
      expect(await sheet.count()).toBe(0);
      await page.getByRole("tree").first().focus();
      await page.keyboard.type("?");
      await sheet.waitFor();
      expect(await axeFindings(page)).toEqual([]);
      await page.keyboard.press("Escape");
      await sheet.waitFor({ state: "detached" });
      expect(await page.evaluate(() => document.activeElement?.getAttribute("role"))).toBe("tree");
    },
  );
});
