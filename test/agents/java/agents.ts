// The Java agent around Orders.java: as JFR with a label snapshot, and in its OTLP format.
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type Agent, CPU_NANOSECONDS, claimsOfOrders, REGION } from "../agent.ts";
import { missingPrograms, run } from "../commands.ts";
import { BUILD_DIR, startApp } from "../rideshare.ts";

const VERSION = "2.9.2";
const FOLDER = join(BUILD_DIR, "java");
const JAR = join(FOLDER, `agent-${VERSION}.jar`);
/** Maven has no lockfile. */
const JAR_SHA256 = "ad738199a90734f7b8392bae1ab892027d411acb953ef1f00cd6e8e7c669ff8f";

const javaAgent = (format: "jfr" | "otlp", service: string): Omit<Agent, "name" | "sends" | "path" | "types"> => ({
  client: "io.pyroscope:agent",
  version: VERSION,
  service,
  claims: claimsOfOrders({
    type: CPU_NANOSECONDS,
    service,
    car: "Orders.orderCar",
    bike: "Orders.orderBike",
    hot: "Orders.searchGrid",
  }),
  seconds: 45,
  uploads: 3,
  missing: () => missingPrograms("java", "javac", "mvn"),
  prepare,
  start: async (server) =>
    startApp("java", ["-Xmx128m", "-cp", `${JAR}:${FOLDER}`, "Orders"], {
      PYROSCOPE_SERVER_ADDRESS: server,
      APP_NAME: service,
      REGION,
      FORMAT: format,
    }),
});

async function prepare(): Promise<void> {
  mkdirSync(FOLDER, { recursive: true });
  const goal = ["-q", "-B", "-f", join(import.meta.dirname, "pom.xml"), "dependency:copy-dependencies"];
  await run("mvn", [...goal, `-DoutputDirectory=${FOLDER}`]);
  const hash = createHash("sha256").update(readFileSync(JAR)).digest("hex");
  if (hash !== JAR_SHA256) throw new Error(`${JAR} is not the one these tests were written with: SHA-256 ${hash}`);
  await run("javac", ["-cp", JAR, "-d", FOLDER, join(import.meta.dirname, "Orders.java")]);
}

export const JAVA: Agent = {
  ...javaAgent("jfr", "orders-java"),
  name: "java",
  sends: "JFR in a form, with labels",
  path: "/ingest",
  types: [
    CPU_NANOSECONDS,
    "memory:alloc_in_new_tlab_objects:count:space:bytes",
    "memory:alloc_in_new_tlab_bytes:bytes:space:bytes",
    "mutex:contentions:count:mutex:count",
    "mutex:delay:nanoseconds:mutex:count",
  ],
};
/** As the agent warns, it puts neither its app's name nor any label into OTLP: there is no tag to look under. */
const ITIMER = "itimer:itimer:ns:itimer:ns";
export const JAVA_OTLP: Agent = {
  ...javaAgent("otlp", "unknown_service"),
  name: "java-otlp",
  sends: "OTLP, protobuf, without app name and labels",
  path: "/v1development/profiles",
  types: [ITIMER],
  claims: [
    {
      query: `${ITIMER}{service_name="unknown_service"}`,
      functionName: "Orders.searchGrid",
      atLeast: 0.5,
    },
  ],
};
