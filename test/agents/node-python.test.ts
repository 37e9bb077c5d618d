// The example apps in Node and Python for half a minute each, under their own load, against the real server.
// They install packages, so they run only when asked: EDGEFLAME_TEST_AGENTS=1.
import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { startServer, type TestServer } from "../support/server.ts";
import { describeWithAgents } from "../support/skips.ts";
import { fetchRender, shareOfFunction } from "./render.ts";
import type { UploadWitness } from "./rideshare.ts";
import { type App, BUILD_DIR, type Environment, EXAMPLES_DIR, startApp, startWitness } from "./rideshare.ts";

const RUN_MS = 38_000; // Python uploads every 10 s, whatever it is told

interface Agent {
  readonly name: string;
  /** The CPU of the orders, with a place for a vehicle. */
  readonly query: (vehicle: string) => string;
  /** What a car's search is called, and the function that takes its CPU. */
  readonly orderCar: string;
  readonly hot: string;
  readonly start: (environment: Environment) => App;
}

const AGENTS: readonly Agent[] = [
  {
    name: "node",
    query: (vehicle) =>
      `process_cpu:cpu:nanoseconds:wall:nanoseconds{service_name="ride-sharing-app-node", vehicle="${vehicle}"}`,
    orderCar: "./rideshare.mjs:OrderCar",
    hot: "./rideshare.mjs:searchGrid",
    start: startNode,
  },
  {
    name: "python",
    query: (vehicle) => `ride-sharing-app-python.cpu{vehicle="${vehicle}"}`,
    orderCar: "order_car",
    hot: "search_grid",
    start: startPython,
  },
];

describeWithAgents("the agents of Node and Python", () => {
  let server: TestServer;
  const witnesses = new Map<string, UploadWitness>();

  beforeAll(async () => {
    server = await startServer();
    const apps: App[] = [];
    for (const { name, start } of AGENTS) {
      const witness = await startWitness(server.url);
      witnesses.set(name, witness);
      apps.push(start({ PYROSCOPE_SERVER_ADDRESS: witness.url, REGION: "eu-west-1", UPLOAD_SECONDS: "10" }));
    }
    await new Promise((resolve) => setTimeout(resolve, RUN_MS));
    await Promise.all(apps.map((app) => app.stop()));
  }, 240_000);
  afterAll(async () => {
    for (const witness of witnesses.values()) await witness.close();
    await server?.stop();
  });

  it.each(AGENTS)("take every upload of $name", ({ name }) => {
    const seen = witnesses.get(name)?.seen ?? [];
    expect(seen.length).toBeGreaterThanOrEqual(2);
    expect(seen.filter(({ status }) => status !== 200)).toEqual([]);
  });

  it.each(AGENTS)("show the search of $name as what a car takes, and nothing of a bike", async (agent) => {
    const cars = await fetchRender(server.url, { query: agent.query("car"), from: "now-5m" });
    expect(cars.flamebearer.numTicks).toBeGreaterThan(0);
    expect(shareOfFunction(cars, agent.orderCar)).toBeGreaterThan(0.9);
    expect(shareOfFunction(cars, agent.hot)).toBeGreaterThan(0.8);
    const bikes = await fetchRender(server.url, { query: agent.query("bike"), from: "now-5m" });
    expect(shareOfFunction(bikes, agent.orderCar)).toBe(0);
    expect(cars.flamebearer.numTicks).toBeGreaterThan(1.8 * bikes.flamebearer.numTicks);
  });
});

function startNode(environment: Environment): App {
  const folder = join(BUILD_DIR, "node");
  mkdirSync(folder, { recursive: true });
  for (const file of ["package.json", "package-lock.json", "rideshare.mjs"])
    cpSync(join(EXAMPLES_DIR, "node", file), join(folder, file));
  run("npm", ["ci", "--no-audit", "--no-fund"], folder);
  return startApp(process.execPath, ["rideshare.mjs"], environment, folder);
}

function startPython(environment: Environment): App {
  const venv = join(BUILD_DIR, "python");
  if (!existsSync(join(venv, "bin/pip"))) run("python3", ["-m", "venv", venv], EXAMPLES_DIR);
  run(join(venv, "bin/pip"), ["install", "--quiet", "-r", join(EXAMPLES_DIR, "python/requirements.txt")], EXAMPLES_DIR);
  return startApp(join(venv, "bin/python"), [join(EXAMPLES_DIR, "python/rideshare.py")], environment);
}

function run(command: string, args: readonly string[], cwd: string): void {
  const { status, stderr, error } = spawnSync(command, args, { cwd, encoding: "utf8" });
  if (status !== 0) throw new Error(`${command} ${args.join(" ")}: ${stderr || error?.message}`);
}
