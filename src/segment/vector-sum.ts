// Adds vectors of one series and writes the sum as a vector: the step from one rung to the next.
import { corrupt } from "../lib/app-error.ts";
import { ByteReader } from "../lib/byte-reader.ts";
import type { ByteWriter } from "../lib/byte-writer.ts";
import { FloatScratch } from "../lib/scratch.ts";
import { WideSums } from "../lib/wide-sums.ts";
import { readVector, type WideTotal, writeVector } from "./vector.ts";

/**
 * A reusable accumulator over a dictionary of `nodes` nodes. It remembers which nodes were touched,
 * so that a small vector costs its own length and not the dictionary's.
 */
export class VectorSum {
  #sums: WideSums;
  #mark: Uint8Array;
  #touched = new Int32Array(1024);
  #count = 0;

  constructor(nodes: number) {
    this.#sums = new WideSums(nodes);
    this.#mark = new Uint8Array(nodes);
  }

  get nodes(): number {
    return this.#sums.length;
  }

  /** Makes room for a dictionary that has grown; what is being added up stays. */
  reserve(nodes: number): void {
    if (nodes <= this.nodes) return;
    const length = Math.ceil(nodes * 1.25) + 1024;
    const sums = new WideSums(length);
    sums.lo.set(this.#sums.lo);
    if (this.#sums.hi !== null) {
      sums.hi = new Float64Array(length);
      sums.hi.set(this.#sums.hi);
    }
    this.#sums = sums;
    const mark = new Uint8Array(length);
    mark.set(this.#mark);
    this.#mark = mark;
  }

  /** `node` must be below `nodes`. */
  add(node: number, lo: number, hi: number): void {
    if (this.#mark[node] === 0) {
      this.#mark[node] = 1;
      if (this.#count === this.#touched.length) {
        const touched = new Int32Array(this.#count * 2);
        touched.set(this.#touched);
        this.#touched = touched;
      }
      this.#touched[this.#count++] = node;
    }
    this.#sums.add(node, lo, hi);
  }

  /** Adds the encoded vector at bytes[at, end). */
  addEncoded(bytes: Uint8Array, at: number, end: number): void {
    const { nodes, low, high } = readVector(new ByteReader(bytes, at, end));
    if (nodes.length > 0 && nodes[nodes.length - 1]! >= this.nodes) throw corrupt("vector: node beyond the dictionary");
    for (let i = 0; i < nodes.length; i++) this.add(nodes[i]!, low[i]!, high === null ? 0 : high[i]!);
  }

  /**
   * Adds the encoded vector at bytes[at, end) of another dictionary.
   * @param nodeOf this one's node for each of that one's
   */
  addMapped(bytes: Uint8Array, at: number, end: number, nodeOf: Int32Array): void {
    const reader = new ByteReader(bytes, at, end);
    const multiplier = reader.varint();
    const count = reader.count(2);
    let node = 0;
    for (let i = 0; i < count; i++) {
      node += reader.int();
      if (node >= nodeOf.length) throw corrupt(`vector: node ${node} of ${nodeOf.length}`);
      if (multiplier > 0) this.add(nodeOf[node]!, reader.varint() * multiplier, 0);
      else {
        reader.wide();
        this.add(nodeOf[node]!, reader.lo, reader.hi);
      }
    }
  }

  /** Adds the encoded vector at bytes[at, end) of another dictionary; `renumber` brings its ids to this one's, in place. */
  addRenumbered(bytes: Uint8Array, at: number, end: number, renumber: (nodes: Int32Array) => void): void {
    const { nodes, low, high } = readVector(new ByteReader(bytes, at, end));
    renumber(nodes);
    for (let i = 0; i < nodes.length; i++) {
      if (nodes[i]! >= this.nodes) this.reserve(nodes[i]! + 1);
      this.add(nodes[i]!, low[i]!, high === null ? 0 : high[i]!);
    }
  }

  /** Writes the sum, sorted by node, and starts again at zero. */
  flush(out: ByteWriter): WideTotal {
    const count = this.#count;
    const nodes = this.#touched.subarray(0, count).sort();
    const { lo, hi } = this.#sums;
    const low = LOW.take(count);
    const high = hi === null ? null : HIGH.take(count);
    for (let i = 0; i < count; i++) {
      const node = nodes[i]!;
      low[i] = lo[node]!;
      lo[node] = 0;
      if (high !== null && hi !== null) {
        high[i] = hi[node]!;
        hi[node] = 0;
      }
      this.#mark[node] = 0;
    }
    this.#count = 0;
    return writeVector(out, nodes, low, high, count);
  }
}

const LOW = new FloatScratch();
const HIGH = new FloatScratch();
