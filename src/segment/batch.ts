// Uploads of one app on their way from the Worker to the app's object: they share one dictionary and one series table.
//
//   magic 0xB1 | version 2
//   types: count, (text: profile type id) …
//   series: count, (type, labels: count, (name, value) …) …
//   uploads: count, (slot (unix s), vectors: count, (series, length, vector) …) …
//   dictionary of the uploads, whole (dictionary-codec.ts)
//
// Version 3 has spans after the dictionary (batch-spans.ts), and is else the same.
//
// Version 1, which rows written before may hold, is one upload:
//
//   magic 0xB1 | version 1 | slot
//   types: count, (text: JSON with the `id`) …
//   series: count, (type, labels: count, (name, value) …, length, vector) …
//   dictionary
import { corrupt } from "../lib/app-error.ts";
import { ByteReader } from "../lib/byte-reader.ts";
import { ByteWriter } from "../lib/byte-writer.ts";
import { writeDictionary } from "../profile/dictionary-codec.ts";
import { type LabelSet, labelKey } from "../profile/labels.ts";
import type { StackDictionary } from "../profile/stack-dictionary.ts";
import { type BatchSpan, readSpans, SpanSection, type SpanVector } from "./batch-spans.ts";
import { type VectorPairs, writeVector } from "./vector.ts";

export const MAGIC = 0xb1;
export const VERSION = 2;
export const VERSION_OF_SPANS = 3;

export interface BatchSeries {
  readonly typeId: string;
  readonly labels: LabelSet;
}

/** One series of an upload, over the nodes of the batch's dictionary. */
export interface UploadVector extends VectorPairs {
  readonly type: { readonly id: string };
  readonly labels: LabelSet;
  /** Parts of it. */
  readonly spans?: readonly SpanVector[];
}

/** A vector as it lies in the batch: vector.ts, over the nodes of the batch's dictionary. */
export interface BatchVector {
  readonly series: number;
  readonly at: number;
  readonly end: number;
}

export interface BatchUpload {
  /** Start of the 10 s slot, unix seconds. */
  readonly slot: number;
  readonly vectors: readonly BatchVector[];
}

/** A batch whose vectors and dictionary are found, not read. */
export interface Batch {
  readonly bytes: Uint8Array;
  readonly series: readonly BatchSeries[];
  readonly uploads: readonly BatchUpload[];
  /** dictionary-codec.ts */
  readonly dictionary: Uint8Array;
  readonly spans: readonly BatchSpan[];
}

/** What a batch is written in. One for each writer that lives on while others write. */
interface Room {
  readonly table: ByteWriter;
  readonly body: ByteWriter;
  readonly vector: ByteWriter;
  readonly dictionary: ByteWriter;
  readonly spans: ByteWriter;
}

const newRoom = (): Room => ({
  table: new ByteWriter(1024),
  body: new ByteWriter(4096),
  vector: new ByteWriter(1024),
  dictionary: new ByteWriter(4096),
  spans: new ByteWriter(16),
});

/** A batch being written. Vectors are encoded at once: only bytes are kept of thousands of uploads. */
export class BatchWriter {
  readonly stacks: StackDictionary;
  uploads = 0;
  readonly #types = new Map<string, number>();
  readonly #series = new Map<string, number>();
  readonly #room: Room;
  /** Of the series before: an upload's series mostly share one label set. */
  #labels: LabelSet = [];
  #labelKey = "";
  /** Of the keys of all series. */
  #keyChars = 0;
  readonly #spans: SpanSection;

  /** @param stacks grows with the uploads that are added */
  constructor(stacks: StackDictionary, room = newRoom()) {
    this.stacks = stacks;
    this.#room = room;
    this.#spans = new SpanSection(room.spans);
  }

  /** About what `finish` will give; the dictionary and the names of series count as they lie on the heap, which is more. */
  get byteLength(): number {
    const { table, body } = this.#room;
    return table.length + body.length + this.#keyChars + this.#spans.byteLength + this.stacks.byteLength;
  }

  add(slot: number, series: readonly UploadVector[]): void {
    this.uploads++;
    const { body, vector } = this.#room;
    body.varint(slot);
    body.varint(series.length);
    for (const { type, labels, nodes, low, high, spans } of series) {
      const index = this.#seriesIndex(type.id, labels);
      body.varint(index);
      vector.reset();
      writeVector(vector, nodes, low, high, nodes.length);
      body.blob(vector.view());
      if (spans === undefined) continue;
      for (const span of spans) this.#spans.add(this.uploads - 1, index, span, vector);
    }
  }

