// Writes pprof (google.v1.Profile, protobuf, not compressed) of one sample type.
//
//   1 sample type   2 sample: 1 location ids, innermost first; 2 values   3 mapping: 1 id 5 file 6 build id 7 has functions
//   4 location: 1 id 2 mapping 3 address 4 line {1 function 2 line}       5 function: 1 id 2 name 3 system name 4 file 5 start line
//   6 string   9 time   10 duration   11 period type   12 period   14 default sample type
//
// One location per frame, so inlined frames stand as frames of their own. A nested message is preceded by
// its length, which is computed, not copied: a sample's from sums that each node keeps for its path.
import { ByteWriter } from "../../lib/byte-writer.ts";
import type { WideSums } from "../../lib/wide-sums.ts";
import { FRAME, FUNCTION, MAPPING, type StackDictionary } from "../../profile/stack-dictionary.ts";
import { mergeParts } from "./encode-parts.ts";
import { message, type SampleTree, varintSize, writeSamples } from "./encode-samples.ts";

export interface PprofHead {
  readonly sampleType: string;
  readonly unit: string;
  /** Empty for none. */
  readonly periodType: string;
  readonly periodUnit: string;
  readonly period: bigint;
  readonly timeNanos: bigint;
  readonly durationNanos: bigint;
}

export interface StacksPart {
  readonly stacks: StackDictionary;
  /** Self value by node id. */
  readonly values: WideSums;
}

export interface PprofOfStacks extends PprofHead {
  readonly parts: readonly StacksPart[];
}

/** A tree of names alone: what is left when no dictionary is (flame/stack-tree.ts has this shape). */
export interface NameTree {
  readonly names: readonly string[];
  readonly parent: Int32Array;
  readonly name: Int32Array;
  readonly self: WideSums;
}

/** Equal stacks of several parts become one sample. Values above 2^63 − 1 can't be said in pprof and stop there. */
export function encodePprof({ parts, ...head }: PprofOfStacks): Uint8Array<ArrayBuffer> {
  const { stacks, values } = mergeParts(parts);
  const count = Math.min(stacks.nodes.count, values.length);
  const parent = new Int32Array(count);
  const location = new Int32Array(count);
  const used = new Uint8Array(count);
  for (let node = count - 1; node > 0; node--) {
    if (used[node] === 0 && values.isZero(node)) continue;
    used[node] = 1;
    parent[node] = stacks.parentOf(node);
    used[parent[node]!] = 1;
  }
  // Ids are dense and begin at 1, in the order of first use.
  const frames = new IdTable(stacks.frames.count);
  for (let node = 1; node < count; node++) if (used[node] === 1) location[node] = frames.idOf(stacks.frameOf(node));

  const out = new PprofWriter(head, count * 8);
  out.samples({ parent, location, values });
  const mappings = new IdTable(stacks.mappings.count);
  const functions = new IdTable(stacks.functions.count);
  /** Mappings that have a frame without a function: tools may still look names up there. */
  const unsymbolized = new Set<number>();
  const symbolized = new Set<number>();
  for (const [k, frame] of frames.order.entries()) {
    const mapping = stacks.frames.at(frame, FRAME.mapping);
    const fn = stacks.frames.at(frame, FRAME.function);
    if (mapping !== 0) (fn === 0 ? unsymbolized : symbolized).add(mapping);
    const low = BigInt(stacks.frames.at(frame, FRAME.addressLow) >>> 0);
    const high = BigInt(stacks.frames.at(frame, FRAME.addressHigh) >>> 0);
    out.location(
      k + 1,
      mapping === 0 ? 0 : mappings.idOf(mapping),
      (high << 32n) | low,
      fn === 0 ? 0 : functions.idOf(fn),
      Math.max(0, stacks.frames.at(frame, FRAME.line)),
    );
  }
  const text = (id: number): string => stacks.strings.text(id);
  for (const [k, mapping] of mappings.order.entries()) {
    const named = symbolized.has(mapping) && !unsymbolized.has(mapping);
    const { mappings: rows } = stacks;
    out.mapping(k + 1, text(rows.at(mapping, MAPPING.file)), text(rows.at(mapping, MAPPING.buildId)), named);
  }
  for (const [k, fn] of functions.order.entries()) {
    const at = (column: number): number => stacks.functions.at(fn, column);
    const systemName = at(FUNCTION.systemName) === 0 ? at(FUNCTION.name) : at(FUNCTION.systemName);
    out.function(
      k + 1,
      text(at(FUNCTION.name)),
      text(systemName),
      text(at(FUNCTION.file)),
      Math.max(0, at(FUNCTION.startLine)),
    );
  }
  return out.finish();
}

