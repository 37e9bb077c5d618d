// What a body that could not be read as what it was taken for looks like, and how that is sent. Whoever forgets `format=pprof` is told
// "line 3: the count is not a number" by the decoder of text, which is true and of no help: this is the help.
import { constants, gunzipSync } from "node:zlib";
import { isPerfScript } from "../formats/perf-script.ts";
import { ProtobufReader } from "../formats/protobuf.ts";
import { AppError } from "../lib/app-error.ts";
import { beginsAsJson } from "../lib/begins-as-json.ts";
import { isGzip } from "../lib/is-gzip.ts";
import type { UploadFormat } from "./choose-format.ts";

/** What a body was read as. Parts of a form and profiles of a Push request are pprof, each for itself. */
export type ReadAs = UploadFormat | "otlp" | "otlp-json";

interface Kind {
  readonly fits: (head: Uint8Array, text: string) => boolean;
  /** Where it is no mistake to send this: what is wrong then is further on. */
  readonly is?: ReadAs;
  readonly advice: string;
}

/** Of the body as it is, and of what it inflates to. */
const HEAD_BYTES = 65_536;
const GZIP_HEAD_BYTES = 4096;
/** Deflate makes no more of a byte than 1032. */
const MOST_INFLATED = GZIP_HEAD_BYTES * 1032;
const LATIN = new TextDecoder("latin1");

const begins =
  (...marks: readonly string[]) =>
  (_head: Uint8Array, text: string) =>
    marks.some((mark) => text.startsWith(mark));
const matches = (pattern: RegExp) => (_head: Uint8Array, text: string) => pattern.test(text);
const json = (pattern: RegExp) => (_head: Uint8Array, text: string) => beginsAsJson(text) && pattern.test(text);
const isOtherSignal = json(/"resource_?(spans|metrics|logs)"/i);

export const PROFILES_ALONE = "send profiles alone: traces, metrics and logs are not kept here";
const AS_FILE = "open it on the page Ad hoc, or share it with POST /";

