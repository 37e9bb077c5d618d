// From a request to the tenant's inbox: what one isolate has to tell is gathered and written together, after the answer.

import { INBOX } from "../config.ts";
import type { Env } from "../env.ts";
import type { InboxReport } from "../inbox/inbox-report.ts";
import { type PendingReports, pendingReports } from "../inbox/pending-reports.ts";
import { logEvent, messageOf } from "../lib/log.ts";
import type { AppContext } from "./context.ts";
import { locationHint, placeOf } from "./location-hint.ts";
import { inboxObject, tenantOf } from "./ports.ts";

/** Outlives requests. A tenant that is not among the last ones loses what it has not written. */
const PENDING = new Map<string, PendingReports>();
const MOST_TENANTS = 200;

function pendingOf(tenant: string): PendingReports {
  let pending = PENDING.get(tenant);
  if (pending === undefined) {
    const [oldest] = PENDING.keys();
    if (PENDING.size >= MOST_TENANTS && oldest !== undefined) PENDING.delete(oldest);
    pending = pendingReports();
    PENDING.set(tenant, pending);
  }
  return pending;
}

export function tellInbox(c: AppContext, report: InboxReport): void {
  const tenant = tenantOf();
  const pending = pendingOf(tenant);
  pending.add(report);
  const waitMs = pending.turn(Date.now());
  if (waitMs !== null) c.executionCtx.waitUntil(writeLater(c, { tenant, pending, waitMs }));
}

async function writeLater(
  c: AppContext,
  { tenant, pending, waitMs }: { tenant: string; pending: PendingReports; waitMs: number },
): Promise<void> {
  if (waitMs > 0) await new Promise((resolve) => setTimeout(resolve, waitMs));
  await write(c, tenant, pending);
}

/** What is left over, because too much comes or the inbox does not answer, is tried again after a longer pause. */
async function write(c: AppContext, tenant: string, pending: PendingReports): Promise<void> {
  const reports = pending.take();
  if (reports.length === 0) return;
  try {
    const { left } = await inboxObject(c.env, tenant, locationHint(placeOf(c.req.raw))).record(reports);
    const back = left.flatMap((i) => reports[i] ?? []);
    const pauseSeconds = back.length > 0 ? INBOX.longPauseSeconds : INBOX.pauseSeconds;
    pending.wrote(Date.now(), pauseMs(c.env, pauseSeconds), back);
  } catch (error) {
    logEvent("inbox_failed", { tenant, message: messageOf(error) });
    pending.wrote(Date.now(), pauseMs(c.env, INBOX.longPauseSeconds), reports);
  }
}

const pauseMs = ({ EDGEFLAME_INBOX_PAUSE_MS: text = "" }: Env, seconds: number): number =>
  /^\d{1,6}$/.test(text) ? Number(text) : seconds * 1000;

/** Whoever looks into the inbox sees what this isolate holds back. */
export async function writeNow(c: AppContext): Promise<void> {
  const tenant = tenantOf();
  const pending = PENDING.get(tenant);
  if (pending !== undefined) await write(c, tenant, pending);
}
