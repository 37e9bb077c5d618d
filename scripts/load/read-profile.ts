// A file → what is pushed for it: pprof as it is, or with the time it lacks; folded text as pprof.
import { createHash } from "node:crypto";
import { readFileSync, statSync } from "node:fs";
import { LIMITS } from "../../src/config.ts";
import { decodeFolded } from "../../src/formats/folded.ts";
import { malformed, tooLarge } from "../../src/lib/app-error.ts";
import { inflateIfGzip } from "../../src/lib/inflate.ts";
import { isGzip } from "../../src/lib/is-gzip.ts";
import { type PprofFrame, writePprof } from "../demo/pprof-writer.ts";
import type { LoadOptions } from "./options.ts";
import { metricOf, peekPprof, withTime } from "./peek-pprof.ts";

export interface LoadedProfile {
  readonly file: string;
  readonly metric: string;
  /** pprof, gzip or not. */
  readonly profile: Uint8Array;
  /** A hash of the bytes: the same file is the same profile however often it is sent. */
  readonly id: string;
  readonly timeSeconds: number;
}

const YEAR_2000_SECONDS = 946_684_800;
const NANOSECONDS_PER_SECOND = 1_000_000_000n;

/** @throws Error that says why the file is no profile; null for an empty file */
export function readProfile(file: string, options: LoadOptions): LoadedProfile | null {
  const sent = readFileSync(file);
  if (sent.length === 0) return null;
  const bytes = inflateIfGzip(sent, LIMITS);
  if (isJson(bytes)) throw malformed("JSON is neither pprof nor folded text");
  const isText = isFolded(bytes);
  const pprof = isText ? pprofOfFolded(bytes, options.rateHz) : bytes;
  const said = peekPprof(pprof);
  const metric = options.type ?? (isText ? "process_cpu" : metricOf(said.types, file));
  const own = Number(said.timeNanos / NANOSECONDS_PER_SECOND);
  if (own >= YEAR_2000_SECONDS) {
    const compact = isGzip(sent) ? sent : pprof;
    const profile = options.sendsInflated ? pprof : compact;
    return { file, metric, profile, id: hashOf(compact), timeSeconds: own };
  }
  const timeSeconds = options.timeSeconds ?? Math.floor(statSync(file).mtimeMs / 1000);
  const profile = withTime(pprof, BigInt(timeSeconds) * NANOSECONDS_PER_SECOND);
  return { file, metric, profile, id: hashOf(profile), timeSeconds };
}

const hashOf = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex").slice(0, 32);

/** Text has no control characters but tabs and line ends; a pprof's first bytes always have. */
function isFolded(bytes: Uint8Array): boolean {
  const head = bytes.subarray(0, 512);
  return head.every((byte) => byte >= 0x20 || byte === 0x09 || byte === 0x0a || byte === 0x0d) && head.includes(0x20);
}

/** Said by name, because as pprof or text it fails for a reason that helps nobody. Frames may begin with a brace, too. */
function isJson(bytes: Uint8Array): boolean {
  if (bytes[0] !== 0x7b && bytes[0] !== 0x5b) return false;
  try {
    JSON.parse(new TextDecoder().decode(bytes));
    return true;
  } catch {
    return false;
  }
}

/** CPU samples and the time they stand for, as an upload of the text itself would be stored. */
function pprofOfFolded(bytes: Uint8Array, rateHz: number): Uint8Array<ArrayBuffer> {
  const { stacks, sampleNodes, sampleValues } = decodeFolded(bytes, LIMITS);
  const period = Math.floor(1e9 / rateHz);
  const samples = Array.from(sampleNodes, (leaf, i) => {
    const stack: PprofFrame[] = [];
    for (let node = leaf; node !== 0; node = stacks.parentOf(node))
      stack.push({ functionName: stacks.frameName(stacks.frameOf(node)), file: "", startLine: 0, line: 0 });
    const count = Number(sampleValues[i] ?? 0n);
    if (count * period > Number.MAX_SAFE_INTEGER) throw tooLarge("count", count, "2^53 / period", "a stack's samples");
    return { stack: stack.reverse(), values: [count, count * period], labels: {} };
  });
  return writePprof({
    valueTypes: CPU_TYPES,
    periodType: CPU_TYPES[1],
    period,
    startS: 0,
    durationS: 0,
    binary: "",
    samples,
  });
}

const CPU_TYPES = [
  { type: "samples", unit: "count" },
  { type: "cpu", unit: "nanoseconds" },
] as const;
