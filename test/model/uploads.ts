// Makes uploads of the program's words: the request that is sent, and what the list says of it.

import { type PprofFrame, type PprofSample, writePprof } from "../../scripts/demo/pprof-writer.ts";
import { randomOf } from "../../scripts/demo/random.ts";
import { LIMITS } from "../../src/config.ts";
import { decodeUpload } from "../../src/ingest/decode-upload.ts";
import { concat, message } from "../formats/pprof-bytes.ts";
import { readFixture } from "../support/test-files.ts";
import { PATH_SEPARATOR, type Sent, type SentSpan } from "./sent.ts";

export const FORMS = ["folded", "gauge", "cpu", "heap", "recorded"] as const;

export interface UploadWords {
  readonly service: string;
  readonly form: (typeof FORMS)[number];
  /** Seconds before the time at which it is sent. */
  readonly age: number;
  readonly region: string;
  /** "" for none. */
  readonly vehicle: string;
  /** Chooses stacks and values; no two uploads of a program have the same. */
  readonly variety: number;
  /** Whether it has an Idempotency-Key. */
  readonly keyed: boolean;
  /** Whether it is sent twice at once, where that counts once. */
  readonly twice: boolean;
}

export interface UploadRequest {
  readonly path: string;
  readonly body: Uint8Array<ArrayBuffer>;
  readonly contentType: string;
  /** Idempotency-Key; "" for none. */
  readonly key: string;
  /** Whether without a key its bytes tell that it is sent again. */
  readonly carriesTime: boolean;
}

export interface MadeUpload {
  readonly request: UploadRequest;
  readonly sent: readonly Sent[];
}

export async function makeUpload(words: UploadWords, now: number): Promise<MadeUpload> {
  const at = Math.floor((now - words.age) / 10) * 10;
  switch (words.form) {
    case "folded":
      return folded(words, at, { suffix: "cpu", gauge: false });
    case "gauge":
      return folded(words, at, { suffix: "goroutines", gauge: true });
    case "cpu":
      return pprof(words, at, CPU_TYPES, ["cpu", "nanoseconds"]);
    case "heap":
      return pprof(words, at, HEAP_TYPES, ["space", "bytes"]);
    case "recorded":
      return recorded(words, at, now);
  }
}

const FUNCTIONS = ["parse", "größe()", "std::map<int, char>::find", "write to disk", "GC", "λ", "other", "poll"];

/** A few stacks below `main`, of a forest of some thousand nodes. */
function stacksOf(variety: number): Map<string, bigint> {
  const random = randomOf("stacks", variety);
  const below = (n: number) => Math.floor(random() * n);
  const stacks = new Map<string, bigint>();
  for (let left = 1 + below(5); left > 0; left--) {
    const frames = ["main"];
    for (let depth = below(6); depth > 0; depth--) frames.push(`${FUNCTIONS[below(FUNCTIONS.length)]}#${below(6)}`);
    stacks.set(frames.join(PATH_SEPARATOR), BigInt(1 + below(10 ** (1 + below(5)))));
  }
  return stacks;
}

const labelsOf = ({ region, vehicle }: UploadWords): Record<string, string> => ({
  region,
  ...(vehicle === "" ? {} : { vehicle }),
});

const keyOf = ({ keyed, variety }: UploadWords): string => (keyed ? `upload-${variety}` : "");

function pathOf(words: UploadWords, at: number, suffix: string, rest: Record<string, string>) {
  const { service, variety } = words;
  const labels = Object.entries(labelsOf(words));
  const name = `${service}${suffix}{${labels.map(([key, value]) => `${key}=${value}`).join(",")}}`;
  // No two uploads have one name, range and body: they would count as one that is sent again.
  return `/ingest?${new URLSearchParams({ name, from: `${at}`, until: `${at + 10 + variety}`, ...rest })}`;
}

