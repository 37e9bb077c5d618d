// From what one app's month cost when it was measured to the month of any number of agents, a year after they began.
import { type Counters, NO_COUNTS, scaled, sum } from "../../bench/lib/counters.ts";
import type { Cost, Measured } from "./measure.ts";
import { type Bill, billOf, D1_BYTES_MOST, MONTH_S } from "./prices.ts";

/** What is assumed of users; everything else is measured. */
export const ASSUMED = {
  uploadIntervalS: 10,
  /** Agents → agents of one app: an app is a service with its replicas. */
  agentsPerApp: [
    [1, 1],
    [100, 10],
    [10_000, 50],
    [1_000_000, 200],
  ] as const,
  /** Each over 30 days, the dearest that was measured. */
  queriesPerAppAndDay: 200,
  shardsPerApp: 1,
};

/** Steady state of an app after a year: how many hours, windows and days lie there at once (RETENTION). */
export const KEPT = { hours10: 48, hours60: 14 * 24, windows: 90 * 4, months: 12, days: 9 } as const;
const HOURS = MONTH_S / 3600;
/** 24 KiB of directories and a few of names, in base64. */
const MOST_HEAD_BYTES = 36_000;
/** Commits of compaction in a month, by the width they write. */
const MERGES_PER_MONTH: ReadonlyMap<number, number> = new Map([
  [3600, HOURS],
  [21_600, HOURS / 6],
  [86_400, 30],
  [432_000, 6],
  [2_592_000, 1],
]);

export interface Projection {
  readonly agents: number;
  readonly apps: number;
  readonly uploads: number;
  readonly bill: Bill;
  readonly counters: Counters;
  readonly r2Bytes: number;
  readonly d1Bytes: number;
  /** Stored a year on, over the uploads of that year. */
  readonly bytesPerUpload: number;
  readonly d1RowsPerApp: number;
  readonly d1BytesPerApp: number;
  readonly appsWhenFull: number;
}

export function project(measured: Measured, agents: number, agentsPerApp: number): Projection {
  const apps = Math.max(1, Math.round(agents / agentsPerApp));
  const perApp = Math.min(agents, agentsPerApp);
  const uploads = (agents * MONTH_S) / ASSUMED.uploadIntervalS;
  const live = scaled(liveSlotAt(measured, perApp), (apps * MONTH_S) / ASSUMED.uploadIntervalS);
  const merges = [...MERGES_PER_MONTH].map(([width, times]) => scaledCost(measured.byWidth.get(width), times * apps));
  const queries = apps * ASSUMED.queriesPerAppAndDay * 30;
  const dearest = measured.queries.at(-1)?.cost ?? NO_COUNTS;
  const minutes = MONTH_S / 60;
  // Cron asks each live object once a minute, up to 200 of them.
  const cron = {
    ...scaled(measured.idleCron.counters, minutes),
    objectCalls: minutes * Math.min(200, apps),
    crons: minutes,
  };
  const expired = { ...NO_COUNTS, d1RowsWritten: measured.retentionRowsWritten * apps * (2 * HOURS + HOURS / 6) };
  const asked = { ...scaled(dearest, queries), requests: queries };
  const counters = sum([live, ...merges.map((one) => one.counters), cron, expired, asked]);
  const cpuMs =
    uploads * measured.uploadCpuMs +
    merges.reduce((total, one) => total + one.cpuMs, 0) +
    minutes * measured.idleCron.cpuMs +
    queries * 20;
  const stored = storedOf(measured, perApp);
  const usage = {
    counters,
    cpuMs,
    objectSeconds: apps * MONTH_S * ASSUMED.shardsPerApp,
    r2Bytes: stored.r2Bytes * apps,
    d1Bytes: stored.d1Bytes * apps,
    objectBytes: measured.hour10Bytes * 1.5 * (perApp / measured.agents) * apps,
  };
  return {
    agents,
    apps,
    uploads,
    bill: billOf(usage),
    counters,
    r2Bytes: usage.r2Bytes,
    d1Bytes: usage.d1Bytes,
    bytesPerUpload: (usage.r2Bytes + usage.d1Bytes) / (uploads * 12),
    d1RowsPerApp: stored.d1Rows,
    d1BytesPerApp: stored.d1Bytes,
    appsWhenFull: Math.floor(D1_BYTES_MOST / stored.d1Bytes),
  };
}

function scaledCost(cost: Cost | undefined, factor: number): Cost {
  return { counters: scaled(cost?.counters ?? NO_COUNTS, factor), cpuMs: (cost?.cpuMs ?? 0) * factor };
}

/** Two densities were measured; between and beyond, what grows with uploads and what comes with each slot lie on a line. */
function liveSlotAt({ live }: Measured, agents: number): Counters {
  const [few, many] = live;
  if (few === undefined || many === undefined) throw new Error("two densities are needed");
  const slope = scaled(sum([many.slot.counters, scaled(few.slot.counters, -1)]), 1 / (many.agents - few.agents));
  const at = sum([few.slot.counters, scaled(slope, agents - few.agents)]);
  const result = { ...at, requests: agents, objectCalls: agents };
  for (const name of Object.keys(result) as (keyof Counters)[]) result[name] = Math.max(0, result[name]);
  return result;
}

/** Bytes and rows of one app a year on. Vectors grow with its series, so with its agents. */
function storedOf({ stored, hour10Bytes, hour60Bytes, d1BytesPerSegment, agents }: Measured, perApp: number) {
  const share = perApp / agents;
  const one = (name: string): number => {
    const found = stored.byClass.get(name);
    return found === undefined || found.objects === 0 ? 0 : found.bytes / found.objects;
  };
  const dictionary = stored.byClass.get("dictionary")?.bytes ?? 0;
  const widest = one("86400/2592000");
  const vectors =
    KEPT.hours10 * hour10Bytes +
    KEPT.hours60 * hour60Bytes +
    KEPT.windows * one("3600/21600") +
    (KEPT.months + 1) * widest;
  // A head names the series and has the coarse directories inside, up to a limit.
  const head = (name: string): number =>
    Math.min(MOST_HEAD_BYTES, (d1BytesPerSegment.get(name) ?? 0) * Math.max(1, share));
  const d1Rows = KEPT.hours10 + KEPT.hours60 + KEPT.windows + KEPT.months + KEPT.days;
  const d1Bytes =
    KEPT.hours10 * head("10/3600") +
    KEPT.hours60 * head("60/3600") +
    KEPT.windows * head("3600/21600") +
    (KEPT.months + KEPT.days) * Math.max(head("86400/2592000"), head("86400/86400"));
  return { r2Bytes: vectors * share + dictionary, d1Bytes, d1Rows };
}
