/** Builds the harness in memory and opens it in Chromium; no server and no port: requests are answered from the build. */
import { fileURLToPath } from "node:url";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { build, type Rolldown } from "vite";
import type { ChromiumLaunch } from "../../support/chromium.ts";

/** localhost is a secure context, so that the clipboard exists. */
const ORIGIN = "http://localhost:1";
const TYPES: Readonly<Record<string, string>> = { html: "text/html", js: "text/javascript", css: "text/css" };

export interface HarnessPages {
  readonly browser: Browser;
  open(options?: BrowserContextOptions): Promise<Page>;
  close(): Promise<void>;
}

export async function harnessPages(launch: ChromiumLaunch): Promise<HarnessPages> {
  const files = await buildHarness();
  const browser = await chromium.launch(launch);
  return {
    browser,
    open: async (options = {}) => {
      const context = await browser.newContext({
        viewport: { width: 1440, height: 900 },
        permissions: ["clipboard-read", "clipboard-write"],
        ...options,
      });
      const page = await context.newPage();
      await page.route(`${ORIGIN}/**`, async (route) => {
        const name = new URL(route.request().url()).pathname.slice(1) || "harness.html";
        const body = files.get(name);
        const contentType = TYPES[name.split(".").at(-1) ?? ""] ?? "text/plain";
        await (body === undefined ? route.fulfill({ status: 404 }) : route.fulfill({ body, contentType }));
      });
      await page.goto(`${ORIGIN}/harness.html`);
      return page;
    },
    close: () => browser.close(),
  };
}

async function buildHarness(): Promise<ReadonlyMap<string, string>> {
  const root = fileURLToPath(new URL(".", import.meta.url));
  const built = (await build({
    root,
    configFile: false,
    logLevel: "error",
    build: {
      write: false,
      target: "es2022",
      modulePreload: { polyfill: false },
      rolldownOptions: { input: `${root}harness.html` },
    },
  })) as Rolldown.RolldownOutput;
  return new Map(
    built.output.map((file) => [
      file.fileName,
      file.type === "chunk"
        ? file.code
        : typeof file.source === "string"
          ? file.source
          : new TextDecoder().decode(file.source),
    ]),
  );
}
