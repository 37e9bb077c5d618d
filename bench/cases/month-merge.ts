// What compaction takes in an app of very many series, step by step: 30 days of 5000 pods, each day a vector of each and its sums
// by 10 minutes, become six rows of 5 d and one of 30 d by the compactor's own steps. The objects are files, so that the heap is the
// step's alone; CPU is this process's, and memory what is left after a collection at a share of the calls to the store.
//
// Run alone: node --expose-gc bench/cases/month-merge.ts [--pods 5000] [--types 1] [--nodes 200]
import { closeSync, mkdtempSync, openSync, readFileSync, readSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { randomOf } from "../../scripts/demo/random.ts";
import { compactionDictionaries } from "../../src/compact/dictionaries.ts";
import { type MergePorts, mergeStep } from "../../src/compact/merge-step.ts";
import { DAY_SECONDS, MERGED_SHARD, TOTALS_OF_DAYS } from "../../src/config.ts";
import { ByteWriter } from "../../src/lib/byte-writer.ts";
import { deflate } from "../../src/lib/deflate.ts";
import { encodeDictionary } from "../../src/profile/dictionary-codec.ts";
import { EMPTY_SIZE, StackDictionary } from "../../src/profile/stack-dictionary.ts";
import { type SegmentEntry, type SeriesIdentity, segmentWriter, tilesOf } from "../../src/segment/segment-writer.ts";
import { writeVector } from "../../src/segment/vector.ts";
import { placeOf } from "../../src/storage/catalog-writes.ts";
import type { SegmentStore } from "../../src/storage/segment-store.ts";
import { APP, memoryCatalog } from "../../test/compact/memory-catalog.ts";
import { machineLine, markdownTable } from "../lib/figures.ts";

const MONTH_S = 30 * DAY_SECONDS;
const FIRST_S = MONTH_S * 690;
const DICTIONARY_NODES = 20_000;
/** Calls to the store for each at which memory is looked at. */
const CALLS_PER_LOOK = 16;

const { values: given } = parseArgs({
  options: {
    pods: { type: "string", default: "5000" },
    types: { type: "string", default: "1" },
    nodes: { type: "string", default: "200" },
  },
});
const [PODS, TYPES, NODES] = [given.pods, given.types, given.nodes].map(Number) as [number, number, number];
const collect = (globalThis as { gc?: () => void }).gc;
if (collect === undefined) throw new Error("run it with --expose-gc");

const folder = mkdtempSync(join(tmpdir(), "edgeflame-month-"));
const random = randomOf("month", PODS, TYPES);
const below = (n: number) => Math.floor(random() * n);

interface Peaks {
  heldBytes: number;
  gcMs: number;
  calls: number;
}
const peaks: Peaks = { heldBytes: 0, gcMs: 0, calls: 0 };

/** Bytes that are in use. */
function held(): number {
  const began = process.cpuUsage();
  collect?.();
  const { heapUsed, external } = process.memoryUsage();
  const { user, system } = process.cpuUsage(began);
  peaks.gcMs += (user + system) / 1000;
  return heapUsed + external;
}

function look(isDue = ++peaks.calls % CALLS_PER_LOOK === 0): void {
  if (isDue) peaks.heldBytes = Math.max(peaks.heldBytes, held());
}

const pathOf = (key: string) => join(folder, key.replaceAll("/", "_"));

const store: SegmentStore = {
  async put(key, bytes) {
    look(true);
    writeFileSync(pathOf(key), bytes);
  },
  async read(key, offset, length) {
    look();
    const file = openSync(pathOf(key), "r");
    const bytes = new Uint8Array(length);
    readSync(file, bytes, 0, length, offset);
    closeSync(file);
    return bytes;
  },
  async readAll(key) {
    const bytes = readFileSync(pathOf(key));
    return new Uint8Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
  },
  async remove() {},
};

/** Some hundred functions that call one another. */
function dictionaryOfMany(): StackDictionary {
  const dictionary = new StackDictionary();
  const frames = Array.from({ length: 600 }, (_, i) => {
    const name = dictionary.strings.internText(`package/module${i % 40}.function${i}`);
    return dictionary.frames.intern([dictionary.functions.intern([name, name, 0, 0]), 0, 0, 0, 0]);
  });
  while (dictionary.nodes.count < DICTIONARY_NODES)
    dictionary.child(below(dictionary.nodes.count), frames[below(frames.length)] ?? 0);
  return dictionary;
}

const series: SeriesIdentity[] = Array.from({ length: TYPES }, (_, type) =>
  Array.from({ length: PODS }, (_, pod) => ({
    typeId: `type${type}:cpu:nanoseconds:cpu:nanoseconds`,
    labels: [
      ["pod", `api-7c9f${String(pod).padStart(6, "0")}`],
      ["region", `r${pod % 5}`],
    ] as const,
  })),
).flat();

/** A series keeps to some of the nodes, as a program does. */
function vectorOf(place: number, out: ByteWriter): { vector: Uint8Array; total: number } {
  const nodes = new Set<number>();
  for (let k = 0; k < NODES; k++) {
    const near = (place * 37 + k * 53) % DICTIONARY_NODES;
    nodes.add(below(4) === 0 ? 1 + below(DICTIONARY_NODES - 1) : Math.max(1, near));
  }
  const sorted = Int32Array.from(nodes).sort();
  let total = 0;
  const low = Float64Array.from(sorted, () => {
    const value = 10_000_000 * (1 + below(400));
    total += value;
    return value;
  });
  out.reset();
  writeVector(out, sorted, low, null, sorted.length);
  return { vector: out.finish(), total };
}

function dayObject(start: number) {
  const tiles = tilesOf(series);
  const writer = segmentWriter(
    series,
    start,
    [
      { width: TOTALS_OF_DAYS, totalsOnly: true },
      { width: DAY_SECONDS, totalsOnly: false },
    ],
    tiles,
  );
  const out = new ByteWriter(4096);
  const none = new Uint8Array(0);
  for (const tile of tiles) {
    const entries: SegmentEntry[] = [];
    const sums: SegmentEntry[] = [];
    for (let place = tile.from; place < tile.until; place++) {
      const { vector, total } = vectorOf(place, out);
      entries.push({ series: place, start, uploads: 8640, total: { lo: total, hi: 0 }, vector });
    }
    for (let at = start; at < start + DAY_SECONDS; at += TOTALS_OF_DAYS)
      for (let place = tile.from; place < tile.until; place++)
        sums.push({
          series: place,
          start: at,
          uploads: 60,
          total: { lo: 10_000_000 * below(60_000), hi: 0 },
          vector: none,
        });
    writer.addTile(DAY_SECONDS, tile, entries);
    writer.addTile(TOTALS_OF_DAYS, tile, sums);
  }
  return writer.finish();
}

const { catalog, state, touch } = memoryCatalog();

async function prepare(): Promise<void> {
  const dictionary = dictionaryOfMany();
  const stretch = deflate(encodeDictionary(dictionary, EMPTY_SIZE));
  await store.put("dictionary", stretch);
  const own = { shard: MERGED_SHARD, epoch: 1 };
  state.stretches.push({
    ...own,
    fromNode: 1,
    toNode: dictionary.nodes.count,
    objectKey: "dictionary",
    objectBytes: stretch.length,
  });
  state.lastParts.set(0, 720);
  for (let start = FIRST_S; start < FIRST_S + MONTH_S; start += DAY_SECONDS) {
    const object = dayObject(start);
    const objectKey = `day-${start}`;
    await store.put(objectKey, object.bytes);
    const place = { width: DAY_SECONDS, start, finest: DAY_SECONDS, ...placeOf(objectKey, object) };
    state.rows.push({ ...own, part: ++state.mergeSeq, dictShard: MERGED_SHARD, covers: new Map([[0, 720]]), ...place });
  }
  for (let start = FIRST_S; start < FIRST_S + MONTH_S; start += 5 * DAY_SECONDS) touch(5 * DAY_SECONDS, start);
}

const ports: MergePorts = {
  store,
  catalog,
  dictionaries: compactionDictionaries(store),
  clock: () => 0,
  random: () => String(random()).slice(2),
};

const mb = (bytes: number) => (bytes / 1e6).toFixed(1);

async function measure(width: number, start: number): Promise<string[]> {
  const before = held();
  Object.assign(peaks, { heldBytes: before, gcMs: 0, calls: 0 });
  const began = process.cpuUsage();
  const report = await mergeStep(ports, APP, { width, start });
  const { user, system } = process.cpuUsage(began);
  if (report === null) throw new Error(`no step of ${width} s at ${start}`);
  return [
    `${width / DAY_SECONDS} d`,
    `${report.sources}`,
    mb(report.sourceBytes),
    `${report.objects}`,
    mb(report.bytes),
    `${peaks.calls}`,
    ((user + system) / 1000 - peaks.gcMs).toFixed(0),
    mb(peaks.heldBytes - before),
  ];
}

try {
  await prepare();
  const rows: string[][] = [];
  for (let start = FIRST_S; start < FIRST_S + MONTH_S; start += 5 * DAY_SECONDS)
    rows.push(await measure(5 * DAY_SECONDS, start));
  for (let job = state.jobs[0]; job !== undefined; job = state.jobs[0]) rows.push(await measure(job.width, job.start));
  const title = `### Merging a month\n\n${machineLine()}; ${PODS} pods, ${TYPES} types, vectors of ${NODES} nodes`;
  const head = [
    "step",
    "objects read",
    "MB",
    "objects written",
    "MB",
    "calls to the store",
    "CPU ms",
    "held MB, at most",
  ];
  console.log(markdownTable(title, head, rows));
} finally {
  rmSync(folder, { recursive: true, force: true });
}
