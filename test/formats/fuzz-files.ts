// Files that people look at, as an upload to be shared and as one that is kept: formats that no agent sends, and any file without
// a word of what it is. A graph that comes of one must be one.
import { decodeFile, readGraphs } from "../../src/adhoc/decode-file.ts";
import type { ShareGraph } from "../../src/api/share.ts";
import { LIMITS, SHARING } from "../../src/config.ts";
import { AppError } from "../../src/lib/app-error.ts";
import { inflateIfGzip } from "../../src/lib/inflate.ts";
import { differenceOfFiles, flamebearerProfile, graphOfType, type OpenFile } from "../../src/share/adhoc-files.ts";
import { compareShares } from "../../src/share/compare.ts";
import { decodeLevels } from "../../src/view/levels.ts";
import { PERF } from "./perf-text.ts";
import type { Stacks } from "./tree-bytes.ts";

type Bytes = Uint8Array<ArrayBuffer>;

const MOST_NODES = 200;
const PERF_STACKS = 30;
const ROW = { id: "1-a", name: "a", uploadedAt: 0, storedBytes: 1, said: "{}" };
/** What is said of a file that nobody knows the type of. */
const NAMES = ["", "a.json", "a.txt", "a.folded", "a.cpuprofile", "a.pb.gz"];

const textBytes = (text: string): Bytes => new TextEncoder().encode(text);
const jsonBytes = (value: unknown): Bytes => textBytes(JSON.stringify(value));

function inflatedFile(bytes: Bytes): Uint8Array {
  return inflateIfGzip(bytes, { ...LIMITS, inflatedBytes: SHARING.decodedBytes });
}

const openFile = (bytes: Uint8Array, said: { type?: string; name: string }): OpenFile => ({
  row: ROW,
  graphs: readGraphs({ bytes, ...said }, LIMITS).graphs,
});

function requireGraph({ flamebearer, metadata }: ShareGraph): void {
  const decoded = decodeLevels(flamebearer, metadata.format);
  if (!decoded.ok) throw new Error(`the graph that was made is none: ${decoded.reason}`);
}

/** What has other units, or is a difference already, is not compared. */
function unlessUnlike(compare: () => ShareGraph | undefined): void {
  try {
    const graph = compare();
    if (graph !== undefined) requireGraph(graph);
  } catch (error) {
    if (!(error instanceof AppError && error.code === "invalid_argument")) throw error;
  }
}

/** @param type what the file's sender says, or null for one that is sent under many names */
export function fileReader(type: string | null, whole: Bytes): (bytes: Bytes, i: number) => Promise<boolean> {
  const saidOf = (i: number) => (type === null ? { name: NAMES[i % NAMES.length] ?? "" } : { name: "a", type });
  const before = { ...saidOf(0), bytes: whole };
  const sharedBefore = decodeFile(before, LIMITS).content;
  const keptBefore = openFile(whole, saidOf(0));
  return async (bytes, i) => {
    const inflated = inflatedFile(bytes);
    const said = saidOf(i);
    if (i % 2 === 0) {
      const { content } = decodeFile({ bytes: inflated, ...said }, LIMITS);
      for (const graph of content.graphs) requireGraph(graph);
      unlessUnlike(() => compareShares(sharedBefore, content).graphs[0]);
      return true;
    }
    const kept = openFile(inflated, said);
    const { graph } = graphOfType(kept, "cpu", MOST_NODES);
    requireGraph(graph);
    unlessUnlike(() => differenceOfFiles(keptBefore, kept, "cpu", MOST_NODES).graph);
    return JSON.stringify(flamebearerProfile(graph, "a")).length > 0;
  };
}

export function perfScripts(files: readonly Bytes[], trees: readonly Stacks[]): Bytes[] {
  const blocks = trees.map((stacks) =>
    stacks
      .slice(0, PERF_STACKS)
      .flatMap(({ frames }, i) => [
        `java ${i}/${i + 1} [00${i % 8}] 4242.${100_000 + i}:     250000 cpu-clock:pppH: `,
        ...frames
          .toReversed()
          .map((frame, k) => `\t    7f1c${(k * 4096).toString(16)} ${frame}+0x6 (/usr/lib/lib${k}.so)`),
        "",
      ]),
  );
  return [textBytes(PERF), ...files, ...blocks.map((lines) => textBytes(`${lines.join("\n")}\n`))];
}

