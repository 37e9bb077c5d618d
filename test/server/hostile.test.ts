// Input that means harm, over HTTP against the real server: a client's error or a legal answer, never a 5xx.
//
// Memory: the engine takes memory for garbage as long as requests of any kind come, up to a point; that is reached
// first, by refusals of three bytes. Then come 1000 inputs: every special case (a bomb of a gigabyte, the largest
// bodies, deep stacks) several times, and damage of every kind. What workerd holds then may grow by 20 % at most
// through all later inputs. Held, not peak: buffers of 64 MB go when the collector comes, and how many wait for it is
// chance (measured: peaks of 430 to 740 MB for the same inputs).
import { readFileSync } from "node:fs";
import { Agent, request } from "node:http";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startServer, type TestServer } from "../support/server.ts";
import { bitFlips, gzipBomb, type HostileUpload, specialUploads, truncations, wireTypes } from "./hostile-inputs.ts";
import { ABSURD, NAMES } from "./hostile-requests.ts";

const CONNECTIONS = 8;
const FLIPS = 10_000;
const GROWTH_ALLOWED = 1.2;
/** Refusals after which the engine's heap stands, whatever is refused: measured, 150 to 285 MB. */
const WARM_UP = 16_000;
const ROUNDS_BEFORE = 8;
const ROUNDS_AFTER = 4;
const FILES = ["go-cpu-labels.pb.gz", "go-heap.pb.gz", "go-mutex.pb.gz", "go-goroutines.pb.gz"];

interface Answer {
  readonly status: number;
  readonly body: string;
}

let server: TestServer;
let agent: Agent;
beforeAll(async () => {
  server = await startServer();
  agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });
});
afterAll(async () => {
  agent.destroy();
  await server.stop();
});

/** node:http, because fetch would not send some of these. A body that is refused midway may end the connection. */
function send(
  method: string,
  path: string,
  body?: Uint8Array,
  contentType = "binary/octet-stream",
  declaredBytes = body?.length,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const headers = body === undefined ? {} : { "content-type": contentType, "content-length": declaredBytes };
    const sent = request(`${server.url}${path}`, { method, agent, headers }, (response) => {
      let text = "";
      response.setEncoding("utf8");
      response.on("data", (piece: string) => {
        if (text.length < 10_000) text += piece;
      });
      response.on("end", () => {
        resolve({ status: response.statusCode ?? 0, body: text });
        // What was announced never comes: this connection can't be used again.
        if (declaredBytes !== body?.length) sent.destroy();
      });
    });
    sent.on("error", reject);
    if (declaredBytes === body?.length) sent.end(body);
    else sent.write(body);
  });
}

/** A refusal names itself, and the limit with what was there and what is allowed. */
function expectRefusal({ status, body }: Answer, what: string): void {
  expect(status, `${what}: ${body.slice(0, 300)}`).toBeGreaterThanOrEqual(400);
  expect(status, `${what}: ${body.slice(0, 300)}`).toBeLessThan(500);
  const said = JSON.parse(body) as Record<string, unknown>;
  expect(said, what).toMatchObject({
    code: expect.any(String),
    reason: expect.any(String),
    message: expect.any(String),
    documentation: expect.stringMatching(/^http.*docs/),
  });
  if (said.limit !== undefined) {
    expect(said.actual, what).toBeDefined();
    expect(said.allowed, what).toBeDefined();
  }
}

const workerdPid = (): number => JSON.parse(readFileSync(join(server.dataDir, "lock.json"), "utf8")).workerd.pid;
/** MB of a line of /proc/PID/status: VmRSS, what is resident now; VmHWM, its peak. */
const memoryMb = (line: "VmRSS" | "VmHWM"): number => {
  const status = readFileSync(`/proc/${workerdPid()}/status`, "utf8");
  return Number(new RegExp(`${line}:\\s+(\\d+)`).exec(status)?.[1]) / 1024;
};

/** What stays resident: the least of some seconds in which small requests give the collector its turns. */
async function settledMb(): Promise<number> {
  let least = Number.POSITIVE_INFINITY;
  for (let turn = 0; turn < 20; turn++) {
    for (let n = 0; n < 40; n++) await send("GET", "/render?query=nobody&from=now-1h");
    await sleep(50);
    least = Math.min(least, memoryMb("VmRSS"));
  }
  return least;
}

type Counts = Map<number, number>;

