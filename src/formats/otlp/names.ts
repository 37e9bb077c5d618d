// What frames of OTLP are called: functions and mappings of one service's call tree.

import { malformed } from "../../lib/app-error.ts";
import { ByteWriter } from "../../lib/byte-writer.ts";
import type { StackDictionary } from "../../profile/stack-dictionary.ts";
import { symbolsTruncated, type UploadNote } from "../../profile/upload-note.ts";
import { hasShape, withElidedShapes } from "../pprof/fix-go.ts";
import { costOf } from "./budget.ts";
import type { StackSource } from "./source.ts";
import { NO_INDICES, rowOf, type StringTable } from "./tables.ts";

const BUILD_ID = "process.executable.build_id.gnu";
const BUILD_ID_CHARS = 256;

export interface OtlpNames {
  /** 0 for a function without a name. */
  function(index: number): number;
  mapping(index: number): number;
  /** On what was read since it was last asked. */
  notes(): UploadNote[];
}

export function otlpNames(source: StackSource, dictionary: StackDictionary): OtlpNames {
  const { tables, attributes, limits, budget } = source;
  const row = new Int32Array(4);
  const functions = new Map<number, number>();
  const mappings = new Map<number, number>();
  const files = new Map<number, number>();
  const names = new Map<number, number>();
  let truncated = 0;
  const textId = (index: number, known: Map<number, number>, mend: (name: Uint8Array) => Uint8Array): number => {
    const id = known.get(index);
    if (id !== undefined) return id;
    budget.reads(tables.stringTable?.sizeOf(index) ?? 0);
    const bytes = mend(bytesAt(tables.stringTable, index));
    const start = tailStart(bytes, limits.symbolBytes);
    if (start > 0) truncated++;
    budget.text(bytes.length - start);
    const fresh = dictionary.strings.intern(bytes, start, bytes.length);
    known.set(index, fresh);
    return fresh;
  };
  const mend = nameMender(source);
  const nameId = (index = 0): number => textId(index, names, mend);
  const fileId = (index = 0): number => textId(index, files, asIs);
  return {
    function(index) {
      const known = functions.get(index);
      if (known !== undefined) return known;
      const one = rowOf(tables.functionTable, index, "function");
      budget.reads(costOf(tables.functionTable, index));
      row[0] = nameId(one.nameStrindex);
      row[1] = nameId(one.systemNameStrindex);
      row[2] = fileId(one.filenameStrindex);
      row[3] = smallOf(one.startLine);
      const id = row[0] === 0 ? 0 : dictionary.functions.intern(row);
      functions.set(index, id);
      return id;
    },
    mapping(index) {
      const known = mappings.get(index);
      if (known !== undefined) return known;
      const { filenameStrindex, attributeIndices = NO_INDICES } = rowOf(tables.mappingTable, index, "mapping");
      budget.reads(costOf(tables.mappingTable, index, attributeIndices.length));
      let buildId = "";
      for (const attribute of attributeIndices) {
        const { key, text } = attributes.row(attribute);
        if (key !== BUILD_ID) continue;
        buildId = (text ?? "").slice(0, BUILD_ID_CHARS);
        break;
      }
      row[0] = fileId(filenameStrindex);
      row[1] = dictionary.strings.internText(buildId);
      const id = dictionary.mappings.intern(row);
      mappings.set(index, id);
      return id;
    },
    notes() {
      const notes = truncated === 0 ? [] : [symbolsTruncated(truncated, limits.symbolBytes)];
      truncated = 0;
      return notes;
    },
  };
}

const NOTHING = new Uint8Array(0);

function bytesAt(strings: StringTable | undefined, index: number): Uint8Array {
  const bytes = strings?.bytesAt(index) ?? (index === 0 ? NOTHING : undefined);
  if (bytes === undefined) throw malformed(`otlp: string ${index} of ${strings?.length ?? 0}`);
  return bytes;
}

/** Where the last `most` bytes begin, or the first whole character of them. */
function tailStart(bytes: Uint8Array, most: number): number {
  if (bytes.length <= most) return 0;
  let start = bytes.length - most;
  while (start < bytes.length && (bytes[start]! & 0xc0) === 0x80) start++;
  return start;
}

const asIs = (name: Uint8Array): Uint8Array => name;

/** Writes type parameters of Go's names as `[...]`. */
function nameMender({ isGo }: StackSource): (name: Uint8Array) => Uint8Array {
  return (name) => {
    if (!hasShape(name) || !isGo()) return name;
    const out = new ByteWriter(name.length);
    withElidedShapes(name, out);
    return out.finish();
  };
}

/** A line's number, where it is one. */
export const smallOf = (value = 0n): number => (value > 0n && value < 2n ** 31n ? Number(value) : 0);