function folded(words: UploadWords, at: number, { suffix, gauge }: { suffix: string; gauge: boolean }): MadeUpload {
  const stacks = stacksOf(words.variety);
  const text = [...stacks].map(([path, value]) => `${path.replaceAll(PATH_SEPARATOR, ";")} ${value}\n`).join("");
  const rest = gauge ? { aggregationType: "average", units: "goroutines" } : {};
  const labels = { ...labelsOf(words), pyroscope_spy: "unknown" };
  const one = (typeId: string, factor: bigint): Sent => ({
    service: words.service,
    at,
    typeId,
    isGauge: gauge,
    labels,
    stacks: new Map([...stacks].map(([path, value]) => [path, value * factor])),
  });
  return {
    request: {
      path: pathOf(words, at, `.${suffix}`, rest),
      body: new TextEncoder().encode(text),
      contentType: "text/plain",
      key: keyOf(words),
      carriesTime: false,
    },
    sent: gauge
      ? [one("goroutine:goroutines:count::", 1n)]
      : [one(CPU_SAMPLES, 1n), one("process_cpu:cpu:nanoseconds:cpu:nanoseconds", 10_000_000n)],
  };
}

export const CPU_SAMPLES = "process_cpu:samples:count:cpu:nanoseconds";

interface ValueType {
  readonly type: string;
  readonly unit: string;
  readonly name: string;
  readonly isGauge: boolean;
  /** Of the k-th sample's count. */
  readonly scaled: (count: number) => number;
}

const valueType = (name: string, type: string, unit: string, factor: number, isGauge = false): ValueType => ({
  name,
  type,
  unit,
  isGauge,
  scaled: (count) => count * factor,
});

const CPU_TYPES = [
  valueType("process_cpu", "samples", "count", 1),
  valueType("process_cpu", "cpu", "nanoseconds", 10_000_000),
];
const HEAP_TYPES = [
  valueType("memory", "alloc_objects", "count", 3),
  valueType("memory", "alloc_space", "bytes", 4096),
  valueType("memory", "inuse_objects", "count", 1, true),
  valueType("memory", "inuse_space", "bytes", 512, true),
];

/** Requests that all services take part in: two of each trace. */
const SPANS = Array.from({ length: 6 }, (_, i) => ({
  span: `5${i}a0b0c0d0e0f00${i}`,
  trace: `${"7".repeat(31)}${i >> 1}`,
}));

export const spanAt = (i: number) => SPANS[i % SPANS.length]!;

/** Of every upload's samples the first two of three were taken in a request, neighbours mostly in the same. */
const spanOfSample = (variety: number, i: number) => ((variety + i) % 3 === 2 ? null : spanAt(variety + (i >> 1)));

