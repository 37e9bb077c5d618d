// What a client that reads is to these tests: how to get it, and what it must be told by a server of its own.
import type { Check } from "../run-agent.ts";

export interface Reader {
  /** For run.sh. */
  readonly name: string;
  readonly client: string;
  readonly version: string;
  /** Protocols and encodings. */
  readonly speaks: string;
  /** What it is used for here. */
  readonly asks: string;
  readonly missing: () => string | null;
  readonly prepare: () => Promise<void>;
  /** Of the server, besides its usual ones. */
  readonly settings?: Readonly<Record<string, string>>;
  readonly checks: (server: string) => Promise<Check[]>;
}

export interface ReaderResult {
  readonly reader: string;
  readonly client: string;
  readonly version: string;
  readonly checks: readonly Check[];
  readonly result: "works" | "fails";
  /** Of the run, UTC. */
  readonly date: string;
}

export const equal = (what: string, found: unknown, expected: unknown): Check => {
  const [left, right] = [JSON.stringify(found), JSON.stringify(expected)];
  return { what, holds: left === right, found: (left === right ? left : `${left} instead of ${right}`).slice(0, 300) };
};