async function sendAll(uploads: readonly HostileUpload[], connections: number, counts: Counts): Promise<void> {
  let next = 0;
  const from = Math.floor(Date.now() / 1000) - 600;
  const sender = async () => {
    for (let n = next++; n < uploads.length; n = next++) {
      const { name, body, params = "&format=pprof", contentType, declaredBytes, legal } = uploads[n]!;
      const app = params === "" ? "hostile.cpu" : "hostile";
      const path = `/ingest?name=${app}&from=${from + (n % 60)}${params}`;
      const answer = await send("POST", path, body(), contentType, declaredBytes);
      counts.set(answer.status, (counts.get(answer.status) ?? 0) + 1);
      if (answer.status !== 200) expectRefusal(answer, name);
      if (legal) expect(answer.status, `${name}: ${answer.body}`).toBe(200);
    }
  };
  await Promise.all(Array.from({ length: connections }, sender));
}

describe("uploads that mean harm", () => {
  it("are refused or stored, and don't swell the memory", async () => {
    const special = specialUploads(await gzipBomb());
    const damaged = [...truncations("go-block.pb.gz"), ...bitFlips(FILES, FLIPS, 20261122)];
    // Every kind of damage has its share of the first thousand.
    const order = new Map(damaged.map((one, n) => [one, (n * 7919) % damaged.length]));
    damaged.sort((a, b) => order.get(a)! - order.get(b)!);
    const rounds = (count: number) => Array.from({ length: count }, () => special).flat();
    const forged = [...rounds(ROUNDS_BEFORE), ...wireTypes()];
    const [first, rest]: [Counts, Counts] = [new Map(), new Map()];
    const noProfile = { name: "no profile", body: () => Uint8Array.of(255, 255, 255) };
    await sendAll(Array<HostileUpload>(WARM_UP).fill(noProfile), CONNECTIONS, new Map());
    await sendAll(forged, 1, first);
    await sendAll(damaged.splice(0, 1000 - forged.length), CONNECTIONS, first);
    const before = process.platform === "linux" ? await settledMb() : 0;
    await sendAll(damaged, CONNECTIONS, rest);
    await sendAll([...rounds(ROUNDS_AFTER), ...wireTypes()], 1, rest);
    const after = process.platform === "linux" ? await settledMb() : 0;
    console.info(
      `hostile uploads: first ${JSON.stringify([...first])}, then ${JSON.stringify([...rest])}; ` +
        `workerd holds ${before.toFixed(0)} MB, then ${after.toFixed(0)} MB (peak ${memoryMb("VmHWM").toFixed(0)} MB)`,
    );
    expect([...rest.values()].reduce((a, b) => a + b, 0)).toBeGreaterThan(FLIPS);
    expect(rest.get(200)).toBeGreaterThan(100);
    expect(rest.get(422)).toBeGreaterThan(100);
    expect(after).toBeLessThanOrEqual(before * GROWTH_ALLOWED);
  }, 300_000);

  it("leave what they stored readable, even when its sum passes 64 bits", async () => {
    const max = (2n ** 63n - 1n).toString();
    const from = Math.floor(Date.now() / 1000) - 600;
    for (let n = 0; n < 3; n++) {
      const body = new TextEncoder().encode(`a;b ${max}`);
      const answer = await send("POST", `/ingest?name=huge.cpu&sampleRate=1000000000&from=${from}`, body);
      expect(answer.status, answer.body).toBe(200);
    }
    for (const format of ["json", "pprof", "collapsed", "dot"]) {
      const answer = await send("GET", `/render?query=huge.cpu&from=${from - 10}&until=${from + 20}&format=${format}`);
      expect(answer.status, `${format}: ${answer.body.slice(0, 300)}`).toBe(200);
      if (format === "json") expect(JSON.parse(answer.body).flamebearer.numTicks).toBe(3 * 2 ** 63);
    }
  });

  it.each(NAMES)("under %s are answered rightly", async (_what, query, status) => {
    const answer = await send("POST", `/ingest?${query}`, new TextEncoder().encode("a;b 1"));
    expect(answer.status, answer.body).toBe(status);
    if (status !== 200) expectRefusal(answer, query.slice(0, 80));
  });
});

describe("questions that mean harm", () => {
  it.each(ABSURD)("%s", async (what, path, statuses) => {
    const started = performance.now();
    const answer = await send("GET", path);
    expect(statuses, `${answer.status}: ${answer.body.slice(0, 300)}`).toContain(answer.status);
    if (answer.status >= 400 && ![414, 431].includes(answer.status)) expectRefusal(answer, what);
    expect(performance.now() - started).toBeLessThan(10_000);
  });

  it.each(["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "PROPFIND"])("by %s are refused with 405", async (method) => {
    for (const path of ["/render", "/pyroscope/render", "/labels", "/api/apps", "/api/tags", "/metrics"]) {
      const answer = await send(method, `${path}?query=a`);
      expect(answer.status, `${method} ${path}: ${answer.body}`).toBe(405);
      expectRefusal(answer, path);
    }
  });
});

it("no input of this file made anything fail on our side", () => {
  expect(
    server.logs.filter((line) => /"event":"(failed|runtime_crashed|alarm_failed|tick_failed)"/.test(line)),
  ).toEqual([]);
});
