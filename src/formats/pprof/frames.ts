// Locations of a pprof → frames of a stack dictionary, each made when the first stack needs it, so
// that what no sample refers to is never stored.
import { IntScratch } from "../../lib/scratch.ts";
import type { StackDictionary } from "../../profile/stack-dictionary.ts";
import { symbolsTruncated, type UploadNote } from "../../profile/upload-note.ts";
import { IntColumn } from "./columns.ts";
import type { PprofTables } from "./tables.ts";

const UNKNOWN = -1;

const LIST = new IntColumn(1024);
const STARTS = new IntScratch();
const ENDS = new IntScratch();
const STRINGS = new IntScratch();
const FUNCTIONS = new IntScratch();
const MAPPINGS = new IntScratch();
const ROW = new Int32Array(5);

/** One at a time: its arrays are the next one's, too. */
export class LocationFrames {
  /** Frames of all locations met so far; a location's are in [starts, ends), outermost first. */
  readonly list = LIST;
  readonly starts: Int32Array;
  readonly ends: Int32Array;
  truncatedSymbols = 0;
  readonly #tables: PprofTables;
  readonly #stacks: StackDictionary;
  readonly #strings: Int32Array;
  readonly #functions: Int32Array;
  readonly #mappings: Int32Array;
  readonly #row = ROW;

  constructor(tables: PprofTables, stacks: StackDictionary) {
    this.#tables = tables;
    this.#stacks = stacks;
    this.list.reset();
    this.starts = STARTS.take(tables.locationIds.length, UNKNOWN);
    this.ends = ENDS.take(tables.locationIds.length);
    this.#strings = STRINGS.take(tables.stringCount, UNKNOWN);
    this.#strings[0] = 0;
    this.#functions = FUNCTIONS.take(tables.functionIds.length, UNKNOWN);
    this.#mappings = MAPPINGS.take(tables.mappingIds.length, UNKNOWN);
  }

  /** Makes the frames of `location` when they are not there yet. */
  need(location: number): void {
    if (this.starts[location] !== UNKNOWN) return;
    const tables = this.#tables;
    this.starts[location] = this.list.length;
    const mapping = this.#mapping(tables.locationMappings.low[location]!);
    const from = location === 0 ? 0 : tables.locationLineEnds.values[location - 1]!;
    // A location lists its inlined functions innermost first.
    for (let line = tables.locationLineEnds.values[location]! - 1; line >= from; line--) {
      const fn = this.#function(tables.lineFunctions.low[line]!);
      if (fn !== 0) this.#push(fn, tables.lineNumbers.values[line]!, mapping, 0, 0);
    }
    if (this.list.length === this.starts[location]) {
      const { low, high } = tables.locationAddresses;
      this.#push(0, 0, mapping, low[location]!, high === null ? 0 : high[location]!);
    }
    this.ends[location] = this.list.length;
  }

  notes(): UploadNote[] {
    if (this.truncatedSymbols === 0) return [];
    return [symbolsTruncated(this.truncatedSymbols, this.#tables.limits.symbolBytes)];
  }

  #push(fn: number, line: number, mapping: number, addressLow: number, addressHigh: number): void {
    const row = this.#row;
    row[0] = fn;
    row[1] = line;
    row[2] = mapping;
    row[3] = addressLow;
    row[4] = addressHigh;
    this.list.push(this.#stacks.frames.intern(row));
  }

  /** @param reference function index + 1 @returns 0 also for a function without a name */
  #function(reference: number): number {
    if (reference === 0) return 0;
    const index = reference - 1;
    const known = this.#functions[index]!;
    if (known !== UNKNOWN) return known;
    const tables = this.#tables;
    const name = this.#string(tables.functionNames.values[index]!);
    const row = this.#row;
    row[0] = name;
    row[1] = this.#string(tables.functionSystemNames.values[index]!);
    row[2] = this.#string(tables.functionFiles.values[index]!);
    row[3] = tables.functionStartLines.values[index]!;
    const id = name === 0 ? 0 : this.#stacks.functions.intern(row);
    this.#functions[index] = id;
    return id;
  }

  #mapping(reference: number): number {
    if (reference === 0) return 0;
    const index = reference - 1;
    const known = this.#mappings[index]!;
    if (known !== UNKNOWN) return known;
    this.#row[0] = this.#string(this.#tables.mappingFiles.values[index]!);
    this.#row[1] = this.#string(this.#tables.mappingBuildIds.values[index]!);
    const id = this.#stacks.mappings.intern(this.#row);
    this.#mappings[index] = id;
    return id;
  }

  #string(index: number): number {
    const known = this.#strings[index]!;
    if (known !== UNKNOWN) return known;
    const { bytes, limits } = this.#tables;
    let start = this.#tables.stringStarts.values[index]!;
    const end = this.#tables.stringEnds.values[index]!;
    if (end - start > limits.symbolBytes) {
      this.truncatedSymbols++;
      start = end - limits.symbolBytes;
      while (start < end && (bytes[start]! & 0xc0) === 0x80) start++; // never begin inside a character
    }
    const id = this.#stacks.strings.intern(bytes, start, end);
    this.#strings[index] = id;
    return id;
  }
}
