// Histories of the rideshare app on a server whose clock is ours: uploads in the order of time, then seals, compaction and
// retention as the clock moves on.
import { setTimeout as sleep } from "node:timers/promises";
import type { AccountedServer } from "./accounted-server.ts";
import { readCatalog } from "./catalog-file.ts";
import { load } from "./load.ts";
import { INSTANCES, rideshareUpload, SLOT_S } from "./rideshare.ts";

export const HOUR_S = 3600;
export const WINDOW_S = 6 * HOUR_S;
export const DAY_S = 24 * HOUR_S;

/** An hour that begins at `startS`, with an upload of every instance each `everyS` seconds. */
export interface FilledHour {
  readonly startS: number;
  readonly everyS: number;
  /** How much of the hour; all of it when absent. */
  readonly lengthS?: number;
}

const CONNECTIONS = 32;
/** An hour is sealed when nothing came for 15 s, and up to two minutes after its end. */
const QUIET_S = 300;
/** A settling server is asked this often before it is believed to be stuck. */
const MOST_TURNS = 3000;
const TURN_MS = 100;

export const secondsNow = (): number => Math.floor(Date.now() / 1000);
export const hoursOf = (fromS: number, untilS: number, everyS: number): FilledHour[] =>
  Array.from({ length: (untilS - fromS) / HOUR_S }, (_, i) => ({ startS: fromS + i * HOUR_S, everyS }));
/** The first hour of each window of six: what a thin history needs for all windows to be there. */
export const firstHoursOf = (fromS: number, untilS: number, everyS: number): FilledHour[] =>
  Array.from({ length: (untilS - fromS) / WINDOW_S }, (_, i) => ({ startS: fromS + i * WINDOW_S, everyS }));

/**
 * @param instances the first so many of the app's nine
 * @returns how many uploads were sent
 */
export async function fill(
  url: string,
  app: string,
  hours: readonly FilledHour[],
  instances = INSTANCES.length,
): Promise<number> {
  const requests = requestsOf(app, hours, instances);
  const uploads = hours.reduce((sum, { everyS, lengthS = HOUR_S }) => sum + Math.ceil(lengthS / everyS) * instances, 0);
  const next = () => {
    const { value } = requests.next();
    if (value === undefined) throw new Error("more uploads asked for than there are");
    return value;
  };
  await load(url, next, { connections: CONNECTIONS, requests: uploads });
  return uploads;
}

function* requestsOf(app: string, hours: readonly FilledHour[], instances: number) {
  for (const { startS, everyS, lengthS = HOUR_S } of hours) {
    for (let slotS = startS; slotS < startS + lengthS; slotS += everyS) {
      const aligned = slotS - (slotS % SLOT_S);
      for (let instance = 0; instance < instances; instance++) yield rideshareUpload(app, instance, aligned);
    }
  }
}

/** What compaction writes makes the next width due some minutes later: so many times does the clock go on. */
const SETTLING_STEPS = [0, 500, 1000, 1500];
/** How long after its first step a server is settled. */
export const SETTLING_S = 1800;

/**
 * Moves the clock to a time and on, until all that is due has been done: seals, compaction, retention, removal.
 * @param live whether what is live must be sealed as well
 */
export async function settleAt(
  server: AccountedServer,
  nowS: number,
  live: "sealed" | "kept" = "sealed",
): Promise<void> {
  for (const stepS of SETTLING_STEPS) {
    await server.restart(nowS + stepS - secondsNow());
    await settle(server, nowS + stepS, live);
  }
}

/** @param afterTurn called after each call of cron */
async function settle(
  server: AccountedServer,
  nowS: number,
  live: "sealed" | "kept",
  afterTurn: () => Promise<void> = async () => {},
): Promise<void> {
  for (let turn = 0; turn < MOST_TURNS; turn++) {
    await server.cron();
    await afterTurn();
    if (dueWork(server.dataDir, nowS, live) === 0) return;
    await sleep(TURN_MS);
  }
  throw new Error(`the server still has ${dueWork(server.dataDir, nowS, live)} things to do`);
}

/** settleAt, for who counts: `atStart` is called after each restart, `afterTurn` after each call of cron. */
export async function settleCounting(
  server: AccountedServer,
  nowS: number,
  atStart: () => Promise<void>,
  afterTurn: () => Promise<void>,
): Promise<void> {
  for (const stepS of SETTLING_STEPS) {
    await server.restart(nowS + stepS - secondsNow());
    await atStart();
    await settle(server, nowS + stepS, "sealed", afterTurn);
  }
}

/** A time by which the hours before `endS` may be sealed. */
export const quietAfter = (endS: number): number => endS + QUIET_S;

/** Live objects, windows due, objects to remove. */
function dueWork(dataDir: string, nowS: number, live: "sealed" | "kept"): number {
  const [row] = readCatalog(
    dataDir,
    `SELECT ${live === "kept" ? "0" : "(SELECT count(*) FROM shards WHERE live_since IS NOT NULL)"}
       + (SELECT count(*) FROM compactions WHERE due_at <= ${nowS})
       + (SELECT count(*) FROM retired_objects WHERE delete_after <= ${nowS}) AS work`,
  );
  return Number(row?.work ?? 0);
}
