// Every encoding, sent by curl as a person would who has no agent: two orders under static tags in `name` and, where the
// encoding has labels of its own, dynamic ones.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { type Agent, type Claim, CPU_NANOSECONDS, claimsOfOrders, REGION } from "../agent.ts";
import { missingPrograms, run } from "../commands.ts";
import { type App, BUILD_DIR } from "../rideshare.ts";
import { folded, lines, otlpJson, pushJson, pushProto, speedscope, stacksOf, tree, trie } from "./bodies.ts";

const FOLDER = join(BUILD_DIR, "curl");
const FIXTURES = join(import.meta.dirname, "../../fixtures");
const SHARED = process.env.EDGEFLAME_SHARED_DATA || join(import.meta.dirname, "../../../../shared/data");
const CPU_SAMPLES = "process_cpu:samples:count:cpu:nanoseconds";
const ORDERS = { car: "orderCar", bike: "orderBike" } as const;
const PUSH = "/push.v1.PusherService/Push";
const OTLP = "/v1development/profiles";

interface Part {
  readonly name: string;
  readonly bytes: Uint8Array;
}

interface CurlRequest {
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  readonly form?: readonly Part[];
  readonly type?: string;
}

type CurlAgent = Pick<Agent, "name" | "sends" | "path" | "types" | "claims"> &
  Partial<Agent> & { readonly requests: () => readonly CurlRequest[] };

function curlAgent({ requests, ...agent }: CurlAgent): Agent {
  return {
    client: "curl",
    version: "any",
    service: agent.name,
    seconds: 0,
    uploads: 1,
    missing: () => missingPrograms("curl"),
    prepare: async () => void mkdirSync(FOLDER, { recursive: true }),
    start: async (server): Promise<App> => {
      const said: string[] = [];
      for (const [index, request] of requests().entries())
        said.push(await run("curl", argumentsOf(request, server, `${agent.name}-${index}`)));
      return { output: () => said.join("\n"), stop: async () => {} };
    },
    ...agent,
  };
}

function argumentsOf({ path, query = {}, body, form = [], type }: CurlRequest, server: string, base: string): string[] {
  const fileOf = (bytes: string | Uint8Array, name: string): string => {
    const file = join(FOLDER, `${base}-${name}`);
    writeFileSync(file, bytes);
    return file;
  };
  const url = `${server}${path}?${new URLSearchParams(query)}`;
  const content = body === undefined ? [] : ["--data-binary", `@${fileOf(body, "body")}`];
  const parts = form.flatMap(({ name, bytes }) => ["-F", `${name}=@${fileOf(bytes, name)};filename=${name}`]);
  return ["-sS", ...(type === undefined ? [] : ["-H", `Content-Type: ${type}`]), ...content, ...parts, url];
}

/** A form whose vehicle is a tag of the name: one request each. */
const ordersOf = (
  name: string,
  format: Readonly<Record<string, string>>,
  bodyOf: (order: string) => string | Uint8Array,
  type = "text/plain",
): CurlRequest[] =>
  Object.entries(ORDERS).map(([vehicle, order]) => ({
    path: "/ingest",
    query: { name: `${name}{region=${REGION},vehicle=${vehicle}}`, ...format },
    body: bodyOf(order),
    type,
  }));

const textAgent = (
  name: string,
  sends: string,
  format: Readonly<Record<string, string>>,
  bodyOf: (order: string) => string | Uint8Array,
  suffix = ".cpu",
): Agent =>
  curlAgent({
    name,
    sends,
    path: "/ingest",
    types: [CPU_SAMPLES, CPU_NANOSECONDS],
    uploads: 2,
    claims: claimsOfOrders({
      type: CPU_SAMPLES,
      service: name,
      car: ORDERS.car,
      bike: ORDERS.bike,
      hot: "searchGrid",
      dominates: 0.9,
    }),
    requests: () => ordersOf(`${name}${suffix}`, format, bodyOf),
  });

/** A real profile of Go, with labels `vehicle` and `region`; test/fixtures/README.md says what it does. */
const goProfile = (): Buffer => readFileSync(join(FIXTURES, "pprof/go-cpu-labels.pb.gz"));

const claimsOfGo = (service: string): Claim[] => {
  const query = `${CPU_NANOSECONDS}{service_name="${service}", zone="one", vehicle="car"}`;
  return [
    { query, functionName: "main.spin", atLeast: 0.95 },
    { query, functionName: "main.fill", atMost: 0 },
    { query: query.replace("car", "scooter"), functionName: "main.spin", atLeast: 0.5 },
  ];
};

const goAgent = (name: string, sends: string, path: string, requestOf: () => Omit<CurlRequest, "path">): Agent =>
  curlAgent({
    name,
    sends,
    path,
    types: [CPU_SAMPLES, CPU_NANOSECONDS],
    claims: claimsOfGo(name),
    since: "now-3y",
    requests: () => [{ path, ...requestOf() }],
  });

