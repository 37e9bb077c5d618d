// Opens the built page in Chromium against made-up answers. One browser per test file; the clock stands still.
import { join } from "node:path";
import axe from "axe-core";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import type { ChromiumLaunch } from "./chromium.ts";
import { mockAnswer } from "./mock-api.ts";
import { type ApiAnswer, type ApiHandler, startPageServer } from "./page-server.ts";

/** 22 Nov 2026, 20:20 UTC: us-west-1 is in its bad quarter until 20:30. */
export const NOW = Date.UTC(2026, 10, 22, 20, 20) / 1000;
export const APP_QUERY = "ride-sharing-app.cpu";

export interface PageHarness {
  readonly url: string;
  /** What the page asked since the last call: `render?query=…`. */
  takeRequests(): string[];
  /** Answers before the made-up ones do; null passes on. */
  answerWith(handler: ApiHandler): void;
  open(path: string, options?: BrowserContextOptions): Promise<Page>;
  close(): Promise<void>;
}

export async function startPageHarness(launch: ChromiumLaunch, base = "/"): Promise<PageHarness> {
  let requests: string[] = [];
  let first: ApiHandler = () => null;
  const answer: ApiHandler = async (path, params, sent): Promise<ApiAnswer | null> => {
    const body = mockAnswer(path, params, NOW);
    if (body === null) return null;
    requests.push(`${path}?${params}`);
    return (await first(path, params, sent)) ?? { status: 200, body };
  };
  const server = await startPageServer(join(import.meta.dirname, "../../dist/page"), answer, base);
  const browser: Browser = await chromium.launch(launch);
  return {
    url: server.url,
    takeRequests() {
      const taken = requests;
      requests = [];
      return taken;
    },
    answerWith(handler) {
      first = handler;
    },
    async open(path, options = {}) {
      // Pages that stay open go on asking.
      for (const old of browser.contexts()) await old.close();
      const context = await browser.newContext({
        viewport: { width: 1280, height: 900 },
        timezoneId: "UTC",
        locale: "en-GB",
        ...options,
      });
      const page = await context.newPage();
      await page.clock.setFixedTime(NOW * 1000);
      await page.addInitScript(axe.source);
      first = () => null;
      requests = [];
      await page.goto(server.url + path);
      return page;
    },
    async close() {
      await browser.close();
      await server.close();
    },
  };
}

/** What axe finds, one line per rule and element, once the page rests: what is being fetched anew is pale meanwhile. */
export async function axeFindings(page: Page): Promise<string[]> {
  await page.waitForFunction(() => document.querySelector('[data-busy="true"], .efp-stale') === null);
  return page.evaluate(async () => {
    const { axe: injected } = window as unknown as { axe: typeof import("axe-core") };
    const { violations } = await injected.run();
    return violations.flatMap(({ id, nodes }) =>
      nodes.map(({ target, failureSummary }) => `${id}: ${target}: ${failureSummary}`),
    );
  });
}

/** `?query=…&…`, encoded. */
export const search = (params: Readonly<Record<string, string>>): string => `?${new URLSearchParams(params)}`;
