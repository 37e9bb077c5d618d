// What readers wait for: /render and /render-diff over the demo's history of a day, sealed but for its last hours.
//
// Every request asks for another beginning, so that no answer is one that was given before.
import { setTimeout as sleep } from "node:timers/promises";
import { sendAll } from "../../scripts/demo/send.ts";
import { APP_NAME, type DemoRange } from "../../scripts/demo/story.ts";
import { demoUploads } from "../../scripts/demo/uploads.ts";
import { machineLine, markdownTable, percentile } from "../lib/figures.ts";
import { load } from "../lib/load.ts";
import type { Subject } from "../lib/subject.ts";

const HISTORY_HOURS = 24;
const HOURS = [1, 6, 24];
const ROUNDS = 5;
const REQUESTS_PER_ROUND = 12;
const SLOT_S = 10;
/** An hour is sealed once nothing came for a while: the history is when workerd has nothing to do any more. */
const IDLE_CHECK_MS = 5000;
const IDLE_CPU_SECONDS = 0.1;
const MOST_IDLE_CHECKS = 60;

const QUERY = `${APP_NAME}.cpu`;
const ONE_LABEL = `${QUERY}{region="us-west-1"}`;

interface Question {
  readonly name: string;
  path(fromS: number, untilS: number): string;
}

const range = (fromS: number, untilS: number) => ({ from: `${fromS}`, until: `${untilS}`, format: "json" });
const QUESTIONS: readonly Question[] = [
  {
    name: "whole app",
    path: (from, until) => `/render?${new URLSearchParams({ query: QUERY, ...range(from, until) })}`,
  },
  {
    name: "one label",
    path: (from, until) => `/render?${new URLSearchParams({ query: ONE_LABEL, ...range(from, until) })}`,
  },
  {
    name: "groupBy region",
    path: (from, until) => `/render?${new URLSearchParams({ query: QUERY, groupBy: "region", ...range(from, until) })}`,
  },
  {
    name: "diff of halves",
    path(from, until) {
      const middle = from + Math.floor((until - from) / 2 / SLOT_S) * SLOT_S;
      const left = { leftQuery: QUERY, leftFrom: `${from}`, leftUntil: `${middle}` };
      const right = { rightQuery: QUERY, rightFrom: `${middle}`, rightUntil: `${until}` };
      return `/render-diff?${new URLSearchParams({ ...left, ...right, format: "json" })}`;
    },
  },
];

export async function benchRender(subject: Subject): Promise<string> {
  const untilS = Math.floor(Date.now() / 1000 / SLOT_S) * SLOT_S;
  const history: DemoRange = { seed: "bench", fromS: untilS - HISTORY_HOURS * 3600, untilS };
  await sendAll(demoUploads(history), { server: subject.url, token: null, concurrency: 12, onSent: () => {} });
  await untilIdle(subject);
  const cells = QUESTIONS.flatMap((question) =>
    HOURS.map((hours) => ({ question, hours, bytes: 0, latenciesMs: [] as number[] })),
  );
  let asked = 0;
  for (let round = 0; round <= ROUNDS; round++) {
    for (const cell of cells) {
      const next = () => {
        const end = untilS - SLOT_S * (asked++ % 90);
        return {
          method: "GET" as const,
          path: cell.question.path(end - cell.hours * 3600 + SLOT_S * (asked % 7), end),
        };
      };
      const { latenciesMs, bytes, requests } = await load(subject.url, next, {
        connections: 1,
        requests: REQUESTS_PER_ROUND,
      });
      if (round === 0) continue; // the first round fills the isolate's caches, as the first reader of a day does
      cell.latenciesMs.push(...latenciesMs);
      cell.bytes = bytes / requests;
    }
  }
  const rows = cells.map(({ question, hours, latenciesMs, bytes }) => [
    question.name,
    `${hours} h`,
    percentile(latenciesMs, 0.5).toFixed(1),
    percentile(latenciesMs, 0.99).toFixed(1),
    (bytes / 1000).toFixed(1),
  ]);
  const title = `### Render\n\n${machineLine()}; ${HISTORY_HOURS} h of the demo, one connection`;
  return markdownTable(title, ["question", "range", "p50 ms", "p99 ms", "answer kB"], rows);
}

async function untilIdle(subject: Subject): Promise<void> {
  for (let check = 0; check < MOST_IDLE_CHECKS; check++) {
    const before = subject.use();
    await sleep(IDLE_CHECK_MS);
    const after = subject.use();
    // Seals begin up to half a minute after the last upload.
    const isIdle = before !== null && after !== null && after.cpuSeconds - before.cpuSeconds < IDLE_CPU_SECONDS;
    if (check >= 7 && (isIdle || before === null)) return;
  }
}
