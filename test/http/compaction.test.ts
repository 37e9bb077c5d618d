// Windows, days and wider rows are made from what was sealed, and no answer changes by it.
import { env } from "cloudflare:workers";
import { expect, it } from "vitest";
import { clock, HOUR, objectOf, standStill, T0 } from "../support/object-clock.ts";
import { call, uploadFolded } from "../support/worker-call.ts";

standStill();

const DAY = 86_400;
const compactorOf = (app: string) =>
  env.APP_COMPACTOR.get(env.APP_COMPACTOR.idFromName(JSON.stringify(["anonymous", app])));

interface Sent {
  readonly at: number;
  readonly region: string;
  readonly stack: string;
  readonly count: number;
}

function randomOf(start: number): (below: number) => number {
  let seed = start;
  return (below) => {
    seed = (seed * 1103515245 + 12345) % 2147483648;
    return Math.floor((seed / 2147483648) * below);
  };
}

async function send(app: string, list: readonly Sent[]): Promise<void> {
  for (const { at, region, stack, count } of list)
    await uploadFolded(`${app}.cpu{region=${region}}`, at, { [stack]: count });
}

/** Lets the object seal what is over, and the compactor do what is due. */
async function settle(app: string): Promise<Record<number, number>> {
  const steps: Record<number, number> = {};
  for (let k = 0; k < 12; k++) {
    await objectOf(app).tick();
    clock.now += 2 * HOUR;
    const report = await compactorOf(app).run({ tenant: "anonymous", service: app });
    expect(report.failures).toBe(0);
    for (const step of report.steps) if (step.objects > 0) steps[step.width] = (steps[step.width] ?? 0) + 1;
  }
  return steps;
}

const rowsOf = async (app: string) =>
  (
    await env.CATALOG.prepare(
      "SELECT width, start, shard, covers FROM segments s JOIN apps a ON a.id = s.app_id WHERE a.name = ? AND shard = -1 ORDER BY width, start",
    )
      .bind(app)
      .all<{ width: number; start: number; covers: string }>()
  ).results;

async function answer(app: string, from: number, until: number, region: string | null) {
  const query = region === null ? `${app}.cpu` : `${app}.cpu{region="${region}"}`;
  const response = await call(`/render?query=${encodeURIComponent(query)}&from=${from}&until=${until}`);
  const text = await response.text();
  expect(response.status, text).toBe(200);
  const { flamebearer, timeline } = JSON.parse(text);
  return { ticks: flamebearer.numTicks, names: [...flamebearer.names].sort(), timeline };
}

function expectAnswers(app: string, sent: readonly Sent[], random: (n: number) => number, until: number) {
  return async (when: string) => {
    for (let k = 0; k < 12; k++) {
      const grid = [10, 60, HOUR, 6 * HOUR, DAY][random(5)]!;
      const a = T0 + grid * random(Math.ceil((until - T0) / grid));
      const b = a + grid * (1 + random(Math.ceil((until - a) / grid) + 1));
      const from = a - (a % grid);
      const region = random(2) === 0 ? null : `r${random(3)}`;
      const seen = await answer(app, from, b, region);
      const list = sent.filter((one) => one.at >= from && one.at < b && (region === null || one.region === region));
      const total = list.reduce((sum, one) => sum + one.count, 0);
      expect(seen.ticks, `${when}: ${from - T0}..${b - T0} ${region}`).toBe(total);
      const names = new Set(["total", ...list.flatMap((one) => one.stack.split(";"))]);
      if (total > 0) expect(new Set(seen.names), when).toEqual(names);
    }
  };
}

it("merges days of uploads, late ones too, and answers as before", { timeout: 180_000 }, async () => {
  const app = "days";
  const random = randomOf(77);
  const sent: Sent[] = [];
  const upload = async (many: number, from: number, until: number) => {
    const list = Array.from({ length: many }, () => {
      const at = from + 10 * random(Math.floor((until - from) / 10));
      return { at, region: `r${random(3)}`, stack: `a;f${random(30)};g${random(9)}`, count: 1 + random(9999) };
    });
    await send(app, list);
    sent.push(...list);
  };
  const check = expectAnswers(app, sent, random, T0 + 8 * DAY);
  clock.now = T0 + 7 * DAY;
  await upload(120, T0, T0 + 7 * DAY);
  await check("before");
  const steps = await settle(app);
  expect(steps[21_600]).toBeGreaterThan(10);
  expect(steps[86_400]).toBeGreaterThan(4);
  await check("compacted");
  await upload(20, T0, T0 + 7 * DAY);
  await check("late, live");
  await objectOf(app).tick();
  clock.now += 2 * HOUR;
  await objectOf(app).tick();
  await check("late, sealed");
  await settle(app);
  await check("late, compacted");
  const rows = await rowsOf(app);
  const widths = new Set(rows.map((row) => row.width));
  expect([...widths].sort((a, b) => a - b)).toContain(21_600);
  const days = rows
    .filter((row) => row.width >= DAY)
    .flatMap((row) => Array.from({ length: row.width / DAY }, (_, i) => row.start + i * DAY));
  expect(new Set(days).size).toBe(days.length);
  const left = await env.CATALOG.prepare(
    "SELECT count(*) AS n FROM compactions c JOIN apps a ON a.id = c.app_id WHERE a.name = ? AND width <= 86400",
  )
    .bind(app)
    .first();
  expect(left).toEqual({ n: 0 });
});
