// A group commit at rest: what was acknowledged together.
//
//   (length | ids)?  (length | shed)?  (length | batch) …
//
//   ids    magic 0xB2 | entries (lib/id-set.ts), of all uploads of the group
//   shed   magic 0xB3 | count, slot (unix s) … of the uploads whose stacks were left out over the rate
//   batch  magic 0xB1 … (segment/batch.ts)
import { ByteReader } from "../lib/byte-reader.ts";
import { ByteWriter } from "../lib/byte-writer.ts";

const IDS_MAGIC = 0xb2;
const SHED_MAGIC = 0xb3;
const NOTHING = new Uint8Array(0);

/** @param shed slots of uploads that were shed */
export function encodeGroup(
  batches: readonly Uint8Array[],
  ids: Uint8Array,
  shed: readonly number[] = [],
): Uint8Array<ArrayBuffer> {
  const out = new ByteWriter(batches.reduce((sum, batch) => sum + batch.length + 5, ids.length + 16));
  if (ids.length > 0) {
    const record = new Uint8Array(ids.length + 1);
    record[0] = IDS_MAGIC;
    record.set(ids, 1);
    out.blob(record);
  }
  if (shed.length > 0) {
    const record = new ByteWriter(6 * shed.length + 8);
    record.byte(SHED_MAGIC);
    record.varint(shed.length);
    for (const slot of shed) record.varint(slot);
    out.blob(record.view());
  }
  for (const batch of batches) out.blob(batch);
  return out.finish();
}

export function* batchesOf(group: Uint8Array): Generator<Uint8Array> {
  const reader = new ByteReader(group);
  while (reader.left > 0) {
    const blob = reader.blob();
    if (blob[0] !== IDS_MAGIC && blob[0] !== SHED_MAGIC) yield blob;
  }
}

export const idsOf = (group: Uint8Array): Uint8Array => recordOf(group, IDS_MAGIC);

/** Slots of its uploads that were shed. */
export function shedSlotsOf(group: Uint8Array): number[] {
  const record = recordOf(group, SHED_MAGIC);
  if (record.length === 0) return [];
  const reader = new ByteReader(record);
  return Array.from({ length: reader.count() }, () => reader.varint());
}

/** What follows the magic of one of the records before the batches; empty when there is none. */
function recordOf(group: Uint8Array, magic: number): Uint8Array {
  const reader = new ByteReader(group);
  while (reader.left > 0) {
    const blob = reader.blob();
    if (blob[0] === magic) return blob.subarray(1);
    if (blob[0] !== IDS_MAGIC) break;
  }
  return NOTHING;
}

/** Whether its framing is whole. What the batches hold is not looked at. */
export function isReadableGroup(group: Uint8Array): boolean {
  try {
    idsOf(group);
    shedSlotsOf(group);
    for (const batch of batchesOf(group)) if (batch.length === 0) return false;
    return true;
  } catch {
    return false;
  }
}
