// Deletion within an app, against a plain list: whatever is deleted, wherever it lies, the rest is counted to the last unit.
import { env } from "cloudflare:workers";
import { expect, it } from "vitest";
import type { Deletion } from "../../src/api/deletion.ts";
import { sweep } from "../../src/http/sweep.ts";
import { clock, HOUR, objectOf, standStill, T0 } from "../support/object-clock.ts";
import { randomOf } from "../support/seeded.ts";
import { call, uploadFolded } from "../support/worker-call.ts";

standStill();

const DAY = 24 * HOUR;
/** A day's beginning. */
const D0 = T0 - (T0 % DAY);

interface Sent {
  readonly at: number;
  readonly region: string;
  readonly stack: string;
  readonly count: number;
}

const compactorOf = (app: string) =>
  env.APP_COMPACTOR.get(env.APP_COMPACTOR.idFromName(JSON.stringify(["anonymous", app])));

async function settle(app: string, turns = 5): Promise<void> {
  for (let k = 0; k < turns; k++) {
    await objectOf(app).tick();
    clock.now += 2 * HOUR;
    await compactorOf(app).run({ tenant: "anonymous", service: app });
  }
}

async function answer(app: string, from: number, until: number, region: string | null) {
  const query = region === null ? `${app}.cpu` : `${app}.cpu{region="${region}"}`;
  const response = await call(
    `/render?query=${encodeURIComponent(query)}&from=${from}&until=${until}&max-nodes=-1&format=json`,
  );
  const text = await response.text();
  expect(response.status, text).toBe(200);
  const { flamebearer, timeline, edgeflame } = JSON.parse(text);
  return { ticks: flamebearer.numTicks as number, names: flamebearer.names as string[], timeline, edgeflame };
}

const total = (list: readonly Sent[]) => list.reduce((sum, one) => sum + one.count, 0);

async function expectAnswers(
  app: string,
  sent: readonly Sent[],
  {
    random,
    from,
    until,
    when,
    grids = [10, 60, 600, HOUR, 6 * HOUR, DAY],
  }: {
    random: (n: number) => number;
    from: number;
    until: number;
    when: string;
    grids?: number[];
  },
) {
  for (let k = 0; k < 8; k++) {
    const grid = grids[random(grids.length)]!;
    const a = from + grid * random(Math.ceil((until - from) / grid));
    const b = k === 0 ? until : a + grid * (1 + random(Math.ceil((until - a) / grid) + 1));
    const region = random(2) === 0 ? null : `r${random(3)}`;
    const start = k === 0 ? from : a;
    const seen = await answer(app, start, b, region);
    const list = sent.filter((one) => one.at >= start && one.at < b && (region === null || one.region === region));
    const what = `${when}: ${start - D0}..${b - D0} ${region}`;
    expect(seen.ticks, what).toBe(total(list));
    const names = new Set(["total", ...list.flatMap((one) => one.stack.split(";"))]);
    if (list.length > 0) expect(new Set(seen.names), what).toEqual(names);
    const line = (seen.timeline.samples as number[]).reduce((x, y) => x + y, 0);
    const step = seen.timeline.durationDelta as number;
    const [lineFrom, lineUntil] = [
      seen.timeline.startTime as number,
      seen.timeline.startTime + step * seen.timeline.samples.length,
    ];
    if (lineFrom >= start && lineUntil <= b)
      expect(line, `${what}: timeline`).toBe(total(list.filter((one) => one.at >= lineFrom && one.at < lineUntil)));
  }
}

async function order(body: unknown): Promise<Deletion> {
  const response = await call("/api/deletions", { method: "POST", body: JSON.stringify(body) });
  const text = await response.text();
  expect(response.status, text).toBe(202);
  return JSON.parse(text) as Deletion;
}

async function untilDone({ id }: Deletion): Promise<Deletion> {
  for (let turns = 0; turns < 6; turns++) {
    const deletion = (await (await call(`/api/deletions/${id}`)).json()) as Deletion;
    if (deletion.state === "done") return deletion;
    clock.now += 61;
    await sweep(env);
  }
  throw new Error(`deletion ${id} is not done: ${await (await call(`/api/deletions/${id}`)).text()}`);
}

interface Case {
  readonly name: string;
  readonly query?: string;
  readonly region?: RegExp;
  /** Seconds since D0. */
  readonly range?: readonly [number, number];
}

const CASES: readonly Case[] = [
  { name: "one label value", query: '{region="r1"}', region: /^r1$/ },
  { name: "a regular expression", query: '{region=~"r[02]"}', region: /^r[02]$/ },
  { name: "everything, by a selector", query: "{}", region: /./ },
  { name: "a time on the edges of days", range: [DAY, 3 * DAY] },
  { name: "a time on hours", range: [DAY + 5 * HOUR, 2 * DAY + 7 * HOUR] },
  { name: "a time on ten seconds", range: [DAY + 5 * HOUR + 130, 3 * DAY + 7 * HOUR + 3590] },
  { name: "ten seconds", range: [2 * DAY + 100, 2 * DAY + 110] },
  { name: "minutes within one hour", range: [2 * DAY + 3 * HOUR + 60, 2 * DAY + 3 * HOUR + 2400] },
  { name: "a label over a time", query: '{region="r0"}', region: /^r0$/, range: [HOUR + 50, 4 * DAY + 50] },
];

