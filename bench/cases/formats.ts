// Every format: MB/s of what is read, and bytes allocated for each, against the best npm parser of it where there is one, or what
// anybody would write first. The ways take turns, so that other load on the machine meets all of them; the median counts.
//
//   reader    the other way: bytes → its own objects, without a call tree
//   decoder   ours: bytes → merged call tree with frames, ready to be stored
//
// Time in collections is what the engine says of its own pauses, as a share of the time that the way took. Allocated is what the heap and its buffers grew by, collections taken out: young garbage counts. Run it with --expose-gc for that.
import { PerformanceObserver } from "node:perf_hooks";
import { setTimeout as sleep } from "node:timers/promises";
import { fromBinary } from "@bufbuild/protobuf";
import { Profile as ReferenceProfile } from "pprof-format";
import { LIMITS } from "../../src/config.ts";
import { decodeTree, decodeTrie } from "../../src/formats/binary-tree.ts";
import { decodeFolded, decodeLines } from "../../src/formats/folded.ts";
import { decodeJfr } from "../../src/formats/jfr/decode.ts";
import { NO_SNAPSHOT } from "../../src/formats/jfr/label-snapshot.ts";
import { decodeOtlp } from "../../src/formats/otlp/decode.ts";
import { readOtlpJson, readOtlpProto } from "../../src/formats/otlp/read-request.ts";
import { decodePprof } from "../../src/formats/pprof/decode.ts";
import { readPush } from "../../src/formats/push/read-push.ts";
import { decodeSpeedscope } from "../../src/formats/speedscope.ts";
import { SPAN_LABELS } from "../../src/profile/spans.ts";
import { fuzzSeeds, type Seeds, stacksOf } from "../../test/formats/fuzz-seeds.ts";
import { speedscopeOf } from "../../test/formats/speedscope-bytes.ts";
import { trieOf } from "../../test/formats/tree-bytes.ts";
import { OTLP_REQUEST } from "../../test/support/otlp-message.ts";
import { machineLine, markdownTable, median } from "../lib/figures.ts";
import { heapFolded } from "../lib/heap-folded.ts";
import { readJfrview } from "../lib/jfrview.ts";

type Bytes = Uint8Array<ArrayBuffer>;
type Decode = (bytes: Bytes) => unknown;

interface FormatCase {
  readonly name: string;
  readonly files: readonly Bytes[];
  readonly ours: Decode;
  readonly other: string;
  readonly theirs: Decode | null;
}

const TEXT = new TextDecoder();
const json: Decode = (bytes) => JSON.parse(TEXT.decode(bytes));

/** What anybody would write: lines, frames, counts in a Map. */
const splitLines: Decode = (bytes) => {
  const sums = new Map<string, number>();
  for (const line of TEXT.decode(bytes).split("\n")) {
    const space = line.lastIndexOf(" ");
    const stack = line.slice(0, space).split(";").join(";");
    sums.set(stack, (sums.get(stack) ?? 0) + Number(line.slice(space + 1)));
  }
  return sums;
};

const jfr: Decode = (bytes) => decodeJfr(bytes, { limits: LIMITS, periodNanos: 10_000_000, labels: NO_SNAPSHOT });
const pprof: Decode = (bytes) => decodePprof(bytes, { limits: LIMITS, ignoredLabels: SPAN_LABELS });
const push: Decode = (bytes) =>
  readPush(bytes, LIMITS).map(({ samples }) => samples.map(({ profile }) => pprof(profile as Bytes)));

const casesOf = (seeds: Seeds): FormatCase[] =>
  allCases(seeds).map((one) => ({ ...one, files: readable(one.files, one.ours) }));

