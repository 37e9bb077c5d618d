// The heart of a query, alone: many uploads' vectors added up, totalled, merged by name and pruned to 8192 boxes.
//
//   kernel    encoded vectors → sums over shared node ids → tree of names → totals → which 8192 stay, and every `other`
//   objects   the same uploads as trees of { name, self, Map of children }, already in memory, merged one by one,
//             totalled, and pruned by the same rule: what most profilers do. Building them from bytes is not counted.
//   read      a loop that only adds up the bytes of the same vectors
//
// Uploads are recorded profiles with every value changed at random. The three take turns; medians count. Run alone:
// node bench/cases/merge-kernel.ts

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { LIMITS } from "../../src/config.ts";
import { cutTree } from "../../src/flame/levels.ts";
import { approximate, measure } from "../../src/flame/totals.ts";
import { mergeDistinct, treeOfStacks } from "../../src/flame/tree-builder.ts";
import { decodePprof } from "../../src/formats/pprof/decode.ts";
import { ByteWriter } from "../../src/lib/byte-writer.ts";
import { WideSums } from "../../src/lib/wide-sums.ts";
import { StackDictionary } from "../../src/profile/stack-dictionary.ts";
import { addVector, type WideTotal, writeVector } from "../../src/segment/vector.ts";
import { internDictionary } from "../../test/support/intern-dictionary.ts";
import { machineLine, markdownTable, median } from "../lib/figures.ts";
import { countNodes, mergeObjects, type ObjectNode, objectTreeOf } from "../lib/object-tree.ts";

/** An hour of one series, an upload each 10 s. */
const UPLOADS = 360;
const LARGE_UPLOADS = 60;
const MAX_NODES = 8192;
const ROUNDS = 9;

interface Upload {
  readonly bytes: Uint8Array;
  readonly sum: WideTotal;
  readonly pairs: number;
  readonly tree: ObjectNode;
}

interface Workload {
  readonly name: string;
  readonly stacks: StackDictionary;
  readonly uploads: readonly Upload[];
  /** Call-tree nodes of all uploads together, inner ones too. */
  readonly nodes: number;
}

export interface KernelRow {
  readonly name: string;
  readonly dictionaryNodes: number;
  readonly pairs: number;
  readonly nodes: number;
  readonly bytes: number;
  readonly kernelMs: number;
  /** Of kernelMs: adding vectors. */
  readonly addMs: number;
  readonly objectsMs: number;
  readonly readMs: number;
}

export function benchMergeKernel(rounds = ROUNDS): KernelRow[] {
  const random = randomFrom(7);
  return [...recordedWorkloads(random), largeWorkload(random)].map((workload) => measureOne(workload, rounds));
}

function measureOne({ name, stacks, uploads, nodes }: Workload, rounds: number): KernelRow {
  const times = { kernel: [] as number[], add: [] as number[], objects: [] as number[], read: [] as number[] };
  let sink = 0;
  for (let round = 0; round <= rounds; round++) {
    const start = performance.now();
    const sums = new WideSums(stacks.nodes.count);
    for (const { bytes, sum } of uploads) addVector(bytes, 0, bytes.length, sum, sums);
    const added = performance.now();
    const tree = measure(mergeDistinct([treeOfStacks(stacks, sums)]));
    const side = { total: approximate(tree.total), self: approximate(tree.self) };
    const { hiddenNodes, otherTotal } = cutTree(tree, [side], MAX_NODES, [0]);
    const done = performance.now();
    const objects = mergeObjects(
      uploads.map(({ tree }) => tree),
      MAX_NODES,
    );
    const merged = performance.now();
    for (const { bytes } of uploads) sink += sumOfBytes(bytes);
    const read = performance.now();
    if (objects.total !== side.total[0] || objects.hidden !== hiddenNodes || objects.other !== otherTotal) {
      throw new Error(`the two ways differ: ${JSON.stringify(objects)}, ${side.total[0]} ${hiddenNodes} ${otherTotal}`);
    }
    if (round === 0) continue;
    times.kernel.push(done - start);
    times.add.push(added - start);
    times.objects.push(merged - done);
    times.read.push(read - merged);
  }
  if (sink < 0) throw new Error("never");
  return {
    name,
    dictionaryNodes: stacks.nodes.count,
    pairs: uploads.reduce((sum, { pairs }) => sum + pairs, 0),
    nodes,
    bytes: uploads.reduce((sum, { bytes }) => sum + bytes.length, 0),
    kernelMs: median(times.kernel),
    addMs: median(times.add),
    objectsMs: median(times.objects),
    readMs: median(times.read),
  };
}

function sumOfBytes(bytes: Uint8Array): number {
  let sum = 0;
  for (let at = 0; at < bytes.length; at++) sum += bytes[at] ?? 0;
  return sum;
}

/** One value column of one recorded file, over the dictionary of all. */
interface Column {
  readonly nodes: Int32Array;
  readonly values: Float64Array;
}

const NO_COLUMN: Column = { nodes: new Int32Array(0), values: new Float64Array(0) };

function recordedWorkloads(random: () => number): Workload[] {
  const folder = process.env.EDGEFLAME_SHARED_DATA ?? join(import.meta.dirname, "../../../shared/data");
  const shared = join(folder, "pprof");
  const from = existsSync(shared) ? shared : join(import.meta.dirname, "../../test/fixtures/pprof");
  return ["cpu", "heap"].map((kind) => {
    const stacks = new StackDictionary();
    const columns = readdirSync(from)
      .filter((file) => file.includes(kind) && /\.(pb|pb\.gz|pprof)$/.test(file))
      .flatMap((file) => columnsOf(join(from, file), stacks));
    return workloadOf(`recorded ${kind}`, stacks, columns, random);
  });
}

