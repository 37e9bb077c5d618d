// A month of one app, run on the embedded server with every platform call counted: live uploads at their true pace, sealed
// hours, compaction up to 30 days, retention, queries. What differs from a real month is said where it does.
import { setTimeout as sleep } from "node:timers/promises";
import { type AccountedServer, startAccounted } from "../../bench/lib/accounted-server.ts";
import { readCatalog, type StoredBytes, storedBytes } from "../../bench/lib/catalog-file.ts";
import { type Counters, difference, NO_COUNTS, scaled, sum } from "../../bench/lib/counters.ts";
import {
  DAY_S,
  type FilledHour,
  fill,
  firstHoursOf,
  HOUR_S,
  hoursOf,
  quietAfter,
  SETTLING_S,
  secondsNow,
  settleAt,
  settleCounting,
  WINDOW_S,
} from "../../bench/lib/history.ts";
import { load } from "../../bench/lib/load.ts";
import { QUESTIONS } from "../../bench/lib/questions.ts";
import { INSTANCES, rideshareBody, rideshareUpload, SLOT_S } from "../../bench/lib/rideshare.ts";

export interface Cost {
  readonly counters: Counters;
  readonly cpuMs: number;
}

export interface Measured {
  readonly agents: number;
  readonly uploadBytes: number;
  /** Of 10 s with so many agents, without what comes with the hour's end. */
  readonly live: readonly { readonly agents: number; readonly slot: Cost }[];
  /** Uploads sent as fast as they are taken. */
  readonly uploadCpuMs: number;
  readonly uploadsPerSecond: number;
  /** Of one seal of an hour, and of one commit of compaction by the width it writes, seconds. */
  readonly byWidth: ReadonlyMap<number, Cost>;
  /** Of one cron call when nothing is due. */
  readonly idleCron: Cost;
  readonly queries: readonly { readonly range: string; readonly cost: Counters; readonly milliseconds: number }[];
  /** Of the app's rows and objects: bytes of one, by `finest/width`. */
  readonly stored: StoredBytes;
  readonly hour10Bytes: number;
  readonly hour60Bytes: number;
  readonly d1BytesPerSegment: ReadonlyMap<string, number>;
  readonly retentionRowsWritten: number;
}

const APP = "scale";
const MONTH_S = 30 * DAY_S;
const LIVE_AGENTS = [INSTANCES.length, 10 * INSTANCES.length];
/** Two rounds of what happens once a minute: the alarm, its fold, the roll-up of a minute. */
const LIVE_S = 120;

export async function measureMonth(log: (text: string) => void): Promise<Measured> {
  const server = await startAccounted();
  try {
    const monthS = Math.floor(secondsNow() / MONTH_S - 4) * MONTH_S;
    const live = [];
    for (const agents of LIVE_AGENTS) live.push({ agents, slot: await liveSlot(server, agents, monthS) });
    log("live uploads counted");
    // Two hours as dense as life, the rest of the window each minute: its nodes are about as large.
    const window = [
      ...hoursOf(monthS, monthS + 2 * HOUR_S, SLOT_S),
      ...hoursOf(monthS + 2 * HOUR_S, monthS + WINDOW_S, 60),
    ];
    const { uploads, seconds, cpuMs } = await filled(server, window, monthS + WINDOW_S);
    log(`${uploads} uploads of a window, ${(uploads / seconds).toFixed(0)}/s`);
    const ofWindow = await workByWidth(server, quietAfter(monthS + WINDOW_S));
    const hour = (finest: number) =>
      Number(
        readCatalog(
          server.dataDir,
          `SELECT sum(object_bytes) AS bytes FROM segments WHERE finest = ${finest} AND width = 3600 AND start = ${monthS}`,
        )[0]?.bytes ?? 0,
      );
    const [hour10Bytes, hour60Bytes] = [hour(10), hour(60)];
    const rest = firstHoursOf(monthS + WINDOW_S, monthS + MONTH_S, HOUR_S / 2);
    await filled(server, rest, monthS + MONTH_S);
    const ofMonth = await workByWidth(server, quietAfter(monthS + MONTH_S));
    log("a month sealed and compacted");
    const stored = storedBytes(server.dataDir);
    const d1BytesPerSegment = bytesOfRows(server.dataDir);
    const queries = await askRanges(server, monthS + MONTH_S);
    for (let turn = 0; turn < 3; turn++) await server.cron(); // what the moved clock has made due
    const idleCron = await costOf(server, () => server.cron());
    const retentionRowsWritten = await retention(server, monthS + MONTH_S);
    const byWidth = new Map([...ofMonth, ...ofWindow]);
    const uploadBytes = average(INSTANCES.map((_, i) => rideshareBody(i, i * SLOT_S).bytes.length));
    return {
      agents: INSTANCES.length,
      uploadBytes,
      live,
      uploadCpuMs: cpuMs / uploads,
      uploadsPerSecond: uploads / seconds,
      byWidth,
      idleCron,
      queries,
      stored,
      hour10Bytes,
      hour60Bytes,
      d1BytesPerSegment,
      retentionRowsWritten,
    };
  } finally {
    await server.stop();
  }
}

const average = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;