const allCases = (seeds: Seeds): FormatCase[] => [
  {
    name: "pprof",
    files: seeds.pprof,
    ours: pprof,
    other: "pprof-format",
    theirs: (bytes) => ReferenceProfile.decode(bytes),
  },
  { name: "Push", files: seeds.push.slice(1), ours: push, other: "none", theirs: null },
  { name: "JFR", files: seeds.jfr, ours: jfr, other: "jfrview", theirs: (bytes) => readJfrview(bytes, false) },
  {
    name: "JFR",
    files: seeds.jfr,
    ours: jfr,
    other: "jfrview, names read",
    theirs: (bytes) => readJfrview(bytes, true),
  },
  {
    name: "OTLP, protobuf",
    files: seeds.otlpProto,
    ours: (bytes) => Array.from(decodeOtlp(readOtlpProto(bytes), { limits: LIMITS, goRepair: true })),
    other: "@bufbuild/protobuf",
    theirs: (bytes) => fromBinary(OTLP_REQUEST, bytes),
  },
  {
    name: "OTLP, JSON",
    files: seeds.otlpJson,
    ours: (bytes) => Array.from(decodeOtlp(readOtlpJson(bytes, LIMITS), { limits: LIMITS, goRepair: true })),
    other: "JSON.parse",
    theirs: json,
  },
  {
    name: "speedscope",
    files: [speedscopeOf(heapFolded())],
    ours: (bytes) => decodeSpeedscope(bytes, LIMITS),
    other: "JSON.parse",
    theirs: json,
  },
  {
    name: "folded",
    files: largest(seeds.folded),
    ours: (bytes) => decodeFolded(bytes, LIMITS),
    other: "split",
    theirs: splitLines,
  },
  {
    name: "lines",
    files: largest(seeds.folded),
    ours: (bytes) => decodeLines(bytes, LIMITS),
    other: "split",
    theirs: splitLines,
  },
  {
    name: "trie",
    files: [trieOf(stacksOf(heapFolded()).filter((_, i) => i % 4 === 0))],
    ours: (bytes) => decodeTrie(bytes, LIMITS),
    other: "none",
    theirs: null,
  },
  { name: "tree", files: largest(seeds.tree), ours: (bytes) => decodeTree(bytes, LIMITS), other: "none", theirs: null },
];

/** Without those that are there to be refused. */
const readable = (files: readonly Bytes[], decode: Decode): Bytes[] =>
  files.filter((bytes) => {
    try {
      decode(bytes);
      return true;
    } catch {
      return false;
    }
  });

const largest = (files: readonly Bytes[]): Bytes[] => files.toSorted((a, b) => b.length - a.length).slice(0, 1);

const collect = (globalThis as { gc?: () => void }).gc;

/** Bytes allocated by one pass over the files; too few when a collection falls into it, so the most of several counts. */
function allocatedBy(files: readonly Bytes[], decode: Decode): number {
  let most = 0;
  for (let round = 0; round < 5; round++) {
    collect?.();
    const before = process.memoryUsage();
    for (const bytes of files) decode(bytes);
    const after = process.memoryUsage();
    most = Math.max(most, after.heapUsed + after.arrayBuffers - before.heapUsed - before.arrayBuffers);
  }
  return most;
}

/** Milliseconds that collections took so far; they are told some turns of the event loop later. */
let collecting = 0;
const TOLD_AFTER_MS = 15;

function watchCollections(): PerformanceObserver {
  const observer = new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) collecting += duration;
  });
  observer.observe({ entryTypes: ["gc"] });
  return observer;
}

async function measured({ name, files, ours, other, theirs }: FormatCase, rounds: number): Promise<string[]> {
  const bytes = files.reduce((sum, file) => sum + file.length, 0);
  const repeats = Math.max(1, Math.round(500_000 / bytes));
  const times: [number[], number[]] = [[], []];
  const collections: [number, number] = [0, 0];
  for (let round = 0; round < rounds; round++)
    for (const [way, decode] of [ours, theirs].entries()) {
      if (decode === null) continue;
      const place = way === 0 ? 0 : 1;
      await sleep(TOLD_AFTER_MS);
      const before = collecting;
      const start = performance.now();
      for (let i = 0; i < repeats; i++) for (const file of files) decode(file);
      times[place].push((performance.now() - start) / repeats);
      await sleep(TOLD_AFTER_MS);
      collections[place] += collecting - before;
    }
  const speed = (milliseconds: readonly number[]) => bytes / 1000 / median(milliseconds);
  const allocated = (decode: Decode) => (allocatedBy(files, decode) / bytes).toFixed(1);
  const inCollections = (place: 0 | 1) => {
    const all = times[place].reduce((sum, one) => sum + one * repeats, 0);
    return `${((100 * collections[place]) / all).toFixed(0)} %`;
  };
  const own = speed(times[0]);
  return [
    name,
    (bytes / 1000).toFixed(0),
    own.toFixed(0),
    allocated(ours),
    inCollections(0),
    other,
    theirs === null ? "–" : speed(times[1]).toFixed(0),
    theirs === null ? "–" : allocated(theirs),
    theirs === null ? "–" : inCollections(1),
    theirs === null ? "–" : `${(own / speed(times[1])).toFixed(1)}×`,
  ];
}

/** @param rounds turns of each way */
export async function benchFormats(rounds = 21): Promise<string> {
  const way = ["MB/s", "allocated per byte", "in GC"];
  const observer = watchCollections();
  const rows: string[][] = [];
  for (const one of casesOf(fuzzSeeds())) rows.push(await measured(one, rounds));
  observer.disconnect();
  return markdownTable(
    `### Formats\n\n${machineLine()}`,
    ["format", "kB", ...way, "against", ...way, "ours : theirs"],
    rows,
  );
}

if (import.meta.main) console.log(await benchFormats());
