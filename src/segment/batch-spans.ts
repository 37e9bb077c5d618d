// Spans in a batch (batch.ts): after the dictionary, only in batches that have some (version 3).
//
//   spans: count, (upload's step, series, key (24 bytes), length, vector) …
import { corrupt } from "../lib/app-error.ts";
import type { ByteReader } from "../lib/byte-reader.ts";
import type { ByteWriter } from "../lib/byte-writer.ts";
import { fromHex, toHex } from "../lib/hex.ts";
import { SPAN_KEY_BYTES, type SpanKey } from "../profile/spans.ts";
import { type VectorPairs, writeVector } from "./vector.ts";

/** What of a series' vector was taken in one span: part of it, not besides it. */
export interface SpanVector extends VectorPairs {
  readonly span: SpanKey;
}

/** A vector as it lies in the batch. */
export interface BatchSpan {
  readonly upload: number;
  readonly series: number;
  readonly span: SpanKey;
  readonly at: number;
  readonly end: number;
}

export interface SpanSection {
  count: number;
  lastUpload: number;
}

export function writeSpan(
  out: ByteWriter,
  scratch: ByteWriter,
  section: SpanSection,
  place: { readonly upload: number; readonly series: number },
  { span, nodes, low, high }: SpanVector,
): void {
  out.varint(place.upload - section.lastUpload);
  out.varint(place.series);
  out.raw(fromHex(span));
  scratch.reset();
  writeVector(scratch, nodes, low, high, nodes.length);
  out.blob(scratch.view());
  section.lastUpload = place.upload;
  section.count++;
}

export function readSpans(reader: ByteReader, uploads: number, series: number): BatchSpan[] {
  const spans: BatchSpan[] = [];
  let upload = 0;
  for (let left = reader.count(SPAN_KEY_BYTES + 3); left > 0; left--) {
    upload += reader.int();
    const index = reader.int();
    if (upload >= uploads || index >= series) throw corrupt(`span of series ${index} in upload ${upload}`);
    const span = toHex(reader.take(SPAN_KEY_BYTES));
    const length = reader.int();
    const { at } = reader;
    reader.skip(length);
    spans.push({ upload, series: index, span, at, end: reader.at });
  }
  return spans;
}

/** The section without the spans of some uploads. @param numberOf an upload's new number, or -1 */
export function withoutSpansOf(reader: ByteReader, out: ByteWriter, numberOf: Int32Array): void {
  const kept: { readonly upload: number; readonly rest: Uint8Array }[] = [];
  let upload = 0;
  for (let left = reader.count(SPAN_KEY_BYTES + 3); left > 0; left--) {
    upload += reader.int();
    const from = reader.at;
    reader.int();
    reader.skip(SPAN_KEY_BYTES);
    reader.blob();
    const number = numberOf[upload] ?? -1;
    if (number >= 0) kept.push({ upload: number, rest: reader.bytes.subarray(from, reader.at) });
  }
  out.varint(kept.length);
  let last = 0;
  for (const one of kept) {
    out.varint(one.upload - last);
    out.raw(one.rest);
    last = one.upload;
  }
}
