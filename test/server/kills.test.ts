// SIGKILL to the whole process group at random moments under load: senders, readers, and a clock that jumps between
// lives, so that every start has seals, compactions and retention to do. What was acknowledged is there once.
//
//   EDGEFLAME_KILLS=50 EDGEFLAME_KILLS_SEED=…    more lives, by hand
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, expect, it } from "vitest";
import { randomOf } from "../../scripts/demo/random.ts";
import { startServer, type TestServer } from "../support/server.ts";
import { bucketKeys } from "./data-folder.ts";
import { type Flamebearer, flameSums } from "./flame-sums.ts";

const KILLS = Number(process.env.EDGEFLAME_KILLS ?? 6);
const SEED = process.env.EDGEFLAME_KILLS_SEED ?? "1";
const SENDERS = 6;
const HOUR_S = 3600;
const DAY_S = 86_400;
/** Between two lives; a retry of less than 24 h is known. */
const JUMPS_S = [0, 20, 2 * HOUR_S, 7 * HOUR_S, 26 * HOUR_S, 6 * DAY_S, 31 * DAY_S];
const KNOWN_S = 20 * HOUR_S;
const APPS = ["busy", "quiet"];

interface Upload {
  readonly app: string;
  /** Of its own, so that the graph says which uploads were counted, and how often. */
  readonly stack: string;
  readonly value: number;
  readonly url: string;
  readonly key: string;
  sentAtS: number;
  isAcknowledged: boolean;
}

const dataDir = mkdtempSync(join(tmpdir(), "edgeflame-kills-"));
let running: TestServer | undefined;
afterAll(async () => {
  await running?.kill();
  rmSync(dataDir, { recursive: true, force: true, maxRetries: 5 });
});

const random = randomOf("kills", SEED);
const below = (n: number) => Math.floor(random() * n);
const uploads: Upload[] = [];
let offsetS = 0;
const nowS = () => Math.floor(Date.now() / 1000) + offsetS;

function newUpload(): Upload {
  const app = APPS[below(3) === 0 ? 1 : 0]!;
  const ages = [0, 600, 2 * HOUR_S, DAY_S, 40 * DAY_S];
  const at = Math.floor((nowS() - below(ages[below(ages.length)]! + 1)) / 10) * 10;
  const stack = `u${uploads.length}`;
  const name = encodeURIComponent(`${app}.cpu{region=r${below(3)}}`);
  const isKeyed = below(2) === 0;
  const url = `/ingest?name=${name}&from=${at}&until=${at + 10}`;
  const one = { app, stack, value: 1 + below(1000), url, key: isKeyed ? stack : "", sentAtS: 0, isAcknowledged: false };
  uploads.push(one);
  return one;
}

/** @returns whether it was acknowledged */
async function send(server: TestServer, one: Upload): Promise<boolean> {
  one.sentAtS = nowS();
  const headers: Record<string, string> = one.key === "" ? {} : { "idempotency-key": one.key };
  try {
    const response = await fetch(server.url + one.url, {
      method: "POST",
      body: `main;${one.stack} ${one.value}`,
      headers,
    });
    one.isAcknowledged ||= response.status === 200;
    return response.status === 200;
  } catch {
    return false;
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

/** Between what was acknowledged before the question and what was tried before the answer. */
async function readWithin(server: TestServer): Promise<string | null> {
  const app = APPS[below(2)]!;
  const sure = sumOf(uploads.filter((one) => one.app === app && one.isAcknowledged));
  let answer: Awaited<ReturnType<typeof render>>;
  try {
    answer = await render(server, `${app}.cpu`);
  } catch (error) {
    return String(error).includes("fetch failed") || String(error).includes("terminated") ? null : String(error);
  }
  if (answer === null) return null;
  const most = sumOf(uploads.filter((one) => one.app === app));
  const { numTicks } = answer.flamebearer;
  return numTicks >= sure && numTicks <= most ? null : `${app}: ${numTicks}, acknowledged ${sure}, tried ${most}`;
}

async function live(server: TestServer, forMs: number): Promise<string[]> {
  const wrong: string[] = [];
  let isOver = false;
  const sender = async () => {
    while (!isOver && (await send(server, newUpload()))) await sleep(below(20));
  };
  const reader = async () => {
    while (!isOver) {
      const problem = await readWithin(server);
      if (problem !== null && !isOver) wrong.push(problem);
      await sleep(30);
    }
  };
  const all = [reader(), ...Array.from({ length: SENDERS }, sender)];
  await sleep(forMs);
  isOver = true;
  await server.killGroup();
  await Promise.all(all);
  return wrong;
}

async function started(): Promise<TestServer> {
  running = await startServer({ dataDir, env: { EDGEFLAME_CLOCK_OFFSET_S: `${offsetS}` } });
  return running;
}

/** What was not acknowledged and is surely known if it was stored: sent again, it counts once. */
async function sendAgain(server: TestServer): Promise<void> {
  const unsure = uploads.filter((one) => !one.isAcknowledged && one.key !== "" && nowS() - one.sentAtS < KNOWN_S);
  for (const one of unsure) await send(server, one);
}

async function expectEachOnce(server: TestServer): Promise<void> {
  for (const app of APPS) {
    const answer = await render(server, `${app}.cpu`);
    const { self, total } = flameSums(answer!.flamebearer);
    expect(answer!.timeline.samples.reduce((a, b) => a + b, 0)).toBe(total);
    const own = uploads.filter((one) => one.app === app);
    const wrong = own.filter(({ stack, value, isAcknowledged }) => {
      const counted = self.get(stack);
      return counted !== value && !(counted === undefined && !isAcknowledged);
    });
    expect(wrong.map(({ stack, value }) => `${stack}: ${self.get(stack)} of ${value}`)).toEqual([]);
    expect([...self.keys()].filter((stack) => !own.some((one) => one.stack === stack))).toEqual([]);
  }
}

async function untilSealed(server: TestServer): Promise<void> {
  const giveUpAt = performance.now() + 180_000;
  for (;;) {
    const metrics = await (await fetch(`${server.url}/metrics`)).text();
    if (/^edgeflame_live_shards 0$/m.test(metrics)) return;
    if (performance.now() > giveUpAt) throw new Error(`not sealed:\n${metrics}`);
    await sleep(500);
  }
}

it("loses no acknowledged upload and counts none twice", { timeout: 60_000 + KILLS * 60_000 }, async () => {
  const wrong: string[] = [];
  for (let kill = 0; kill < KILLS; kill++) {
    const server = await started();
    await sendAgain(server);
    wrong.push(...(await live(server, 200 + below(3000))));
    offsetS += JUMPS_S[below(JUMPS_S.length)]!;
  }
  expect(wrong).toEqual([]);
  const afterwards = await started();
  await expectEachOnce(afterwards);
  await afterwards.stop();
  offsetS += 3 * HOUR_S;
  const later = await started();
  await untilSealed(later);
  await expectEachOnce(later);
  await later.stop();
  const keys = bucketKeys(dataDir);
  const merged = keys.filter((key) => key.includes("/m/") && key.endsWith(".seg")).length;
  const acknowledged = uploads.filter((one) => one.isAcknowledged).length;
  console.log(
    `kills: ${KILLS} (seed ${SEED}), ${Math.round(offsetS / DAY_S)} days, ${acknowledged} uploads acknowledged, ` +
      `${uploads.length - acknowledged} not; ${keys.length} objects, ${merged} of them compacted`,
  );
  expect(acknowledged).toBeGreaterThan(KILLS * 10);
});