it.each(CASES.map((one, i) => [one.name, i, one] as const))(
  "of %s leaves the rest exact, before and after merging",
  { timeout: 120_000 },
  async (_name, number, { query, region, range }) => {
    const app = `within${number}`;
    const random = randomOf(11 + number);
    let sent: Sent[] = [];
    const upload = async (many: number, from: number, until: number) => {
      for (let i = 0; i < many; i++) {
        const at = from + 10 * random(Math.floor((until - from) / 10));
        const one = { at, region: `r${random(3)}`, stack: `a;f${random(60)};g${random(9)}`, count: 1 + random(9999) };
        await uploadFolded(`${app}.cpu{region=${one.region}}`, at, { [one.stack]: one.count });
        sent.push(one);
      }
    };
    const span = { random, from: D0, until: D0 + 6 * DAY };
    // Kept for ever, so that only the deletion changes anything.
    clock.now = D0 + 5 * DAY;
    await upload(1, D0, D0 + 10);
    const keep = { 10: "forever", 60: "forever", 3600: "forever", 86400: "forever" };
    await call("/api/retention", { method: "PUT", body: JSON.stringify({ app, keep }) });
    await upload(40, D0, D0 + 5 * DAY);
    if (range !== undefined) {
      await upload(8, D0 + range[0] - (range[0] % HOUR), D0 + range[0] - (range[0] % HOUR) + HOUR);
      await upload(8, D0 + range[1] - (range[1] % HOUR), D0 + range[1] - (range[1] % HOUR) + HOUR);
    }
    await settle(app);
    await upload(12, D0, D0 + 5 * DAY + 12 * HOUR); // late parts, sealed and not merged
    await objectOf(app).tick();
    clock.now += 60;
    await objectOf(app).tick();
    await upload(6, D0, clock.now - 600); // live
    await expectAnswers(app, sent, { ...span, when: "before" });

    const asked = range === undefined ? {} : { from: D0 + range[0], until: D0 + range[1] };
    const deletion = await order({ app, ...(query === undefined ? {} : { query }), ...asked });
    const isDeleted = (one: Sent) =>
      (region === undefined || region.test(one.region)) &&
      (range === undefined || (one.at >= D0 + range[0] && one.at < D0 + range[1]));
    sent = sent.filter((one) => !isDeleted(one));
    await expectAnswers(app, sent, { ...span, when: "at once" });
    await upload(6, D0, D0 + 5 * DAY); // what comes now stays, whatever it is
    const done = await untilDone(deletion);
    expect(done).toMatchObject({ kind: "part", query: null, ...asked });
    await expectAnswers(app, sent, { ...span, when: "done" });
    await settle(app);
    await upload(4, D0, D0 + 5 * DAY);
    await settle(app);
    await expectAnswers(app, sent, { ...span, when: "merged again" });
    const values = (await (await call(`/label-values?label=region&query=${app}.cpu`)).json()) as string[];
    expect(values).toEqual([...new Set(sent.map((one) => one.region))].sort());
  },
);

it("of a time whose fine nodes are gone snaps outward, says so, and leaves the rest exact", {
  timeout: 120_000,
}, async () => {
  const app = "snapped";
  const random = randomOf(5);
  let sent: Sent[] = [];
  clock.now = D0 + 5 * DAY;
  const days = [-100, -99, -98, -97, -40, -39, -21, -20, -19, -3, -2, -1, 0, 4];
  for (const day of days) {
    for (let i = 0; i < 5; i++) {
      const at = D0 + day * DAY + 10 * random(DAY / 10);
      const one = { at, region: `r${random(3)}`, stack: `a;f${random(60)}`, count: 1 + random(9999) };
      await uploadFolded(`${app}.cpu{region=${one.region}}`, at, { [one.stack]: one.count });
      sent.push(one);
    }
  }
  for (let k = 0; k < 12; k++) {
    await settle(app, 1);
    await sweep(env);
  }
  const classes = await env.CATALOG.prepare(
    "SELECT DISTINCT finest FROM segments s JOIN apps a ON a.id = s.app_id WHERE a.name = ?1 AND s.start < ?2",
  )
    .bind(app, D0 - 90 * DAY)
    .all();
  expect(classes.results).toEqual([{ finest: 86_400 }]);
  const span = { random, from: D0 - 100 * DAY, until: D0 + 6 * DAY, grids: [DAY] };
  await expectAnswers(app, sent, { ...span, when: "before" });
  for (const [from, until, snappedFrom, snappedUntil] of [
    [-98 * DAY + 5 * HOUR, -21 * DAY + 3 * HOUR + 130, -98 * DAY, -21 * DAY + 4 * HOUR],
    [-3 * DAY + 3610, -1 * DAY + 70, -3 * DAY + 3600, -1 * DAY + 120],
  ] as const) {
    const done = await untilDone(await order({ app, from: D0 + from, until: D0 + until }));
    expect([done.from, done.until]).toEqual([D0 + snappedFrom, D0 + snappedUntil]);
    sent = sent.filter((one) => one.at < D0 + snappedFrom || one.at >= D0 + snappedUntil);
    await expectAnswers(app, sent, { ...span, when: "done" });
  }
  await settle(app, 4);
  await sweep(env);
  await expectAnswers(app, sent, { ...span, when: "merged again" });
});
