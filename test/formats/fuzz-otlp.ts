// Small OTLP requests made by hand, with what the recorded exports lack: several services, spans, build ids, texts by their row,
// values of every kind. Damage meets something that counts in them far more often than in a file of 100 kB.
import { fromJson, type JsonValue, toBinary } from "@bufbuild/protobuf";
import { OTLP_REQUEST } from "../support/otlp-message.ts";

type Bytes = Uint8Array<ArrayBuffer>;

const STRINGS = [
  ...["", "cpu", "nanoseconds", "samples", "count", "inuse_space", "bytes", "main", "work", "(*T).Run", "main.go"],
  ...["/usr/lib/libc.so.6", "process.executable.build_id.htlhash", "process.executable.build_id.gnu", "abc123"],
  ...["thread.name", "worker-1", "service.name", "checkout", "profile.frame.type", "native", "go", "kernel", "region"],
  ...["eu", "process.executable.name", "java", "k8s.pod.name", "pod-0"],
];
const S = (text: string): number => {
  const at = STRINGS.indexOf(text);
  if (at < 0) throw new Error(`no string ${text}`);
  return at;
};
const by = (key: string, value: string) => ({ keyStrindex: S(key), value: { stringValue: value } });
const byRow = (key: string, value: string) => ({ keyStrindex: S(key), value: { stringValueStrindex: S(value) } });
const named = (key: string, value: JsonValue) => ({ key, value });
const base64 = (length: number, first: number) =>
  Buffer.from(Uint8Array.from({ length }, (_, i) => first + i)).toString("base64");

/** 1, 2: build ids · 3: native · 4: go · 5, 6: thread and service by row · 7 …: of samples */
const ATTRIBUTES = [
  {},
  by("process.executable.build_id.htlhash", "7b547e58a70dd26d"),
  byRow("process.executable.build_id.gnu", "abc123"),
  byRow("profile.frame.type", "native"),
  byRow("profile.frame.type", "go"),
  byRow("thread.name", "worker-1"),
  byRow("service.name", "checkout"),
  by("region", "eu"),
  byRow("process.executable.name", "java"),
  { keyStrindex: S("region"), value: { intValue: "-9" } },
  { keyStrindex: S("region"), value: { arrayValue: { values: [{ stringValue: "a" }, { boolValue: true }] } } },
];

const dictionary = {
  stringTable: STRINGS,
  attributeTable: ATTRIBUTES,
  mappingTable: [
    {},
    { memoryStart: "4096", memoryLimit: "999999", filenameStrindex: S("/usr/lib/libc.so.6"), attributeIndices: [1, 2] },
  ],
  functionTable: [
    {},
    { nameStrindex: S("main"), filenameStrindex: S("main.go") },
    { nameStrindex: S("work"), systemNameStrindex: S("work") },
    { nameStrindex: S("(*T).Run"), startLine: "7" },
  ],
  locationTable: [
    {},
    { lines: [{ functionIndex: 1, line: "3", column: "1" }], attributeIndices: [4] },
    { lines: [{ functionIndex: 2 }, { functionIndex: 3, line: "9" }] },
    { mappingIndex: 1, address: "18446744073709551615", attributeIndices: [3] },
    { address: "4097" },
  ],
  linkTable: [
    {},
    { traceId: base64(16, 1), spanId: base64(8, 1) },
    { traceId: base64(16, 2), spanId: base64(8, 99) },
    { spanId: base64(3, 1) },
  ],
  stackTable: [
    {},
    { locationIndices: [1] },
    { locationIndices: [2, 1] },
    { locationIndices: [3, 2, 1] },
    { locationIndices: [4, 4, 1] },
  ],
};

const times = (count: number) => Array.from({ length: count }, (_, i) => `${1_700_000_000_000_000_000n + BigInt(i)}`);
const cpu = {
  sampleType: { typeStrindex: S("samples"), unitStrindex: S("count") },
  periodType: { typeStrindex: S("cpu"), unitStrindex: S("nanoseconds") },
  period: "10000000",
  timeUnixNano: "1700000000000000000",
  durationNano: "10000000000",
  profileId: base64(16, 5),
  samples: [
    { stackIndex: 1, values: ["3"], attributeIndices: [5], linkIndex: 1 },
    { stackIndex: 2, timestampsUnixNano: times(3), attributeIndices: [6, 7], linkIndex: 2 },
    { stackIndex: 3, values: ["1", "2", "3"], timestampsUnixNano: times(3), attributeIndices: [8, 9] },
    { stackIndex: 4, values: ["-1"], attributeIndices: [10], linkIndex: 3 },
  ],
};
const heap = {
  sampleType: { typeStrindex: S("inuse_space"), unitStrindex: S("bytes") },
  timeUnixNano: "1700000005000000000",
  samples: [
    { stackIndex: 2, values: ["1048576"] },
    { stackIndex: 4, values: ["9007199254740993"], attributeIndices: [7] },
  ],
};

const resourceOf = (attributes: readonly JsonValue[], ...profiles: readonly JsonValue[]) => ({
  resource: { attributes: [...attributes] },
  scopeProfiles: [
    {
      scope: { name: "ebpf", version: "1", attributes: [named("host.name", { stringValue: "node-1" })] },
      profiles: [...profiles],
    },
  ],
});

const SERVICES = [
  resourceOf([named("service.name", { stringValue: "shop" })], cpu, heap),
  resourceOf([named("k8s.deployment.name", { stringValue: "cart" }), named("n", { doubleValue: 1.5 })], cpu),
  resourceOf([{ keyStrindex: S("k8s.pod.name"), value: { stringValueStrindex: S("pod-0") } }], heap),
  resourceOf([named("k", { kvlistValue: { values: [named("a", { bytesValue: base64(3, 7) })] } })], cpu, cpu),
];

const encoded = (...resourceProfiles: readonly JsonValue[]): Bytes =>
  new Uint8Array(
    toBinary(OTLP_REQUEST, fromJson(OTLP_REQUEST, { resourceProfiles: [...resourceProfiles], dictionary })),
  );

/** All services in one request, and each alone. */
export const otlpByHand = (): Bytes[] => [encoded(...SERVICES), ...SERVICES.map((one) => encoded(one))];
