// The Node client in the rideshare example.
import { cpSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { type Agent, claimsOfOrders, REGION } from "../agent.ts";
import { missingPrograms, run } from "../commands.ts";
import { BUILD_DIR, EXAMPLES_DIR, startApp } from "../rideshare.ts";

const FOLDER = join(BUILD_DIR, "node");
const SERVICE = "ride-sharing-app-node";
const CPU = "process_cpu:cpu:nanoseconds:wall:nanoseconds";

export const NODE: Agent = {
  name: "node",
  client: "@pyroscope/nodejs",
  version: "0.6.4",
  sends: "pprof as the body",
  path: "/ingest",
  service: SERVICE,
  types: [
    "wall:samples:count:wall:nanoseconds",
    "wall:wall:nanoseconds:wall:nanoseconds",
    CPU,
    "memory:inuse_objects:count:inuse_space:bytes",
    "memory:inuse_space:bytes:inuse_space:bytes",
  ],
  claims: claimsOfOrders({
    type: CPU,
    service: SERVICE,
    car: "./rideshare.mjs:OrderCar",
    bike: "./rideshare.mjs:OrderBike",
    hot: "./rideshare.mjs:searchGrid",
  }),
  seconds: 38,
  uploads: 2,
  missing: () => missingPrograms("npm"),
  prepare: async () => {
    mkdirSync(FOLDER, { recursive: true });
    for (const file of ["package.json", "package-lock.json", "rideshare.mjs"])
      cpSync(join(EXAMPLES_DIR, "node", file), join(FOLDER, file));
    await run("npm", ["ci", "--no-audit", "--no-fund"], FOLDER);
  },
  start: async (server) =>
    startApp(
      process.execPath,
      ["rideshare.mjs"],
      { PYROSCOPE_SERVER_ADDRESS: server, REGION, UPLOAD_SECONDS: "10" },
      FOLDER,
    ),
};
