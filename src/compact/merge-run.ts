// A run of compaction steps over what is due for one app: bounded, so that others get their turn.
import { messageOf } from "../lib/log.ts";
import type { AppIdentity } from "../storage/catalog-writes.ts";
import type { MergeJob } from "../storage/merge-catalog.ts";
import { type MergePorts, mergeStep, type StepReport } from "./merge-step.ts";

export interface RunReport {
  readonly steps: readonly StepReport[];
  readonly failures: number;
  /** Whether more is due. */
  readonly left: boolean;
}

const MOST_STEPS = 16;
/** A run ends after this much time: an alarm goes on. */
const RUN_SECONDS = 20;
/** A job that failed waits, so that the others get their turn. */
const RETRY_SECONDS = 60;

export async function mergeDue(
  ports: MergePorts,
  app: { readonly tenant: string; readonly service: string },
  note: (event: string, facts: Record<string, unknown>) => void,
): Promise<RunReport> {
  const began = ports.clock();
  const due = await ports.catalog.due(app.tenant, app.service, Math.floor(began), MOST_STEPS);
  const steps: StepReport[] = [];
  if (due === null || due.jobs.length === 0) return { steps, failures: 0, left: false };
  let failures = 0;
  let done = 0;
  for (const job of due.jobs) {
    if (ports.clock() - began > RUN_SECONDS) break;
    done++;
    try {
      const step = await mergeStep(ports, due.app, job);
      if (step === null) continue;
      steps.push(step);
      note("compacted", { ...app, ...step });
    } catch (error) {
      failures++;
      await failed(ports, due.app, job);
      note("compaction_failed", {
        ...app,
        width: job.width,
        start: job.start,
        message: messageOf(error),
      });
    }
  }
  if (steps.some((step) => step.objects > 0)) {
    const now = Math.floor(ports.clock());
    await ports.catalog.collectDictionaries(due.app.appId, now).catch(() => undefined); // the next run does it
  }
  return { steps, failures, left: done < due.jobs.length || due.jobs.length === MOST_STEPS };
}

async function failed({ dictionaries, catalog, clock }: MergePorts, { appId }: AppIdentity, job: MergeJob) {
  dictionaries.forget();
  // When this fails as well, the job comes first again.
  await catalog.putOff(appId, job, Math.floor(clock()) + RETRY_SECONDS).catch(() => undefined);
}
