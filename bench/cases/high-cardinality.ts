// Very many series in one app: 5000 pods, each with its own label. What uploads, seals and questions cost, and what share of
// the sealed bytes a question about one pod reads. On a server of our own, whose platform calls are counted.

import { globSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { setTimeout as sleep } from "node:timers/promises";
import { NORMAL_CPU } from "../../scripts/demo/cpu-stacks.ts";
import { apportion, randomOf } from "../../scripts/demo/random.ts";
import { type AccountedServer, startAccounted } from "../lib/accounted-server.ts";
import type { Counters } from "../lib/counters.ts";
import { machineLine, markdownTable, median } from "../lib/figures.ts";
import { type LoadRequest, load } from "../lib/load.ts";

const PODS = 5000;
const SLOTS = 12;
const SLOT_S = 10;
const HOUR_S = 3600;
const APP = "bench-pods";
/** Samples of an upload: some thirty stacks. */
const SAMPLES = 60;
const ROUNDS = 5;
const CHECK_MS = 3000;
const QUIET_CHECKS = 18;
const MOST_CHECKS = 100;

/** Objects by the finest rung they hold. */
type ObjectClass = 10 | 60;

interface Question {
  readonly name: string;
  /** Whose heads it reads. */
  readonly classes: readonly ObjectClass[];
  /** @param turn makes each request another */
  path(turn: number): string;
}

interface Stored {
  readonly objects: number;
  readonly bytes: number;
  readonly headBytes: number;
}

export async function benchHighCardinality(): Promise<string> {
  const server = await startAccounted();
  try {
    // An hour that is over: it is sealed once nothing comes any more.
    const fromS = Math.floor(Date.now() / 1000 / HOUR_S) * HOUR_S - 2 * HOUR_S;
    const sent = await load(server.url, podUploads(fromS), { connections: 16, requests: PODS * SLOTS });
    await untilSealed(server);
    const stored = { 10: storedOf(server.dataDir, 10), 60: storedOf(server.dataDir, 60) };
    const rows: string[][] = [];
    for (const question of questions(fromS)) rows.push(await rowOf(server, question, stored));
    const kinds = ([10, 60] as const).map((kind) => {
      const { objects, bytes, headBytes } = stored[kind];
      return `${objects} objects from ${kind} s up, ${(bytes / 1e6).toFixed(2)} MB, heads ${(headBytes / 1e6).toFixed(2)} MB`;
    });
    const facts = [
      `${(sent.requests / sent.seconds).toFixed(0)} uploads/s of some thirty stacks`,
      ...kinds,
      `${((stored[10].bytes + stored[60].bytes) / sent.requests).toFixed(0)} bytes an upload`,
    ];
    const title = `### High cardinality\n\n${machineLine()}; ${PODS} pods, ${SLOTS} uploads each: ${facts.join("; ")}`;
    const head = [
      "question",
      "of the segments' bytes",
      "objects kB",
      "heads kB",
      "reads",
      "vectors",
      "cold ms",
      "warm ms",
    ];
    return markdownTable(title, head, rows);
  } finally {
    await server.stop();
  }
}

function questions(fromS: number): Question[] {
  const render = (query: string, from: number, until: number) =>
    `/render?${new URLSearchParams({ query, from: `${from}`, until: `${until}`, format: "json" })}`;
  const one = (turn: number) => `${APP}.cpu{pod="${podName(1234 + turn)}"}`;
  const all = `${APP}.cpu`;
  const until = fromS + HOUR_S;
  const values = (more: Record<string, string>) => `/label-values?${new URLSearchParams({ label: "pod", ...more })}`;
  return [
    { name: "one pod, the hour", classes: [10, 60], path: (turn) => render(one(turn), fromS, until) },
    { name: "one pod, a day", classes: [60], path: (turn) => render(one(turn), until - 24 * HOUR_S, until) },
    { name: "one pod, 50 s", classes: [10], path: (turn) => render(one(turn), fromS + SLOT_S, fromS + 6 * SLOT_S) },
    { name: "all, the hour", classes: [10, 60], path: (turn) => render(all, fromS, until + turn * HOUR_S) },
    { name: "all, a day", classes: [60], path: (turn) => render(all, until - (24 + turn) * HOUR_S, until) },
    { name: "all, 50 s", classes: [10], path: (turn) => render(all, fromS + SLOT_S, fromS + (6 + turn) * SLOT_S) },
    { name: "values of pod", classes: [], path: (turn) => values({ limit: `${PODS + turn}` }) },
    {
      name: "values of pod, a prefix",
      classes: [],
      path: (turn) => values({ prefix: "api-1", limit: `${100 + turn}` }),
    },
  ];
}

async function rowOf(
  server: AccountedServer,
  { name, classes, path }: Question,
  stored: Readonly<Record<ObjectClass, Stored>>,
): Promise<string[]> {
  const ask = async (turn: number) => {
    const begun = performance.now();
    const answer = await fetch(`${server.url}${path(turn)}`);
    await answer.arrayBuffer();
    if (!answer.ok) throw new Error(`${path(turn)}: ${answer.status}`);
    const cost = JSON.parse(answer.headers.get("x-edgeflame-cost") ?? "{}") as Counters;
    return { ms: performance.now() - begun, cost };
  };
  await server.restart(0);
  await fetch(`${server.url}/healthz`);
  const cold = await ask(0);
  const warmMs: number[] = [];
  for (let turn = 1; turn <= ROUNDS; turn++) warmMs.push((await ask(turn)).ms);
  const { r2GetBytes, r2Gets, vectors } = cold.cost;
  const headBytes = classes.reduce((sum, kind) => sum + stored[kind].headBytes, 0);
  const ofBytes = classes.reduce((sum, kind) => sum + stored[kind].bytes, 0);
  return [
    name,
    ofBytes === 0 ? "–" : `${((100 * (r2GetBytes + headBytes)) / ofBytes).toFixed(2)} %`,
    (r2GetBytes / 1000).toFixed(1),
    (headBytes / 1000).toFixed(1),
    `${r2Gets}`,
    `${vectors}`,
    cold.ms.toFixed(0),
    median(warmMs).toFixed(0),
  ];
}

/** As a deployment names them: two generations, and five letters that tell nothing. */
function podName(pod: number): string {
  const random = randomOf("pod", pod % PODS);
  const letters = Array.from({ length: 5 }, () => "bcdfghjklmnpqrstvwxz2456789"[Math.floor(random() * 27)]);
  return `api-${pod % 2 === 0 ? "7d9f8b6c5d" : "66bd98b5f9"}-${letters.join("")}`;
}

/** Slot after slot, all pods. */
function podUploads(fromS: number): () => LoadRequest {
  const weights = NORMAL_CPU.map(({ weight }) => weight);
  const text = new TextEncoder();
  let sent = 0;
  return () => {
    const pod = sent % PODS;
    const slotS = fromS + Math.floor(sent / PODS) * SLOT_S;
    const parts = apportion(SAMPLES, weights, 0.5, randomOf("upload", sent));
    const lines = NORMAL_CPU.flatMap(({ stack }, i) => {
      const count = Math.round(parts[i] ?? 0);
      return count === 0 ? [] : [`${stack.join(";")} ${count}`];
    });
    sent++;
    const name = encodeURIComponent(`${APP}.cpu{pod=${podName(pod)},zone=eu-${pod % 3}}`);
    const path = `/ingest?name=${name}&from=${slotS}&until=${slotS + SLOT_S}&format=folded&units=samples`;
    return { method: "POST", path, body: text.encode(lines.join("\n")), contentType: "text/plain" };
  };
}

/** A seal begins up to three quarters of a minute after the last upload. */
async function untilSealed(server: AccountedServer): Promise<void> {
  let quietChecks = 0;
  let before = -1;
  for (let check = 0; check < MOST_CHECKS && quietChecks < QUIET_CHECKS; check++) {
    await sleep(CHECK_MS);
    const { r2Puts, alarms } = await server.counters();
    quietChecks = r2Puts + alarms === before ? quietChecks + 1 : 0;
    before = r2Puts + alarms;
  }
}

/** From the catalog itself, in the server's files. */
function storedOf(dataDir: string, finest: ObjectClass): Stored {
  for (const file of globSync(join(dataDir, "**/*.sqlite"))) {
    const database = new DatabaseSync(file, { readOnly: true });
    try {
      if (database.prepare("SELECT 1 FROM sqlite_master WHERE name = 'segments'").get() === undefined) continue;
      const sums = "count(*) AS objects, sum(object_bytes) AS bytes, sum(head_length) AS headBytes";
      return database.prepare(`SELECT ${sums} FROM segments WHERE finest = ?`).get(finest) as unknown as Stored;
    } finally {
      database.close();
    }
  }
  throw new Error(`no catalog in ${dataDir}`);
}
