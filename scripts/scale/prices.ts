// Prices of the platform in dollars, as its public pages gave them in 2026, and what each counter of a run is billed as.
import type { Counters } from "../../bench/lib/counters.ts";

export const PRICES = {
  /** The paid plan, with what it includes each month. */
  plan: 5,
  workerRequests: { included: 10e6, perMillion: 0.3 },
  workerCpuMs: { included: 30e6, perMillion: 0.02 },
  objectRequests: { included: 1e6, perMillion: 0.15 },
  objectGbSeconds: { included: 400e3, perMillion: 12.5 },
  rowsRead: { included: 25e9, perMillion: 0.001 },
  rowsWritten: { included: 50e6, perMillion: 1 },
  r2ClassA: { included: 0, perMillion: 4.5 },
  r2ClassB: { included: 0, perMillion: 0.36 },
  /** Per GB and month. */
  r2Gb: 0.015,
  objectGb: 0.2,
  d1Gb: 0.75,
} as const;

export const OBJECT_GB = 0.128;
export const D1_BYTES_MOST = 10e9;
export const MONTH_S = 30 * 86_400;

/** What a month comes to. D1 and objects have an allowance of rows each. */
export interface Usage {
  readonly counters: Counters;
  readonly cpuMs: number;
  /** Seconds, summed over objects, for which one is in memory. */
  readonly objectSeconds: number;
  readonly r2Bytes: number;
  readonly d1Bytes: number;
  readonly objectBytes: number;
}

export type Bill = Readonly<Record<(typeof BILL_LINES)[number], number>>;
export const BILL_LINES = [
  "plan",
  "requests",
  "CPU",
  "object requests",
  "object duration",
  "object rows",
  "R2 operations",
  "R2 storage",
  "D1 rows",
  "D1 and object storage",
] as const;

export function billOf({ counters, cpuMs, objectSeconds, r2Bytes, d1Bytes, objectBytes }: Usage): Bill {
  const beyond = ({ included, perMillion }: { included: number; perMillion: number }, amount: number) =>
    (Math.max(0, amount - included) * perMillion) / 1e6;
  const rows = (read: number, written: number) => beyond(PRICES.rowsRead, read) + beyond(PRICES.rowsWritten, written);
  return {
    plan: PRICES.plan,
    requests: beyond(PRICES.workerRequests, counters.requests + counters.crons),
    CPU: beyond(PRICES.workerCpuMs, cpuMs),
    "object requests": beyond(PRICES.objectRequests, counters.objectCalls + counters.alarms),
    "object duration": beyond(PRICES.objectGbSeconds, objectSeconds * OBJECT_GB),
    "object rows": rows(counters.objectRowsRead, counters.objectRowsWritten),
    "R2 operations":
      beyond(PRICES.r2ClassA, counters.r2Puts + counters.r2Lists) + beyond(PRICES.r2ClassB, counters.r2Gets),
    "R2 storage": (r2Bytes / 1e9) * PRICES.r2Gb,
    "D1 rows": rows(counters.d1RowsRead, counters.d1RowsWritten),
    "D1 and object storage": (d1Bytes / 1e9) * PRICES.d1Gb + (objectBytes / 1e9) * PRICES.objectGb,
  };
}

export const totalOf = (bill: Bill): number => Object.values(bill).reduce((sum, dollars) => sum + dollars, 0);

export const NO_BILL = Object.fromEntries(BILL_LINES.map((line) => [line, 0])) as Bill;