const pushLabels = (service: string) => ({ __name__: "process_cpu", service_name: service, zone: "one" });

const jfr = (file: string): Buffer => gunzipSync(readFileSync(file));
const JFR_WITH_LABELS = join(SHARED, "jfr/dump1.jfr.gz");
const JFR_LABELS = join(SHARED, "jfr/dump1.labels.pb.gz");
const OTLP_EBPF = join(SHARED, "otlp/otel-ebpf-profile.pb.bin");
const sharedFile = (file: string): string | null => (existsSync(file) ? null : "shared data is absent");

export const CURL: readonly Agent[] = [
  goAgent("curl-pprof", "pprof as the body", "/ingest", () => ({
    query: { name: "curl-pprof{zone=one}", format: "pprof" },
    body: goProfile(),
    type: "application/octet-stream",
  })),
  goAgent("curl-pprof-form", "pprof in a form", "/ingest", () => ({
    query: { name: "curl-pprof-form{zone=one}" },
    form: [{ name: "profile", bytes: goProfile() }],
  })),
  textAgent("curl-folded", "folded text", {}, (order) => folded(stacksOf(order))),
  textAgent("curl-lines", "lines", { format: "lines" }, (order) => lines(stacksOf(order))),
  textAgent("curl-trie", "trie", { format: "trie" }, trie),
  textAgent("curl-tree", "tree", { format: "tree" }, tree),
  textAgent("curl-speedscope", "speedscope", { format: "speedscope" }, speedscope, ""),
  curlAgent({
    name: "curl-jfr",
    sends: "JFR as the body",
    path: "/ingest",
    types: [CPU_NANOSECONDS, "mutex:contentions:count:mutex:count"],
    claims: [
      { query: `${CPU_NANOSECONDS}{service_name="curl-jfr", zone="one"}`, functionName: "Hot.orderCar", atLeast: 0.4 },
    ],
    requests: () => [
      {
        path: "/ingest",
        query: { name: "curl-jfr{zone=one}", format: "jfr" },
        body: jfr(join(FIXTURES, "jfr/openjdk-17.jfr.gz")),
        type: "application/octet-stream",
      },
    ],
  }),
  curlAgent({
    name: "curl-jfr-form",
    sends: "JFR in a form, with labels",
    path: "/ingest",
    types: [CPU_NANOSECONDS],
    claims: ["pool-2-thread-1", "pool-2-thread-3"].map((thread) => ({
      query: `${CPU_NANOSECONDS}{service_name="curl-jfr-form", zone="one", thread_name="${thread}"}`,
      functionName: "App.fib",
      atLeast: 0.95,
    })),
    missing: () => missingPrograms("curl") ?? sharedFile(JFR_WITH_LABELS),
    requests: () => [
      {
        path: "/ingest",
        query: { name: "curl-jfr-form{zone=one}", format: "jfr" },
        form: [
          { name: "jfr", bytes: readFileSync(JFR_WITH_LABELS) },
          { name: "labels", bytes: readFileSync(JFR_LABELS) },
        ],
      },
    ],
  }),
  goAgent("curl-push", "Push, protobuf", PUSH, () => ({
    body: pushProto(pushLabels("curl-push"), goProfile()),
    type: "application/proto",
  })),
  goAgent("curl-push-json", "Push, JSON", PUSH, () => ({
    body: pushJson(pushLabels("curl-push-json"), goProfile()),
    type: "application/json",
  })),
  curlAgent({
    name: "curl-otlp-json",
    sends: "OTLP, JSON",
    path: OTLP,
    types: [CPU_NANOSECONDS],
    claims: claimsOfOrders({
      type: CPU_NANOSECONDS,
      service: "curl-otlp-json",
      car: ORDERS.car,
      bike: ORDERS.bike,
      hot: "searchGrid",
    }),
    requests: () => [
      { path: OTLP, body: otlpJson("curl-otlp-json", REGION, ORDERS, Date.now()), type: "application/json" },
    ],
  }),
];

/** What the eBPF profiler of OpenTelemetry exported once: it needs a kernel with BPF, and is on no registry. */
export const EBPF: Agent = curlAgent({
  name: "ebpf",
  client: "OpenTelemetry eBPF profiler",
  version: "recorded export",
  sends: "OTLP, protobuf",
  path: OTLP,
  service: "unknown_service",
  isRecorded: true,
  types: [CPU_NANOSECONDS, "off_cpu:off_cpu:nanoseconds::"],
  claims: [
    {
      query: `${CPU_NANOSECONDS}{service_name="unknown_service", thread.name="kswapd0"}`,
      functionName: "kswapd",
      atLeast: 0.95,
    },
  ],
  since: "now-5y",
  missing: () => missingPrograms("curl") ?? sharedFile(OTLP_EBPF),
  requests: () => [{ path: OTLP, body: readFileSync(OTLP_EBPF), type: "application/x-protobuf" }],
});