/** Every third sample says its vehicle itself, where the upload does not: one upload then makes two series per type. */
function pprof(
  words: UploadWords,
  at: number,
  types: readonly ValueType[],
  [type, unit]: readonly [string, string],
): MadeUpload {
  const stacks = [...stacksOf(words.variety)];
  const frame = (functionName: string): PprofFrame => ({ functionName, file: "app.ts", startLine: 1, line: 7 });
  const isLabelled = (i: number) => words.vehicle === "" && i % 3 === 2;
  const samples = stacks.map(
    ([path, value], i): PprofSample => ({
      stack: path.split(PATH_SEPARATOR).map(frame),
      values: types.map(({ scaled }) => scaled(Number(value))),
      labels: { ...(isLabelled(i) ? { vehicle: "bike" } : {}), ...idsOf(spanOfSample(words.variety, i)) },
    }),
  );
  const whole = writePprof({
    valueTypes: types,
    periodType: { type, unit },
    period: type === "cpu" ? 10_000_000 : 524_288,
    startS: at,
    durationS: 10,
    binary: "app",
    samples,
  });
  // Of whole seconds no two senders are told apart by their profiles' times.
  const carriesTime = words.variety % 4 !== 0;
  const body = carriesTime ? concat(whole, message([9, BigInt(at) * 1_000_000_000n + 500_000_000n])) : whole;
  const labels = { ...labelsOf(words), pyroscope_spy: "javaspy" };
  const sent = types.flatMap((one) =>
    [false, true].flatMap((labelled): Sent[] => {
      const own = stacks.flatMap(([path, value], i) =>
        isLabelled(i) === labelled ? [[path, BigInt(one.scaled(Number(value))), i] as const] : [],
      );
      if (own.length === 0) return [];
      const bySpan = Map.groupBy(own, ([, , i]) => spanOfSample(words.variety, i));
      return [
        {
          service: words.service,
          at,
          typeId: `${one.name}:${one.type}:${one.unit}:${type}:${unit}`,
          isGauge: one.isGauge,
          labels: labelled ? { ...labels, vehicle: "bike" } : labels,
          stacks: new Map(own.map(([path, value]) => [path, value])),
          spans: [...bySpan].flatMap(([span, list]): SentSpan[] =>
            span === null ? [] : [{ ...span, stacks: new Map(list.map(([path, value]) => [path, value])) }],
          ),
        },
      ];
    }),
  );
  const path = pathOf(words, at, "", { spyName: "javaspy", format: "pprof" });
  const contentType = "application/octet-stream";
  return { request: { path, body, contentType, key: keyOf(words), carriesTime }, sent };
}

const idsOf = (span: { span: string; trace: string } | null): Record<string, string> =>
  span === null ? {} : { span_id: span.span, trace_id: span.trace };

/** What real agents sent. What is in it is read by the decoder, which has tests of its own. */
const RECORDED = ["go-current/1-cpu", "go-current/4-heap", "go-2022/2-goroutines", "go-2022/4-mutex", "node/1-wall"];
const fixtures = new Map<
  string,
  { body: Uint8Array<ArrayBuffer>; contentType: string; rest: Record<string, string> }
>();

async function recorded(words: UploadWords, at: number, now: number): Promise<MadeUpload> {
  const { body, contentType, rest } = await readRecorded(RECORDED[words.variety % RECORDED.length]!);
  const path = pathOf(words, at, "", rest);
  const params = new URL(path, "http://x").searchParams;
  const settings = { now, limits: LIMITS, goRepair: true };
  const upload = await decodeUpload({ params, contentType, body }, settings);
  if (upload === null) throw new Error("a recorded request holds nothing");
  const { stacks } = upload;
  const pathOfNode = (node: number): string =>
    node === 0
      ? ""
      : [pathOfNode(stacks.parentOf(node)), stacks.frameName(stacks.frameOf(node))]
          .filter(Boolean)
          .join(PATH_SEPARATOR);
  const sent = upload.series.map(({ type, labels, nodes, low, high }): Sent => {
    const values = new Map<string, bigint>();
    nodes.forEach((node, i) => {
      const key = pathOfNode(node);
      const value = BigInt(low[i]!) + (BigInt(high?.[i] ?? 0) << 52n);
      values.set(key, (values.get(key) ?? 0n) + value);
    });
    const isGauge = type.aggregation === "average";
    return { service: words.service, at, typeId: type.id, isGauge, labels: Object.fromEntries(labels), stacks: values };
  });
  return { request: { path, body, contentType, key: keyOf(words), carriesTime: upload.carriesTime }, sent };
}

async function readRecorded(name: string) {
  const known = fixtures.get(name);
  if (known !== undefined) return known;
  const body = await readFixture(`requests/${name}.bin`);
  const head = JSON.parse(new TextDecoder().decode(await readFixture(`requests/${name}.json`))) as {
    path: string;
    headers: Record<string, string>;
  };
  const rest = Object.fromEntries(new URL(head.path, "http://x").searchParams);
  for (const own of ["name", "from", "until"]) delete rest[own];
  const found = { body, contentType: head.headers["content-type"] ?? "", rest };
  fixtures.set(name, found);
  return found;
}