const callFrame = (functionName: string, url = "file:///app/a.js", lineNumber = 4) => ({
  functionName,
  url,
  lineNumber,
});

/** A list of nodes, one with counts alone, and the tree of objects of old files. */
export function cpuProfiles(files: readonly Bytes[]): Bytes[] {
  const names = ["(root)", "main", "", "work", "(idle)", "(garbage collector)", "read", "write"];
  const nodes = names.map((name, i) => ({
    id: i + 1,
    callFrame: callFrame(name, i % 3 === 2 ? "" : `file:///app/${i}.js`, i - 1),
    hitCount: i,
    children: [2 * i + 2, 2 * i + 3].filter((id) => id <= names.length),
  }));
  const samples = Array.from({ length: 40 }, (_, i) => 1 + ((i * 5) % names.length));
  const timeDeltas = samples.map((_, i) => (i % 7 === 3 ? -2 : 1000 + i));
  const tree = { ...callFrame("(root)"), id: 1, hitCount: 0, children: [{ ...callFrame("a"), id: 2, hitCount: 3 }] };
  return [
    jsonBytes({ nodes, startTime: 0, endTime: 41_000, samples, timeDeltas }),
    jsonBytes({ nodes }),
    jsonBytes({ head: tree, startTime: 1, endTime: 2, samples: [1, 2, 2] }),
    ...files.filter(({ length }) => length < 20_000),
    ...files.filter(({ length }) => length >= 20_000).map(beginOfCpuProfile),
  ];
}

interface CpuProfileFile {
  readonly nodes: readonly { readonly id: number; readonly children?: readonly number[] }[];
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
}

/** The first nodes of a large one, and those of its ticks. */
function beginOfCpuProfile(file: Bytes): Bytes {
  const { nodes, samples, timeDeltas } = JSON.parse(new TextDecoder().decode(file)) as CpuProfileFile;
  const kept = nodes.slice(0, MOST_NODES);
  const ids = new Set(kept.map(({ id }) => id));
  const ticks = samples.slice(0, 2000).filter((id) => ids.has(id));
  return jsonBytes({
    nodes: kept.map((node) => ({ ...node, children: node.children?.filter((id) => ids.has(id)) })),
    samples: ticks,
    timeDeltas: timeDeltas.slice(0, ticks.length),
  });
}

/** One, two that are compared, one of before there was metadata, and those of folded text. */
export function flamebearers(folded: readonly Bytes[]): Bytes[] {
  const tree = { names: ["total", "main", "work"], numTicks: 7, maxSelf: 4 };
  const levels = [
    [0, 7, 0, 0],
    [0, 7, 3, 1],
    [0, 4, 4, 2],
  ];
  const double = [
    [0, 3, 0, 0, 4, 0, 0],
    [0, 3, 1, 0, 4, 2, 1],
    [0, 2, 2, 0, 2, 2, 2],
  ];
  const metadata = { format: "single", units: "samples", sampleRate: 100, spyName: "gospy", name: "shop" };
  return [
    jsonBytes({ version: 1, flamebearer: { ...tree, levels }, metadata }),
    jsonBytes({
      flamebearer: { ...tree, levels: double },
      metadata: { ...metadata, format: "double" },
      leftTicks: 3,
      rightTicks: 4,
    }),
    jsonBytes({ flamebearer: { ...tree, levels, units: "bytes", format: "single", sampleRate: 1, spyName: "rbspy" } }),
    ...folded.map((bytes) => {
      const { graph } = graphOfType(openFile(bytes, { name: "a", type: "folded" }), undefined, MOST_NODES);
      return jsonBytes(flamebearerProfile(graph, "drawn"));
    }),
  ];
}
