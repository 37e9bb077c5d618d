// The Go clients of today and of 2022, in the rideshare example: its us-west-1 also waits for locks.
import { type Agent, claimsOfOrders } from "../agent.ts";
import { missingPrograms } from "../commands.ts";
import { buildGoApp, type GoClient, startGoRegions } from "../rideshare.ts";

const PROGRAMS = new Map<GoClient, string>();
const CPU_SAMPLES = "process_cpu:samples:count:cpu:nanoseconds";

const goAgent = (client: GoClient, service: string): Omit<Agent, "client" | "version" | "sends"> => ({
  name: `go-${client}`,
  path: "/ingest",
  service,
  types: [
    CPU_SAMPLES,
    "process_cpu:cpu:nanoseconds:cpu:nanoseconds",
    "memory:alloc_objects:count:space:bytes",
    "memory:alloc_space:bytes:space:bytes",
    "memory:inuse_objects:count:space:bytes",
    "memory:inuse_space:bytes:space:bytes",
    "goroutines:goroutine:count:goroutine:count",
    "mutex:contentions:count:contentions:count",
    "mutex:delay:nanoseconds:contentions:count",
    "block:contentions:count:contentions:count",
    "block:delay:nanoseconds:contentions:count",
  ],
  claims: claimsOfOrders({
    type: CPU_SAMPLES,
    service,
    car: "main.OrderCar",
    bike: "main.OrderBike",
    hot: "main.FindNearestVehicle",
    dominates: 0.95,
  }),
  seconds: 36, // The client of 2022 uploads every 10 s, and its heap from the second upload on.
  uploads: 6,
  missing: () => missingPrograms("go"),
  prepare: async () => {
    PROGRAMS.set(client, await buildGoApp(client));
  },
  start: (server) =>
    startGoRegions(PROGRAMS.get(client) ?? "", ["us-west-1"], {
      APP_NAME: service,
      PYROSCOPE_SERVER_ADDRESS: server,
      UPLOAD_SECONDS: "5",
    }),
});

export const GO_CURRENT: Agent = {
  ...goAgent("current", "rideshare-current"),
  client: "github.com/grafana/pyroscope-go (with godeltaprof)",
  version: "1.4.3",
  sends: "pprof in a form, deltas",
};
export const GO_2022: Agent = {
  ...goAgent("2022", "rideshare-2022"),
  client: "github.com/pyroscope-io/client",
  version: "0.3.0",
  sends: "pprof in a form, with the profile before",
};
