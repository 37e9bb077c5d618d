// SIGKILL to the whole process group at random moments under load: senders by /ingest and by Push, readers, deletions of what
// earlier lives sent, apps that split in lives long enough and merge again in calm hours, and a clock that jumps between
// lives, so that every start has seals, compactions and retention to do. What was acknowledged is there once, and what was
// deleted is not.
//
//   EDGEFLAME_KILLS=50 EDGEFLAME_KILLS_SEED=…    more lives, by hand
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, expect, it } from "vitest";
import { randomOf } from "../../scripts/demo/random.ts";
import type { DeletionsResponse } from "../../src/api/deletion.ts";
import { startServer, type TestServer } from "../support/server.ts";
import { bucketKeys } from "./data-folder.ts";
import { type Flamebearer, flameSums } from "./flame-sums.ts";
import { APPS, DAY_S, killLedger, misjudged, type SentRequest, type Upload } from "./kill-uploads.ts";

const KILLS = Number(process.env.EDGEFLAME_KILLS ?? 4);
const SEED = process.env.EDGEFLAME_KILLS_SEED ?? "1";
const SENDERS = 6;
const HOUR_S = 3600;
/** Between two lives. */
const JUMPS_S = [0, 20, 2 * HOUR_S, 7 * HOUR_S, 26 * HOUR_S, 6 * DAY_S, 31 * DAY_S];
/** An object judges its load after 30 s: every so many lives one is long enough, and ends about then. */
const LONG_EVERY = 7;
const LONG_MS = 29_800;
const SHARD_RATE = "2";

const dataDir = mkdtempSync(join(tmpdir(), "edgeflame-kills-"));
let running: TestServer | undefined;
afterAll(async () => {
  await running?.kill();
  rmSync(dataDir, { recursive: true, force: true, maxRetries: 5 });
});

const random = randomOf("kills", SEED);
const below = (n: number) => Math.floor(random() * n);
const ledger = killLedger(below);
let offsetS = 0;
const nowS = () => Math.floor(Date.now() / 1000) + offsetS;

/** @returns whether it was acknowledged */
async function send(server: TestServer, request: SentRequest): Promise<boolean> {
  const { path, headers, body } = request;
  request.sentAtS = nowS();
  try {
    const response = await fetch(server.url + path, { method: "POST", body, headers });
    if (response.status === 200) ledger.acknowledge(request);
    return response.status === 200;
  } catch {
    return false;
  }
}

/** Orders a deletion, and goes on when it is noted or the server gone. */
async function orderOne(server: TestServer, life: number): Promise<string | null> {
  const order = ledger.nextOrder(life);
  if (order === null) return null;
  const taken = ledger.ordering(order);
  const body = JSON.stringify({ app: order.app, query: `{life="${order.life}"}` });
  try {
    const response = await fetch(`${server.url}/api/deletions`, { method: "POST", body });
    if (response.status === 202) taken();
    return response.status === 202 || response.status === 503 ? null : `${body}: ${await response.text()}`;
  } catch {
    return null;
  }
}

async function render(
  server: TestServer,
  query: string,
): Promise<{ flamebearer: Flamebearer; timeline: { samples: number[] } } | null> {
  const from = nowS() - 5000 * DAY_S;
  const params = new URLSearchParams({ query, from: `${from}`, until: `${nowS() + DAY_S}`, "max-nodes": "-1" });
  const response = await fetch(`${server.url}/render?${params}`);
  const text = await response.text();
  if (response.status === 503) return null;
  if (response.status !== 200) throw new Error(`${response.status} ${text.slice(0, 300)}`);
  return JSON.parse(text);
}

const sumOf = (list: readonly Upload[]): number => list.reduce((sum, { value }) => sum + value, 0);

/** Between what was acknowledged before the question, and stays, and what was tried before the answer. */
async function readWithin(server: TestServer): Promise<string | null> {
  const app = APPS[below(APPS.length)]!;
  const acknowledged = ledger.uploads.filter((one) => one.app === app && one.isAcknowledged);
  let answer: Awaited<ReturnType<typeof render>>;
  try {
    answer = await render(server, `${app}.cpu`);
  } catch (error) {
    return String(error).includes("fetch failed") || String(error).includes("terminated") ? null : String(error);
  }
  if (answer === null) return null;
  const sure = sumOf(acknowledged.filter((one) => one.deleted === "no"));
  const most = sumOf(ledger.uploads.filter((one) => one.app === app));
  const { numTicks } = answer.flamebearer;
  return numTicks >= sure && numTicks <= most ? null : `${app}: ${numTicks}, acknowledged ${sure}, tried ${most}`;
}

