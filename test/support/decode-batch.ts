// A batch with everything in it read: its vectors as pairs, its dictionary as tables.
import { ByteReader } from "../../src/lib/byte-reader.ts";
import { applyDictionary } from "../../src/profile/dictionary-codec.ts";
import { StackDictionary } from "../../src/profile/stack-dictionary.ts";
import { openBatch } from "../../src/segment/batch.ts";
import { readVector } from "../../src/segment/vector.ts";

export function decodeBatch(bytes: Uint8Array) {
  const { series, uploads, dictionary } = openBatch(bytes);
  const stacks = new StackDictionary();
  applyDictionary(stacks, dictionary);
  return {
    series,
    uploads: uploads.map(({ slot, vectors }) => ({
      slot,
      vectors: vectors.map((one) => ({
        series: one.series,
        ...readVector(new ByteReader(bytes, one.at, one.end)),
      })),
    })),
    stacks,
  };
}
