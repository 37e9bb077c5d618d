// Random programs: lists of steps that stand for themselves, so that any of them may be left out and the rest still runs.
// Times are ages: seconds before the moment at which the step runs.

import { type Random, randomOf } from "../../scripts/demo/random.ts";
import { assertNever } from "../../src/lib/assert.ts";
import type { LabelTest } from "./sent.ts";
import { FORMS, type UploadWords } from "./uploads.ts";

export interface QueryWords {
  readonly service: string;
  /** Which of the types that the service has sent; the old dotted name when it has one and `oldName` says so. */
  readonly type: number;
  readonly oldName: boolean;
  readonly tests: readonly LabelTest[];
  readonly age: number;
  readonly seconds: number;
  /** Both edges are rounded down to multiples of it; 10 at least. */
  readonly grid: number;
  readonly form: "json" | "collapsed" | "v2" | "tags" | "labels" | "span" | "trace";
  /** Which request, of those that ask for one. */
  readonly span: number;
  readonly groupBy: "" | "region" | "vehicle";
}

export type Step =
  | { readonly kind: "upload"; readonly uploads: readonly UploadWords[] }
  | { readonly kind: "resend"; readonly service: string; readonly nth: number }
  | { readonly kind: "query"; readonly queries: readonly QueryWords[] }
  | { readonly kind: "jump"; readonly seconds: number }
  /** So many minutes of cron, while the queries are asked. */
  | {
      readonly kind: "cron";
      readonly minutes: number;
      /** Whether alarms ring on time, too. */
      readonly alarms: boolean;
      readonly queries: readonly QueryWords[];
    }
  | { readonly kind: "alarm"; readonly queries: readonly QueryWords[] }
  /** The app gets twice as many objects. */
  | { readonly kind: "spread"; readonly service: string }
  /** A whole app. */
  | { readonly kind: "delete"; readonly service: string }
  /** Of an app the series that pass the tests, over all time or so many seconds from an age on. */
  | {
      readonly kind: "erase";
      readonly service: string;
      readonly tests: readonly LabelTest[];
      readonly range: { readonly age: number; readonly seconds: number } | null;
    }
  | { readonly kind: "restart"; readonly how: "evict" | "abort" };

const MINUTE = 60;
const HOUR = 3600;
export const DAY = 86_400;

export interface Setting {
  readonly services: readonly string[];
}

const REGIONS = ["us-east-1", "us-west-1", "eu-west-1"];
const VEHICLES = ["", "bike", "car"];

/** The program of a seed. A shorter program of the same seed is its beginning. */
export function programOf(seed: string, steps: number, { services }: Setting): Step[] {
  const random = randomOf("program", seed);
  const choose = chooser(random);
  let variety = 0;
  return Array.from({ length: steps }, (): Step => {
    const kind = choose.weighted<Step["kind"]>([
      ["upload", 44],
      ["resend", 3],
      ["query", 28],
      ["jump", 13],
      ["cron", 7],
      ["alarm", 3],
      ["restart", 2],
      ["spread", 1],
      ["delete", 0.5],
      ["erase", 0.7],
    ]);
    switch (kind) {
      case "upload": {
        const many = choose.weighted([
          [1, 80],
          [6, 17],
          [40, 3],
        ]);
        const age = choose.age;
        const backfill = choose.below(25) === 0;
        const uploads = Array.from({ length: 1 + choose.below(many) }, () => {
          variety++;
          return uploadOf(choose, services, backfill ? age() : choose.lateness(), variety);
        });
        return { kind, uploads };
      }
      case "resend":
        return { kind, service: choose.one(services), nth: choose.below(20) };
      case "query":
        return { kind, queries: queriesOf(choose, services, 1) };
      case "jump":
        return { kind, seconds: choose.jump() };
      case "cron":
        return {
          kind,
          minutes: 1 + choose.below(3),
          alarms: choose.below(4) > 0,
          queries: queriesOf(choose, services, choose.below(3)),
        };
      case "alarm":
        return { kind, queries: queriesOf(choose, services, choose.below(3)) };
      case "spread":
        return { kind, service: choose.one(services) };
      case "delete":
        return { kind, service: choose.one(services.slice(1)) };
      case "erase": {
        const range = { age: choose.age(), seconds: 10 * (1 + choose.below(10 ** (1 + choose.below(5)))) };
        const tests = testsOf(choose);
        return {
          kind,
          service: choose.one(services),
          tests,
          range: choose.below(3) > 0 || tests.length === 0 ? range : null,
        };
      }
      case "restart":
        return { kind, how: choose.one(["evict", "abort"] as const) };
      default:
        return assertNever(kind);
    }
  });
}

