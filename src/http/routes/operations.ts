// Routes for whoever runs the service: readiness and metrics.

import { timelineObject } from "../../aggregate/object-name.ts";
import { AppError } from "../../lib/app-error.ts";
import { concurrently } from "../../lib/concurrently.ts";
import { d1CatalogReads } from "../../storage/catalog-reads.ts";
import { dueSummary } from "../../storage/merge-catalog.ts";
import { liveShards, liveSummary } from "../../storage/sweep.ts";
import type { AppContext } from "../context.ts";
import { prometheusText } from "../metrics.ts";
import { clockOf } from "../ports.ts";

/** Objects that one scrape asks for their counters. */
const MOST_OBJECTS_ASKED = 20;
/** Six calls may be open at once. */
const AT_ONCE = 5;

/** 200 once the catalog answers. */
export async function ready(c: AppContext): Promise<Response> {
  try {
    await d1CatalogReads(c.env.CATALOG).isReachable();
  } catch {
    throw new AppError("unavailable", "the catalog does not answer", { retryAfterSeconds: 1 });
  }
  return c.text("ready");
}

export const healthz = (c: AppContext): Response => c.text("ok");

export async function metrics(c: AppContext): Promise<Response> {
  const live = await liveShards(c.env.CATALOG, MOST_OBJECTS_ASKED);
  const stats = await concurrently(live, AT_ONCE, ({ tenant, service, shard }) =>
    timelineObject(c.env, tenant, service, shard).stats(),
  );
  const now = Math.floor(clockOf(c.env)());
  const { count, oldest } = await liveSummary(c.env.CATALOG);
  const due = await dueSummary(c.env.CATALOG, now);
  const body = prometheusText({
    liveShards: count,
    unsealedAgeSeconds: oldest === null ? 0 : Math.max(0, now - oldest),
    dueCompactions: due.count,
    compactionLagSeconds: due.oldest === null ? 0 : now - due.oldest,
    lateParts: stats.reduce((sum, one) => sum + one.lateParts, 0),
    sealFailures: stats.reduce((sum, one) => sum + one.sealFailures, 0),
    alarmFailures: stats.reduce((sum, one) => sum + one.alarmFailures, 0),
    quarantined: stats.reduce((sum, one) => sum + one.quarantined, 0),
  });
  return c.body(body, 200, { "content-type": "text/plain; version=0.0.4; charset=utf-8" });
}
