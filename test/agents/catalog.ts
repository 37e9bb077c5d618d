// All agents that run.sh knows, in the order of the table in docs/compatibility.md, and those that could not be had.
import type { AbsentAgent, Agent } from "./agent.ts";
import { CURL, EBPF } from "./curl/agents.ts";
import { GO_2022, GO_CURRENT } from "./go/agents.ts";
import { JAVA, JAVA_OTLP } from "./java/agents.ts";
import { NODE } from "./node/agents.ts";
import { OTLP, OTLP_JSON } from "./otlp/agents.ts";
import { PYTHON, PYTHON_0_8 } from "./python/agents.ts";
import { RUST } from "./rust/agents.ts";

export const AGENTS: readonly Agent[] = [
  GO_CURRENT,
  GO_2022,
  NODE,
  PYTHON,
  PYTHON_0_8,
  JAVA,
  JAVA_OTLP,
  RUST,
  OTLP,
  OTLP_JSON,
  EBPF,
  ...CURL,
];

export const ABSENT: readonly AbsentAgent[] = [
  {
    name: "ruby",
    client: "pyroscope (gem)",
    sends: "Push, protobuf",
    path: "/push.v1.PusherService/Push",
    because: "RubyGems could not be reached; it is the Rust crate inside, see `rust`",
  },
  {
    name: "dotnet",
    client: "Pyroscope (.NET)",
    sends: "Push, protobuf; before 2025 pprof in a form",
    path: "/push.v1.PusherService/Push, /ingest",
    because: "NuGet could not be reached; recorded profiles of it are decoded in `test/formats/conformance.test.ts`",
  },
  {
    name: "alloy",
    client: "Grafana Alloy (`pyroscope.write`, `pyroscope.scrape`)",
    sends: "Push, protobuf (connect-go)",
    path: "/push.v1.PusherService/Push",
    because: "no build of it could be had; `curl-push` sends the same message",
  },
  {
    name: "phpspy",
    client: "phpspy, rbspy and others under `pyroscope exec` (2021)",
    sends: "trie",
    path: "/ingest",
    because: "no build of it could be had; `curl-trie` sends the same bytes",
  },
  {
    name: "otlp-grpc",
    client: "any OTLP exporter over gRPC",
    sends: "OTLP, gRPC",
    path: "…ProfilesService/Export",
    because: "a Worker can't send HTTP trailers: use OTLP over HTTP",
  },
];
