// A stretch of a stack dictionary's history at rest. Integers are LEB128 varints, text is length + UTF-8.
//
//   magic 0xD1 | version 1 | from: 5 sizes | to: 5 sizes
//   strings:   length, bytes …
//   mappings:  file, build id …
//   functions: name, system name, file, start line …
//   frames:    function, line, mapping, address low word, address high word …
//   nodes:     id − parent, frame …
//
// Sizes are in the order strings, mappings, functions, frames, nodes. Rows are numbered from `from`
// on, so stretches that overlap or repeat apply without harm.
import { corrupt } from "../lib/app-error.ts";
import { ByteReader } from "../lib/byte-reader.ts";
import { ByteWriter } from "../lib/byte-writer.ts";
import { IntScratch } from "../lib/scratch.ts";
import type { TupleTable } from "../lib/tuple-table.ts";
import { type DictionarySize, EMPTY_SIZE, type StackDictionary } from "./stack-dictionary.ts";

const MAGIC = 0xd1;
const VERSION = 1;
const TABLES = ["strings", "mappings", "functions", "frames", "nodes"] as const;

/** The rows that came after `from`, up to `to`: the same bytes whenever it is asked again. */
export function encodeDictionary(
  dictionary: StackDictionary,
  from: DictionarySize = EMPTY_SIZE,
  to: DictionarySize = dictionary.size,
): Uint8Array<ArrayBuffer> {
  const out = new ByteWriter((to.nodes - from.nodes) * 4 + (to.strings - from.strings) * 32 + 64);
  writeDictionary(out, dictionary, from, to);
  return out.finish();
}

/** Appends what `encodeDictionary` gives. */
export function writeDictionary(
  out: ByteWriter,
  dictionary: StackDictionary,
  from: DictionarySize = EMPTY_SIZE,
  to: DictionarySize = dictionary.size,
): void {
  out.byte(MAGIC);
  out.byte(VERSION);
  for (const table of TABLES) out.varint(from[table]);
  for (const table of TABLES) out.varint(to[table]);
  for (let id = from.strings; id < to.strings; id++) out.blob(dictionary.strings.bytesOf(id));
  writeRows(out, dictionary.mappings, from.mappings, to.mappings);
  writeRows(out, dictionary.functions, from.functions, to.functions);
  writeRows(out, dictionary.frames, from.frames, to.frames);
  for (let id = from.nodes; id < to.nodes; id++) {
    out.varint(id - dictionary.parentOf(id));
    out.varint(dictionary.frameOf(id));
  }
}

function writeRows(out: ByteWriter, table: TupleTable, from: number, to: number): void {
  const { rows, arity } = table;
  for (let at = from * arity; at < to * arity; at++) out.varint(rows[at]! >>> 0);
}

function readHead(reader: ByteReader): { from: DictionarySize; to: DictionarySize } {
  if (reader.byte() !== MAGIC) throw corrupt("not a stack dictionary");
  const version = reader.byte();
  if (version !== VERSION) throw corrupt(`stack dictionary version ${version} is not known`);
  return { from: readSize(reader), to: readSize(reader) };
}

function readSize(reader: ByteReader): DictionarySize {
  return {
    strings: reader.int(),
    mappings: reader.int(),
    functions: reader.int(),
    frames: reader.int(),
    nodes: reader.int(),
  };
}

/** From where to where a stretch goes. */
export const stretchSizes = (bytes: Uint8Array): { from: DictionarySize; to: DictionarySize } =>
  readHead(new ByteReader(bytes));

/**
 * Appends a stretch. `dictionary` must already hold what came before it.
 * @throws AppError corrupt_storage when it doesn't, or when a row refers to one that is not there
 */
export function applyDictionary(dictionary: StackDictionary, bytes: Uint8Array): void {
  const reader = new ByteReader(bytes);
  const { from, to } = readHead(reader);
  const size = dictionary.size;
  for (const table of TABLES) {
    if (from[table] > size[table])
      throw corrupt(`dictionary has ${size[table]} ${table}, the stretch begins at ${from[table]}`);
    if (to[table] < from[table]) throw corrupt(`stretch of ${table} runs backwards`);
  }
  for (let id = from.strings; id < to.strings; id++) {
    const text = reader.blob();
    expectId(dictionary.strings.intern(text), id);
  }
  readRows(reader, dictionary.mappings, from.mappings, to.mappings, [to.strings, to.strings]);
  readRows(reader, dictionary.functions, from.functions, to.functions, [to.strings, to.strings, to.strings, ANY]);
  readRows(reader, dictionary.frames, from.frames, to.frames, [to.functions, ANY, to.mappings, ANY, ANY]);
  for (let id = from.nodes; id < to.nodes; id++) {
    const step = reader.int();
    const frame = reader.int();
    if (step < 1 || step > id || frame >= to.frames) throw corrupt(`node ${id}: step ${step}, frame ${frame}`);
    expectId(dictionary.child(id - step, frame), id);
  }
}

