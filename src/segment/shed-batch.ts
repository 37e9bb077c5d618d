// A batch of uploads without their stacks: each series keeps its total, to the last bit, on one node that says why.

import { ByteReader } from "../lib/byte-reader.ts";
import { LIMB } from "../lib/wide-sums.ts";
import { shedNode } from "../profile/shed-stacks.ts";
import { StackDictionary } from "../profile/stack-dictionary.ts";
import { BatchWriter, openBatch } from "./batch.ts";
import { readVector, type VectorPairs } from "./vector.ts";

/** A vector's sum as a vector of that node. */
function shedVector(node: number, { low, high }: VectorPairs): VectorPairs {
  let lo = 0;
  let hi = 0;
  for (let i = 0; i < low.length; i++) {
    lo += low[i]!;
    if (lo >= LIMB) {
      lo -= LIMB;
      hi++;
    }
    if (high !== null) hi += high[i]!;
  }
  return { nodes: Int32Array.of(node), low: Float64Array.of(lo), high: hi === 0 ? null : Float64Array.of(hi) };
}

interface ShedBatch {
  readonly batch: Uint8Array<ArrayBuffer>;
  /** Of each upload, unix seconds. */
  readonly slots: readonly number[];
}

export function shedBatch(bytes: Uint8Array): ShedBatch {
  const { series, uploads, bytes: body } = openBatch(bytes);
  const writer = new BatchWriter(new StackDictionary(8));
  const node = shedNode(writer.stacks);
  for (const { slot, vectors } of uploads)
    writer.add(
      slot,
      vectors.map(({ series: index, at, end }) => {
        const { typeId, labels } = series[index]!;
        return { type: { id: typeId }, labels, ...shedVector(node, readVector(new ByteReader(body, at, end))) };
      }),
    );
  return { batch: writer.finish(), slots: uploads.map(({ slot }) => slot) };
}
