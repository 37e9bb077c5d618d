// The client of Pyroscope's published API module over connect-go: a Go program of ours that calls every method of the querier.
import { join } from "node:path";
import { missingPrograms, run } from "../commands.ts";
import { BUILD_DIR } from "../rideshare.ts";
import type { Check } from "../run-agent.ts";
import type { Reader } from "./reader.ts";

const PROGRAM = join(BUILD_DIR, "connect-go");
const PROFILE = join(import.meta.dirname, "../../fixtures/pprof/go-cpu-labels.pb.gz");

export const CONNECT_GO: Reader = {
  name: "connect-go",
  client: "github.com/grafana/pyroscope/api",
  version: "1.6.0",
  speaks: "Connect (protobuf, with gzip, JSON), gRPC-Web",
  asks: "Push and every method of the querier, against what `google/pprof` reads in the file",
  missing: () => missingPrograms("go"),
  prepare: async () => {
    await run("go", ["build", "-o", PROGRAM, "."], join(import.meta.dirname, "connect-go"));
  },
  // Names as they are in the file.
  settings: { EDGEFLAME_GO_REPAIR: "off" },
  checks: async (server) => JSON.parse(await run(PROGRAM, [server, PROFILE])) as Check[],
};
