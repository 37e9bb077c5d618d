// What runs of agents came to: test/agents/results.json, one entry an agent, from which docs/compatibility.md is made.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { ReaderResult } from "./readers/reader.ts";
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
const READERS_FILE = join(import.meta.dirname, "readers/results.json");

const read = <T>(file: string): T[] => (existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as T[]) : []);
const write = (file: string, results: readonly object[]): void =>
  writeFileSync(file, `${JSON.stringify(results, null, 2)}\n`);

export const readResults = (): AgentResult[] => read(FILE);
export const readReaderResults = (): ReaderResult[] => read(READERS_FILE);

/** Takes the place of an earlier result of the same agent. */
export function keepResult(result: AgentResult): void {
  const others = readResults().filter(({ agent }) => agent !== result.agent);
  write(
    FILE,
    [...others, result].sort((a, b) => (a.agent < b.agent ? -1 : 1)),
  );
}

/** Takes the place of an earlier result of the same reader. */
export function keepReaderResult(result: ReaderResult): void {
  const others = readReaderResults().filter(({ reader }) => reader !== result.reader);
  write(
    READERS_FILE,
    [...others, result].sort((a, b) => (a.reader < b.reader ? -1 : 1)),
  );
}
