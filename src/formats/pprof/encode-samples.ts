// The samples of a pprof that is being written: one for each call-tree node with a value.
import type { ByteWriter } from "../../lib/byte-writer.ts";
import { LIMB, type WideSums } from "../../lib/wide-sums.ts";

export interface SampleTree {
  /** parent[node] < node; node 0 is the root and no frame. */
  readonly parent: Int32Array;
  /** Location id of each node's frame. */
  readonly location: Int32Array;
  readonly values: WideSums;
}

/** 2^63 − 1 as the limbs of WideSums: the most that pprof's int64 can say. */
const MOST = { hi: 2047, lo: LIMB - 1 } as const;

/** The key byte of a length-delimited field. */
export const message = (field: number): number => field * 8 + 2;

export function varintSize(value: number): number {
  let bytes = 1;
  for (let rest = value; rest >= 128; rest = Math.floor(rest / 128)) bytes++;
  return bytes;
}

export function writeSamples(out: ByteWriter, { parent, location, values }: SampleTree): void {
  const count = Math.min(parent.length, values.length);
  /** Bytes of all location ids from a node to the root. */
  const pathBytes = new Float64Array(count);
  for (let node = 1; node < count; node++) pathBytes[node] = pathBytes[parent[node]!]! + varintSize(location[node]!);
  for (let node = 0; node < count; node++) {
    let lo = values.lo[node]!;
    let hi = values.hi === null ? 0 : values.hi[node]!;
    if (lo >= LIMB) {
      lo -= LIMB;
      hi++;
    }
    if (lo === 0 && hi === 0) continue;
    if (hi > MOST.hi) ({ lo, hi } = MOST);
    // Above the limb, 52 bits make 7 groups of 7 with 3 bits over, which join the high bits.
    const valueBytes = hi === 0 ? varintSize(lo) : 7 + varintSize(hi * 8 + Math.floor(lo / (LIMB / 8)));
    const ids = pathBytes[node]!;
    out.byte(message(2));
    out.varint((ids === 0 ? 0 : 1 + varintSize(ids) + ids) + 1 + varintSize(valueBytes) + valueBytes);
    if (ids > 0) {
      out.byte(message(1));
      out.varint(ids);
      for (let at = node; at > 0; at = parent[at]!) out.varint(location[at]!);
    }
    out.byte(message(2));
    out.varint(valueBytes);
    out.wide(lo, hi);
  }
}
