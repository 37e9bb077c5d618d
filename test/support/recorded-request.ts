// Whole HTTP requests of real profiling clients, recorded by scripts/record-requests.mjs (test/fixtures/README.md says
// what made each). For tests that run in Node.
//
//   test/fixtures/requests/<client>/<n>-<what>.json   method, path with query, headers
//   test/fixtures/requests/<client>/<n>-<what>.bin    the body, byte for byte

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

export interface RecordedRequest {
  /** For example `go-2022/5-heap`. */
  readonly name: string;
  readonly method: string;
  /** With the query, as on the request line. */
  readonly path: string;
  /** Lower-case names. `host` and `connection` are left out: they belong to the recorder, not to a replay. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array<ArrayBuffer>;
}

const DIRECTORY = join(import.meta.dirname, "..", "fixtures", "requests");
const OF_THE_RECORDER = new Set(["host", "connection"]);

/** The names of all recorded requests, or of one client's, in the order in which they were sent. */
export function listRecorded(client?: string): string[] {
  const clients = client === undefined ? readdirSync(DIRECTORY) : [client];
  return clients.toSorted().flatMap((folder) =>
    readdirSync(join(DIRECTORY, folder))
      .filter((file) => file.endsWith(".json"))
      .map((file) => `${folder}/${file.slice(0, -".json".length)}`)
      .toSorted(),
  );
}

export function readRecorded(name: string): RecordedRequest {
  const head = JSON.parse(readFileSync(join(DIRECTORY, `${name}.json`), "utf8")) as {
    method: string;
    path: string;
    headers: Record<string, string>;
  };
  const headers = Object.fromEntries(Object.entries(head.headers).filter(([header]) => !OF_THE_RECORDER.has(header)));
  const body = new Uint8Array(readFileSync(join(DIRECTORY, `${name}.bin`)));
  return { name, method: head.method, path: head.path, headers, body };
}
