// The program behind test/agents/run.sh: which agents to run, each against a fresh server, and what it came to.
import type { Agent } from "../test/agents/agent.ts";
import { ABSENT, AGENTS } from "../test/agents/catalog.ts";
import { READERS } from "../test/agents/readers/catalog.ts";
import type { Reader } from "../test/agents/readers/reader.ts";
import { type AgentResult, keepReaderResult, keepResult } from "../test/agents/results.ts";
import { type Check, checkRun, runAgent, typesOf } from "../test/agents/run-agent.ts";
import { startServer } from "../test/support/server.ts";

const names = process.argv.slice(2);
const isChosen = (agent: string): boolean =>
  names.some((name) => name === "all" || name === agent || agent.startsWith(`${name}-`));

const chosen = AGENTS.filter(({ name }) => isChosen(name));
const readers = READERS.filter(({ name }) => isChosen(name));
for (const { name, client, because } of ABSENT.filter((agent) => isChosen(agent.name)))
  console.log(`\n!!!!!!!! NOT RUN: ${name} (${client}): ${because} !!!!!!!!`);
if (chosen.length + readers.length === 0 && !ABSENT.some(({ name }) => isChosen(name))) {
  console.log(`usage: test/agents/run.sh NAME …|all\n\n${[...AGENTS, ...READERS].map(({ name }) => name).join("\n")}`);
  process.exit(names.length === 0 ? 0 : 2);
}

const failed: string[] = [];
for (const agent of chosen) {
  const missing = agent.missing();
  if (missing !== null) {
    console.log(`\n!!!!!!!! NOT RUN: ${agent.name}: ${missing} !!!!!!!!`);
    continue;
  }
  const result = await runOne(agent);
  keepResult(result);
  if (result.result === "fails") failed.push(agent.name);
}
for (const reader of readers) {
  const missing = reader.missing();
  if (missing !== null) {
    console.log(`\n!!!!!!!! NOT RUN: ${reader.name}: ${missing} !!!!!!!!`);
    continue;
  }
  const checks = await checksOf(reader);
  const result = checks.every(({ holds }) => holds) ? "works" : "fails";
  const { name, client, version } = reader;
  keepReaderResult({ reader: name, client, version, checks, result, date: new Date().toISOString().slice(0, 10) });
  if (result === "fails") failed.push(name);
}
console.log(failed.length === 0 ? "\nall that ran works" : `\nfails: ${failed.join(", ")}`);
process.exit(failed.length === 0 ? 0 : 1);

async function checksOf({ name, client, version, settings, prepare, checks }: Reader): Promise<Check[]> {
  console.log(`\n== ${name}: ${client} ${version}`);
  await prepare();
  const server = await startServer(settings === undefined ? {} : { env: settings });
  try {
    const done = await checks(server.url);
    for (const { what, holds, found } of done) console.log(`${holds ? "ok  " : "FAIL"} ${what}: ${found}`);
    return done;
  } finally {
    await server.stop();
  }
}

async function runOne(agent: Agent): Promise<AgentResult> {
  console.log(
    `\n== ${agent.name}: ${agent.client} ${agent.version}, ${agent.sends} to ${agent.path} (${agent.seconds} s)`,
  );
  await agent.prepare();
  const server = await startServer();
  try {
    const run = await runAgent(agent, server.url);
    const checks = await checkRun(run, server.url);
    const profileTypes = await typesOf(agent, server.url);
    await run.witness.close();
    for (const { what, holds, found } of checks) console.log(`${holds ? "ok  " : "FAIL"} ${what}: ${found}`);
    console.log(`     profile types: ${profileTypes.join(", ") || "none"}`);
    const result = checks.every(({ holds }) => holds) ? "works" : "fails";
    if (result === "fails") console.log(`     the agent said:\n${run.output.slice(-4000)}`);
    return {
      agent: agent.name,
      client: agent.client,
      version: agent.version,
      sends: agent.sends,
      path: agent.path,
      profileTypes,
      uploads: run.witness.seen.length,
      seconds: agent.seconds,
      checks,
      result,
      date: new Date().toISOString().slice(0, 10),
    };
  } finally {
    await server.stop();
  }
}
