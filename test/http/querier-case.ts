// The querier's contract as rows: a method, what it is asked, and what it answers. Each row is asked over protobuf and JSON.
// `T0` is a whole hour; what is stored is in querier.test.ts.
import type { JsonObject } from "@bufbuild/protobuf";

export const T0 = 1_700_000_000 - (1_700_000_000 % 3600);
export const at = (seconds: number): string => String((T0 + seconds) * 1000);
export const RANGE = { start: at(0), end: at(600) };

export const SAMPLES = "process_cpu:samples:count:cpu:nanoseconds";
export const NANOS = "process_cpu:cpu:nanoseconds:cpu:nanoseconds";
export const HEAP = "memory:inuse_space:bytes:space:bytes";

export interface QuerierCase {
  readonly method: string;
  readonly what: string;
  readonly request: JsonObject;
  /** "ok", or Connect's code. */
  readonly code: string;
  /** Of a refusal. */
  readonly message?: RegExp;
  /** The whole answer as JSON. */
  readonly answer?: JsonObject;
  readonly headers?: Readonly<Record<string, string>>;
}

export const refused = (method: string, what: string, request: JsonObject, message: RegExp): QuerierCase => ({
  method,
  what,
  request,
  code: "invalid_argument",
  message,
});
export const ok = (method: string, what: string, request: JsonObject, answer: JsonObject): QuerierCase => ({
  method,
  what,
  request,
  code: "ok",
  answer,
});

export const typeOf = (ID: string): JsonObject => {
  const [name = "", sampleType = "", sampleUnit = "", periodType = "", periodUnit = ""] = ID.split(":");
  return { ID, name, sampleType, sampleUnit, periodType, periodUnit };
};
export const set = (labels: Readonly<Record<string, string>>): JsonObject => ({
  labels: Object.entries(labels).map(([name, value]) => ({ name, value })),
});

/** What every method with a range refuses. */
export const ofRange = (method: string, request: JsonObject): QuerierCase[] => [
  refused(method, "no range", { ...request, start: "0", end: "0" }, /^missing time range in the query$/),
  refused(method, "no start", { ...request, start: "0", end: at(1) }, /^missing time range in the query$/),
  refused(method, "no end", { ...request, start: at(1), end: "0" }, /^missing time range in the query$/),
  refused(
    method,
    "an end before the start",
    { ...request, start: at(2), end: at(1) },
    /^query start time is after end time$/,
  ),
];

/** What every method with a type and a selector refuses. */
export const ofType = (method: string, request: JsonObject): QuerierCase[] => [
  ...ofRange(method, request),
  refused(
    method,
    "no type",
    { ...request, profileTypeID: "" },
    /^profile-type selection must be of the form .*, got\(1\): ""$/,
  ),
  refused(method, "a type of four parts", { ...request, profileTypeID: "a:b:c:d" }, /got\(4\): "a:b:c:d"$/),
  refused(method, "a type of seven parts", { ...request, profileTypeID: "a:b:c:d:e:f:g" }, /got\(7\)/),
  refused(method, "no selector", { ...request, labelSelector: "" }, /^query: expected/),
  refused(method, "a selector that does not end", { ...request, labelSelector: '{a="b"' }, /^query: expected/),
  refused(method, "a selector without quotes", { ...request, labelSelector: "{a=b}" }, /a quoted value/),
  refused(method, "a regular expression that is none", { ...request, labelSelector: '{a=~"("}' }, /./),
];

export const ofNodes = (method: string, request: JsonObject): QuerierCase[] => [
  refused(
    method,
    "fewer nodes than none",
    { ...request, maxNodes: "-1" },
    /^max flamegraph nodes limit must be set \(max allowed 1048576\)$/,
  ),
  refused(
    method,
    "too many nodes",
    { ...request, maxNodes: "1048577" },
    /^max flamegraph nodes limit 1048577 is greater than allowed 1048576$/,
  ),
];
