// IngestInbox: one object per tenant. It owns the last refused and mended uploads, in a ring for each application and one of
// all, so that whoever sends and gets nothing sees why (decision 0017).
//
// Reports come from isolates that have coalesced them; what is the same thing again is counted in its row. How many rows a
// minute may write is bounded here, whatever isolates do: what is too much is left with them. Losing a report is harmless.
import { DurableObject } from "cloudflare:workers";
import { HOUR_SECONDS, INBOX } from "../config.ts";
import type { Env } from "../env.ts";
import { type Clock, clockOffset, systemClock } from "../lib/clock.ts";
import { type InboxReport, merged, sameKey } from "./inbox-report.ts";
import { hasInboxTables, type InboxTables, inboxTables, type RingCount, type StoredReport } from "./inbox-tables.ts";
import { rowMeter } from "./row-meter.ts";

export interface RecordAnswer {
  /** Places of the reports that were not taken: there are too many rows this minute. */
  readonly left: readonly number[];
}

export interface InboxList {
  readonly entries: readonly StoredReport[];
  readonly total: number;
  readonly recentRefusals: number;
  readonly apps: readonly RingCount[];
}

const NOTHING: InboxList = { entries: [], total: 0, recentRefusals: 0, apps: [] };

export class IngestInbox extends DurableObject<Env> {
  readonly #clock: Clock;
  readonly #meter = rowMeter();
  #tables: InboxTables | null;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    this.#clock = systemClock(clockOffset(env));
    this.#tables = hasInboxTables(ctx.storage.sql) ? inboxTables(ctx.storage.sql) : null;
  }

  async record(reports: readonly InboxReport[]): Promise<RecordAnswer> {
    const tables = this.#made();
    const now = this.#clock();
    const left: number[] = [];
    this.ctx.storage.transactionSync(() => {
      tables.deleteBefore(now - INBOX.keepSeconds);
      const clearedAt = tables.clearedAt();
      for (const [i, report] of reports.entries()) {
        // It happened before the deletion, and was held back in its isolate.
        if (report.firstAt < clearedAt) continue;
        if (!this.#meter.allows(report, now)) {
          left.push(i);
          continue;
        }
        const before = tables.find(sameKey(report));
        if (before === null) tables.insert(report);
        else tables.update(before.id, merged(before.report, report));
      }
    });
    await this.#armAlarm();
    return { left };
  }

  /** @param app null for all, "" for entries of no application */
  list({ app, limit }: { app: string | null; limit: number }): InboxList {
    const tables = this.#tables;
    if (tables === null) return NOTHING;
    const now = this.#clock();
    const since = now - INBOX.keepSeconds;
    return {
      entries: tables.list(app, since, limit),
      total: tables.count(app, since),
      recentRefusals: tables.countRefused(app, now - HOUR_SECONDS),
      apps: tables.apps(since),
    };
  }

  /** For deletion: an application's entries go, or all (null); and what is still on its way of before. */
  async clear(app: string | null): Promise<void> {
    if (app === null) {
      await this.ctx.storage.deleteAlarm();
      await this.ctx.storage.deleteAll();
      this.#tables = null;
    }
    const tables = this.#made();
    if (app !== null) tables.deleteApp(app);
    tables.setClearedAt(this.#clock());
    await this.#armAlarm();
  }

  /** Entries go when they are past their time; with the last of them goes everything. */
  override async alarm(): Promise<void> {
    const tables = this.#made();
    tables.deleteBefore(this.#clock() - INBOX.keepSeconds);
    if (tables.oldest() !== null) return this.#armAlarm();
    await this.ctx.storage.deleteAll();
    this.#tables = null;
  }

  #made(): InboxTables {
    this.#tables ??= inboxTables(this.ctx.storage.sql);
    return this.#tables;
  }

  /** Rings when the oldest entry is past its time; at the earliest in an hour, when no isolate holds back anything of now. */
  async #armAlarm(): Promise<void> {
    if ((await this.ctx.storage.getAlarm()) !== null) return;
    const oldest = this.#tables?.oldest() ?? null;
    const left = oldest === null ? 0 : oldest + INBOX.keepSeconds - this.#clock();
    await this.ctx.storage.setAlarm(Date.now() + Math.max(HOUR_SECONDS, left) * 1000);
  }
}
