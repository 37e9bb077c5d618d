// What the bytes of 10 s nodes are, and what other layouts would make of them: an hour of the rideshare app, three instances, as
// the `store` case sends it; vectors of the object's own encoding over one dictionary, in blocks of 64 KiB, each type for itself.
//
//   stored      id step, value; id step, value … (segment/vector.ts), deflate 6: what a segment has
//   columns     all id steps of a block, then all values
//   by use      the most used node gets the smallest id
//   by series   a block holds one series' slots in a row, not a slot's series
//   shared ids  types that were sampled together (CPU samples and time) have their ids once
//
// Run alone: node bench/cases/vector-layout.ts
import { deflateRawSync } from "node:zlib";
import { LIMITS } from "../../src/config.ts";
import { decodePprof } from "../../src/formats/pprof/decode.ts";
import { ByteWriter } from "../../src/lib/byte-writer.ts";
import { inflateIfGzip } from "../../src/lib/inflate.ts";
import { StackDictionary } from "../../src/profile/stack-dictionary.ts";
import { writeVector } from "../../src/segment/vector.ts";
import { internDictionary } from "../../test/support/intern-dictionary.ts";
import { markdownTable } from "../lib/figures.ts";
import { rideshareBody, SLOT_S } from "../lib/rideshare.ts";

const SLOTS = 360;
const INSTANCES = 3;
const BLOCK_BYTES = 64 * 1024;

interface Vector {
  readonly type: number;
  readonly slot: number;
  readonly instance: number;
  readonly nodes: Int32Array;
  readonly values: Float64Array;
}

function vectorsOf(): { vectors: Vector[]; sentBytes: number; nodes: number } {
  const stacks = new StackDictionary();
  const vectors: Vector[] = [];
  let sentBytes = 0;
  for (let slot = 0; slot < SLOTS; slot++) {
    for (let instance = 0; instance < INSTANCES; instance++) {
      const { bytes } = rideshareBody(instance, slot * SLOT_S);
      sentBytes += bytes.length;
      const profile = decodePprof(inflateIfGzip(bytes, LIMITS), { limits: LIMITS });
      if (profile === null) continue;
      const idOf = internDictionary(profile.stacks, stacks);
      const types = profile.sampleTypes.length;
      for (let type = 0; type < types; type++) {
        const byNode = new Map<number, number>();
        profile.sampleNodes.forEach((node, sample) => {
          const value = Number(profile.sampleValues[sample * types + type] ?? 0n);
          const id = idOf[node] ?? 0;
          if (value > 0) byNode.set(id, (byNode.get(id) ?? 0) + value);
        });
        const nodes = Int32Array.from(byNode.keys()).sort();
        vectors.push({
          type,
          slot,
          instance,
          nodes,
          values: Float64Array.from(nodes, (node) => byNode.get(node) ?? 0),
        });
      }
    }
  }
  return { vectors, sentBytes, nodes: stacks.nodes.count };
}

type Encode = (out: ByteWriter, vector: Vector) => void;

const stored: Encode = (out, { nodes, values }) => {
  writeVector(out, nodes, values, null, nodes.length);
};

const idsOnly: Encode = (out, { nodes }) => {
  out.varint(nodes.length);
  for (const [i, node] of nodes.entries()) out.varint(node - (nodes[i - 1] ?? 0));
};

const valuesOnly: Encode = (out, { values }) => {
  const divisor = Math.max(1, values.reduce(greatestCommonDivisor, 0));
  out.varint(divisor);
  for (const value of values) out.varint(value / divisor);
};

const greatestCommonDivisor = (a: number, b: number): number => (b === 0 ? a : greatestCommonDivisor(b, a % b));

const bySlot = (a: Vector, b: Vector) => a.type - b.type || a.slot - b.slot || a.instance - b.instance;
const bySeries = (a: Vector, b: Vector) => a.type - b.type || a.instance - b.instance || a.slot - b.slot;

interface Size {
  readonly raw: number;
  readonly packed: number;
}

/** Blocks of whole vectors, each type's for itself; several columns of a block are packed together. */
function sizeOf(vectors: readonly Vector[], columns: readonly Encode[], level = 6): Size {
  let raw = 0;
  let packed = 0;
  let block = columns.map(() => new ByteWriter());
  let type = vectors[0]?.type;
  const flush = () => {
    const bytes = Buffer.concat(block.map((one) => one.finish()));
    raw += bytes.length;
    if (bytes.length > 0) packed += deflateRawSync(bytes, { level }).length;
    block = columns.map(() => new ByteWriter());
  };
  for (const vector of vectors) {
    if (vector.type !== type || block.reduce((sum, one) => sum + one.length, 0) >= BLOCK_BYTES) flush();
    type = vector.type;
    for (const [i, encode] of columns.entries()) encode(block[i] as ByteWriter, vector);
  }
  flush();
  return { raw, packed };
}

