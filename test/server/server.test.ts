// The embedded server as a process: start, refusals, signals, and what is left after each kind of death.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, expect, it } from "vitest";
import { commandOf } from "../../scripts/server/data-lock.ts";
import { freePort, launchServer, type ServerOptions, startServer, type TestServer } from "../support/server.ts";

const running: TestServer[] = [];
const folders: string[] = [];

afterEach(async () => {
  await Promise.all(running.splice(0).map((server) => server.kill()));
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
});

async function started(options: ServerOptions = {}): Promise<TestServer> {
  const server = await startServer({ dataDir: dataFolder(), ...options });
  running.push(server);
  return server;
}

function dataFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "edgeflame-server-"));
  folders.push(folder);
  return folder;
}

const status = async (url: string): Promise<number> => (await fetch(url)).status;
const workerdOf = (dataDir: string): { pid: number; command: string } =>
  JSON.parse(readFileSync(join(dataDir, "lock.json"), "utf8")).workerd;
const isAlive = ({ pid, command }: { pid: number; command: string }): boolean => commandOf(pid) === command;

async function within(limitMs: number, isSo: () => boolean | Promise<boolean>): Promise<number> {
  const from = performance.now();
  while (!(await isSo())) {
    if (performance.now() - from > limitMs) throw new Error(`not so after ${limitMs} ms`);
    await sleep(20);
  }
  return performance.now() - from;
}

it("answers /ready and the page, and prints its address in one line", async () => {
  const server = await started();
  const ready = await fetch(`${server.url}/ready`);
  expect([ready.status, await ready.text()]).toEqual([200, expect.stringContaining("ready")]);
  const page = await fetch(`${server.url}/`);
  expect(page.headers.get("content-type")).toContain("text/html");
  expect(await page.text()).toContain("<title>");
  expect(server.logs.filter((line) => line.includes(server.url))).toEqual([`Edgeflame is ready on ${server.url}`]);
});

it("prints nothing else but JSON lines", async () => {
  const server = await started();
  const others = server.logs.filter((line) => !line.startsWith("Edgeflame is ready"));
  for (const line of others) expect(() => JSON.parse(line)).not.toThrow();
});

it.each(["SIGTERM", "SIGINT"] as const)("ends with code 0 on %s and leaves no workerd", async (signal) => {
  const dataDir = dataFolder();
  const server = await started({ dataDir });
  const workerd = workerdOf(dataDir);
  expect(isAlive(workerd)).toBe(true);
  expect(await server.stop(signal)).toEqual({ code: 0, signal: null });
  expect(isAlive(workerd)).toBe(false);
});

it("refuses a taken port with one line", async () => {
  const blocker = createServer();
  const port = await freePort();
  await new Promise<void>((resolve) => blocker.listen(port, "127.0.0.1", resolve));
  const { logs, exited } = launchServer({ PORT: String(port), DATA_DIR: dataFolder() });
  expect(await exited).toEqual({ code: 1, signal: null });
  expect(logs).toEqual([expect.stringMatching(`^Port ${port} on 127.0.0.1 is taken`)]);
  await new Promise((resolve) => (blocker as Server).close(resolve));
});

it("refuses data that another server has open, and names that server", async () => {
  const dataDir = dataFolder();
  const server = await started({ dataDir });
  const { logs, exited } = launchServer({ PORT: String(await freePort()), DATA_DIR: dataDir });
  expect(await exited).toEqual({ code: 1, signal: null });
  expect(logs).toEqual([expect.stringContaining(`process id ${server.pid}`)]);
  expect(await status(`${server.url}/ready`)).toBe(200);
});

it.each(["0.0.0.0", "::", "192.0.2.1", "example.org"])("refuses HOST=%s without a token", async (host) => {
  const { logs, exited } = launchServer({ HOST: host, PORT: String(await freePort()), DATA_DIR: dataFolder() });
  expect(await exited).toEqual({ code: 1, signal: null });
  expect(logs).toEqual([expect.stringContaining("EDGEFLAME_TOKEN")]);
});

it("listens on other addresses when it has a token", async () => {
  const server = await started({ env: { HOST: "0.0.0.0", EDGEFLAME_TOKEN: "read:secret" } });
  expect(await status(`${server.url}/ready`)).toBe(200);
});

it.each(["http", "0", "65536", "4040.5"])("refuses PORT=%s", async (port) => {
  const { logs, exited } = launchServer({ PORT: port, DATA_DIR: dataFolder() });
  expect(await exited).toEqual({ code: 1, signal: null });
  expect(logs).toEqual([expect.stringContaining("is no port")]);
});

it("takes workerd with it when the Node process alone is killed, and the data opens again", async () => {
  const dataDir = dataFolder();
  const server = await started({ dataDir });
  const workerd = workerdOf(dataDir);
  await server.kill();
  await within(2000, () => !isAlive(workerd));
  const again = await started({ dataDir });
  expect(await status(`${again.url}/ready`)).toBe(200);
});

it("opens the data again after the whole group was killed", async () => {
  const dataDir = dataFolder();
  const server = await started({ dataDir });
  await server.killGroup();
  const again = await started({ dataDir });
  expect(await status(`${again.url}/ready`)).toBe(200);
});

it.each(["kill", "killGroup"] as const)("keeps an upload that was acknowledged right before a %s", async (how) => {
  const dataDir = dataFolder();
  const server = await started({ dataDir });
  const upload = "name=kept.cpu&from=now-30s&until=now-20s&format=folded&spyName=test&sampleRate=100";
  const acknowledged = await fetch(`${server.url}/ingest?${upload}`, {
    method: "POST",
    body: "main;work 7\nmain;rest 5\n",
  });
  await server[how]();
  expect(acknowledged.status).toBe(200);

  const again = await started({ dataDir });
  const answer = await fetch(`${again.url}/render?query=kept.cpu&from=now-1h&until=now&format=json`);
  const { flamebearer } = (await answer.json()) as { flamebearer: { numTicks: number; names: string[] } };
  expect(flamebearer.numTicks).toBe(12);
  expect(flamebearer.names).toEqual(expect.arrayContaining(["main", "work", "rest"]));
});

it("restarts a workerd that died, on the same address", async () => {
  const dataDir = dataFolder();
  const server = await started({ dataDir });
  const first = workerdOf(dataDir);
  process.kill(first.pid, "SIGKILL");
  await within(10_000, () => workerdOf(dataDir).pid !== first.pid);
  await within(10_000, async () => (await status(`${server.url}/ready`).catch(() => 0)) === 200);
  expect(server.logs.filter((line) => line.includes('"runtime_crashed"'))).toHaveLength(1);
  // The guardian has to know the new one.
  const second = workerdOf(dataDir);
  await server.kill();
  await within(2000, () => !isAlive(second));
});

it("serves two servers on two data folders side by side", async () => {
  const [one, two] = await Promise.all([started(), started()]);
  expect([await status(`${one.url}/ready`), await status(`${two.url}/ready`)]).toEqual([200, 200]);
});