const STRINGS = new IntScratch();
const MAPPINGS = new IntScratch();
const FUNCTIONS = new IntScratch();
const FRAMES = new IntScratch();

/**
 * Adds every node of a whole dictionary to `target`, as applying it to an empty one and interning that would, without making
 * it. Where it throws, `target` holds a part.
 * @returns target node id for each node id of the encoded dictionary
 * @throws AppError corrupt_storage
 */
export function internEncoded(bytes: Uint8Array, target: StackDictionary): Int32Array {
  const reader = new ByteReader(bytes);
  const { from, to } = readHead(reader);
  for (const table of TABLES) {
    // Every row takes a byte or more: what a broken size asks for is bounded.
    if (from[table] !== 1 || to[table] < 1 || to[table] > bytes.length)
      throw corrupt(`not a whole dictionary: ${table} from ${from[table]} to ${to[table]}`);
  }
  const strings = STRINGS.take(to.strings, 0);
  for (let id = 1; id < to.strings; id++) {
    const length = reader.int();
    const start = reader.at;
    reader.skip(length);
    strings[id] = target.strings.intern(bytes, start, reader.at);
  }
  const mappings = MAPPINGS.take(to.mappings, 0);
  const ofString = { ids: strings, count: to.strings };
  internRows(reader, target.mappings, { ids: mappings, count: to.mappings }, [ofString, ofString]);
  const functions = FUNCTIONS.take(to.functions, 0);
  const functionColumns = [ofString, ofString, ofString, null];
  internRows(reader, target.functions, { ids: functions, count: to.functions }, functionColumns);
  const frames = FRAMES.take(to.frames, 0);
  const frameColumns = [
    { ids: functions, count: to.functions },
    null,
    { ids: mappings, count: to.mappings },
    null,
    null,
  ];
  internRows(reader, target.frames, { ids: frames, count: to.frames }, frameColumns);
  const nodes = new Int32Array(to.nodes);
  for (let id = 1; id < to.nodes; id++) {
    const step = reader.int();
    const frame = reader.int();
    if (step < 1 || step > id || frame >= to.frames) throw corrupt(`node ${id}: step ${step}, frame ${frame}`);
    nodes[id] = target.child(nodes[id - step]!, frames[frame]!);
  }
  return nodes;
}

/** The ids in the target of a table's rows. */
interface Interned {
  readonly ids: Int32Array;
  readonly count: number;
}

const ROW = new Int32Array(5);

/** @param columns what each refers to; null: nothing */
function internRows(
  reader: ByteReader,
  table: TupleTable,
  { ids, count }: Interned,
  columns: readonly (Interned | null)[],
): void {
  for (let id = 1; id < count; id++) {
    for (let k = 0; k < columns.length; k++) {
      const value = reader.varint();
      const column = columns[k]!;
      if (value >= (column === null ? ANY : column.count)) throw corrupt(`row ${id}, column ${k}: ${value}`);
      ROW[k] = column === null ? value : column.ids[value]!;
    }
    ids[id] = table.intern(ROW);
  }
}

/** A column that refers to no table. */
const ANY = 0x1_0000_0000;

function readRows(reader: ByteReader, table: TupleTable, from: number, to: number, below: readonly number[]): void {
  const row = new Int32Array(table.arity);
  for (let id = from; id < to; id++) {
    for (let k = 0; k < table.arity; k++) {
      const value = reader.varint();
      if (value >= below[k]!) throw corrupt(`row ${id}, column ${k}: ${value}`);
      row[k] = value;
    }
    expectId(table.intern(row), id);
  }
}

function expectId(found: number, expected: number): void {
  if (found !== expected) throw corrupt(`row ${expected} is already there as ${found}`);
}
