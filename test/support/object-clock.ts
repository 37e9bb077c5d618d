// The time of a test in workerd: Date.now stands still and is moved by hand; alarms are run by hand.
import { runDurableObjectAlarm } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, beforeEach, vi } from "vitest";

export const HOUR = 3600;
/**
 * An hour's beginning, so that a test says when hours end. Years ahead of the machine's own clock, by which the runtime rings:
 * an alarm in its past would ring at once, and again and again.
 */
export const T0 = 2_200_000_000 - (2_200_000_000 % HOUR);

/** Unix seconds; set it to move the clock. */
export const clock = { now: T0 };

/** Call once in a test file. */
export function standStill(): void {
  beforeEach(() => {
    clock.now = T0;
    vi.spyOn(Date, "now").mockImplementation(() => clock.now * 1000);
  });
  afterEach(() => {
    vi.restoreAllMocks();
  });
}

export const objectOf = (app: string, shard = 0) =>
  env.APP_TIMELINE.get(env.APP_TIMELINE.idFromName(JSON.stringify(["anonymous", app, shard])));

/** Lets 20 s pass and runs the object's alarm, as often as asked. */
export async function runAlarm(app: string, times = 1): Promise<void> {
  for (let i = 0; i < times; i++) {
    clock.now += 20;
    await runDurableObjectAlarm(objectOf(app) as never);
  }
}
