// Content of segments for tests: series in table order, and their vectors on some rungs, from a seed. The EFS1 fixture is
// made of it, so that it must not change.
import { ByteWriter } from "../../src/lib/byte-writer.ts";
import { LIMB } from "../../src/lib/wide-sums.ts";
import { type SegmentEntry, type SeriesIdentity, seriesOrder } from "../../src/segment/segment-writer.ts";
import { writeVector } from "../../src/segment/vector.ts";

export interface RungContent {
  readonly width: number;
  readonly totalsOnly: boolean;
  /** By start, then series. */
  readonly entries: readonly SegmentEntry[];
}

export interface SegmentContent {
  readonly start: number;
  readonly series: readonly SeriesIdentity[];
  readonly rungs: readonly RungContent[];
}

export interface ContentShape {
  readonly seed: number;
  /** Series of each type. */
  readonly types: readonly number[];
  readonly rungs: readonly { readonly width: number; readonly starts: number; readonly totalsOnly: boolean }[];
  /** Of 100 series that could have something at a start, how many have. */
  readonly density: number;
  readonly mostPairs: number;
  /** Totals past 2^52. */
  readonly wide: boolean;
}

export const EFS1_SHAPE: ContentShape = {
  seed: 20261122,
  types: [10, 1, 37],
  rungs: [
    { width: 60, starts: 60, totalsOnly: false },
    { width: 600, starts: 6, totalsOnly: false },
    { width: 3600, starts: 1, totalsOnly: false },
  ],
  density: 94,
  mostPairs: 9,
  wide: true,
};

export function segmentContent(shape: ContentShape): SegmentContent {
  const random = numbersFrom(shape.seed);
  const start = 1_790_000_000 - (1_790_000_000 % 2_592_000);
  const unsorted = shape.types.flatMap((count, type) =>
    Array.from(
      { length: count },
      (_, i): SeriesIdentity => ({
        typeId: `type-${type}:count:unit::`,
        labels:
          i === 0
            ? []
            : [["pod", `pod-${(i * 7919) % 100_003}`], ...(i % 3 === 0 ? [["zone", `z${i % 5}`] as const] : [])],
      }),
    ),
  );
  const series = seriesOrder(unsorted).map((i) => unsorted[i]!);
  const rungs = shape.rungs.map(({ width, starts, totalsOnly }) => ({
    width,
    totalsOnly,
    entries: Array.from({ length: starts * series.length }, (_, i): SegmentEntry | null => {
      if (random(100) >= shape.density) return null;
      const at = { start: start + Math.floor(i / series.length) * width, series: i % series.length };
      return { ...at, uploads: 1 + random(3), ...anyVector(random, shape, totalsOnly) };
    }).filter((entry) => entry !== null),
  }));
  return { start, series, rungs };
}

function anyVector(random: (below: number) => number, shape: ContentShape, totalsOnly: boolean) {
  const pairs = 1 + random(shape.mostPairs);
  const nodes = new Int32Array(pairs);
  const low = new Float64Array(pairs);
  const isWide = shape.wide && random(10) === 0;
  const high = isWide ? new Float64Array(pairs) : null;
  let node = 0;
  for (let i = 0; i < pairs; i++) {
    node += 1 + random(50);
    nodes[i] = node;
    low[i] = 1 + random(random(2) === 0 ? 100 : LIMB - 1);
    if (high !== null) high[i] = random(1000);
  }
  const out = new ByteWriter(256);
  const total = writeVector(out, nodes, low, high, pairs);
  return { total, vector: totalsOnly ? new Uint8Array(0) : out.finish() };
}

/** splitmix32, two draws a number. */
function numbersFrom(seed: number): (below: number) => number {
  let state = seed | 0;
  const next = () => {
    state = (state + 0x9e3779b9) | 0;
    let z = state ^ (state >>> 16);
    z = Math.imul(z, 0x21f0aaad);
    z ^= z >>> 15;
    z = Math.imul(z, 0x735a2d97);
    return (z ^ (z >>> 15)) >>> 0;
  };
  return (below) => Math.floor(((next() * 0x100000 + (next() >>> 12)) / 2 ** 52) * below);
}
