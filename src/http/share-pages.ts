// What the routes of everything shared have in common.
import { AppError } from "../lib/app-error.ts";
import { pageHeaders } from "../share/headers.ts";
import { MISSING_PAGE } from "../share/page-html.ts";
import { isKey } from "../share/secrets.ts";
import { readShare, type ShareRow } from "../storage/shares.ts";
import type { AppContext } from "./context.ts";
import { clockOf } from "./ports.ts";

/** @returns null when it is not there, or no longer */
export async function findShare(c: AppContext, key: string): Promise<ShareRow | null> {
  return isKey(key) ? readShare(c.env.CATALOG, key, Math.floor(clockOf(c.env)())) : null;
}

export const missingPage = (): Response =>
  new Response(MISSING_PAGE, { status: 404, headers: pageHeaders({ by: "none" }) });

/** The built page of shares, with its two marks. */
export async function pageTemplate(c: AppContext): Promise<string> {
  const url = new URL("/share.html", c.req.url);
  const found = await c.env.ASSETS.fetch(new Request(url));
  if (!found.ok) throw new AppError("unavailable", "the page of shares is not built: npm run build:page");
  return found.text();
}
