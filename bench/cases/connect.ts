// The querier's service over a year of the rideshare app: milliseconds and bytes in protobuf and JSON, and which share of a question is
// the writing of its answer. The history is that of query.ts.
import {
  create,
  type DescMethodUnary,
  fromBinary,
  fromJson,
  type JsonObject,
  type Message,
  toBinary,
  toJsonString,
} from "@bufbuild/protobuf";
import { QuerierService } from "../../src/connect/gen/querier/v1/querier_pb.ts";
import { startAccounted } from "../lib/accounted-server.ts";
import { machineLine, markdownTable, median, percentile } from "../lib/figures.ts";
import { DAY_S, HOUR_S, secondsNow } from "../lib/history.ts";
import { type LoadRequest, load } from "../lib/load.ts";
import { YEAR_APP, yearOf } from "./query.ts";

const TYPE = "process_cpu:cpu:nanoseconds:cpu:nanoseconds";
const RANGES = [
  { name: "1 h", seconds: HOUR_S, step: 15 },
  { name: "30 d", seconds: 30 * DAY_S, step: HOUR_S },
] as const;
type Range = (typeof RANGES)[number];
const FORMS = ["protobuf", "JSON"] as const;
type Form = (typeof FORMS)[number];
const SLOT_S = 10;
const WARM_UP = 10;
const SAMPLES = 60;
const ENCODINGS = 41;

interface Question {
  readonly method: DescMethodUnary;
  readonly more: (range: Range) => JsonObject;
}

const { selectMergeStacktraces, selectSeries } = QuerierService.method;
const QUESTIONS: readonly Question[] = [
  { method: selectMergeStacktraces, more: () => ({}) },
  { method: selectSeries, more: ({ step }) => ({ step, groupBy: ["region"] }) },
];

/** @param kept folder of a history that an earlier run left, or where this one leaves it; null: a fresh one */
export async function benchConnect(kept: string | null): Promise<string> {
  const filled = await startAccounted(kept === null ? {} : { dataDir: kept });
  const { nowS } = await yearOf(filled, 364);
  await filled.pause();
  const server = await startAccounted({ dataDir: filled.dataDir, offsetS: nowS - secondsNow() });
  const rows: string[][] = [];
  let asked = 0;
  try {
    for (const question of QUESTIONS) {
      for (const range of RANGES) {
        for (const form of FORMS) {
          const next = () => requestOf(question, range, form, nowS, asked++);
          await load(server.url, next, { connections: 1, requests: WARM_UP });
          const { latenciesMs, bytes, requests } = await load(server.url, next, { connections: 1, requests: SAMPLES });
          const encodeMs = await timeEncoding(server.url, question.method, next(), form);
          const p50 = percentile(latenciesMs, 0.5);
          rows.push([
            ...[question.method.name, range.name, form, p50.toFixed(1), percentile(latenciesMs, 0.99).toFixed(1)],
            ...[(bytes / requests / 1000).toFixed(1), encodeMs.toFixed(2), `${((100 * encodeMs) / p50).toFixed(1)} %`],
          ]);
        }
      }
    }
  } finally {
    await server.stop();
    await filled.stop();
  }
  const head = ["method", "range", "encoding", "p50 ms", "p99 ms", "answer kB", "encoding ms", "of p50"];
  return markdownTable(`### Connect\n\n${machineLine()}; one connection`, head, rows);
}

/** Ends now but for up to 15 minutes; no two begin alike. */
function requestOf({ method, more }: Question, range: Range, form: Form, nowS: number, turn: number): LoadRequest {
  const untilS = Math.floor(nowS / SLOT_S) * SLOT_S - SLOT_S * (turn % 89);
  const fromS = untilS - range.seconds + SLOT_S * (turn % 7);
  const question: JsonObject = {
    profileTypeID: TYPE,
    labelSelector: `{service_name="${YEAR_APP}"}`,
    ...{ start: String(fromS * 1000), end: String(untilS * 1000) },
    ...more(range),
  };
  const body =
    form === "JSON"
      ? new TextEncoder().encode(JSON.stringify(question))
      : toBinary(method.input, fromJson(method.input, question));
  const path = `/${method.parent.typeName}/${method.name}`;
  return { method: "POST", path, body, contentType: form === "JSON" ? "application/json" : "application/proto" };
}

/** From the plain values that the querier hands over to bytes, as the server does it. */
async function timeEncoding(url: string, method: DescMethodUnary, request: LoadRequest, form: Form): Promise<number> {
  const { path, body, contentType = "" } = request;
  const answer = await fetch(`${url}${path}`, {
    method: "POST",
    body: body as Uint8Array<ArrayBuffer>,
    headers: { "content-type": contentType },
  });
  const bytes = new Uint8Array(await answer.arrayBuffer());
  const { output } = method;
  const message =
    form === "JSON" ? fromJson(output, JSON.parse(new TextDecoder().decode(bytes))) : fromBinary(output, bytes);
  const times: number[] = [];
  for (let round = 0; round < ENCODINGS; round++) {
    const plain = plainOf(message);
    const begun = performance.now();
    const written = create(output, plain);
    const encoded =
      form === "JSON" ? new TextEncoder().encode(toJsonString(output, written)) : toBinary(output, written);
    times.push(performance.now() - begun);
    if (encoded.length < 100) throw new Error(`${method.name} answered nothing`);
  }
  return median(times);
}

/** Without the marks of a message, so that create() has its work. */
const plainOf = (message: Message): Record<string, unknown> => unmarked(message) as Record<string, unknown>;

function unmarked(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(unmarked);
  if (typeof value !== "object" || value === null || value instanceof Uint8Array) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, one]) => (name.startsWith("$") ? [] : [[name, unmarked(one)]])),
  );
}
