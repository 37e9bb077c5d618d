// Runs a program on the real thing: the HTTP app over its objects, catalog and bucket, under production's limits, with the
// list beside it.
import {
  abortAllDurableObjects,
  evictAllDurableObjects,
  runDurableObjectAlarm,
  runInDurableObject,
} from "cloudflare:test";
import { env } from "cloudflare:workers";
import type { Deletion } from "../../src/api/deletion.ts";
import { assertNever } from "../../src/lib/assert.ts";
import { clock, objectOf } from "../support/object-clock.ts";
import { call, runCron } from "../support/worker-call.ts";
import { checkQuery, testText, UNAVAILABLE, type World } from "./check-query.ts";
import { DAY, type QueryWords, type Step } from "./program.ts";
import { accepts, type Sent } from "./sent.ts";
import { type MadeUpload, makeUpload, type UploadWords } from "./uploads.ts";

/** Uploads sent at once. */
const AT_ONCE = 8;
/** For how long a retry is surely known: 24 h by its key, 5 min by its bytes; short of it by a little. */
const MOST_ATTEMPTS = 6;
/** Minutes of cron in which a deletion must be done; what it replaced is kept for an hour. */
const MOST_DELETION_TURNS = 40;
const KEY_SECONDS = DAY - 60;
const BODY_SECONDS = 240;

export class Disagreement extends Error {
  /** Of the step. */
  index = -1;
}

export interface RunOptions {
  /** Put before service names: runs of one test file share the store. */
  readonly prefix: string;
  /** Lines of production's limits that were passed. */
  readonly violations: readonly string[];
  /**
   * Storage may fail: uploads are then sent again until they are taken, and what says "unavailable" is asked again. Called
   * after whatever may have failed; starts again what has died.
   */
  readonly recover?: () => Promise<void>;
}

interface Acknowledged extends MadeUpload {
  readonly service: string;
  readonly at: number;
}

interface Machine {
  readonly prefix: string;
  readonly recover: (() => Promise<void>) | null;
  sent: Sent[];
  acknowledged: Acknowledged[];
}

/** @throws Disagreement where the store and the list differ */
export async function runProgram(steps: readonly Step[], options: RunOptions): Promise<void> {
  const { prefix, violations, recover = null } = options;
  const machine: Machine = { prefix, recover, sent: [], acknowledged: [] };
  const last = { index: 0, kind: "" };
  try {
    for (const [index, step] of steps.entries()) {
      Object.assign(last, { index, kind: step.kind });
      const before = violations.length;
      await runStep(machine, step);
      await recover?.();
      if (violations.length > before) throw new Disagreement(violations[before]);
    }
    Object.assign(last, { index: steps.length - 1, kind: "the end" });
    await checkAll(machine);
  } catch (error) {
    const found = error instanceof Disagreement ? error : new Disagreement(String(error), { cause: error });
    found.index = last.index;
    found.message = `step ${last.index} (${last.kind}): ${found.message}`;
    throw found;
  }
}

async function runStep(machine: Machine, step: Step): Promise<void> {
  switch (step.kind) {
    case "upload":
      for (let at = 0; at < step.uploads.length; at += AT_ONCE)
        await Promise.all(step.uploads.slice(at, at + AT_ONCE).map((words) => upload(machine, words)));
      return;
    case "resend":
      return resend(machine, step);
    case "query":
      return check(machine, step.queries);
    case "jump":
      clock.now += step.seconds;
      return;
    case "cron":
      return meanwhile(machine, step.queries, async () => {
        for (let left = step.minutes; left > 0; left--) {
          clock.now += 60;
          if (step.alarms) await ringAlarms(machine);
          await work(machine, runCron);
        }
      });
    case "alarm":
      clock.now += 15;
      return meanwhile(machine, step.queries, () => ringAlarms(machine));
    case "restart":
      if (step.how === "evict") await evictAllDurableObjects();
      else await abortAllDurableObjects();
      return;
    case "spread":
      return spread(machine, step.service);
    case "delete":
      return deleteApp(machine, step.service);
    case "erase":
      return erase(machine, step);
    default:
      return assertNever(step);
  }
}

