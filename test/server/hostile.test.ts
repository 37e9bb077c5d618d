// Input that means harm, over HTTP against the real server: a client's error or a legal answer, never a 5xx.
//
// Memory: the peak that 1000 inputs need (every special case several times: a bomb of a gigabyte, the largest bodies,
// deep stacks; and damage of every kind) may grow by 20 % at most through all later ones. The engine collects
// garbage when it thinks it must, and buffers of 64 MB that wait for it would swamp the figure (measured: peaks of
// 430 to 740 MB for the same inputs); so it is told to collect everything each time (--gc-global).
import { readFileSync } from "node:fs";
import { Agent, request } from "node:http";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startServer, type TestServer } from "../support/server.ts";
import { bitFlips, gzipBomb, type HostileUpload, specialUploads, truncations, wireTypes } from "./hostile-inputs.ts";
import { ABSURD, NAMES } from "./hostile-requests.ts";

const CONNECTIONS = 8;
const FLIPS = 10_000;
const GROWTH_ALLOWED = 1.2;
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
  server = await startServer({ env: { MINIFLARE_WORKERD_V8_FLAGS: "--gc-global" } });
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
/** The most that was ever resident, in MB; 0 where the system does not tell. */
const peakMb = (): number => {
  if (process.platform !== "linux") return 0;
  const status = readFileSync(`/proc/${workerdPid()}/status`, "utf8");
  return Number(/VmHWM:\s+(\d+)/.exec(status)?.[1]) / 1024;
};

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
    await sendAll(forged, 1, first);
    await sendAll(damaged.splice(0, 1000 - forged.length), CONNECTIONS, first);
    const before = peakMb();
    await sendAll(damaged, CONNECTIONS, rest);
    await sendAll([...rounds(ROUNDS_AFTER), ...wireTypes()], 1, rest);
    const after = peakMb();
    console.info(
      `hostile uploads: first ${JSON.stringify([...first])}, then ${JSON.stringify([...rest])}; ` +
        `peak of workerd ${before.toFixed(0)} MB, then ${after.toFixed(0)} MB`,
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
    for (const path of ["/render", "/pyroscope/render", "/labels", "/api/services", "/api/tags", "/metrics"]) {
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
