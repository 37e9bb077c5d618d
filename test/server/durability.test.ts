// What was acknowledged is there, once: after the death of the server at any moment, and before and after its hour
// is sealed into the bucket.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, afterEach, describe, expect, it } from "vitest";
import { readRecorded } from "../support/recorded-request.ts";
import { startServer, type TestServer } from "../support/server.ts";
import { bucketKeys, liveRows } from "./data-folder.ts";
import { type Flamebearer, flameSums } from "./flame-sums.ts";

const running: TestServer[] = [];
const folders: string[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((server) => server.kill()));
});
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
});

async function started(dataDir: string, env: Record<string, string> = {}): Promise<TestServer> {
  const server = await startServer({ dataDir, env });
  running.push(server);
  return server;
}

function dataFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "edgeflame-durable-"));
  folders.push(folder);
  return folder;
}

interface Rendered {
  readonly flamebearer: Flamebearer;
  readonly timeline: { readonly samples: readonly number[] };
}

async function render(url: string, query: string, from: number, until: number, path = "/render"): Promise<Rendered> {
  const params = new URLSearchParams({ query, from: `${from}`, until: `${until}`, "max-nodes": "-1", format: "json" });
  const response = await fetch(`${url}${path}?${params}`);
  const text = await response.text();
  expect(response.status, text.slice(0, 300)).toBe(200);
  return JSON.parse(text);
}

const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0);

describe("an acknowledged upload", () => {
  const SENDERS = 12;
  const ROUNDS = 4;
  const VALUE = 7;
  const FROM_S = Math.floor(Date.now() / 10_000) * 10 - 300;

  /** Each upload is one stack of its own, so that the graph says which were counted, and how often. */
  async function sendUntilKilled(server: TestServer, app: string, round: number, kill: () => Promise<unknown>) {
    const acknowledged: string[] = [];
    const attempted: string[] = [];
    const acksBeforeKill = 5 + 37 * round;
    let isKilled = false;
    let killed: Promise<unknown> = Promise.resolve();
    const sender = async (id: number) => {
      for (let n = 0; !isKilled; n++) {
        const stack = `r${round}s${id}n${n}`;
        attempted.push(stack);
        const at = FROM_S + 10 * (n % 20);
        const url = `${server.url}/ingest?name=${app}.cpu%7Bsender%3D${id}%7D&from=${at}&until=${at + 10}`;
        try {
          const response = await fetch(url, { method: "POST", body: `main;${stack} ${VALUE}` });
          if (response.status !== 200) throw new Error(`${response.status}`);
        } catch {
          return;
        }
        acknowledged.push(stack);
        if (acknowledged.length === acksBeforeKill) {
          isKilled = true;
          killed = kill(); // in the very turn of the acknowledgement
        }
      }
    };
    await Promise.all(Array.from({ length: SENDERS }, (_, id) => sender(id)));
    await killed;
    return { acknowledged, attempted };
  }

  it.each([
    ["the Node process alone", "kill"],
    ["the whole process group", "killGroup"],
  ] as const)("is counted exactly once after SIGKILL to %s", async (_name, how) => {
    const dataDir = dataFolder();
    // One app lives through all rounds; each round another one is registered while the server dies.
    const apps = ["lasting", ...Array.from({ length: ROUNDS }, (_, round) => `fresh${round}`)];
    const sent = new Map(apps.map((app) => [app, { acknowledged: [] as string[], attempted: [] as string[] }]));
    for (let round = 0; round < ROUNDS; round++) {
      const server = await started(dataDir);
      const app = round % 2 === 0 ? "lasting" : `fresh${round}`;
      const { acknowledged, attempted } = await sendUntilKilled(server, app, round, () => server[how]());
      sent.get(app)!.acknowledged.push(...acknowledged);
      sent.get(app)!.attempted.push(...attempted);
    }
    const server = await started(dataDir);
    let checked = 0;
    for (const [app, { acknowledged, attempted }] of sent) {
      const { flamebearer, timeline } = await render(server.url, `${app}.cpu`, FROM_S, FROM_S + 400);
      const { self, total } = flameSums(flamebearer);
      expect(sum(timeline.samples)).toBe(total);
      const wrong = acknowledged.filter((stack) => self.get(stack) !== VALUE);
      expect(wrong, `${app}: lost or counted more than once`).toEqual([]);
      const known = new Set(attempted);
      expect([...self].filter(([stack, value]) => !known.has(stack) || value !== VALUE)).toEqual([]);
      checked += acknowledged.length;
    }
    expect(checked).toBeGreaterThan(ROUNDS * 5);
  });
});

