// The Python client in the rideshare example: that of today pushes, that before 1.0 ingests.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { type Agent, CPU_NANOSECONDS, claimsOfOrders, REGION } from "../agent.ts";
import { missingPrograms, run } from "../commands.ts";
import { BUILD_DIR, EXAMPLES_DIR, startApp } from "../rideshare.ts";

const SERVICE = "ride-sharing-app-python";

function pythonAgent(version: string): Omit<Agent, "name" | "sends" | "path"> {
  const venv = join(BUILD_DIR, `python-${version}`);
  return {
    client: "pyroscope-io",
    version,
    service: SERVICE,
    types: [CPU_NANOSECONDS],
    claims: claimsOfOrders({
      type: CPU_NANOSECONDS,
      service: SERVICE,
      car: "order_car",
      bike: "order_bike",
      hot: "search_grid",
    }),
    seconds: 38, // It uploads every 10 s, whatever it is told.
    uploads: 2,
    missing: () => missingPrograms("python3"),
    prepare: async () => {
      if (!existsSync(join(venv, "bin/pip"))) await run("python3", ["-m", "venv", venv]);
      await run(join(venv, "bin/pip"), ["install", "--quiet", "--only-binary=:all:", `pyroscope-io==${version}`]);
    },
    start: async (server) =>
      startApp(join(venv, "bin/python"), [join(EXAMPLES_DIR, "python/rideshare.py")], {
        PYROSCOPE_SERVER_ADDRESS: server,
        REGION,
      }),
  };
}

export const PYTHON: Agent = {
  ...pythonAgent("1.4.0"),
  name: "python",
  sends: "Push, protobuf",
  path: "/push.v1.PusherService/Push",
};
export const PYTHON_0_8: Agent = {
  ...pythonAgent("0.8.16"),
  name: "python-0.8",
  sends: "pprof as the body",
  path: "/ingest",
};