function columnsOf(path: string, target: StackDictionary): Column[] {
  const raw = new Uint8Array(readFileSync(path));
  const profile = decodePprof(raw[0] === 0x1f ? new Uint8Array(gunzipSync(raw)) : raw, { limits: LIMITS });
  if (profile === null) return [];
  const idOf = internDictionary(profile.stacks, target);
  return profile.sampleTypes.map((_, type) => {
    const byNode = new Map<number, number>();
    profile.sampleNodes.forEach((node, sample) => {
      const value = Number(profile.sampleValues[sample * profile.sampleTypes.length + type] ?? 0n);
      const id = idOf[node] ?? 0;
      if (value > 0) byNode.set(id, (byNode.get(id) ?? 0) + value);
    });
    const nodes = Int32Array.from(byNode.keys()).sort();
    return { nodes, values: Float64Array.from(nodes, (node) => byNode.get(node) ?? 0) };
  });
}

/** Each upload is one column in turn, its values multiplied by 1 … 20. */
function workloadOf(name: string, stacks: StackDictionary, columns: readonly Column[], random: () => number): Workload {
  const filled = columns.filter(({ nodes }) => nodes.length > 0);
  const count = Math.max(UPLOADS, filled.length * 2);
  const uploads = Array.from({ length: count }, (_, upload) => {
    const { nodes, values } = filled[upload % filled.length] ?? NO_COLUMN;
    return uploadOf(
      stacks,
      nodes,
      values.map((value) => value * Math.ceil(random() * 20)),
    );
  });
  return { name, stacks, uploads, nodes: uploads.reduce((sum, { tree }) => sum + countNodes(tree), 0) };
}

/** A dictionary of a million nodes, and uploads that touch 200 000 of them between them. */
function largeWorkload(random: () => number): Workload {
  const stacks = new StackDictionary(1_000_000);
  const frames = Array.from({ length: 60_000 }, (_, f) => {
    const name = stacks.strings.internText(`example.com/service/package${f % 400}.Function${f >> 1}`);
    return stacks.frames.intern([stacks.functions.intern([name, 0, 0, 1]), f & 1, 0, 0, 0]);
  });
  const depth = [0];
  while (stacks.nodes.count < 1_000_000) {
    // Near the newest, so that stacks are some dozens deep.
    let parent = Math.floor(stacks.nodes.count * (1 - random() ** 3 * 0.9)) - 1;
    while ((depth[parent] ?? 0) > 60) parent = stacks.parentOf(parent);
    const node = stacks.child(Math.max(0, parent), frames[Math.floor(random() ** 2 * frames.length)] ?? 1);
    depth[node] = (depth[Math.max(0, parent)] ?? 0) + 1;
  }
  const touched: number[] = [];
  for (let node = 1; node < stacks.nodes.count; node++) if (random() < 0.05) touched.push(node);
  const uploads = Array.from({ length: LARGE_UPLOADS }, () => {
    const nodes = Int32Array.from(touched.filter(() => random() < 0.2));
    return uploadOf(
      stacks,
      nodes,
      Float64Array.from(nodes, () => 1e7 * Math.ceil(random() ** 4 * 50)),
    );
  });
  return {
    name: "made up, 1 M nodes",
    stacks,
    uploads,
    nodes: uploads.reduce((sum, { tree }) => sum + countNodes(tree), 0),
  };
}

function uploadOf(stacks: StackDictionary, nodes: Int32Array, values: Float64Array): Upload {
  const writer = new ByteWriter();
  const sum = writeVector(writer, nodes, values, null, nodes.length);
  return { bytes: writer.finish(), sum, pairs: nodes.length, tree: objectTreeOf(stacks, nodes, values) };
}

/** Numbers from 0 to 1, the same for each seed. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x9e3779b9) | 0;
    return ((state ^ (state >>> 13)) >>> 0) / 2 ** 32;
  };
}

export function mergeKernelTable(rows: readonly KernelRow[]): string {
  const head = [
    "uploads of",
    "dictionary nodes",
    "pairs",
    "MB",
    "kernel ms (adding)",
    "M tree nodes/s",
    "ns a pair",
    "objects ÷ kernel",
    "kernel ÷ reading",
    "adding ÷ reading",
  ];
  const cells = rows.map((row) => [
    row.name,
    row.dictionaryNodes.toLocaleString("en-US"),
    row.pairs.toLocaleString("en-US"),
    (row.bytes / 1e6).toFixed(2),
    `${row.kernelMs.toFixed(2)} (${row.addMs.toFixed(2)})`,
    (row.nodes / row.kernelMs / 1000).toFixed(1),
    ((row.addMs * 1e6) / row.pairs).toFixed(1),
    (row.objectsMs / row.kernelMs).toFixed(1),
    (row.kernelMs / row.readMs).toFixed(1),
    (row.addMs / row.readMs).toFixed(1),
  ]);
  return markdownTable(`### Merge kernel\n\n${machineLine()}`, head, cells);
}

if (import.meta.main) console.log(mergeKernelTable(benchMergeKernel()));
