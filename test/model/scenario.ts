// One small program in which everything happens once: what the fault-injection test runs again and again.
import { DAY, type QueryWords, type Step } from "./program.ts";
import type { UploadWords } from "./uploads.ts";

const HOUR = 3600;
let variety = 0;

const upload = (form: UploadWords["form"], region: string, age: number): UploadWords => ({
  service: "app",
  form,
  region,
  vehicle: "",
  age,
  // Every upload is sent again until it is taken: its key makes it count once.
  variety: ++variety,
  keyed: true,
  twice: false,
});

const sentNow = (...uploads: UploadWords[]): Step => ({ kind: "upload", uploads });

const ask = (form: QueryWords["form"], age: number, seconds: number, region?: string): QueryWords => ({
  service: "app",
  type: 0,
  oldName: true,
  tests: region === undefined ? [] : [{ label: "region", op: "=", values: [region] }],
  age,
  seconds,
  grid: 10,
  form,
  span: 3,
  groupBy: form === "json" ? "region" : "",
});

/** All that the scenario ever sent, and its last days. */
const QUESTIONS = [ask("json", 90 * DAY, 91 * DAY), ask("collapsed", 90 * DAY, 91 * DAY, "eu-west-1")];
const RECENT = [ask("json", 9 * HOUR + 20, 9 * HOUR), ask("trace", 9 * HOUR + 20, 9 * HOUR)];

const cron = (minutes: number, queries = QUESTIONS): Step => ({ kind: "cron", minutes, alarms: true, queries });
const jump = (seconds: number): Step => ({ kind: "jump", seconds });

export const SCENARIO: readonly Step[] = [
  jump(HOUR - 60),
  sentNow(upload("folded", "us-east-1", 3000), upload("heap", "eu-west-1", 2990)),
  { kind: "spread", service: "app" },
  sentNow(upload("folded", "eu-west-1", 20), upload("folded", "us-west-1", 10)),
  { kind: "query", queries: QUESTIONS },
  jump(300),
  cron(2, RECENT), // the hour is sealed
  sentNow(upload("folded", "us-east-1", 2 * HOUR), upload("cpu", "eu-west-1", 30)),
  jump(2 * HOUR),
  cron(2), // a late part, and the next hour
  { kind: "query", queries: RECENT },
  jump(7 * HOUR),
  cron(2), // the 6 h window
  jump(DAY),
  sentNow(upload("folded", "us-west-1", 40)),
  cron(3), // the day; the 10 s nodes of the first are soon gone
  sentNow(upload("folded", "us-east-1", 26 * HOUR)),
  jump(HOUR + 600),
  cron(2), // what came late to a compacted day
  jump(6 * DAY),
  cron(3),
  { kind: "restart", how: "evict" },
  jump(26 * DAY),
  cron(4), // 30 d, and retention of 10 s and 1 min
  sentNow(upload("folded", "eu-west-1", 30 * DAY)),
  jump(2 * HOUR),
  cron(4), // late for a window whose hours are gone
  { kind: "query", queries: QUESTIONS },
  { kind: "erase", service: "app", tests: [{ label: "region", op: "=", values: ["us-west-1"] }], range: null },
  { kind: "query", queries: QUESTIONS },
  jump(2 * HOUR),
  cron(2), // objects that nobody names are removed
];

/** Until all is at rest: whatever a fault left to be done is done now. */
export const SETTLING: readonly Step[] = [1, 2, 3, 4].flatMap(() => [jump(2 * HOUR), cron(3, [])]);