async function live(server: TestServer, life: number, forMs: number): Promise<string[]> {
  const wrong: string[] = [];
  let isOver = false;
  const sender = async () => {
    while (!isOver && (await send(server, ledger.newRequest(nowS(), life)))) await sleep(below(20));
  };
  const reader = async () => {
    while (!isOver) {
      const problem = await readWithin(server);
      if (problem !== null && !isOver) wrong.push(problem);
      await sleep(30);
    }
  };
  const deleter = async () => {
    await sleep(below(Math.min(forMs, 3000)));
    const problem = below(2) === 0 ? await orderOne(server, life) : null;
    if (problem !== null && !isOver) wrong.push(problem);
  };
  const all = [reader(), deleter(), ...Array.from({ length: SENDERS }, sender)];
  await sleep(forMs);
  isOver = true;
  await server.killGroup();
  await Promise.all(all);
  return wrong;
}

async function started(): Promise<TestServer> {
  const env = { EDGEFLAME_CLOCK_OFFSET_S: `${offsetS}`, EDGEFLAME_SHARD_RATE: SHARD_RATE };
  running = await startServer({ dataDir, env });
  return running;
}

async function expectEachOnce(server: TestServer, areDeletionsDone: boolean): Promise<void> {
  for (const app of APPS) {
    const answer = await render(server, `${app}.cpu`);
    const { self, total } = flameSums(answer!.flamebearer);
    expect(answer!.timeline.samples.reduce((a, b) => a + b, 0)).toBe(total);
    const own = ledger.uploads.filter((one) => one.app === app);
    const wrong = own.map((one) => misjudged(one, self.get(one.stack), areDeletionsDone));
    expect(wrong.filter((problem) => problem !== null)).toEqual([]);
    expect([...self.keys()].filter((stack) => !own.some((one) => one.stack === stack))).toEqual([]);
  }
}

async function untilAtRest(server: TestServer): Promise<number> {
  const giveUpAt = performance.now() + 300_000 + KILLS * 20_000;
  for (;;) {
    const metrics = await (await fetch(`${server.url}/metrics`)).text();
    const { deletions } = (await (await fetch(`${server.url}/api/deletions`)).json()) as DeletionsResponse;
    const open = deletions.filter(({ state }) => state !== "done");
    if (/^edgeflame_live_shards 0$/m.test(metrics) && open.length === 0) return deletions.length;
    if (performance.now() > giveUpAt) throw new Error(`not at rest: ${JSON.stringify(open)}\n${metrics}`);
    await sleep(500);
  }
}

it("loses no acknowledged upload and counts none twice", { timeout: 420_000 + KILLS * 80_000 }, async () => {
  const wrong: string[] = [];
  for (let life = 0; life < KILLS; life++) {
    const server = await started();
    for (const request of ledger.unsure(nowS())) await send(server, request);
    const isLong = life % LONG_EVERY === 0;
    wrong.push(...(await live(server, life, isLong ? LONG_MS + below(2500) : 200 + below(3000))));
    offsetS += JUMPS_S[below(JUMPS_S.length)]!;
  }
  expect(wrong).toEqual([]);
  const afterwards = await started();
  await expectEachOnce(afterwards, false);
  for (const order of ledger.orders) if (!order.isTaken) expect(await orderOne(afterwards, KILLS)).toBe(null);
  await afterwards.stop();
  offsetS += 3 * HOUR_S;
  const later = await started();
  const began = performance.now();
  const deletions = await untilAtRest(later);
  const restS = Math.round((performance.now() - began) / 1000);
  await expectEachOnce(later, true);
  await later.stop();
  const keys = bucketKeys(dataDir);
  const merged = keys.filter((key) => key.includes("/m/") && key.endsWith(".seg")).length;
  const shards = new Set(keys.flatMap((key) => /\/s\/(\d+)\//.exec(key)?.[1] ?? []));
  const count = (means: (one: Upload) => boolean) => ledger.uploads.filter(means).length;
  const acknowledged = count((one) => one.isAcknowledged);
  console.log(
    `kills: ${KILLS} (seed ${SEED}), ${Math.round(offsetS / DAY_S)} days, ${acknowledged} uploads acknowledged, ` +
      `${ledger.uploads.length - acknowledged} not, ${count((one) => one.deleted === "yes")} deleted again by ${deletions} deletions; ` +
      `${keys.length} objects of ${shards.size} shards, ${merged} of them compacted; ${restS} s until all was at rest`,
  );
  expect(acknowledged).toBeGreaterThan(KILLS * 10);
});