function renumberedByUse(vectors: readonly Vector[], nodes: number): Vector[] {
  const uses = new Int32Array(nodes);
  for (const vector of vectors) for (const node of vector.nodes) uses[node] = (uses[node] ?? 0) + 1;
  const order = Array.from({ length: nodes }, (_, i) => i).sort((a, b) => (uses[b] ?? 0) - (uses[a] ?? 0));
  const idOf = new Int32Array(nodes);
  order.forEach((node, id) => {
    idOf[node] = id;
  });
  return vectors.map((vector) => {
    const pairs = [...vector.nodes].map((node, i) => [idOf[node] ?? 0, vector.values[i] ?? 0] as const);
    pairs.sort(([a], [b]) => a - b);
    return { ...vector, nodes: Int32Array.from(pairs, ([id]) => id), values: Float64Array.from(pairs, ([, v]) => v) };
  });
}

/** Bits of a value when it is known of which type and node: what no order of bytes goes below, were values independent. */
function entropyBytes(vectors: readonly Vector[]): number {
  const seen = new Map<string, Map<number, number>>();
  for (const { type, nodes, values } of vectors) {
    nodes.forEach((node, i) => {
      const counts = seen.get(`${type}/${node}`) ?? new Map<number, number>();
      seen.set(`${type}/${node}`, counts);
      const value = values[i] ?? 0;
      counts.set(value, (counts.get(value) ?? 0) + 1);
    });
  }
  let bits = 0;
  for (const counts of seen.values()) {
    const all = [...counts.values()].reduce((a, b) => a + b, 0);
    for (const n of counts.values()) bits -= n * Math.log2(n / all);
  }
  return bits / 8;
}

function benchVectorLayout(): string {
  const { vectors, sentBytes, nodes } = vectorsOf();
  const all = [...vectors].sort(bySlot);
  const pairs = all.reduce((sum, vector) => sum + vector.nodes.length, 0);
  const sharing = all.filter(({ type }) => type % 2 === 0);
  const [ids, values] = [sizeOf(all, [idsOnly]), sizeOf(all, [valuesOnly])];
  const idsOnce = sizeOf(sharing, [idsOnly]).packed + values.packed;
  // CPU time is the samples times a constant: its values, too, are there once.
  const timeValues = sizeOf(
    all.filter(({ type }) => type === 1),
    [valuesOnly],
  ).packed;
  const sizes: [string, Size][] = [
    ["stored: deflate 6", sizeOf(all, [stored])],
    ["deflate 1", sizeOf(all, [stored], 1)],
    ["deflate 9", sizeOf(all, [stored], 9)],
    ["columns", sizeOf(all, [idsOnly, valuesOnly])],
    ["by use", sizeOf(renumberedByUse(all, nodes), [stored])],
    ["by series", sizeOf([...vectors].sort(bySeries), [stored])],
    ["columns, by series, by use", sizeOf(renumberedByUse([...vectors].sort(bySeries), nodes), [idsOnly, valuesOnly])],
    ["ids alone", ids],
    ["values alone", values],
    ["ids alone, shared", { raw: 0, packed: idsOnce - values.packed }],
    ["columns, ids shared", { raw: 0, packed: idsOnce }],
    ["columns, ids shared, CPU time from samples", { raw: 0, packed: idsOnce - timeValues }],
    ["entropy of values by type and node", { raw: 0, packed: entropyBytes(all) }],
  ];
  const rows = sizes.map(([what, { raw, packed }]) => [
    what,
    raw === 0 ? "–" : (raw / pairs).toFixed(2),
    (packed / pairs).toFixed(2),
    `${(sentBytes / packed).toFixed(1)} : 1`,
  ]);
  const types = Map.groupBy(all, ({ type }) => type);
  const ofType = [...types].map(([type, list]) => {
    const n = list.reduce((sum, vector) => sum + vector.nodes.length, 0);
    const [whole, idBytes, valueBytes] = [[stored], [idsOnly], [valuesOnly]].map(
      (columns) => sizeOf(list, columns).packed,
    );
    return [
      `${type}`,
      `${n}`,
      ...[whole, idBytes, valueBytes, entropyBytes(list)].map((one) => ((one ?? 0) / n).toFixed(2)),
    ];
  });
  const head = ["layout", "bytes a stack, raw", "packed", "sent : packed"];
  return `${markdownTable(`${all.length} vectors, ${pairs} stacks with a value, ${nodes} nodes`, head, rows)}\n\n${markdownTable(
    "Each type",
    ["type", "stacks", "stored", "ids alone", "values alone", "entropy of values"],
    ofType,
  )}`;
}

if (import.meta.main) console.log(benchVectorLayout());
