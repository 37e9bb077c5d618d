// Queries over a year of the rideshare app: milliseconds, objects, bytes and stack vectors by range, cold and warm.
//
// A year at its true rhythm is 28 million uploads. The history here is thinner (see HISTORY): every window, day and month that
// compaction makes is there, and what a query costs must not depend on the number of uploads, which the last rows show.
// Every question has a range of its own. Cold: the first question after a restart of the runtime.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { type AccountedServer, startAccounted } from "../lib/accounted-server.ts";
import { readCatalog } from "../lib/catalog-file.ts";
import { type Counters, NO_COUNTS } from "../lib/counters.ts";
import { machineLine, markdownTable, median, percentile } from "../lib/figures.ts";
import {
  DAY_S,
  fill,
  firstHoursOf,
  HOUR_S,
  hoursOf,
  quietAfter,
  SETTLING_S,
  secondsNow,
  settleAt,
} from "../lib/history.ts";
import { load } from "../lib/load.ts";
import { QUESTIONS, type Question } from "../lib/questions.ts";

export const YEAR_APP = "bench-year";
const DENSE_APP = "bench-dense";
const RANGES = [
  { name: "1 h", seconds: HOUR_S },
  { name: "24 h", seconds: DAY_S },
  { name: "30 d", seconds: 30 * DAY_S },
  { name: "365 d", seconds: 365 * DAY_S },
] as const;
type Range = (typeof RANGES)[number];
const COLD_SAMPLES = 1;
const WARM_SAMPLES = 60;
const WARM_UP = 10;
const SLOT_S = 10;
/** What the object still holds when the questions come: the hour under way. */
const LIVE_S = 1200;

export interface History {
  readonly dataDir: string;
  /** What the server's clock says when it is asked, unix seconds. */
  readonly nowS: number;
}

interface Cell {
  readonly question: Question;
  readonly range: Range;
  readonly app: string;
  cost: Counters;
  coldMs: number[];
  warmMs: readonly number[];
}

/**
 * @param days of the thin part: fewer for a quick look
 * @param kept folder of a history that an earlier run left, or where this one leaves it; null: a fresh one
 */
export async function benchQuery(kept: string | null, days = 364): Promise<string> {
  const server = await startAccounted({ countsVectors: true, ...(kept !== null && { dataDir: kept }) });
  try {
    const history = await yearOf(server, days);
    const cells: Cell[] = [
      ...RANGES.flatMap((range) => QUESTIONS.map((question) => cellOf(question, range, YEAR_APP))),
      ...RANGES.slice(1, 2).flatMap((range) =>
        QUESTIONS.slice(0, 1).map((question) => cellOf(question, range, DENSE_APP)),
      ),
    ];
    const asking = questioner(server, history);
    for (const cell of cells) {
      await server.restart(history.nowS - secondsNow());
      cell.cost = (await asking(cell)).cost;
    }
    return await timed(server, history, cells);
  } finally {
    await server.stop();
  }
}

/** Times without the vectors' counting, which reads every byte once more. */
async function timed(counting: AccountedServer, history: History, cells: readonly Cell[]): Promise<string> {
  await counting.pause();
  const server = await startAccounted({ dataDir: counting.dataDir, offsetS: history.nowS - secondsNow() });
  try {
    const asking = questioner(server, history);
    for (let sample = 0; sample < COLD_SAMPLES; sample++) {
      for (const cell of cells) {
        await server.restart(history.nowS - secondsNow());
        await fetch(`${server.url}/ready`);
        cell.coldMs.push((await asking(cell)).milliseconds);
      }
    }
    for (const cell of cells) {
      const next = () => ({ method: "GET" as const, path: nextPath(history, cell) });
      await load(server.url, next, { connections: 1, requests: WARM_UP });
      cell.warmMs = (await load(server.url, next, { connections: 1, requests: WARM_SAMPLES })).latenciesMs;
    }
  } finally {
    await server.stop();
  }
  return tableOf(cells, server.dataDir);
}

/**
 * Any Pyroscope-compatible server: the last 20 minutes are sent, and the questions are asked over parts of them. Run it against
 * two servers to compare them.
 */
export async function benchQueryOf(target: string): Promise<string> {
  const endS = Math.floor(secondsNow() / SLOT_S) * SLOT_S;
  const startS = endS - LIVE_S;
  await fill(target, YEAR_APP, [{ startS, everyS: SLOT_S, lengthS: LIVE_S }]);
  const rows: string[][] = [];
  for (const question of QUESTIONS) {
    const next = () => {
      const turn = asked++ % 61;
      return {
        method: "GET" as const,
        path: question.path(YEAR_APP, startS + SLOT_S * (turn % 59), endS - SLOT_S * (turn % 7)),
      };
    };
    await load(target, next, { connections: 1, requests: WARM_UP });
    const { latenciesMs, bytes, requests } = await load(target, next, { connections: 1, requests: WARM_SAMPLES });
    const [p50, p99] = [0.5, 0.99].map((share) => percentile(latenciesMs, share).toFixed(1));
    rows.push([question.name, p50 ?? "", p99 ?? "", (bytes / requests / 1000).toFixed(1)]);
  }
  return markdownTable(
    `### Query of ${target}\n\n${machineLine()}; 20 minutes`,
    ["question", "p50 ms", "p99 ms", "answer kB"],
    rows,
  );
}

