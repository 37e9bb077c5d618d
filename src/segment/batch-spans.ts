// Spans in a batch (batch.ts): after the dictionary, only in batches that have some (version 3).
//
//   keys: count, (24 bytes) … | spans: count, (upload's step, series, key's place, length, vector) …
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

/** The section being written. */
export class SpanSection {
  readonly #keys = new Map<SpanKey, number>();
  readonly #out: ByteWriter;
  #count = 0;
  #lastUpload = 0;

  /** @param out room for its vectors, empty */
  constructor(out: ByteWriter) {
    this.#out = out;
  }

  get isEmpty(): boolean {
    return this.#count === 0;
  }

  get byteLength(): number {
    return this.#keys.size * SPAN_KEY_BYTES + this.#out.length;
  }

  /** @param scratch for one vector */
  add(upload: number, series: number, { span, nodes, low, high }: SpanVector, scratch: ByteWriter): void {
    let key = this.#keys.get(span);
    if (key === undefined) {
      key = this.#keys.size;
      this.#keys.set(span, key);
    }
    const out = this.#out;
    out.varint(upload - this.#lastUpload);
    out.varint(series);
    out.varint(key);
    scratch.reset();
    writeVector(scratch, nodes, low, high, nodes.length);
    out.blob(scratch.view());
    this.#lastUpload = upload;
    this.#count++;
  }

  finish(to: ByteWriter): void {
    to.varint(this.#keys.size);
    for (const key of this.#keys.keys()) to.raw(fromHex(key));
    to.varint(this.#count);
    to.raw(this.#out.view());
  }
}

const LEAST_SPAN_BYTES = 5;

export function readSpans(reader: ByteReader, uploads: number, series: number): BatchSpan[] {
  const keys: SpanKey[] = [];
  for (let left = reader.count(SPAN_KEY_BYTES); left > 0; left--) keys.push(toHex(reader.take(SPAN_KEY_BYTES)));
  const spans: BatchSpan[] = [];
  let upload = 0;
  for (let left = reader.count(LEAST_SPAN_BYTES); left > 0; left--) {
    upload += reader.int();
    const index = reader.int();
    const span = keys[reader.int()];
    if (upload >= uploads || index >= series || span === undefined)
      throw corrupt(`span of series ${index} in upload ${upload}`);
    const length = reader.int();
    const { at } = reader;
    reader.skip(length);
    spans.push({ upload, series: index, span, at, end: reader.at });
  }
  return spans;
}

/** The section without the spans of some uploads; what only they had of keys stays. @param numberOf an upload's new number, or -1 */
export function withoutSpansOf(reader: ByteReader, out: ByteWriter, numberOf: Int32Array): void {
  const from = reader.at;
  reader.skip(reader.count(SPAN_KEY_BYTES) * SPAN_KEY_BYTES);
  out.raw(reader.bytes.subarray(from, reader.at));
  const kept: { readonly upload: number; readonly rest: Uint8Array }[] = [];
  let upload = 0;
  for (let left = reader.count(LEAST_SPAN_BYTES); left > 0; left--) {
    upload += reader.int();
    const restAt = reader.at;
    reader.int();
    reader.int();
    reader.blob();
    const number = numberOf[upload] ?? -1;
    if (number >= 0) kept.push({ upload: number, rest: reader.bytes.subarray(restAt, reader.at) });
  }
  out.varint(kept.length);
  let last = 0;
  for (const one of kept) {
    out.varint(one.upload - last);
    out.raw(one.rest);
    last = one.upload;
  }
}
