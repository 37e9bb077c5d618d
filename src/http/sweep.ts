// The minute's work of cron: wakes objects whose alarm may have been lost, has due windows compacted, lets go of
// what is past its retention, and removes what no row names.

import { timelineObject } from "../aggregate/object-name.ts";
import { RETIRE_SECONDS } from "../config.ts";
import { pushDeletion } from "../delete/push-deletion.ts";
import type { Env } from "../env.ts";
import { concurrently } from "../lib/concurrently.ts";
import { logEvent, messageOf } from "../lib/log.ts";
import { tidyCaches } from "../query/forget.ts";
import { REPORTS } from "../share/limits.ts";
import { forgetAdhocFiles } from "../storage/adhoc-files.ts";
import { forgetAsync } from "../storage/async-queries.ts";
import { openDeletions } from "../storage/deletions.ts";
import { removeExpiredEmbeds } from "../storage/live-embeds.ts";
import { dueApps } from "../storage/merge-catalog.ts";
import { redateApps } from "../storage/redating.ts";
import { dropExpired } from "../storage/retention.ts";
import { r2SegmentStore } from "../storage/segment-store.ts";
import { forgetRates } from "../storage/share-rates.ts";
import { forgetReports } from "../storage/share-reports.ts";
import { removeExpiredShares } from "../storage/shares.ts";
import { liveShards, removeRetired } from "../storage/sweep.ts";
import { deletionPorts } from "./deletion-ports.ts";
import { clockOf, compactorObject } from "./ports.ts";

const MOST_OBJECTS = 200;
/** Apps with due windows that are called in one run: each works for 20 s at most. */
const MOST_COMPACTED = 60;
/** Deletions pushed in one run, and for how long each. */
const MOST_DELETIONS = 8;
const PUSH_MS = 5_000;
const MOST_REMOVED = 1000;
/** Apps whose segments get new dates in one run, after their tenant's retention has changed. */
const MOST_REDATED = 100;
/** Rows that retention lets go of in one run. */
const MOST_EXPIRED = 1000;
/** Expired shares that go in one run. */
const MOST_SHARES = 100;
/** Ad-hoc files, and questions for later, whose time is over, in one run. */
const MOST_ADHOC_FILES = 1000;
const MOST_ASYNC = 10_000;
/** An hour is sealed within this time of its first upload: who is live for longer is busy, or overdue. Others are let sleep. */
const OVERDUE_SECONDS = 4500;
/** Six calls may be open at once. */
const AT_ONCE = 4;

export async function sweep(env: Env): Promise<void> {
  const now = Math.floor(clockOf(env)());
  const overdue = await liveShards(env.CATALOG, MOST_OBJECTS, Math.floor(now / 60), now - OVERDUE_SECONDS);
  await concurrently(overdue, AT_ONCE, async (row) => {
    const { tenant, service, shard } = row;
    try {
      await timelineObject(env, tenant, service, shard).tick();
    } catch (error) {
      logEvent("tick_failed", { tenant, service, shard, message: messageOf(error) });
    }
  });
  tidyCaches(now);
  await compactDue(env, now);
  await pushDeletions(env);
  await redateApps(env.CATALOG, MOST_REDATED);
  const gone = await dropExpired(env.CATALOG, { now, most: MOST_EXPIRED, retireAfter: now + RETIRE_SECONDS });
  if (gone.size > 0) logEvent("retention", { rows: Object.fromEntries(gone) });
  await removeExpiredShares({ database: env.CATALOG, bucket: env.SEGMENTS }, now, MOST_SHARES);
  await removeExpiredEmbeds({ database: env.CATALOG, bucket: env.SEGMENTS }, now, MOST_SHARES);
  if (now % 3600 < 60) {
    await forgetRates(env.CATALOG, Math.floor(now / 3600));
    await forgetReports(env.CATALOG, now - REPORTS.keepSeconds);
    await forgetAdhocFiles(env.CATALOG, now, MOST_ADHOC_FILES);
    await forgetAsync(env.CATALOG, now, MOST_ASYNC);
  }
  await removeRetired(env.CATALOG, r2SegmentStore(env.SEGMENTS), now, MOST_REMOVED);
}

/** Those that have waited longest first: what fails is put off, so that nobody waits behind it for ever. */
async function compactDue(env: Env, now: number): Promise<void> {
  await concurrently(await dueApps(env.CATALOG, now, MOST_COMPACTED), AT_ONCE, async (app) => {
    try {
      await compactorObject(env, app).run(app);
    } catch (error) {
      logEvent("compaction_failed", { ...app, message: messageOf(error) });
    }
  });
}

/** A minute's turn of the deletions that are open: the oldest first, each as far as its share of the time goes. */
async function pushDeletions(env: Env): Promise<void> {
  for (const { id } of await openDeletions(env.CATALOG, MOST_DELETIONS)) {
    try {
      await pushDeletion(deletionPorts(env), id, Date.now() + PUSH_MS);
    } catch (error) {
      logEvent("deletion_failed", { id, message: messageOf(error) });
    }
  }
}