/** Work that may fail where storage may. */
async function work({ recover }: Machine, act: () => Promise<unknown>): Promise<void> {
  try {
    await act();
  } catch (error) {
    if (recover === null) throw error;
    await recover();
  }
}

/** The platform's part: the alarms whose time has come, of every shard of the machine's apps. */
async function ringAlarms(machine: Machine): Promise<void> {
  for (const { name, shard } of await shardsOf(machine)) {
    const object = objectOf(name, shard);
    const due = await runInDurableObject(object as never, (_object, { storage }) => storage.getAlarm());
    if (due !== null && due <= clock.now * 1000) await work(machine, () => runDurableObjectAlarm(object as never));
  }
}

async function shardsOf({ prefix }: Machine): Promise<{ name: string; shard: number }[]> {
  const { results } = await env.CATALOG.prepare(
    "SELECT apps.name, shards.shard FROM shards JOIN apps ON apps.id = shards.app_id WHERE substr(apps.name, 1, ?) = ?",
  )
    .bind(prefix.length, prefix)
    .all<{ name: string; shard: number }>();
  return results;
}

/** Twice as many objects for an app, as if its rate had asked for them. It shrinks by itself when it is calm. */
async function spread(machine: Machine, service: string): Promise<void> {
  const app = machine.prefix + service;
  if (!machine.sent.some((one) => one.service === app)) return;
  const row = await env.CATALOG.prepare(
    "SELECT max(version) AS version FROM shard_maps JOIN apps ON apps.id = shard_maps.app_id WHERE apps.name = ?",
  )
    .bind(app)
    .first<{ version: number | null }>();
  await work(machine, () => objectOf(app).grow(row?.version ?? 0));
}

async function deleteApp(machine: Machine, service: string): Promise<void> {
  const app = machine.prefix + service;
  if (!machine.sent.some((one) => one.service === app)) return;
  const order = () => call("/api/deletions", { method: "POST", body: JSON.stringify({ app }) });
  for (let attempt = 1; ; attempt++) {
    const response = await order();
    if (response.status === 202) break;
    const isGone = attempt > 1 && response.status === 404;
    if (isGone) break;
    if (machine.recover === null || attempt === MOST_ATTEMPTS)
      throw new Disagreement(`delete ${app}: ${response.status} ${await response.text()}`);
    await machine.recover();
  }
  machine.sent = machine.sent.filter((one) => one.service !== app);
  machine.acknowledged = machine.acknowledged.filter((one) => one.service !== service);
}

/** Orders it, and lets cron carry it out to its end. What it says it covers is what goes. */
async function erase(machine: Machine, { service, tests, range }: Extract<Step, { kind: "erase" }>): Promise<void> {
  const app = machine.prefix + service;
  if (!machine.sent.some((one) => one.service === app)) return;
  const from = range === null ? undefined : Math.floor((clock.now - range.age) / 10) * 10;
  const until = range === null || from === undefined ? undefined : from + range.seconds;
  const query = tests.length === 0 ? undefined : `{${tests.map(testText).join(",")}}`;
  let order = await ask(machine, "/api/deletions", { app, query, from, until });
  for (let minutes = 0; order.state !== "done"; minutes++) {
    if (minutes === MOST_DELETION_TURNS) throw new Disagreement(`deletion ${order.id} stays at ${order.step}`);
    clock.now += 600;
    await work(machine, runCron);
    await machine.recover?.();
    order = await ask(machine, `/api/deletions/${order.id}`);
  }
  const gone = { from: order.from ?? 0, until: order.until ?? Number.POSITIVE_INFINITY };
  const isGone = (one: Sent) =>
    one.service === app && one.at >= gone.from && one.at < gone.until && accepts(tests, one.labels);
  machine.sent = machine.sent.filter((one) => !isGone(one));
}

async function ask(machine: Machine, path: string, body?: unknown): Promise<Deletion> {
  for (let attempt = 1; ; attempt++) {
    const response = await call(path, body === undefined ? {} : { method: "POST", body: JSON.stringify(body) });
    const text = await response.text();
    if (response.status === 200 || response.status === 202) return JSON.parse(text) as Deletion;
    if (machine.recover === null || response.status !== 503 || attempt === MOST_ATTEMPTS)
      throw new Disagreement(`${path} ${JSON.stringify(body)}: ${response.status} ${text}`);
    await machine.recover();
  }
}

