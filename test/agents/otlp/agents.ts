// The OTLP/HTTP exporter of the OpenTelemetry collector in a Go program of ours, in both encodings. Native gRPC is no
// choice: a Worker can't send HTTP trailers.
import { join } from "node:path";
import { type Agent, CPU_NANOSECONDS, claimsOfOrders, REGION } from "../agent.ts";
import { missingPrograms, run } from "../commands.ts";
import { BUILD_DIR, startApp } from "../rideshare.ts";

const PROGRAM = join(BUILD_DIR, "otlp-orders");

const otlpAgent = (encoding: "proto" | "json", service: string): Omit<Agent, "name" | "sends"> => ({
  client: "go.opentelemetry.io/collector/exporter/otlphttpexporter",
  version: "0.162.0",
  path: "/v1development/profiles",
  service,
  types: [CPU_NANOSECONDS],
  claims: claimsOfOrders({
    type: CPU_NANOSECONDS,
    service,
    car: "main.orderCar",
    bike: "main.orderBike",
    hot: "main.searchGrid",
  }),
  seconds: 35,
  uploads: 3,
  missing: () => missingPrograms("go"),
  prepare: async () => {
    await run("go", ["build", "-o", PROGRAM, "."], import.meta.dirname);
  },
  start: async (server) =>
    startApp(PROGRAM, [], { PYROSCOPE_SERVER_ADDRESS: server, APP_NAME: service, REGION, ENCODING: encoding }),
});

export const OTLP: Agent = { ...otlpAgent("proto", "orders-otlp"), name: "otlp", sends: "OTLP, protobuf" };
export const OTLP_JSON: Agent = { ...otlpAgent("json", "orders-otlp-json"), name: "otlp-json", sends: "OTLP, JSON" };