function uploadOf(choose: Chooser, services: readonly string[], age: number, variety: number): UploadWords {
  return {
    // The first service is the busy one.
    service: choose.below(2) === 0 ? services[0]! : choose.one(services),
    form: choose.one(FORMS),
    age,
    region: choose.one(REGIONS),
    vehicle: choose.one(VEHICLES),
    variety,
    keyed: choose.below(2) === 0,
    twice: choose.below(8) === 0,
  };
}

function queriesOf(choose: Chooser, services: readonly string[], count: number): QueryWords[] {
  return Array.from({ length: count }, () => {
    const seconds = choose.weighted([
      [10 * (1 + choose.below(30)), 2],
      [MINUTE * (1 + choose.below(300)), 3],
      [HOUR * (1 + choose.below(72)), 4],
      [DAY * (1 + choose.below(40)), 4],
      [DAY * (1 + choose.below(800)), 3],
    ]);
    // Half of all ranges end about now.
    const age = choose.below(2) === 0 ? seconds - 10 * choose.below(6) : choose.age() + seconds;
    return {
      service: choose.below(2) === 0 ? services[0]! : choose.one(services),
      type: choose.below(12),
      oldName: choose.below(3) === 0,
      tests: testsOf(choose),
      age,
      seconds,
      grid: choose.one([10, 10, MINUTE, HOUR, DAY]),
      form: choose.weighted([
        ["json", 8],
        ["collapsed", 3],
        ["v2", 3],
        ["tags", 1],
        ["labels", 1],
        ["span", 2],
        ["trace", 1],
      ]),
      span: choose.below(6),
      groupBy: choose.one(["", "", "region", "vehicle"]),
    };
  });
}

function testsOf(choose: Chooser): LabelTest[] {
  const tests: LabelTest[] = [];
  if (choose.below(3) === 0) tests.push(testOf(choose, "region", REGIONS));
  if (choose.below(4) === 0) tests.push(testOf(choose, "vehicle", VEHICLES.slice(1)));
  return tests;
}

function testOf(choose: Chooser, label: string, values: readonly string[]): LabelTest {
  const op = choose.one(["=", "=", "!=", "=~", "!~"] as const);
  const isList = op === "=~" || op === "!~";
  const first = choose.below(values.length);
  return { label, op, values: isList ? values.slice(first, first + 2) : values.slice(first, first + 1) };
}

type Chooser = ReturnType<typeof chooser>;

function chooser(random: Random) {
  const below = (n: number) => Math.floor(random() * n);
  const one = <T>(items: readonly T[]): T => items[below(items.length)]!;
  const weighted = <T>(items: readonly (readonly [T, number])[]): T => {
    let left = random() * items.reduce((sum, [, weight]) => sum + weight, 0);
    for (const [item, weight] of items) {
      left -= weight;
      if (left < 0) return item;
    }
    return items[0]![0];
  };
  return {
    below,
    one,
    weighted,
    /** Seconds back into history, from the last minute to two years ago. */
    age: () =>
      weighted([
        [below(HOUR), 3],
        [below(DAY), 3],
        [below(7 * DAY), 3],
        [below(40 * DAY), 3],
        [below(730 * DAY), 2],
      ]),
    /** Seconds between a profile's time and its arrival: mostly one interval, often some minutes, now and then days. */
    lateness: () =>
      weighted([
        [12, 60],
        [below(20 * MINUTE), 20],
        [below(10 * HOUR), 12],
        [below(10 * DAY), 6],
        [below(400 * DAY), 2],
      ]),
    jump: () =>
      weighted([
        [1 + below(60), 30],
        [1 + below(HOUR), 30],
        [1 + below(12 * HOUR), 24],
        [1 + below(4 * DAY), 12],
        [1 + below(40 * DAY), 4],
      ]),
  };
}
