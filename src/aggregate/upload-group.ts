// A group commit at rest: what was acknowledged together.
//
//   (length | ids)?  (length | batch) …
//
//   ids    magic 0xB2 | entries (lib/id-set.ts), of all uploads of the group
//   batch  magic 0xB1 … (segment/batch.ts)
import { ByteReader } from "../lib/byte-reader.ts";
import { ByteWriter } from "../lib/byte-writer.ts";

const IDS_MAGIC = 0xb2;
const NO_IDS = new Uint8Array(0);

export function encodeGroup(batches: readonly Uint8Array[], ids: Uint8Array): Uint8Array<ArrayBuffer> {
  const out = new ByteWriter(batches.reduce((sum, batch) => sum + batch.length + 5, ids.length + 16));
  if (ids.length > 0) {
    const record = new Uint8Array(ids.length + 1);
    record[0] = IDS_MAGIC;
    record.set(ids, 1);
    out.blob(record);
  }
  for (const batch of batches) out.blob(batch);
  return out.finish();
}

export function* batchesOf(group: Uint8Array): Generator<Uint8Array> {
  const reader = new ByteReader(group);
  while (reader.left > 0) {
    const blob = reader.blob();
    if (blob[0] !== IDS_MAGIC) yield blob;
  }
}

export function idsOf(group: Uint8Array): Uint8Array {
  if (group.length === 0) return NO_IDS;
  const first = new ByteReader(group).blob();
  return first[0] === IDS_MAGIC ? first.subarray(1) : NO_IDS;
}

/** Whether its framing is whole. What the batches hold is not looked at. */
export function isReadableGroup(group: Uint8Array): boolean {
  try {
    idsOf(group);
    for (const batch of batchesOf(group)) if (batch.length === 0) return false;
    return true;
  } catch {
    return false;
  }
}