/** First hit. */
const KINDS: readonly Kind[] = [
  { fits: begins("FLR\0"), is: "jfr", advice: "this is a JFR recording: send it to /ingest with format=jfr" },
  { fits: begins("PK\x03\x04"), advice: "this is a zip file: unpack it first, gzip is the only compression taken" },
  {
    fits: begins("(\xb5/\xfd", '\x04"M\x18', "BZh", "\xfd7zXZ"),
    advice: "this is compressed, and not with gzip, the only compression taken: unpack it first",
  },
  {
    fits: begins("PERFILE"),
    advice: `this is perf.data: send what stackcollapse-perf.pl makes of \`perf script\`; the output of \`perf script\` itself: ${AS_FILE}`,
  },
  { fits: begins("JAVA PROFILE"), advice: "this is a heap dump of Java: send a recording (jcmd PID JFR.dump) instead" },
  {
    fits: begins("\xff\xfe", "\xfe\xff"),
    advice: "this is text in UTF-16, as > of PowerShell writes it: save it as UTF-8",
  },
  {
    fits: matches(/^\s*<(!doctype html|html)/i),
    advice:
      "this is a web page: look at what the address answers that the profile was fetched from (an error, a login)",
  },
  {
    fits: matches(/^\s*<(\?xml|!doctype svg|svg)/i),
    advice: "this is a picture or XML: send the stacks it was made of, of py-spy for example with --format raw",
  },
  {
    fits: matches(
      /^(heap profile: |goroutine profile: |threadcreate profile: |--- (contention|mutex)|goroutine \d+ \[)/,
    ),
    advice: "this is a profile of Go as text: fetch it without `debug=` in its address, and send it with format=pprof",
  },
  {
    fits: matches(/^go 1\.\d+ trace/),
    advice: "this is an execution trace of Go and no profile: fetch /debug/pprof/profile instead",
  },
  {
    fits: matches(/^--[^\r\n]+\r\ncontent-disposition: form-data/i),
    is: "pprof-parts",
    advice:
      "this is a form: send it as multipart/form-data with its boundary, and without the parameter `format` (but format=jfr of a recording)",
  },
  {
    fits: json(/speedscope\.app\/file-format-schema/),
    is: "speedscope",
    advice: "this is speedscope's JSON: send it to /ingest with format=speedscope",
  },
  { fits: json(/"(callFrame|timeDeltas|hitCount)"/), advice: `this is a .cpuprofile of Chrome or Node: ${AS_FILE}` },
  { fits: isOtherSignal, advice: PROFILES_ALONE },
  {
    fits: json(/"(resourceProfiles|resource_profiles|stringTable|string_table)"/),
    is: "otlp-json",
    advice: "this is OTLP as JSON: send it to /v1development/profiles as application/json",
  },
  {
    fits: (_head, text) => beginsAsJson(text),
    advice: "this is JSON of no format that is taken here: send the bytes of the profile themselves as the body",
  },
  {
    fits: (head) => protoKind(head) === "pprof",
    is: "pprof",
    advice: "this looks like pprof: send it to /ingest with format=pprof",
  },
  {
    fits: (head) => protoKind(head) === "otlp",
    is: "otlp",
    advice: "this looks like OTLP: send it to /v1development/profiles as application/x-protobuf",
  },
  {
    fits: (_head, text) => isPerfScript(text),
    advice: `this is the output of \`perf script\`: fold it with stackcollapse-perf.pl, or ${AS_FILE}`,
  },
  { fits: matches(/^(H4sI|CgQI|CgII|CgYI)[A-Za-z0-9+/=\r\n]+$/), advice: "this is base64: send the bytes themselves" },
  {
    fits: (head, text) => isText(head) && / \d+\r?$/m.test(text),
    is: "folded",
    advice: "this looks like folded stacks: send it to /ingest without the parameter `format`",
  },
  {
    fits: isText,
    is: "folded",
    advice:
      "this is text: a line of folded stacks is `frame;frame;frame count`, and they go to /ingest without the parameter `format`",
  },
];

const BROKEN =
  "it begins as what it was taken for: if other programs can't read it either, it was cut or changed on its way (curl needs --data-binary)";
const NO_GZIP = "it begins as gzip and is none: it was cut or changed on its way (curl needs --data-binary)";
const NO_LINE =
  "a line is `frame;frame;frame count`, with one space before the count, a whole number; format=lines takes stacks without counts";

/** What to do about a body that was read as `readAs` and is none. */
export function likelyAdvice(body: Uint8Array, readAs: ReadAs): string | null {
  const head = headOf(body);
  if (head === null) return NO_GZIP;
  if (head.length === 0) return null;
  if (isGzip(head))
    return "it is gzipped twice: take one of the two away, a header Content-Encoding and a .gz file add one each";
  const text = LATIN.decode(head);
  const kind = KINDS.find(({ fits }) => fits(head, text));
  if (kind === undefined) return null;
  if (kind.is === undefined || kind.is !== readAs) return kind.advice;
  return readAs === "folded" ? NO_LINE : BROKEN;
}

/** The error with what its body looks like; those of other kinds, and those that know better, as they are. */
export function withLikelyAdvice<E>(error: E, body: Uint8Array, readAs: ReadAs): E | AppError {
  if (!(error instanceof AppError) || error.code !== "malformed_profile" || error.facts.advice !== undefined)
    return error;
  const advice = likelyAdvice(body, readAs);
  return advice === null ? error : new AppError(error.code, error.message, { ...error.facts, advice });
}

/** Whether it is traces, metrics or logs in OTLP's JSON. In protobuf nothing tells them from profiles. */
export function isOtherSignalJson(body: Uint8Array): boolean {
  const head = headOf(body);
  return head !== null && isOtherSignal(head, LATIN.decode(head));
}

/** No control character but those of lines. */
function isText(head: Uint8Array): boolean {
  return head.every((byte) => byte >= 0x20 || byte === 0x09 || byte === 0x0a || byte === 0x0d);
}

/** The first bytes, inflated as far as these go: also of a file that was cut. @returns null for gzip that is none */
function headOf(body: Uint8Array): Uint8Array | null {
  if (!isGzip(body)) return body.subarray(0, HEAD_BYTES);
  try {
    const inflated = gunzipSync(body.subarray(0, GZIP_HEAD_BYTES), {
      finishFlush: constants.Z_SYNC_FLUSH,
      maxOutputLength: MOST_INFLATED,
    });
    return inflated.subarray(0, HEAD_BYTES);
  } catch {
    return null;
  }
}

/** Tags that a pprof has at its top level: of fields of bytes, of numbers, and of lists of numbers in either form. */
const PPROF_TAGS: ReadonlySet<number> = new Set([10, 18, 26, 34, 42, 50, 56, 64, 72, 80, 90, 96, 104, 106, 112, 120]);
const MOST_FIELDS = 1000;
/** Field 1 with a length: a sample type of pprof, a resource of OTLP. */
const FIRST_TAG = 10;
/** What a sample type begins with: its name or unit, as an index. Resources begin with what has a length itself. */
const INDEX_TAGS: ReadonlySet<number | undefined> = new Set([8, 16]);

/** By the first fields, of which the last may be cut off. */
function protoKind(head: Uint8Array): "pprof" | "otlp" | null {
  if (isText(head)) return null;
  const reader = new ProtobufReader(head);
  let kind: "pprof" | "otlp" | null = null;
  try {
    for (let fields = 0; fields < MOST_FIELDS && reader.at < reader.end; fields++) {
      const tag = reader.tag();
      if (!PPROF_TAGS.has(tag)) return null;
      const from = reader.at;
      const length = tag === FIRST_TAG ? reader.small() : 0;
      if (length > 0) kind ??= INDEX_TAGS.has(head[reader.at]) ? "pprof" : "otlp";
      reader.at = from;
      reader.skip(tag);
    }
  } catch {
    // The last field was cut off, here or on its way.
  }
  return kind;
}
