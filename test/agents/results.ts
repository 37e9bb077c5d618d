// What runs of agents came to: test/agents/results.json, one entry an agent, from which docs/compatibility.md is made.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Check } from "./run-agent.ts";

export interface AgentResult {
  readonly agent: string;
  readonly client: string;
  readonly version: string;
  /** The encoding and its path. */
  readonly sends: string;
  readonly path: string;
  readonly profileTypes: readonly string[];
  readonly uploads: number;
  readonly seconds: number;
  readonly checks: readonly Check[];
  readonly result: "works" | "fails";
  /** Of the run, UTC. */
  readonly date: string;
}

const FILE = join(import.meta.dirname, "results.json");

export function readResults(): AgentResult[] {
  return existsSync(FILE) ? (JSON.parse(readFileSync(FILE, "utf8")) as AgentResult[]) : [];
}

/** Takes the place of an earlier result of the same agent. */
export function keepResult(result: AgentResult): void {
  const others = readResults().filter(({ agent }) => agent !== result.agent);
  const all = [...others, result].sort((a, b) => (a.agent < b.agent ? -1 : 1));
  writeFileSync(FILE, `${JSON.stringify(all, null, 2)}\n`);
}
