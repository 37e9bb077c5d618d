// Pages in profiles of their own, without anything of ours, and what no reader should meet in them: refusals of a policy, exceptions,
// dialogs, code out of a name.
import axe from "axe-core";
import type { Browser, BrowserContext, BrowserContextOptions, Page } from "playwright-core";
import { expect } from "vitest";

export interface CleanOptions extends BrowserContextOptions {
  /** Whatever it asks for beyond its own address is trouble. */
  readonly offline?: boolean;
}

export interface CleanPages {
  open(url: string, options?: CleanOptions): Promise<Page>;
  /** After each test: closes what is open, and fails when anything was met. */
  end(): Promise<void>;
}

const WAIT_MS = 15_000;

export function cleanPages(browser: () => Browser): CleanPages {
  let trouble: string[] = [];
  async function contextWith(options: BrowserContextOptions): Promise<BrowserContext> {
    const context = await browser().newContext({ viewport: { width: 1280, height: 900 }, ...options });
    context.setDefaultTimeout(WAIT_MS);
    await context.addInitScript(axe.source);
    await context.exposeBinding("tellViolation", (_from, text: string) => trouble.push(text));
    await context.addInitScript(() => {
      const { tellViolation } = window as unknown as { tellViolation(text: string): void };
      addEventListener("securitypolicyviolation", (event) => {
        tellViolation(`${event.violatedDirective}: ${event.blockedURI || event.sample}`);
      });
    });
    return context;
  }
  return {
    open: async (url, { offline = false, ...options } = {}) => {
      const context = await contextWith(options);
      const page = await context.newPage();
      page.on("pageerror", (error) => trouble.push(`exception: ${error.message}`));
      page.on("dialog", (dialog) => trouble.push(`dialog: ${dialog.message()}`));
      await context.setOffline(offline);
      if (offline) page.on("request", (request) => request.url() !== url && trouble.push(`asked for ${request.url()}`));
      await page.goto(url);
      return page;
    },
    end: async () => {
      for (const context of browser().contexts()) await context.close();
      const met = trouble;
      trouble = [];
      expect(met).toEqual([]);
    },
  };
}

/** Whether code out of a name has run, in the page or any of its frames: names set `__ran`. */
export const hasRun = async (page: Page): Promise<boolean> =>
  (await Promise.all(page.frames().map((frame) => frame.evaluate(() => "__ran" in window)))).includes(true);
