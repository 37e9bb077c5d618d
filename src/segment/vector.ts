// A vector: what a series' profile is at rest, sorted (node id, self value) pairs. All varints.
//
//   multiplier | pairs | (id step, value / multiplier) …
//
// The multiplier is the greatest common divisor of the values: a CPU profile counts in sampling
// periods of ten million nanoseconds, and its counts fit a byte. 0 marks a wide vector, whose sum
// passes 2^52: values then stand as they are, up to 2^63.
import { corrupt } from "../lib/app-error.ts";
import { ByteReader } from "../lib/byte-reader.ts";
import type { ByteWriter } from "../lib/byte-writer.ts";
import { LIMB, type WideSums } from "../lib/wide-sums.ts";

/** A sum of a vector's values: hi * 2^52 + lo. */
export interface WideTotal {
  lo: number;
  hi: number;
}

/**
 * Appends the vector of `count` pairs.
 * @param nodes ascending, distinct
 * @param high null when every value is below 2^52
 * @returns the sum of the values
 */
export function writeVector(
  out: ByteWriter,
  nodes: Int32Array,
  low: Float64Array,
  high: Float64Array | null,
  count: number,
): WideTotal {
  let lo = 0;
  let hi = 0;
  let divisor = 0;
  for (let i = 0; i < count; i++) {
    const value = low[i]!;
    lo += value;
    if (lo >= LIMB) {
      lo -= LIMB;
      hi++;
    }
    if (high !== null) hi += high[i]!;
    if (divisor !== 1) divisor = greatestCommonDivisor(divisor, value);
  }
  out.varint(hi > 0 ? 0 : Math.max(1, divisor));
  out.varint(count);
  let previous = 0;
  if (hi > 0) {
    for (let i = 0; i < count; i++) {
      out.varint(nodes[i]! - previous);
      previous = nodes[i]!;
      out.wide(low[i]!, high === null ? 0 : high[i]!);
    }
  } else {
    for (let i = 0; i < count; i++) {
      out.varint(nodes[i]! - previous);
      previous = nodes[i]!;
      out.varint(low[i]! / divisor);
    }
  }
  return { lo, hi };
}

function greatestCommonDivisor(a: number, b: number): number {
  let x = a;
  let y = b;
  while (y !== 0) {
    const rest = x % y;
    x = y;
    y = rest;
  }
  return x;
}

/** Appends what is not zero in `sums`, indexed by node. */
export function writeSums(out: ByteWriter, sums: WideSums): WideTotal {
  let count = 0;
  for (let node = 0; node < sums.length; node++) if (!sums.isZero(node)) count++;
  const nodes = new Int32Array(count);
  const low = new Float64Array(count);
  const high = sums.hi === null && !sums.lo.some((value) => value >= LIMB) ? null : new Float64Array(count);
  let i = 0;
  for (let node = 0; node < sums.length; node++) {
    if (sums.isZero(node)) continue;
    nodes[i] = node;
    low[i] = sums.lo[node]!;
    if (high !== null) {
      // A sum may have grown past a limb; a vector's values may not.
      const over = low[i]! >= LIMB ? 1 : 0;
      low[i] = low[i]! - over * LIMB;
      high[i] = (sums.hi === null ? 0 : sums.hi[node]!) + over;
    }
    i++;
  }
  return writeVector(out, nodes, low, high, count);
}

/**
 * Adds the vector at bytes[at, end) into `sums`, indexed by node. `sum` is the vector's total: it tells
 * how much room the sums need. The loop reads varints inline: it is the heart of every query.
 * @throws AppError corrupt_storage for bytes that are no vector, or for a node beyond sums.length
 */
export function addVector(bytes: Uint8Array, at: number, end: number, sum: WideTotal, sums: WideSums): void {
  const reader = new ByteReader(bytes, at, end);
  const multiplier = reader.varint();
  const count = reader.count(2);
  if (multiplier === 0 || sum.hi > 0) {
    addWide(reader, multiplier, count, sums);
    return;
  }
  sums.makeRoom(sum.lo);
  const lo = sums.lo;
  const nodes = lo.length;
  let p = reader.at;
  let node = 0;
  for (let i = 0; i < count; i++) {
    // Nearly every step and value is one byte: the rest of a longer one is read out of the way.
    let step = bytes[p++]!;
    if (step >= 0x80) {
      let byte = step;
      step &= 0x7f;
      for (let shift = 7; byte >= 0x80 && shift < 35; shift += 7) {
        byte = bytes[p++]!;
        step |= (byte & 0x7f) << shift;
      }
    }
    let value = bytes[p++]!;
    if (value >= 0x80) {
      let byte = value;
      value &= 0x7f;
      for (let factor = 128; byte >= 0x80 && factor < LIMB; factor *= 128) {
        byte = bytes[p++]!;
        value += (byte & 0x7f) * factor;
      }
    }
    node = (node + step) | 0;
    // One comparison for both ends: below 0 wraps around.
    if (node >>> 0 >= nodes) throw corrupt(`vector: pair ${i} of ${count} names node ${node} of ${nodes}`);
    lo[node] = lo[node]! + value * multiplier;
  }
  // Whoever is told so drops the sums.
  if (p > end) throw corrupt(`vector: ${count} pairs pass the end`);
}

function addWide(reader: ByteReader, multiplier: number, count: number, sums: WideSums): void {
  if (multiplier !== 0) throw corrupt("vector: narrow with a wide sum");
  let node = 0;
  for (let i = 0; i < count; i++) {
    node += reader.int();
    reader.wide();
    if (node >= sums.length) throw corrupt(`vector: node ${node} of ${sums.length}`);
    sums.add(node, reader.lo, reader.hi);
  }
}

/** A decoded vector. */
export interface VectorPairs {
  readonly nodes: Int32Array;
  readonly low: Float64Array;
  readonly high: Float64Array | null;
}

/** How many pairs the vector at bytes[at, end) has. */
export function countPairs(bytes: Uint8Array, at: number, end: number): number {
  const reader = new ByteReader(bytes, at, end);
  reader.varint();
  return reader.count(2);
}

export function readVector(reader: ByteReader): VectorPairs {
  const multiplier = reader.varint();
  const count = reader.count(2);
  const nodes = new Int32Array(count);
  const low = new Float64Array(count);
  const high = multiplier === 0 ? new Float64Array(count) : null;
  let node = 0;
  for (let i = 0; i < count; i++) {
    node += reader.int();
    nodes[i] = node;
    if (high !== null) {
      reader.wide();
      low[i] = reader.lo;
      high[i] = reader.hi;
    } else {
      low[i] = reader.varint() * multiplier;
    }
  }
  return { nodes, low, high };
}
