// A batch of uploads without their stacks: each series keeps its total, to the last bit, on one node that says why.

import { ByteReader } from "../lib/byte-reader.ts";
import { WideSums } from "../lib/wide-sums.ts";
import { shedNode } from "../profile/shed-stacks.ts";
import { StackDictionary } from "../profile/stack-dictionary.ts";
import { BatchWriter, openBatch } from "./batch.ts";
import { readVector, type VectorPairs } from "./vector.ts";

/** A vector's sum as a vector of that node. */
function shedVector(node: number, { low, high }: VectorPairs): VectorPairs {
  const sum = new WideSums(1);
  for (let i = 0; i < low.length; i++) sum.add(0, low[i]!, high === null ? 0 : high[i]!);
  return { nodes: Int32Array.of(node), low: sum.lo, high: sum.hi };
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
