// The Rust crate with its pprof-rs backend around src/main.rs.
import { join } from "node:path";
import { type Agent, CPU_NANOSECONDS, claimsOfOrders, REGION } from "../agent.ts";
import { missingPrograms, run } from "../commands.ts";
import { BUILD_DIR, startApp } from "../rideshare.ts";

const TARGET = join(BUILD_DIR, "rust");
const SERVICE = "orders-rust";

export const RUST: Agent = {
  name: "rust",
  client: "pyroscope (crate, backend pprof-rs)",
  version: "2.1.5",
  sends: "Push, protobuf",
  path: "/push.v1.PusherService/Push",
  service: SERVICE,
  types: [CPU_NANOSECONDS],
  claims: claimsOfOrders({
    type: CPU_NANOSECONDS,
    service: SERVICE,
    car: "orders::order_car",
    bike: "orders::order_bike",
    hot: "orders::search_grid",
  }),
  seconds: 45,
  uploads: 3,
  missing: () => missingPrograms("cargo"),
  prepare: async () => {
    const manifest = join(import.meta.dirname, "Cargo.toml");
    await run("cargo", [
      "build",
      "--release",
      "--locked",
      "--quiet",
      "--manifest-path",
      manifest,
      "--target-dir",
      TARGET,
    ]);
  },
  start: async (server) =>
    startApp(join(TARGET, "release/orders"), [], { PYROSCOPE_SERVER_ADDRESS: server, APP_NAME: SERVICE, REGION }),
};
