// Windows, days and wider rows are made from what was sealed, and no answer changes by it.
import { runDurableObjectAlarm } from "cloudflare:test";
import { expect, it } from "vitest";
import { appOf, compact, compactorOf, DAY } from "../support/compaction.ts";
import { clock, HOUR, standStill, T0 } from "../support/object-clock.ts";
import { runCron } from "../support/worker-call.ts";

standStill();

interface MergedRow {
  readonly width: number;
  readonly start: number;
}

const MERGED = "SELECT width, start FROM segments WHERE app_id = $app AND shard = -1 ORDER BY width, start";
const OPEN = "SELECT width, start FROM compactions WHERE app_id = $app AND width <= 86400";

const daysOf = (rows: readonly MergedRow[]): number[] =>
  rows
    .filter((row) => row.width >= DAY)
    .flatMap(({ width, start }) => Array.from({ length: width / DAY }, (_, i) => start + i * DAY));

it("merges days of uploads, late ones too, and answers as before", { timeout: 180_000 }, async () => {
  const app = appOf("days", 77);
  const check = (when: string) => app.expectExactly(T0, T0 + 8 * DAY, when);
  clock.now = T0 + 7 * DAY;
  await app.upload(100, T0, T0 + 7 * DAY);
  await check("live");
  await app.seal();
  await check("sealed");
  clock.now += DAY; // the last day is over, too
  const steps = await app.settle();
  expect(steps[6 * HOUR]).toBeGreaterThan(10);
  expect(steps[DAY]).toBeGreaterThan(4);
  await check("compacted");
  expect(await app.rows(OPEN)).toEqual([]);

  await app.upload(15, T0, T0 + 7 * DAY);
  await check("late, live");
  await app.seal();
  await check("late, sealed");
  await app.settle();
  await check("late, compacted");
  expect(await app.rows(OPEN)).toEqual([]);

  const days = daysOf(await app.rows<MergedRow>(MERGED));
  expect(new Set(days).size).toBe(days.length);
  clock.now += 2 * HOUR;
  for (let k = 0; k < 3; k++) await runCron();
  await app.expectNoOrphans();
  await check("what is retired is gone");
});

it("makes few rows of months, and takes late uploads in when finer rows are dropped", {
  timeout: 240_000,
}, async () => {
  const app = appOf("months", 5);
  const end = T0 + 70 * DAY;
  clock.now = end;
  await app.upload(80, T0, end);
  await app.seal();
  const steps = await app.settle();
  expect(steps[30 * DAY]).toBeGreaterThan(0);
  const check = (when: string, from = T0) => app.expectExactly(from, end, when, 6);
  await check("compacted");

  // Hours end after 14 days, 6 h windows after 90.
  clock.now = end + 100 * DAY;
  for (let k = 0; k < 3; k++) await runCron();
  const widths = new Set(
    (await app.rows<MergedRow>("SELECT width FROM segments WHERE app_id = $app")).map((row) => row.width),
  );
  expect([...widths].every((width) => width >= DAY)).toBe(true);
  const rows = await app.rows<MergedRow>(MERGED);
  expect(rows.length).toBeLessThan(12);
  const first = T0 - (T0 % DAY) + DAY;
  const whole = async (when: string) => {
    for (const days of [1, 3, 9, 30, 60]) await app.expectExact(first + 3 * DAY, first + (3 + days) * DAY, when);
  };
  await app.upload(10, first, end);
  await app.seal();
  await app.settle();
  expect(await app.rows(OPEN)).toEqual([]);
  const text = await app.rows<MergedRow>(MERGED);
  expect(daysOf(text).length).toBeGreaterThanOrEqual(daysOf(rows).length);
  const merged = text.filter((row) => row.width === 6 * HOUR);
  expect(merged).toEqual([]);
  await whole("late, where windows are gone");
});

it("goes on by its alarm with what one run leaves over", { timeout: 60_000 }, async () => {
  const app = appOf("backlog", 9);
  clock.now = T0 + 6 * DAY;
  for (let window = 0; window < 18; window++) {
    const start = T0 - (T0 % (6 * HOUR)) + window * 6 * HOUR + 5 * HOUR;
    await app.upload(1, start, start + 10);
  }
  await app.seal();
  clock.now += HOUR;
  const report = await compact("backlog");
  expect(report.left).toBe(true);
  for (let k = 0; k < 4; k++) {
    clock.now += 300;
    await runDurableObjectAlarm(compactorOf("backlog") as never);
  }
  expect((await app.rows<MergedRow>(OPEN)).filter(({ width }) => width === 6 * HOUR)).toEqual([]);
  await app.expectExactly(T0, T0 + 6 * DAY, "after the alarms");
});

it("sleeps when nothing is due", async () => {
  const app = appOf("idle", 1);
  await app.upload(3, T0, T0 + HOUR);
  clock.now = T0 + DAY;
  await app.seal();
  await app.settle();
  const before = await compactorOf("idle").stats();
  clock.now += HOUR;
  await runCron();
  expect(await compactorOf("idle").stats()).toEqual(before);
});
