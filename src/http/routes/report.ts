// Reports of shares: a form for whoever has the link, a list for the operator.

import { AppError, invalidArgument } from "../../lib/app-error.ts";
import { noticeHeaders } from "../../share/headers.ts";
import { REPORTS } from "../../share/limits.ts";
import { isReportReason, notSentPage, reportPage, thanksPage } from "../../share/report-html.ts";
import { insertReport, listReports, removeReport } from "../../storage/share-reports.ts";
import type { ShareRow } from "../../storage/shares.ts";
import { countByAddress } from "../address-rate.ts";
import type { AppContext } from "../context.ts";
import { statusOf } from "../errors.ts";
import { readText } from "../json-body.ts";
import { clockOf, tenantOf } from "../ports.ts";
import { findShare, missingPage } from "../share-pages.ts";

const MOST_FORM_BYTES = 16 * 1024;

/** GET share/<key>/report asks, POST of its form keeps it. Who sent a form gets a page, whatever comes of it. */
export async function reportShare(c: AppContext): Promise<Response> {
  const row = await findShare(c, c.req.param("key") ?? "");
  if (row === null) return missingPage();
  if (c.req.method !== "POST") return new Response(reportPage(row), { headers: noticeHeaders(true) });
  try {
    return new Response(thanksPage(await keepReport(c, row), row.key), { headers: noticeHeaders() });
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    const { retryAfterSeconds } = error.facts;
    const headers = new Headers(noticeHeaders());
    if (retryAfterSeconds !== undefined) headers.set("retry-after", String(retryAfterSeconds));
    return new Response(notSentPage(error.message, row.key), { status: statusOf(error.code), headers });
  }
}

async function keepReport(c: AppContext, { tenantId, key: shareKey }: ShareRow): Promise<"kept" | "enough"> {
  await requireSlow(c);
  const form = new URLSearchParams(await readText(c.req.raw, MOST_FORM_BYTES));
  const reason = form.get("reason") ?? "";
  if (!isReportReason(reason)) throw invalidArgument('"reason" is missing: choose one');
  const details = (form.get("details") ?? "").slice(0, REPORTS.detailsChars);
  const createdAt = Math.floor(clockOf(c.env)());
  const isKept = await insertReport(c.env.CATALOG, { tenantId, shareKey, createdAt, reason, details }, REPORTS);
  return isKept ? "kept" : "enough";
}

async function requireSlow(c: AppContext): Promise<void> {
  const { uploads, retryAfterSeconds } = await countByAddress(c, { what: "report", more: 1, bytes: 0 });
  if (uploads <= REPORTS.perHour) return;
  throw new AppError(
    "rate_limited",
    `reports from this address in an hour: limit reportsPerHour is ${REPORTS.perHour}`,
    {
      limit: "reportsPerHour",
      actual: uploads,
      allowed: REPORTS.perHour,
      retryAfterSeconds,
      documentation: "docs/limits.md#shares",
    },
  );
}

const MOST_LISTED = 100;

/** GET api/reports?before=<id>, newest first. */
export async function getReports(c: AppContext): Promise<Response> {
  const below = Number(c.req.query("before") ?? Number.MAX_SAFE_INTEGER);
  if (!(below > 0)) throw invalidArgument('"before" is the last id of the page before');
  const now = Math.floor(clockOf(c.env)());
  const found = await listReports(c.env.CATALOG, { tenant: tenantOf(), below, most: MOST_LISTED, now });
  const reports = found.map(({ shareKey: key, ...rest }) => ({ key, ...rest }));
  const next = found.length < MOST_LISTED ? null : (found.at(-1)?.id ?? null);
  return c.json({ reports, next }, 200, { "cache-control": "no-store" });
}

/** DELETE api/reports/<id>: looked at, and nothing done. Taking the share down takes its reports, too. */
export async function dismissReport(c: AppContext): Promise<Response> {
  const isGone = await removeReport(c.env.CATALOG, tenantOf(), Number(c.req.param("id")) || 0);
  if (!isGone) throw new AppError("not_found", "there is no such report");
  return c.body(null, 204);
}
