// Makes chunks: from what uploads bring (fold), and from chunks of finer nodes (roll-up, seal).
// A chunk stays below a limit, because it is a row; a series too large for one goes on in the next:
// its sums are added up again wherever it is read.
import { corrupt } from "../lib/app-error.ts";
import { ByteReader } from "../lib/byte-reader.ts";
import { type Chunk, ChunkWriter, readChunkDirectory } from "./chunk.ts";
import { countPairs, readVector } from "./vector.ts";
import type { VectorSum } from "./vector-sum.ts";

/** One upload's vector of a series at bytes[at, end), and where its nodes are in the object's dictionary. */
export interface Incoming {
  readonly nodeOf: Int32Array;
  readonly bytes: Uint8Array;
  readonly at: number;
  readonly end: number;
}

/** A node step and a value take at most this much. */
const PAIR_BYTES = 15;
/** A sum may lose its multiplier: a pair of two bytes then takes up to nine. */
const GROWTH = 5;

export function* buildChunks(
  bySeries: ReadonlyMap<number, readonly Incoming[]>,
  sum: VectorSum,
  mostBytes: number,
): Generator<Chunk> {
  const mostPairs = Math.floor(mostBytes / (PAIR_BYTES + 1));
  let chunk = new ChunkWriter();
  for (const [id, incoming] of inOrder(bySeries)) {
    let uploads = incoming.length;
    let pairsIn = 0;
    for (const { nodeOf, bytes, at, end } of incoming) {
      const count = countPairs(bytes, at, end);
      if (pairsIn + count <= mostPairs) {
        sum.addMapped(bytes, at, end, nodeOf);
        pairsIn += count;
        continue;
      }
      const { nodes, low, high } = readVector(new ByteReader(bytes, at, end));
      for (let i = 0; i < nodes.length; i++) {
        if (++pairsIn > mostPairs) {
          if (!chunk.isEmpty) yield chunk.finish();
          chunk = new ChunkWriter();
          chunk.add(id, uploads, (out) => sum.flush(out));
          uploads = 0;
          pairsIn = 1;
        }
        const node = nodeOf[nodes[i]!];
        if (node === undefined) throw corrupt(`vector: node ${nodes[i]!} of ${nodeOf.length}`);
        sum.add(node, low[i]!, high === null ? 0 : high[i]!);
      }
    }
    if (!chunk.isEmpty && chunk.byteLength + pairsIn * PAIR_BYTES > mostBytes) {
      yield chunk.finish();
      chunk = new ChunkWriter();
    }
    chunk.add(id, uploads, (out) => sum.flush(out));
  }
  if (!chunk.isEmpty) yield chunk.finish();
}

/** All vectors of the chunks, added up per series. */
export function* mergeChunks(chunks: readonly Chunk[], sum: VectorSum, mostBytes: number): Generator<Chunk> {
  const bySeries = new Map<number, { vectors: Uint8Array; at: number; length: number; uploads: number }[]>();
  for (const { directory, vectors } of chunks) {
    for (const { series, at, length, uploads } of readChunkDirectory(directory)) {
      const entry = { vectors, at, length, uploads };
      const list = bySeries.get(series);
      if (list === undefined) bySeries.set(series, [entry]);
      else list.push(entry);
    }
  }
  let chunk = new ChunkWriter();
  for (const [series, entries] of inOrder(bySeries)) {
    let bytesIn = 0;
    let uploads = 0;
    for (const entry of entries) {
      if (bytesIn > 0 && (bytesIn + entry.length) * GROWTH > mostBytes) {
        if (!chunk.isEmpty) yield chunk.finish();
        chunk = new ChunkWriter();
        chunk.add(series, uploads, (out) => sum.flush(out));
        bytesIn = 0;
        uploads = 0;
      }
      sum.addEncoded(entry.vectors, entry.at, entry.at + entry.length);
      bytesIn += entry.length;
      uploads += entry.uploads;
    }
    if (!chunk.isEmpty && chunk.byteLength + bytesIn * GROWTH > mostBytes) {
      yield chunk.finish();
      chunk = new ChunkWriter();
    }
    chunk.add(series, uploads, (out) => sum.flush(out));
  }
  if (!chunk.isEmpty) yield chunk.finish();
}

const inOrder = <T>(bySeries: ReadonlyMap<number, T>): [number, T][] => [...bySeries].sort(([a], [b]) => a - b);