/** Agents spread over each 10 s, as they are in life. */
async function liveSlot(server: AccountedServer, agents: number, monthS: number): Promise<Cost> {
  const startS = monthS - DAY_S;
  await server.restart(startS - secondsNow());
  const app = `${APP}-live-${agents}`;
  const send = (agent: number, slotS: number) =>
    load(server.url, () => rideshareUpload(app, agent, slotS), { connections: 1, requests: 1 });
  // The first uploads also write what is new: the app to the catalog, series and stacks to the object.
  await Promise.all(Array.from({ length: agents }, (_, agent) => send(agent, startS - HOUR_S)));
  const fold = async () => {
    const query = new URLSearchParams({ query: `${app}.cpu`, from: `${startS - HOUR_S}`, until: `${startS + HOUR_S}` });
    await (await fetch(`${server.url}/render?${query}`)).arrayBuffer();
  };
  await fold();
  const whole = await costOf(server, async () => {
    const sent: Promise<unknown>[] = [];
    const begun = performance.now();
    for (let i = 0; i < (agents * LIVE_S) / SLOT_S; i++) {
      await sleep(Math.max(0, begun + (i * SLOT_S * 1000) / agents - performance.now()));
      sent.push(send(i % agents, startS + Math.floor(i / agents) * SLOT_S));
    }
    await Promise.all(sent);
    await fold();
  });
  const slots = LIVE_S / SLOT_S;
  return { counters: scaled(whole.counters, 1 / slots), cpuMs: whole.cpuMs / slots };
}

async function filled(server: AccountedServer, hours: readonly FilledHour[], nowS: number) {
  await server.restart(nowS - secondsNow());
  const begun = performance.now();
  let uploads = 0;
  const { cpuMs } = await costOf(server, async () => {
    uploads = await fill(server.url, APP, hours);
  });
  return { uploads, seconds: (performance.now() - begun) / 1000, cpuMs };
}

async function costOf(server: AccountedServer, act: () => Promise<void>): Promise<Cost> {
  const cpuBefore = server.use()?.cpuSeconds ?? 0;
  const counters = await server.counted(act);
  return { counters, cpuMs: ((server.use()?.cpuSeconds ?? 0) - cpuBefore) * 1000 };
}

/**
 * Lets all work be done that is due at a time, and gives each turn's cost to what it wrote: hours sealed, or windows, days, 5 and
 * 30 days compacted. A turn that wrote several is shared by them evenly.
 * @returns the cost of one of each
 */
async function workByWidth(server: AccountedServer, nowS: number): Promise<Map<number, Cost>> {
  const widthsNow = () =>
    new Map(
      readCatalog(server.dataDir, "SELECT DISTINCT width, start, shard, part FROM segments").map((row) => [
        `${row.width}/${row.start}/${row.shard}/${row.part}`,
        Number(row.width),
      ]),
    );
  let known = widthsNow();
  const shares = new Map<number, { cost: Cost; written: number }>();
  let before: Counters = NO_COUNTS;
  let cpuBefore = 0;
  const atStart = async () => {
    before = await server.counters();
    cpuBefore = (server.use()?.cpuSeconds ?? 0) * 1000;
  };
  await settleCounting(server, nowS, atStart, async () => {
    const after = await server.counters();
    const cpuAfter = (server.use()?.cpuSeconds ?? 0) * 1000;
    const now = widthsNow();
    const written = [...now].flatMap(([key, width]) => (known.has(key) ? [] : [width]));
    for (const width of written) {
      const share = shares.get(width) ?? { cost: { counters: NO_COUNTS, cpuMs: 0 }, written: 0 };
      const part = scaled(difference(after, before), 1 / written.length);
      const cpuMs = share.cost.cpuMs + (cpuAfter - cpuBefore) / written.length;
      shares.set(width, { cost: { counters: sum([share.cost.counters, part]), cpuMs }, written: share.written + 1 });
    }
    if (written.length > 0) [known, before, cpuBefore] = [now, after, cpuAfter];
  });
  return new Map(
    [...shares].map(([width, { cost, written }]) => [
      width,
      { counters: scaled(cost.counters, 1 / written), cpuMs: cost.cpuMs / written },
    ]),
  );
}

/** Bytes of a segment's row in the catalog, by class: nearly all of it is the head. */
function bytesOfRows(dataDir: string): Map<string, number> {
  const rows = readCatalog(
    dataDir,
    "SELECT finest || '/' || width AS class, avg(coalesce(length(head), 0) + length(object_key) + coalesce(length(covers), 0) + 60) AS bytes FROM segments GROUP BY 1",
  );
  return new Map(rows.map((row) => [`${row.class}`, Number(row.bytes)]));
}

async function askRanges(server: AccountedServer, endS: number): Promise<Measured["queries"][number][]> {
  const found = [];
  const [whole] = QUESTIONS;
  for (const [range, seconds] of [
    ["1 h", HOUR_S],
    ["24 h", DAY_S],
    ["30 d", MONTH_S - DAY_S],
  ] as const) {
    await server.restart(endS + HOUR_S + SETTLING_S - secondsNow());
    // Within the window that is as dense as life, or over all.
    const fromS = range === "1 h" ? endS - MONTH_S + 1810 : endS - MONTH_S + 10;
    const begun = performance.now();
    const answer = await fetch(`${server.url}${whole?.path(APP, fromS, fromS + seconds)}`);
    await answer.arrayBuffer();
    const cost = JSON.parse(answer.headers.get("x-edgeflame-cost") ?? "null") as Counters;
    found.push({ range, cost, milliseconds: performance.now() - begun });
  }
  return found;
}

/** @returns rows written in D1 for each row that retention lets go of, its object's removal included */
async function retention(server: AccountedServer, endS: number): Promise<number> {
  const rows = () => Number(readCatalog(server.dataDir, "SELECT count(*) AS n FROM segments")[0]?.n ?? 0);
  const before = rows();
  let written = 0;
  for (const days of [2, 14, 90]) {
    for (const hours of [1, 4]) {
      await settleAt(server, endS + days * DAY_S + hours * HOUR_S);
      written += (await server.counters()).d1RowsWritten;
    }
  }
  return written / Math.max(1, before - rows());
}