  #seriesIndex(typeId: string, labels: LabelSet): number {
    if (labels !== this.#labels) {
      this.#labels = labels;
      this.#labelKey = labelKey(labels);
    }
    const key = `${typeId}\u0002${this.#labelKey}`;
    const known = this.#series.get(key);
    if (known !== undefined) return known;
    const index = this.#series.size;
    this.#series.set(key, index);
    const type = this.#types.get(typeId) ?? this.#types.size;
    this.#types.set(typeId, type);
    this.#keyChars += key.length;
    const { table } = this.#room;
    table.varint(type);
    table.varint(labels.length);
    for (const [name, value] of labels) {
      table.text(name);
      table.text(value);
    }
    return index;
  }

  finish(): Uint8Array<ArrayBuffer> {
    const { table, body, dictionary } = this.#room;
    const hasSpans = !this.#spans.isEmpty;
    dictionary.reset();
    writeDictionary(dictionary, this.stacks);
    const out = new ByteWriter(table.length + body.length + dictionary.length + this.#spans.byteLength + 1024);
    out.byte(MAGIC);
    out.byte(hasSpans ? VERSION_OF_SPANS : VERSION);
    out.varint(this.#types.size);
    for (const typeId of this.#types.keys()) out.text(typeId);
    out.varint(this.#series.size);
    out.raw(table.view());
    out.varint(this.uploads);
    out.raw(body.view());
    out.blob(dictionary.view());
    if (hasSpans) this.#spans.finish(out);
    return out.finish();
  }
}

let onlyRoom = newRoom();
const ROOM_BYTES = 256 * 1024;

/** A batch of one upload, whose making nothing interrupts: they all share one room. */
export function encodeUpload(
  stacks: StackDictionary,
  slot: number,
  series: readonly UploadVector[],
): Uint8Array<ArrayBuffer> {
  for (const writer of Object.values(onlyRoom)) writer.reset();
  const writer = new BatchWriter(stacks, onlyRoom);
  writer.add(slot, series);
  const batch = writer.finish();
  if (batch.length > ROOM_BYTES) onlyRoom = newRoom();
  return batch;
}

/** @throws AppError corrupt_storage */
export function openBatch(bytes: Uint8Array): Batch {
  const reader = new ByteReader(bytes);
  if (reader.byte() !== MAGIC) throw corrupt("not an upload batch");
  const version = reader.byte();
  switch (version) {
    case 1:
      return openOne(reader);
    case VERSION:
    case VERSION_OF_SPANS:
      return openMany(reader, version);
    default:
      throw corrupt(`upload batch version ${version} is not known`);
  }
}

function openMany(reader: ByteReader, version: number): Batch {
  const types: string[] = [];
  for (let left = reader.count(); left > 0; left--) types.push(reader.text());
  const series: BatchSeries[] = [];
  for (let left = reader.count(2); left > 0; left--) series.push(readSeries(reader, types));
  const uploads: BatchUpload[] = [];
  for (let left = reader.count(2); left > 0; left--) {
    const slot = reader.varint();
    const vectors: BatchVector[] = [];
    for (let more = reader.count(2); more > 0; more--) {
      const index = reader.int();
      if (index >= series.length) throw corrupt(`upload of series ${index}, the batch has ${series.length}`);
      vectors.push(vectorHere(reader, index));
    }
    uploads.push({ slot, vectors });
  }
  const dictionary = reader.blob();
  const spans = version === VERSION ? [] : readSpans(reader, uploads.length, series.length);
  return { bytes: reader.bytes, series, uploads, dictionary, spans };
}

function openOne(reader: ByteReader): Batch {
  const slot = reader.varint();
  const types: string[] = [];
  for (let left = reader.count(); left > 0; left--) types.push(typeOfJson(reader.text()));
  const series: BatchSeries[] = [];
  const vectors: BatchVector[] = [];
  for (let left = reader.count(); left > 0; left--) {
    series.push(readSeries(reader, types));
    vectors.push(vectorHere(reader, vectors.length));
  }
  return { bytes: reader.bytes, series, uploads: [{ slot, vectors }], dictionary: reader.blob(), spans: [] };
}

function vectorHere(reader: ByteReader, series: number): BatchVector {
  const length = reader.int();
  const { at } = reader;
  reader.skip(length);
  return { series, at, end: reader.at };
}

function typeOfJson(text: string): string {
  let type: unknown;
  try {
    type = JSON.parse(text);
  } catch {
    throw corrupt("a profile type is no JSON");
  }
  if (typeof type !== "object" || type === null || !("id" in type) || typeof type.id !== "string")
    throw corrupt("a profile type has no id");
  return type.id;
}

function readSeries(reader: ByteReader, types: readonly string[]): BatchSeries {
  const typeId = types[reader.int()];
  if (typeId === undefined) throw corrupt("series of an unknown type");
  const labels: [string, string][] = [];
  for (let pairs = reader.count(2); pairs > 0; pairs--) labels.push([reader.text(), reader.text()]);
  return { typeId, labels };
}
