// AppCompactor: one object per (tenant, app), the only writer of the app's merged segments. It keeps nothing of its own but
// the name it goes by, for the alarm that goes on with what one run left over: all state is in D1 and R2, and a crash at any
// point leaves the old state there or the new. Nothing wakes it but cron, when a window is due, and that alarm.
//
// What it holds at once: the merged dictionary (24 MB, where an epoch ends) and those it reads (24 MB kept, besides one
// of 40 MB at most for each shard and epoch of the window), vectors of a few series (4 MiB packed), the object it writes
// (16 MiB packed at most, twice while it is laid out).
import { DurableObject } from "cloudflare:workers";
import type { Env } from "../env.ts";
import { type Clock, clockOffset, systemClock } from "../lib/clock.ts";
import { logEvent, messageOf } from "../lib/log.ts";
import { d1MergeCatalog } from "../storage/merge-catalog.ts";
import { r2SegmentStore } from "../storage/segment-store.ts";
import { compactionDictionaries } from "./dictionaries.ts";
import { type ErasePorts, eraseSome } from "./erase.ts";
import { mergeDue, type RunReport } from "./merge-run.ts";

export interface CompactorName {
  readonly tenant: string;
  readonly service: string;
}

/** Since the object woke. */
export interface CompactorStats {
  /** Commits by width of the window. */
  readonly steps: Readonly<Record<string, number>>;
  readonly failures: number;
  readonly objectsRead: number;
  readonly bytesRead: number;
  readonly objectsWritten: number;
  readonly bytesWritten: number;
}

const ALARM_MS = 1000;
const RETRY_MS = 60_000;

export class AppCompactor extends DurableObject<Env> {
  readonly #ports: ErasePorts;
  /** The end of what was asked for last: acts come one after the other. */
  #last: Promise<unknown> = Promise.resolve();
  #stats = { steps: {} as Record<string, number>, failures: 0 };
  #traffic = { objectsRead: 0, bytesRead: 0, objectsWritten: 0, bytesWritten: 0 };

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    const store = r2SegmentStore(env.SEGMENTS);
    const clock: Clock = systemClock(clockOffset(env));
    this.#ports = {
      database: env.CATALOG,
      store,
      clock,
      catalog: d1MergeCatalog(env.CATALOG),
      dictionaries: compactionDictionaries(store),
      random: () => crypto.randomUUID().replaceAll("-", ""),
    };
  }

  /** Compacts what is due, as much as one run may; an alarm goes on with the rest. */
  async run(name: CompactorName): Promise<RunReport> {
    return this.exclusively(() => this.#run(name));
  }

  /** Takes what a deletion means out of the app's segments, until it is done or the time is over. */
  async erase(deletion: number, untilMs: number): Promise<void> {
    await this.exclusively((ports) => eraseSome(ports, deletion, untilMs));
  }

  /** The app is deleted: returns when nothing is under way any more; what the object kept is gone. */
  async stop(): Promise<void> {
    await this.exclusively(async ({ dictionaries }) => {
      dictionaries.clear();
      await this.ctx.storage.deleteAlarm();
      await this.ctx.storage.deleteAll();
    });
  }

  stats(): CompactorStats {
    return { ...this.#stats, ...this.#traffic };
  }

  override async alarm(): Promise<void> {
    const name = await this.ctx.storage.get<CompactorName>("name");
    if (name === undefined) return;
    try {
      await this.run(name);
    } catch (error) {
      // The platform gives up after six failures: this alarm ends well, and the next is set.
      logEvent("alarm_failed", { ...name, message: messageOf(error) });
      await this.ctx.storage.setAlarm(Date.now() + RETRY_MS);
    }
  }

  /** Whoever writes merged segments of this app does it in here: one act at a time. */
  protected exclusively<T>(act: (ports: ErasePorts) => Promise<T>): Promise<T> {
    const result = this.#last.then(() => act(this.#ports));
    this.#last = result.catch(() => undefined);
    return result;
  }

  async #run(name: CompactorName): Promise<RunReport> {
    const report = await mergeDue(this.#ports, name, logEvent);
    const { steps, traffic } = { steps: this.#stats.steps, traffic: this.#traffic };
    for (const step of report.steps) {
      steps[step.width] = (steps[step.width] ?? 0) + 1;
      traffic.objectsRead += step.sources;
      traffic.bytesRead += step.sourceBytes;
      traffic.objectsWritten += step.objects;
      traffic.bytesWritten += step.bytes;
    }
    this.#stats.failures += report.failures;
    if (report.left) {
      await this.ctx.storage.put("name", name);
      await this.ctx.storage.setAlarm(Date.now() + ALARM_MS);
    }
    return report;
  }
}
