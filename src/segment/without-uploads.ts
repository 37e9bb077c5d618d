// Takes uploads out of a batch (batch.ts) without reading the others.
import { corrupt } from "../lib/app-error.ts";
import { ByteReader } from "../lib/byte-reader.ts";
import { ByteWriter } from "../lib/byte-writer.ts";
import { MAGIC, VERSION, VERSION_OF_SPANS } from "./batch.ts";
import { withoutSpansOf } from "./batch-spans.ts";

/** The batch without some of its uploads; what only they brought to its dictionary stays. @param keeps by upload */
export function withoutUploads(bytes: Uint8Array, keeps: (upload: number) => boolean): Uint8Array<ArrayBuffer> {
  const reader = new ByteReader(bytes);
  if (reader.byte() !== MAGIC) throw corrupt("not an upload batch");
  const version = reader.byte();
  if (version !== VERSION && version !== VERSION_OF_SPANS) throw corrupt("not a batch of many uploads");
  for (let left = reader.count(); left > 0; left--) reader.blob();
  for (let left = reader.count(2); left > 0; left--) {
    reader.int();
    for (let pairs = reader.count(2) * 2; pairs > 0; pairs--) reader.blob();
  }
  const out = new ByteWriter(bytes.length);
  out.raw(bytes.subarray(0, reader.at));
  const uploads = reader.count(2);
  const kept: Uint8Array[] = [];
  const numberOf = new Int32Array(uploads).fill(-1);
  for (let upload = 0; upload < uploads; upload++) {
    const from = reader.at;
    reader.varint();
    for (let vectors = reader.count(2); vectors > 0; vectors--) {
      reader.int();
      reader.blob();
    }
    if (keeps(upload)) numberOf[upload] = kept.push(bytes.subarray(from, reader.at)) - 1;
  }
  out.varint(kept.length);
  for (const upload of kept) out.raw(upload);
  if (version === VERSION) out.raw(bytes.subarray(reader.at));
  else {
    out.blob(reader.blob());
    withoutSpansOf(reader, out, numberOf);
  }
  return out.finish();
}
