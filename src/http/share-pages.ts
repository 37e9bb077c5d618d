// What the routes of everything shared have in common.
import { noticeHeaders } from "../share/headers.ts";
import { MISSING_PAGE } from "../share/page-html.ts";
import { isKey } from "../share/secrets.ts";
import { readShare, type ShareRow } from "../storage/shares.ts";
import { builtTemplate } from "./built-template.ts";
import type { AppContext } from "./context.ts";
import { clockOf } from "./ports.ts";

/** @returns null when it is not there, or no longer */
export async function findShare(c: AppContext, key: string): Promise<ShareRow | null> {
  return isKey(key) ? readShare(c.env.CATALOG, key, Math.floor(clockOf(c.env)())) : null;
}

/** @param framed by any page, where an embed was: what says nothing of it may be seen in its place */
export const missingPage = (framed = false): Response =>
  new Response(MISSING_PAGE, { status: 404, headers: noticeHeaders(false, { by: framed ? null : "none" }) });

/** The built page of shares, with its two marks. */
export const pageTemplate = (c: AppContext): Promise<string> => builtTemplate(c, "share.html");