async function upload(machine: Machine, words: UploadWords): Promise<void> {
  const made = await makeUpload({ ...words, service: machine.prefix + words.service }, clock.now);
  // A client that gave up waiting sends again while the first attempt is still under way.
  const times = words.twice && isKnownAgain(made.request, 0) ? [1, 2] : [1];
  await Promise.all(times.map(() => send(machine, made.request)));
  machine.sent.push(...made.sent);
  machine.acknowledged.push({ ...made, service: words.service, at: clock.now });
}

const isKnownAgain = ({ key, carriesTime }: MadeUpload["request"], age: number): boolean =>
  key !== "" ? age < KEY_SECONDS : carriesTime && age < BODY_SECONDS;

async function resend(machine: Machine, { service, nth }: { service: string; nth: number }): Promise<void> {
  const of = machine.acknowledged.filter((one) => one.service === service);
  const again = of[of.length - 1 - nth];
  if (again === undefined) return;
  const isKnown = isKnownAgain(again.request, clock.now - again.at);
  // Near the end of its time an id may or may not be known.
  if (!isKnown && (again.request.key !== "" || again.request.carriesTime)) return;
  await send(machine, again.request);
  if (!isKnown) machine.sent.push(...again.sent);
}

async function send({ recover }: Machine, { path, body, contentType, key }: MadeUpload["request"]): Promise<void> {
  const headers = { "content-type": contentType, ...(key === "" ? {} : { "idempotency-key": key }) };
  for (let attempt = 1; ; attempt++) {
    const response = await call(path, { method: "POST", body, headers });
    if (response.status === 200) return;
    if (recover === null || response.status !== 503 || attempt === MOST_ATTEMPTS)
      throw new Disagreement(`${path}: ${response.status} ${await response.text()}`);
    await recover();
  }
}

/** What has been sent by now; the clock stands where it stood when this was asked. */
const worldOf = ({ sent }: Machine): World => ({
  now: clock.now,
  sentOf: (service) => sent.filter((one) => one.service === service),
});

async function check(machine: Machine, queries: readonly QueryWords[], world = worldOf(machine)): Promise<void> {
  for (const words of queries) await checkOne(machine, words, world, true);
}

/** @param isLast an answer is wanted in any case; while others work, "unavailable" is one */
async function checkOne(machine: Machine, words: QueryWords, world: World, isLast: boolean): Promise<void> {
  const { prefix, recover } = machine;
  for (let attempt = 1; ; attempt++) {
    const wrong = await checkQuery({ ...words, service: prefix + words.service }, world);
    if (wrong === null) return;
    if (wrong !== UNAVAILABLE || recover === null || attempt === MOST_ATTEMPTS)
      throw new Disagreement(wrong === UNAVAILABLE ? `unavailable: ${JSON.stringify(words)}` : wrong);
    if (!isLast) return;
    await recover();
  }
}

/** Queries while work goes on; nothing is sent in the meantime, so they have one right answer. */
async function meanwhile(machine: Machine, queries: readonly QueryWords[], act: () => Promise<void>): Promise<void> {
  const world = worldOf(machine);
  const ask = async () => {
    for (const words of queries) await checkOne(machine, words, world, false);
  };
  const results = await Promise.allSettled([ask(), act()]);
  for (const result of results) if (result.status === "rejected") throw result.reason;
}

/** Every type of every service, over all time. */
async function checkAll(machine: Machine): Promise<void> {
  const services = new Set(machine.acknowledged.map(({ service }) => service));
  for (const service of services) {
    const types = new Set(
      machine.sent.filter((one) => one.service === machine.prefix + service).map((one) => one.typeId),
    );
    const all = {
      service,
      oldName: false,
      tests: [],
      span: 0,
      age: 1500 * DAY,
      seconds: 1502 * DAY,
      grid: DAY,
    } as const;
    const queries = [...types].map((_, type) => ({ ...all, type, form: "json", groupBy: "region" }) as const);
    const ofTraces = [0, 2, 4].map((span) => ({ ...all, type: span, span, form: "trace", groupBy: "" }) as const);
    await check(machine, [...queries, ...ofTraces]);
  }
}
