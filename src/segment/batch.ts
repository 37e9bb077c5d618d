// One upload on its way from the Worker to the app's object.
//
//   magic 0xB1 | version 1 | slot (unix s)
//   types: count, (text: JSON of TypeInfo) …
//   series: count, (type, labels: count, (name, value) …, vector length, vector) …
//   dictionary of the upload, whole (dictionary-codec.ts)
import { corrupt } from "../lib/app-error.ts";
import { ByteInterner } from "../lib/byte-interner.ts";
import { ByteReader } from "../lib/byte-reader.ts";
import { ByteWriter } from "../lib/byte-writer.ts";
import { applyDictionary, encodeDictionary } from "../profile/dictionary-codec.ts";
import type { LabelSet } from "../profile/labels.ts";
import type { TypeInfo } from "../profile/profile-type.ts";
import { StackDictionary } from "../profile/stack-dictionary.ts";
import { readVector, type VectorPairs, writeVector } from "./vector.ts";

const MAGIC = 0xb1;
const VERSION = 1;

export interface BatchSeries extends VectorPairs {
  readonly type: TypeInfo;
  readonly labels: LabelSet;
}

export interface Batch {
  /** Start of the 10 s slot, unix seconds. */
  readonly slot: number;
  readonly series: readonly BatchSeries[];
  readonly stacks: StackDictionary;
}

export function encodeBatch(batch: Batch): Uint8Array<ArrayBuffer> {
  const out = new ByteWriter(8192);
  out.byte(MAGIC);
  out.byte(VERSION);
  out.varint(batch.slot);
  // Series of one type mostly share its object.
  const numbers = new Map<TypeInfo, number>();
  const texts = new Map<string, number>();
  for (const { type } of batch.series) {
    if (numbers.has(type)) continue;
    const text = JSON.stringify(type);
    const number = texts.get(text) ?? texts.size;
    texts.set(text, number);
    numbers.set(type, number);
  }
  out.varint(texts.size);
  for (const text of texts.keys()) out.text(text);
  out.varint(batch.series.length);
  const vector = new ByteWriter(4096);
  for (const { type, labels, nodes, low, high } of batch.series) {
    out.varint(numbers.get(type) ?? 0);
    out.varint(labels.length);
    for (const [name, value] of labels) {
      out.text(name);
      out.text(value);
    }
    vector.reset();
    writeVector(vector, nodes, low, high, nodes.length);
    out.blob(vector.view());
  }
  out.blob(encodeDictionary(batch.stacks));
  return out.finish();
}

/** The types of a fleet are few and come with every upload: each is parsed once, and then known by its bytes. */
const MOST_KNOWN_TYPES = 1000;
let typeTexts = new ByteInterner(64);
let knownTypes: TypeInfo[] = [];

function typeOf(json: Uint8Array): TypeInfo {
  if (knownTypes.length >= MOST_KNOWN_TYPES) {
    typeTexts = new ByteInterner(64);
    knownTypes = [];
  }
  const id = typeTexts.intern(json);
  let type = knownTypes[id];
  if (type === undefined) {
    type = JSON.parse(typeTexts.text(id)) as TypeInfo;
    knownTypes[id] = type;
  }
  return type;
}

export function decodeBatch(bytes: Uint8Array): Batch {
  const reader = new ByteReader(bytes);
  if (reader.byte() !== MAGIC) throw corrupt("not an upload batch");
  const version = reader.byte();
  if (version !== VERSION) throw corrupt(`upload batch version ${version} is not known`);
  const slot = reader.varint();
  const types: TypeInfo[] = [];
  for (let left = reader.count(); left > 0; left--) types.push(typeOf(reader.blob()));
  const series: BatchSeries[] = [];
  for (let left = reader.count(); left > 0; left--) {
    const type = types[reader.int()];
    if (type === undefined) throw corrupt("series of an unknown type");
    const labels: [string, string][] = [];
    for (let pairs = reader.count(2); pairs > 0; pairs--) labels.push([reader.text(), reader.text()]);
    series.push({ type, labels, ...readVector(new ByteReader(reader.blob())) });
  }
  const dictionaryBytes = reader.blob();
  const stacks = new StackDictionary(Math.max(64, dictionaryBytes.length >> 3));
  applyDictionary(stacks, dictionaryBytes);
  return { slot, series, stacks };
}