describe("sealing", () => {
  const HOUR_S = 3600;
  const REGIONS = ["us-east-1", "us-west-1", "eu-west-1"];
  const SEAL_WITHIN_MS = 60_000;

  async function untilSealed(url: string): Promise<void> {
    const giveUpAt = performance.now() + SEAL_WITHIN_MS;
    for (;;) {
      const metrics = await (await fetch(`${url}/metrics`)).text();
      if (/^edgeflame_live_shards 0$/m.test(metrics)) return;
      if (performance.now() > giveUpAt) throw new Error(`not sealed after ${SEAL_WITHIN_MS} ms:\n${metrics}`);
      await sleep(250);
    }
  }

  it("changes no total, by the last unit, and moves everything from the object to the bucket", async () => {
    const dataDir = dataFolder();
    const nowS = Math.floor(Date.now() / 1000);
    const hourS = nowS - (nowS % HOUR_S);
    const sent: { at: number; region: string; value: number }[] = [];
    const first = await started(dataDir);
    const { body, headers } = readRecorded("go-2022/1-cpu");
    // Two hours, the one before complete and the current one as far as it goes.
    const times: number[] = [];
    for (let at = hourS - HOUR_S; at < hourS; at += 170) times.push(at);
    for (let at = hourS; at <= nowS; at += 170) times.push(at);
    for (const [n, at] of times.entries()) {
      const region = REGIONS[n % REGIONS.length]!;
      const from = at - (at % 10);
      const value = 1 + ((n * 7919) % 997);
      const text = await fetch(`${first.url}/ingest?name=sealed.cpu%7Bregion%3D${region}%7D&from=${from}`, {
        method: "POST",
        body: `main;f${n % 7};g${n % 3} ${value}\nmain;idle 1`,
      });
      const pprof = await fetch(`${first.url}/ingest?name=agent%7Bregion%3D${region}%7D&from=${from}&spyName=gospy`, {
        method: "POST",
        body,
        headers: { "content-type": headers["content-type"] ?? "" },
      });
      expect([text.status, pprof.status]).toEqual([200, 200]);
      sent.push({ at: from, region, value: value + 1 });
    }
    const ranges: [number, number][] = [
      [hourS - HOUR_S, hourS + HOUR_S],
      [hourS - HOUR_S, hourS],
      [hourS - HOUR_S + 610, hourS - 590],
      [hourS - 1730, hourS + 130],
      [hourS - HOUR_S + 170, hourS - HOUR_S + 180],
    ];
    const queries = ["sealed.cpu", ...REGIONS.map((region) => `sealed.cpu{region="${region}"}`), "agent.cpu"];
    const asked = queries.flatMap((query) => ranges.map(([from, until]) => ({ query, from, until })));
    const answers = async (url: string) => {
      const all: unknown[] = [];
      for (const { query, from, until } of asked) {
        const { flamebearer, timeline } = await render(url, query, from, until);
        all.push({ query, from, until, flamebearer, timeline: timeline.samples });
      }
      return all;
    };
    const before = await answers(first.url);
    asked.forEach(({ query, from, until }, i) => {
      if (query.startsWith("agent")) return;
      const region = /"(.*)"/.exec(query)?.[1];
      const matching = sent.filter((one) => one.at >= from && one.at < until && (region ?? one.region) === one.region);
      const { numTicks } = (before[i] as { flamebearer: Flamebearer }).flamebearer;
      expect(numTicks, `${query} ${from}..${until}`).toBe(sum(matching.map(({ value }) => value)));
    });
    await first.killGroup();

    const later = await started(dataDir, { EDGEFLAME_CLOCK_OFFSET_S: "7200" });
    await untilSealed(later.url);
    expect(await answers(later.url)).toEqual(before);
    const metrics = await (await fetch(`${later.url}/metrics`)).text();
    expect(metrics).toMatch(/^edgeflame_seal_failures_total 0$/m);

    // A late upload makes the object live again and becomes one more part.
    const late = await fetch(`${later.url}/ingest?name=sealed.cpu%7Bregion%3Dus-east-1%7D&from=${hourS - 600}`, {
      method: "POST",
      body: "main;late 5",
    });
    expect(late.status).toBe(200);
    const whole = [hourS - HOUR_S, hourS + HOUR_S] as const;
    const withLate = sum(sent.map(({ value }) => value)) + 5;
    expect((await render(later.url, "sealed.cpu", ...whole)).flamebearer.numTicks).toBe(withLate);
    // Its alarm would come within a minute; hours later it is overdue, and cron wakes the object at once.
    await later.stop();
    const last = await started(dataDir, { EDGEFLAME_CLOCK_OFFSET_S: "21600" });
    await untilSealed(last.url);
    expect((await render(last.url, "sealed.cpu", ...whole)).flamebearer.numTicks).toBe(withLate);

    await last.stop();
    expect(liveRows(dataDir)).toEqual({ objects: 2, chunks: 0, pending: 0 });
    const keys = bucketKeys(dataDir);
    // Two hours and a late part of one app, two hours of the other; each in two objects, the finest rung apart.
    // What compaction made of a window that is over by now stands beside them.
    expect(keys.filter((key) => key.endsWith(".seg") && !key.includes("/m/"))).toHaveLength(10);
    expect(keys.filter((key) => key.endsWith(".dict")).length).toBeGreaterThanOrEqual(2);
  }, 180_000);
});