export function encodePprofOfNames({
  tree,
  ...head
}: PprofHead & { readonly tree: NameTree }): Uint8Array<ArrayBuffer> {
  const { names, parent, name, self } = tree;
  const frames = new IdTable(names.length);
  const location = new Int32Array(parent.length);
  for (let node = 1; node < parent.length; node++) location[node] = frames.idOf(name[node]!);
  const out = new PprofWriter(head, parent.length * 8);
  out.samples({ parent, location, values: self });
  // One mapping that says its functions are known, so that no tool goes looking for binaries.
  out.mapping(1, "", "", true);
  for (const [k, id] of frames.order.entries()) {
    out.location(k + 1, 1, 0n, k + 1, 0);
    out.function(k + 1, names[id]!, names[id]!, "", 0);
  }
  return out.finish();
}

/** Gives rows ids from 1 on, in the order they are asked for. */
class IdTable {
  readonly order: number[] = [];
  readonly #ids: Int32Array;

  constructor(rows: number) {
    this.#ids = new Int32Array(rows);
  }

  idOf(row: number): number {
    const known = this.#ids[row]!;
    if (known !== 0) return known;
    const id = this.order.push(row);
    this.#ids[row] = id;
    return id;
  }
}

class PprofWriter {
  readonly #out: ByteWriter;
  readonly #part = new ByteWriter(256);
  readonly #strings = new Map([["", 0]]);
  readonly #head: PprofHead;

  constructor(head: PprofHead, capacity: number) {
    this.#head = head;
    this.#out = new ByteWriter(capacity);
    this.#valueType(1, head.sampleType, head.unit);
  }

  #string(text: string): number {
    const known = this.#strings.get(text);
    if (known !== undefined) return known;
    this.#strings.set(text, this.#strings.size);
    return this.#strings.size - 1;
  }

  #valueType(field: number, type: string, unit: string): void {
    this.#integer(1, this.#string(type));
    this.#integer(2, this.#string(unit));
    this.#close(field);
  }

  /** A field of the message being built; zero is protobuf's default and left out. */
  #integer(field: number, value: number): void {
    if (value === 0) return;
    this.#part.varint(field * 8);
    this.#part.varint(value);
  }

  /** Ends the message being built, as a field of the profile. */
  #close(field: number): void {
    this.#out.byte(message(field));
    this.#out.blob(this.#part.finish());
    this.#part.reset();
  }

  #wide(out: ByteWriter, field: number, value: bigint): void {
    if (value === 0n) return;
    out.varint(field * 8);
    let rest = BigInt.asUintN(64, value);
    for (; rest >= 128n; rest >>= 7n) out.byte(Number(rest & 127n) | 128);
    out.byte(Number(rest));
  }

  samples(tree: SampleTree): void {
    writeSamples(this.#out, tree);
  }

  mapping(id: number, file: string, buildId: string, hasFunctions: boolean): void {
    this.#integer(1, id);
    this.#integer(5, this.#string(file));
    this.#integer(6, this.#string(buildId));
    this.#integer(7, hasFunctions ? 1 : 0);
    this.#close(3);
  }

  location(id: number, mapping: number, address: bigint, fn: number, line: number): void {
    this.#integer(1, id);
    this.#integer(2, mapping);
    this.#wide(this.#part, 3, address);
    if (fn !== 0) {
      this.#part.byte(message(4));
      this.#part.varint(1 + varintSize(fn) + (line === 0 ? 0 : 1 + varintSize(line)));
      this.#integer(1, fn);
      this.#integer(2, line);
    }
    this.#close(4);
  }

  function(id: number, name: string, systemName: string, file: string, startLine: number): void {
    this.#integer(1, id);
    this.#integer(2, this.#string(name));
    this.#integer(3, this.#string(systemName));
    this.#integer(4, this.#string(file));
    this.#integer(5, startLine);
    this.#close(5);
  }

  finish(): Uint8Array<ArrayBuffer> {
    const { sampleType, periodType, periodUnit, period, timeNanos, durationNanos } = this.#head;
    this.#wide(this.#out, 9, timeNanos);
    this.#wide(this.#out, 10, durationNanos);
    if (periodType !== "") this.#valueType(11, periodType, periodUnit);
    this.#wide(this.#out, 12, period);
    this.#wide(this.#out, 14, BigInt(this.#string(sampleType)));
    for (const text of this.#strings.keys()) {
      this.#out.byte(message(6));
      this.#out.text(text);
    }
    return this.#out.finish();
  }
}
