// Vectors, their sums and chunks: what is written reads back and adds up, to the last unit; other bytes are refused.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { AppError } from "../../src/lib/app-error.ts";
import { ByteReader } from "../../src/lib/byte-reader.ts";
import { ByteWriter } from "../../src/lib/byte-writer.ts";
import { LIMB, WideSums } from "../../src/lib/wide-sums.ts";
import { ChunkWriter, readChunkDirectory } from "../../src/segment/chunk.ts";
import { addVector, readVector, writeVector } from "../../src/segment/vector.ts";
import { VectorSum } from "../../src/segment/vector-sum.ts";

const NODES = 40;
type Values = ReadonlyMap<number, bigint>;

/** Values that share a divisor, or pass a limb, or are just small. */
const value = fc.oneof(
  fc.bigInt(1n, 300n),
  fc.bigInt(1n, 50n).map((n) => n * 10_000_000n),
  fc.bigInt(1n, 2n ** 63n - 1n),
  fc.constantFrom(2n ** 52n - 1n, 2n ** 52n, 2n ** 53n, 2n ** 63n - 1n),
);
const values: fc.Arbitrary<Values> = fc
  .uniqueArray(fc.tuple(fc.nat(NODES - 1), value), { selector: ([node]) => node, maxLength: NODES })
  .map((pairs) => new Map(pairs.sort(([a], [b]) => a - b)));

const lowOf = (one: bigint): number => Number(one % BigInt(LIMB));
const highOf = (one: bigint): number => Number(one / BigInt(LIMB));
const wide = ({ lo, hi }: { lo: number; hi: number }): bigint => BigInt(hi) * BigInt(LIMB) + BigInt(lo);
const sumOf = (all: Values): bigint => [...all.values()].reduce((a, b) => a + b, 0n);

function encode(all: Values, out = new ByteWriter()) {
  const nodes = Int32Array.from(all.keys());
  const low = Float64Array.from(all.values(), lowOf);
  const high = [...all.values()].some((one) => highOf(one) > 0) ? Float64Array.from(all.values(), highOf) : null;
  const total = writeVector(out, nodes, low, high, nodes.length);
  return { bytes: out.finish(), total };
}

function plus(a: Map<number, bigint>, b: Values): Map<number, bigint> {
  for (const [node, one] of b) a.set(node, (a.get(node) ?? 0n) + one);
  return a;
}

describe("a vector", () => {
  it("reads back, and knows its sum", () => {
    fc.assert(
      fc.property(values, (all) => {
        const { bytes, total } = encode(all);
        expect(wide(total)).toBe(sumOf(all));
        const { nodes, low, high } = readVector(new ByteReader(bytes));
        const back = [...nodes].map((node, i) => [node, wide({ lo: low[i]!, hi: high?.[i] ?? 0 })]);
        expect(back).toEqual([...all]);
      }),
      { numRuns: 300 },
    );
  });

  it("adds up with others in any order, to the last unit", () => {
    fc.assert(
      fc.property(fc.array(values, { maxLength: 8 }), (vectors) => {
        const expected = vectors.reduce(plus, new Map<number, bigint>());
        for (const order of [vectors, vectors.toReversed()]) {
          const sums = new WideSums(NODES);
          for (const one of order) {
            const { bytes, total } = encode(one);
            addVector(bytes, 0, bytes.length, total, sums);
          }
          for (let node = 0; node < NODES; node++) expect(sums.exact(node)).toBe(expected.get(node) ?? 0n);
        }
      }),
      { numRuns: 300 },
    );
  });

  it("of a sampling profile takes two bytes a node", () => {
    const all = new Map(Array.from({ length: 100 }, (_, node) => [node, BigInt(1 + (node % 50)) * 10_000_000n]));
    expect(encode(all).bytes.length).toBeLessThan(2 * 100 + 10);
  });

  it("is refused when cut, and when it names a node that is not there", () => {
    fc.assert(
      fc.property(values, fc.nat(), (all, at) => {
        const { bytes, total } = encode(all);
        const cut = bytes.subarray(0, at % bytes.length);
        expect(() => readVector(new ByteReader(cut))).toThrow(AppError);
        expect(() => addVector(cut, 0, cut.length, total, new WideSums(NODES))).toThrow(AppError);
        if (all.size === 0) return;
        const few = new WideSums(Math.max(...all.keys()));
        expect(() => addVector(bytes, 0, bytes.length, total, few)).toThrow(AppError);
      }),
    );
  });
});

describe("VectorSum", () => {
  it("writes the sum of what was added, and starts again at zero", () => {
    fc.assert(
      fc.property(fc.array(fc.array(values, { maxLength: 5 }), { maxLength: 4 }), (groups) => {
        const sum = new VectorSum(NODES);
        for (const group of groups) {
          for (const one of group) {
            const { bytes } = encode(one);
            sum.addEncoded(bytes, 0, bytes.length);
          }
          const out = new ByteWriter();
          const total = sum.flush(out);
          const expected = group.reduce(plus, new Map<number, bigint>());
          expect(wide(total)).toBe(sumOf(expected));
          const { nodes, low, high } = readVector(new ByteReader(out.finish()));
          const back = [...nodes].map((node, i) => [node, wide({ lo: low[i]!, hi: high?.[i] ?? 0 })]);
          expect(back).toEqual([...expected].sort(([a], [b]) => a - b));
        }
      }),
    );
  });
});

describe("a chunk", () => {
  it("lists its series with uploads, totals and where their vectors lie", () => {
    const entry = fc.record({ series: fc.integer({ min: 1, max: 10_000 }), uploads: fc.nat(100_000), values });
    fc.assert(
      fc.property(fc.uniqueArray(entry, { selector: ({ series }) => series, maxLength: 10 }), (entries) => {
        entries.sort((a, b) => a.series - b.series);
        const writer = new ChunkWriter();
        for (const one of entries) writer.add(one.series, one.uploads, (out) => appended(one.values, out));
        expect(writer.isEmpty).toBe(entries.length === 0);
        const { directory, vectors } = writer.finish();
        const listed = readChunkDirectory(directory);
        expect(listed.map(({ series, uploads, total }) => [series, uploads, wide(total)])).toEqual(
          entries.map((one) => [one.series, one.uploads, sumOf(one.values)]),
        );
        listed.forEach(({ at, length }, i) => {
          expect([...vectors.subarray(at, at + length)]).toEqual([...encode(entries[i]!.values).bytes]);
        });
        expect(listed.reduce((sum, { length }) => sum + length, 0)).toBe(vectors.length);
      }),
    );
  });
});

function appended(all: Values, out: ByteWriter) {
  const { bytes, total } = encode(all);
  out.raw(bytes);
  return total;
}