const cellOf = (question: Question, range: Range, app: string): Cell => ({
  question,
  range,
  app,
  cost: NO_COUNTS,
  coldMs: [],
  warmMs: [],
});

let asked = 0;
/** Ends now but for up to 15 minutes, in ever other slots; no two begin alike. */
function nextPath({ nowS }: History, { question, range, app }: Cell): string {
  const turn = asked++;
  const untilS = Math.floor(nowS / SLOT_S) * SLOT_S - SLOT_S * (turn % 89);
  return question.path(app, untilS - range.seconds + SLOT_S * (turn % 7), untilS);
}

function questioner(server: AccountedServer, history: History) {
  return async (cell: Cell): Promise<{ cost: Counters; milliseconds: number }> => {
    const begun = performance.now();
    const answer = await fetch(`${server.url}${nextPath(history, cell)}`);
    const body = (await answer.json()) as { flamebearer?: { numTicks?: number } };
    const milliseconds = performance.now() - begun;
    if (!answer.ok || !body.flamebearer?.numTicks)
      throw new Error(`${cell.question.name}, ${cell.range.name}: no answer`);
    return { cost: JSON.parse(answer.headers.get("x-edgeflame-cost") ?? "{}") as Counters, milliseconds };
  };
}

function tableOf(cells: readonly Cell[], dataDir: string): string {
  const rows = cells.map(({ question, range, app, cost, coldMs, warmMs }) => [
    app === YEAR_APP ? question.name : `${question.name}, 10 × the uploads`,
    range.name,
    median(warmMs).toFixed(1),
    percentile(warmMs, 0.99).toFixed(1),
    median(coldMs).toFixed(0),
    `${cost.r2Gets}`,
    (cost.r2GetBytes / 1000).toFixed(0),
    `${cost.d1Calls}`,
    `${cost.d1RowsRead}`,
    `${cost.vectors}`,
    `${cost.pairs}`,
  ]);
  const stored = readCatalog(dataDir, "SELECT count(*) AS objects, sum(object_bytes) AS bytes FROM segments")[0];
  const title = `### Query\n\n${machineLine()}; a year in ${stored?.objects} segments, ${(Number(stored?.bytes) / 1e6).toFixed(0)} MB, one connection`;
  const head = ["question", "range", "p50 ms", "p99 ms", "cold ms", "R2 reads", "kB read", "D1 calls", "D1 rows"];
  return markdownTable(title, [...head, "vectors", "nodes merged"], rows);
}

/**
 * The year: one hour of six with one upload of each instance; the last two days each ten minutes, the last hour and what
 * is live each 10 s. A second app has the last day each minute.
 */
export async function yearOf(server: AccountedServer, days: number): Promise<History> {
  const [known] = existsSync(join(server.dataDir, "migrations.json"))
    ? readCatalog(server.dataDir, "SELECT max(last_slot) AS last FROM shards")
    : [];
  // The hour under way may have been sealed by whoever asked before.
  if (known?.last) return settled(server, Math.ceil((Number(known.last) - LIVE_S) / HOUR_S) * HOUR_S);
  const endS = Math.floor(secondsNow() / DAY_S) * DAY_S - 5 * HOUR_S;
  const denseS = Math.floor((endS - 2 * DAY_S) / DAY_S) * DAY_S;
  const beginS = denseS - days * DAY_S;
  const log = (text: string) => console.error(`${new Date().toISOString().slice(11, 19)} ${text}`);
  // The clock goes with the uploads, so that no month waits for the end.
  for (let fromS = beginS; fromS < denseS; fromS += 52 * DAY_S) {
    const untilS = Math.min(fromS + 52 * DAY_S, denseS);
    await server.restart(untilS - secondsNow());
    const uploads = await fill(server.url, YEAR_APP, firstHoursOf(fromS, untilS, HOUR_S));
    log(`${uploads} uploads of ${(untilS - fromS) / DAY_S} days`);
    await settleAt(server, quietAfter(untilS));
    log("sealed and compacted");
  }
  const whole = hoursOf(endS - HOUR_S, endS, SLOT_S);
  await server.restart(endS - secondsNow());
  log(
    `${await fill(server.url, YEAR_APP, [...hoursOf(denseS, endS - HOUR_S, HOUR_S / 6), ...whole])} of the last days`,
  );
  const dense = [...hoursOf(endS - DAY_S - HOUR_S, endS - HOUR_S, HOUR_S / 60), ...whole];
  log(`${await fill(server.url, DENSE_APP, dense)} of the same day ten times as often`);
  await settleAt(server, quietAfter(endS));
  log("sealed and compacted");
  await server.restart(endS + LIVE_S - secondsNow());
  for (const app of [YEAR_APP, DENSE_APP])
    await fill(server.url, app, [{ startS: endS, everyS: SLOT_S, lengthS: LIVE_S }]);
  return settled(server, endS);
}

/** Once all that is due is done but for the seal of the hour under way. */
async function settled(server: AccountedServer, endS: number): Promise<History> {
  await settleAt(server, endS + LIVE_S, "kept");
  return { dataDir: server.dataDir, nowS: endS + LIVE_S + SETTLING_S };
}
