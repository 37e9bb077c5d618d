// The stack dictionary: an append-only table of call-tree nodes, id → (parent id, frame), with
// frame → (function, line, mapping, address) and function → (name, system name, file, start line).
//
// An upload decodes to a small one of its own; an app-shard's object keeps the big one and gives
// each node the next id. Ids never change, and a parent's id is smaller than its child's, so totals
// are one backward loop. Row 0 of every table is "nothing": the empty string, the root node.
import { ByteInterner } from "../lib/byte-interner.ts";
import { TupleTable } from "../lib/tuple-table.ts";

/** Columns of the tables' rows. */
export const FUNCTION = { name: 0, systemName: 1, file: 2, startLine: 3 } as const;
/** A frame holds its line; address words are 0 unless the frame has no function. */
export const FRAME = { function: 0, line: 1, mapping: 2, addressLow: 3, addressHigh: 4 } as const;
export const MAPPING = { file: 0, buildId: 1 } as const;
const NODE = { parent: 0, frame: 1 } as const;

/** How many rows each table has: a point in the dictionary's history. */
export interface DictionarySize {
  readonly strings: number;
  readonly mappings: number;
  readonly functions: number;
  readonly frames: number;
  readonly nodes: number;
}

export const EMPTY_SIZE: DictionarySize = { strings: 1, mappings: 1, functions: 1, frames: 1, nodes: 1 };

export class StackDictionary {
  readonly strings: ByteInterner;
  readonly mappings: TupleTable;
  readonly functions: TupleTable;
  readonly frames: TupleTable;
  readonly nodes: TupleTable;

  /** `capacity`: nodes expected. */
  constructor(capacity = 256) {
    this.strings = new ByteInterner(capacity);
    this.mappings = new TupleTable(2, 8);
    this.functions = new TupleTable(4, capacity >> 1);
    this.frames = new TupleTable(5, capacity);
    this.nodes = new TupleTable(2, capacity);
    this.#begin();
  }

  /** Empties the dictionary and keeps its room. */
  reset(): void {
    for (const table of [this.strings, this.mappings, this.functions, this.frames, this.nodes]) table.reset();
    this.#begin();
  }

  /** Forgets what came after `size`. */
  truncate(size: DictionarySize): void {
    this.strings.truncate(size.strings);
    this.mappings.truncate(size.mappings);
    this.functions.truncate(size.functions);
    this.frames.truncate(size.frames);
    this.nodes.truncate(size.nodes);
  }

  #begin(): void {
    this.strings.internText("");
    this.mappings.intern([0, 0]);
    this.functions.intern([0, 0, 0, 0]);
    this.frames.intern([0, 0, 0, 0, 0]);
    this.nodes.internPair(-1, 0); // the root is nobody's child
  }

  get size(): DictionarySize {
    return {
      strings: this.strings.count,
      mappings: this.mappings.count,
      functions: this.functions.count,
      frames: this.frames.count,
      nodes: this.nodes.count,
    };
  }

  /** Bytes of heap held. */
  get byteLength(): number {
    return (
      this.strings.byteLength +
      this.mappings.byteLength +
      this.functions.byteLength +
      this.frames.byteLength +
      this.nodes.byteLength
    );
  }

  /** The node below `parent` for `frame`, new or known. */
  child(parent: number, frame: number): number {
    return this.nodes.internPair(parent, frame);
  }

  parentOf(node: number): number {
    return this.nodes.rows[node * 2 + NODE.parent]!;
  }

  frameOf(node: number): number {
    return this.nodes.rows[node * 2 + NODE.frame]!;
  }

  /** What a frame is called: its function, else `<basename of mapping>!0x<address>`, else `0x<address>`. */
  frameName(frame: number): string {
    const fn = this.frames.at(frame, FRAME.function);
    if (fn !== 0) return this.strings.text(this.functions.at(fn, FUNCTION.name));
    const low = this.frames.at(frame, FRAME.addressLow) >>> 0;
    const high = this.frames.at(frame, FRAME.addressHigh) >>> 0;
    const address = `0x${((BigInt(high) << 32n) | BigInt(low)).toString(16)}`;
    const file = this.strings.text(this.mappings.at(this.frames.at(frame, FRAME.mapping), MAPPING.file));
    return file === "" ? address : `${file.slice(file.lastIndexOf("/") + 1)}!${address}`;
  }
}

/** Most dictionaries that wait to be borrowed, and the heap that one of them may hold. */
const IDLE_MOST = 16;
const IDLE_BYTES = 512 * 1024;
const idle: StackDictionary[] = [];

/**
 * An empty dictionary for an upload: a dozen arrays that need not be made anew for each. Whoever has no use for it any more
 * may give it back (`returnStacks`); one that isn't is garbage as any other.
 */
export function borrowStacks(capacity: number): StackDictionary {
  return idle.pop() ?? new StackDictionary(capacity);
}

/** Nobody may use `stacks` afterwards. */
export function returnStacks(stacks: StackDictionary): void {
  if (idle.length >= IDLE_MOST || stacks.byteLength > IDLE_BYTES || idle.includes(stacks)) return;
  stacks.reset();
  idle.push(stacks);
}
