// The reference as it is served: commands for this very server, everything found by the browser's own search, both themes, no script
// from elsewhere.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import axe from "axe-core";
import { type Browser, chromium } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { axeFindings } from "../support/page-harness.ts";
import { startServer, type TestServer } from "../support/server.ts";
import { describeWithChromium } from "../support/skips.ts";

describeWithChromium("the reference of the API", (launch) => {
  let server: TestServer;
  let browser: Browser;
  beforeAll(async () => {
    [server, browser] = await Promise.all([startServer(), chromium.launch(launch)]);
  });
  afterAll(async () => {
    await browser?.close();
    await server?.stop();
  });

  it("is the document of the repository, for tools of any page", async () => {
    const answer = await fetch(`${server.url}/openapi.json`);
    expect(answer.headers.get("access-control-allow-origin")).toBe("*");
    expect(await answer.text()).toBe(readFileSync(join(import.meta.dirname, "../../docs/openapi.json"), "utf8"));
  });

  it.each([
    ["light", 1280],
    ["dark", 360],
  ] as const)("gives axe nothing, fits and breaks no policy: %s, %i px wide", async (colorScheme, width) => {
    const context = await browser.newContext({ colorScheme, viewport: { width, height: 800 } });
    const trouble: string[] = [];
    await context.addInitScript(axe.source);
    const page = await context.newPage();
    page.on("console", (message) => trouble.push(message.text()));
    page.on("request", (request) => {
      if (!request.url().startsWith(server.url)) trouble.push(request.url());
    });
    const answer = await page.goto(`${server.url}/api/docs`);
    expect(answer?.headers()["content-security-policy"]).toMatch(/^default-src 'none'; script-src 'self';/);
    expect(await axeFindings(page)).toEqual([]);
    const [wide, background] = await page.evaluate(() => [
      document.documentElement.scrollWidth,
      getComputedStyle(document.body).backgroundColor,
    ]);
    expect(wide).toBeLessThanOrEqual(width);
    expect(background).toBe(colorScheme === "light" ? "rgb(255, 255, 255)" : "rgb(18, 20, 26)");
    // Nothing is folded away: what the browser's search looks through is what there is.
    const isFound = await page.evaluate(() => document.body.innerText.includes("/api/shares/:key/claim"));
    expect(isFound).toBe(true);
    const command = await page.getByRole("region", { name: "GET /render by curl" }).innerText();
    expect(command).toContain(`${server.url}/render`);
    await page.getByRole("link", { name: "PUT /api/limits" }).click();
    expect(await page.evaluate(() => document.querySelector(":target")?.textContent)).toBe("PUT /api/limits");
    expect(trouble).toEqual([]);
    await context.close();
  });
});
