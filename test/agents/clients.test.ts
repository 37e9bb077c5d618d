// The clients of Go (of today and of 2022), Node and Python for half a minute, all at once against one server: what they send is
// taken, and is there soon after. run.sh runs these and more, each alone.
import { afterAll, beforeAll, expect, it } from "vitest";
import { startServer, type TestServer } from "../support/server.ts";
import { areAgentsAsked, describeWithAgents, describeWithGo } from "../support/skips.ts";
import type { Agent } from "./agent.ts";
import { GO_2022, GO_CURRENT } from "./go/agents.ts";
import { NODE } from "./node/agents.ts";
import { PYTHON } from "./python/agents.ts";
import { fetchRender, untilVisible } from "./render.ts";
import type { SeenUpload } from "./rideshare.ts";
import { type AgentRun, checkRun, runAgent } from "./run-agent.ts";

const VISIBLE_WITHIN_MS = 15_000;
const GO = [GO_CURRENT, GO_2022];
const INSTALLED = [NODE, PYTHON];
const byName = (agents: readonly Agent[]) => agents.map((agent) => [agent.name, agent] as const);

let server: TestServer;
const runs = new Map<string, AgentRun>();
/** How long each CPU upload of a Go client took to be seen. */
const delays = new Map<string, Promise<number>[]>();
const seenOf = ({ name }: Agent): readonly SeenUpload[] => runs.get(name)?.witness.seen ?? [];

beforeAll(async () => {
  const agents = [...(GO_CURRENT.missing() === null ? GO : []), ...(areAgentsAsked() ? INSTALLED : [])];
  if (agents.length === 0) return;
  server = await startServer();
  await Promise.all(agents.map((agent) => agent.prepare()));
  const done = agents.map((agent) =>
    runAgent(agent, server.url, ({ params, sentMs }) => {
      if (GO.includes(agent) && params.get("units") === "samples") timeUntilSeen(agent, params, sentMs);
    }),
  );
  for (const run of await Promise.all(done)) runs.set(run.agent.name, run);
}, 240_000);
afterAll(async () => {
  await Promise.all([...delays.values()].flat());
  for (const { witness } of runs.values()) await witness.close();
  await server?.stop();
});

function timeUntilSeen({ name, service }: Agent, params: URLSearchParams, sentMs: number): void {
  const ask = { query: `${service}.cpu`, from: params.get("from") ?? "", until: params.get("until") ?? "" };
  delays.set(name, [...(delays.get(name) ?? []), untilVisible(server.url, ask, sentMs)]);
}

async function expectEveryCheck(agent: Agent): Promise<void> {
  const run = runs.get(agent.name);
  if (run === undefined) throw new Error(`${agent.name} did not run`);
  const checks = await checkRun(run, server.url);
  expect(checks.length).toBe(3 + agent.claims.length + agent.types.length);
  expect(
    checks.filter(({ holds }) => !holds),
    run.output,
  ).toEqual([]);
}

describeWithGo("the Go clients of today and of 2022", () => {
  it.each(byName(GO))(
    "%s: every upload is taken, functions dominate under their tags, all types arrive",
    (_name, agent) => expectEveryCheck(agent),
  );

  it("send cumulative profiles with the one before in 2022, and deltas today", () => {
    const pairs = seenOf(GO_2022).filter(({ parts }) => parts.includes("prev_profile"));
    expect(pairs.length).toBeGreaterThanOrEqual(2);
    expect(seenOf(GO_CURRENT).some(({ parts }) => parts.includes("prev_profile"))).toBe(false);
  });

  it.each(byName(GO))("%s: an upload is shown within 15 s of being sent", async (name) => {
    const waited = await Promise.all(delays.get(name) ?? []);
    console.log(`${name}: ${waited.length} cpu uploads, visible after at most ${Math.round(Math.max(...waited))} ms`);
    expect(waited.length).toBeGreaterThanOrEqual(2);
    expect(Math.max(...waited)).toBeLessThan(VISIBLE_WITHIN_MS);
  });

  it.each(byName(GO))("%s: the old names have the data, too", async (_name, { service }) => {
    for (const type of ["cpu", "alloc_objects", "alloc_space", "inuse_objects", "inuse_space", "goroutines"]) {
      const { flamebearer } = await fetchRender(server.url, { query: `${service}.${type}`, from: "now-5m" });
      expect(flamebearer.numTicks, type).toBeGreaterThan(0);
      expect(flamebearer.names).toContain(type === "goroutines" ? "main.serve" : "main.FindNearestVehicle");
    }
  });
});

describeWithAgents("the clients of Node and Python", () => {
  it.each(byName(INSTALLED))(
    "%s: every upload is taken, functions dominate under their tags, all types arrive",
    (_name, agent) => expectEveryCheck(agent),
  );
});
