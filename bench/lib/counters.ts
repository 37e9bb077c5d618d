// What a run costs on the platform, counted where the product calls it. All are sums since the Worker's start.

export const NO_COUNTS = {
  /** Requests that came to the Worker, and its cron calls. */
  requests: 0,
  crons: 0,
  /** Calls to Durable Objects, by RPC and by alarm. */
  objectCalls: 0,
  alarms: 0,
  /** Rows of the objects' databases; an alarm set counts as a row written, as it is billed. */
  objectRowsRead: 0,
  objectRowsWritten: 0,
  /** R2: class A is put and list, class B get and head; deletes are free. */
  r2Puts: 0,
  r2PutBytes: 0,
  r2Gets: 0,
  r2GetBytes: 0,
  r2Lists: 0,
  r2Deletes: 0,
  /** D1 round trips, statements, and rows as D1 reports them. */
  d1Calls: 0,
  d1Statements: 0,
  d1RowsRead: 0,
  d1RowsWritten: 0,
  /** Stack vectors added up, and the (node, value) pairs in them. */
  vectors: 0,
  pairs: 0,
};

export type CounterName = keyof typeof NO_COUNTS;
export type Counters = Record<CounterName, number>;

export function difference(after: Counters, before: Counters): Counters {
  const result = { ...NO_COUNTS };
  for (const name of Object.keys(NO_COUNTS) as CounterName[]) result[name] = after[name] - before[name];
  return result;
}

export function sum(all: readonly Counters[]): Counters {
  const result = { ...NO_COUNTS };
  for (const one of all) for (const name of Object.keys(NO_COUNTS) as CounterName[]) result[name] += one[name];
  return result;
}

export function scaled(counters: Counters, factor: number): Counters {
  const result = { ...NO_COUNTS };
  for (const name of Object.keys(NO_COUNTS) as CounterName[]) result[name] = counters[name] * factor;
  return result;
}
