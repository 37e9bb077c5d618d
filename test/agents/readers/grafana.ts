// Grafana's own data source for Pyroscope: the Go package that Grafana's server runs, of a version that the module proxy has, called by a
// program of ours as Grafana calls it. It has both of its back ends: Connect, and the old HTTP API. Building it takes minutes.
import { cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { missingPrograms, run } from "../commands.ts";
import { BUILD_DIR } from "../rideshare.ts";
import type { Check } from "../run-agent.ts";
import type { Reader } from "./reader.ts";

/** Of 9 June 2023: Grafana 10.0. No later one is published under a version that Go can fetch. */
const VERSION = "v1.9.2-0.20230609164553-81d85ce8028d";
const SOURCE = join(BUILD_DIR, "grafana-source");
const PROGRAM = join(BUILD_DIR, "grafana");
const PROFILE = join(import.meta.dirname, "../../fixtures/pprof/go-cpu-labels.pb.gz");
const SERVICE = "grafana-reader";
const GO_MOD = `module edgeflame.test/grafana

go 1.26.0

require (
	github.com/google/pprof v0.0.0-20261016150608-1facf8f91b50
	github.com/grafana/grafana ${VERSION}
)

// As Grafana's own go.mod has it; a replacement does not come with a module.
replace github.com/prometheus/alertmanager => github.com/grafana/prometheus-alertmanager v0.25.1-0.20230426142720-803b73a2f1f7
`;

async function build(): Promise<void> {
  mkdirSync(SOURCE, { recursive: true });
  writeFileSync(join(SOURCE, "go.mod"), GO_MOD);
  cpSync(join(import.meta.dirname, "grafana/main.go"), join(SOURCE, "main.go"));
  // Not all of Grafana's own modules are in the public list of sums.
  const environment = ["GONOSUMDB=github.com/grafana/*", "GOWORK=off"];
  await run("env", [...environment, "go", "build", "-mod=mod", "-o", PROGRAM, "."], SOURCE);
}

async function checks(server: string): Promise<Check[]> {
  const query = new URLSearchParams({ name: SERVICE, format: "pprof", from: "now", until: "now" });
  const uploaded = await fetch(`${server}/ingest?${query}`, { method: "POST", body: readFileSync(PROFILE) });
  if (uploaded.status !== 200) throw new Error(await uploaded.text());
  return JSON.parse(await run(PROGRAM, [server, PROFILE, SERVICE])) as Check[];
}

export const GRAFANA: Reader = {
  name: "grafana",
  client: "Grafana's data source for Pyroscope (github.com/grafana/grafana/pkg/tsdb/phlare)",
  version: VERSION,
  speaks: "Connect (protobuf), the old HTTP API",
  asks: "`CheckHealth`, `CallResource` and `QueryData`, its frames against what `google/pprof` reads in the file",
  missing: () => missingPrograms("go"),
  prepare: build,
  // Names as they are in the file.
  settings: { EDGEFLAME_GO_REPAIR: "off" },
  checks,
};
