// After a deletion no file of the data folder holds a word of what was deleted: names of functions, label values, apps. Searched
// in the files of a server that has stopped, byte by byte, deflated pieces inflated.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, afterEach, expect, it } from "vitest";
import type { Deletion } from "../../src/api/deletion.ts";
import { startServer, type TestServer } from "../support/server.ts";
import { findWords } from "./folder-search.ts";

const HOUR = 3600;
const WITHIN_MS = 60_000;
const dataDir = mkdtempSync(join(tmpdir(), "edgeflame-deletion-"));
let running: TestServer | null = null;
afterEach(async () => {
  await running?.kill();
});
afterAll(() => rmSync(dataDir, { recursive: true, force: true, maxRetries: 5 }));

async function restarted(offset: number): Promise<TestServer> {
  await running?.stop();
  running = await startServer({ dataDir, env: { EDGEFLAME_CLOCK_OFFSET_S: String(offset) } });
  return running;
}

async function until(what: string, isSo: () => Promise<boolean>): Promise<void> {
  const giveUpAt = performance.now() + WITHIN_MS;
  while (!(await isSo())) {
    if (performance.now() > giveUpAt) throw new Error(`not ${what} within ${WITHIN_MS} ms`);
    await sleep(250);
  }
}

const json = async <T>(server: TestServer, path: string, init?: RequestInit): Promise<T> =>
  (await (await fetch(`${server.url}${path}`, init)).json()) as T;

async function upload(server: TestServer, name: string, at: number, stacks: string): Promise<void> {
  const query = new URLSearchParams({ name, from: String(at), until: String(at + 10) });
  const response = await fetch(`${server.url}/ingest?${query}`, { method: "POST", body: stacks });
  expect(response.status, await response.text()).toBe(200);
}

async function uploadBad(server: TestServer, name: string, body: string): Promise<void> {
  const query = new URLSearchParams({ name, format: "folded" });
  const response = await fetch(`${server.url}/ingest?${query}`, { method: "POST", body });
  expect(response.status, await response.text()).toBeGreaterThanOrEqual(400);
}

const isSealed = async (server: TestServer) =>
  /^edgeflame_live_shards 0$/m.test(await (await fetch(`${server.url}/metrics`)).text());

async function total(server: TestServer, query: string, from: number, to: number): Promise<number> {
  const params = new URLSearchParams({ query, from: String(from), until: String(to), format: "json" });
  return (await json<{ flamebearer: { numTicks: number } }>(server, `/render?${params}`)).flamebearer.numTicks;
}

const post = (server: TestServer, body: unknown) =>
  json<Deletion>(server, "/api/deletions", { method: "POST", body: JSON.stringify(body) });

const REFUSED = "pangolinbody";

/** Unmistakable, and no two begin alike. */
const GONE = {
  app: "wolpertingerapp",
  function: "quokkafunction",
  pod: "platypuspod",
  timed: "axolotlfunction",
  live: "numbatfunction",
  /** First bytes are kept as hex. */
  refused: Buffer.from(REFUSED).toString("hex"),
};
const KEPT = { app: "keeperapp", function: "okapifunction", pod: "zebrapod", live: "jerboafunction" };

it("leaves no word of it in any file: of an app, of a selection, of a time", { timeout: 400_000 }, async () => {
  const now = Math.floor(Date.now() / 1000);
  const start = now - (now % HOUR) - 30 * HOUR;
  let server = await restarted(0);
  for (let k = 0; k < 12; k++) {
    const at = start + k * HOUR + 600 + 10 * k;
    await upload(server, `${GONE.app}.cpu{pod=${GONE.pod}}`, at, `main;${GONE.function} 3`);
    await upload(server, `${KEPT.app}.cpu{pod=${KEPT.pod}}`, at, `main;${KEPT.function} 5`);
    await upload(server, `${KEPT.app}.cpu{pod=${GONE.pod}}`, at, `main;${GONE.function} 7`);
  }
  const timed = start + 3 * HOUR + 1200;
  await upload(server, `${KEPT.app}.cpu{pod=${KEPT.pod}}`, timed, `main;${GONE.timed} 11`);
  server = await restarted(2 * HOUR);
  await until("sealed", () => isSealed(server));
  server = await restarted(12 * HOUR);
  await until("compacted", async () => server.logs.some((line) => line.includes("compacted")));
  await upload(server, `${KEPT.app}.cpu{pod=${GONE.pod}}`, start + 40, `main;${GONE.live} 2`);
  await upload(server, `${KEPT.app}.cpu{pod=${KEPT.pod}}`, start + 40, `main;${KEPT.live} 2`);
  // What is refused is told in the inbox: names, labels, first bytes.
  await uploadBad(server, `${GONE.app}.cpu{pod=${GONE.pod}}`, `${REFUSED} x`);
  await uploadBad(server, `{${GONE.pod}=${GONE.app}}`, `${REFUSED} 1`);
  await uploadBad(server, `${KEPT.app}.cpu{pod=${GONE.pod}}`, `${REFUSED} x`);
  await uploadBad(server, "refusedapp.cpu{pod=x}", "x x");
  const inbox = async () => (await json<{ total: number }>(server, "/api/inbox?limit=0")).total;
  await until("told", async () => (await inbox()) === 4);
  await total(server, `${KEPT.app}.cpu`, start, start + 24 * HOUR); // folds what waits, and fills the caches
  await server.stop();
  for (const [word, files] of findWords(dataDir, [...Object.values(GONE), ...Object.values(KEPT)]))
    expect(files.length, `the search finds ${word}`).toBeGreaterThan(0);

  server = await restarted(12 * HOUR);
  const deletions = [
    await post(server, { app: GONE.app }),
    await post(server, { app: KEPT.app, query: `{pod="${GONE.pod}"}` }),
    await post(server, { app: KEPT.app, from: timed, until: timed + 10 }),
  ];
  expect(deletions.map(({ kind, state }) => [kind, state])).toEqual([
    ["app", "done"],
    ["part", "working"],
    ["part", "working"],
  ]);
  expect(await inbox()).toBe(1);
  // Objects that a query may still be reading go a minute after; each start runs cron.
  for (let minutes = 2; minutes <= 8; minutes += 2) {
    server = await restarted(12 * HOUR + minutes * 60);
    await until("pushed", async () => {
      const { deletions: all } = await json<{ deletions: Deletion[] }>(server, "/api/deletions");
      return all.every(({ state, step }) => state === "done" || step === "purge" || step === "flush");
    });
    await sleep(1000);
  }
  await until("done", async () => {
    const { deletions: all } = await json<{ deletions: Deletion[] }>(server, "/api/deletions");
    return all.length === 3 && all.every(({ state }) => state === "done");
  });
  expect(await total(server, `${KEPT.app}.cpu`, start, start + 24 * HOUR)).toBe(12 * 5 + 2);
  expect(await total(server, `${GONE.app}.cpu`, start, start + 24 * HOUR)).toBe(0);
  server = await restarted(13 * HOUR); // clears the free pages of its databases
  await server.stop();
  running = null;
  const found = findWords(dataDir, [...Object.values(GONE), ...Object.values(KEPT)]);
  for (const word of Object.values(KEPT)) expect(found.get(word)?.length, word).toBeGreaterThan(0);
  expect(Object.values(GONE).map((word) => [word, found.get(word)])).toEqual(
    Object.values(GONE).map((word) => [word, []]),
  );
});
