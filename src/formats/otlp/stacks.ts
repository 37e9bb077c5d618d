// The dictionary's stacks as nodes of one call tree.
//
// A stack lists locations innermost first; a location lists its lines innermost first, the inlined ones before the function that they
// were inlined into. Without lines it is an address in a mapping, whose build id tells later where its symbols are.
import type { Limits } from "../../config.ts";
import { malformed, tooLarge } from "../../lib/app-error.ts";
import type { Note } from "../../profile/profile.ts";
import { StackDictionary } from "../../profile/stack-dictionary.ts";
import type { Dictionary, OtlpLocation } from "./messages.ts";

export interface OtlpStacks {
  readonly dictionary: StackDictionary;
  /** @throws AppError malformed_profile for an index that is none */
  nodeOf(stackIndex: number): number;
  notes(): Note[];
}

const BUILD_ID = "process.executable.build_id.gnu";

export function otlpStacks(tables: Dictionary, limits: Limits): OtlpStacks {
  const dictionary = new StackDictionary(1024);
  const framesOf = frameReader(tables, dictionary, limits);
  const nodes = new Map<number, number>();
  let deep = 0;
  let entries = 0;
  return {
    dictionary,
    nodeOf(stackIndex) {
      const known = nodes.get(stackIndex);
      if (known !== undefined) return known;
      const { locationIndices = [] } = rowOf(tables.stackTable, stackIndex, "stack");
      const chain = locationIndices.flatMap(framesOf);
      entries += chain.length;
      if (entries > limits.stackEntriesPerProfile)
        throw tooLarge("stackEntriesPerProfile", entries, limits.stackEntriesPerProfile, "frames of all stacks");
      if (chain.length > limits.stackDepth) deep++;
      let node = 0;
      for (let i = chain.length - 1; i >= Math.max(0, chain.length - limits.stackDepth); i--)
        node = dictionary.child(node, chain[i]!);
      if (dictionary.nodes.count > limits.nodesPerProfile)
        throw tooLarge("nodesPerProfile", `over ${limits.nodesPerProfile}`, limits.nodesPerProfile, "call-tree nodes");
      nodes.set(stackIndex, node);
      return node;
    },
    notes: () =>
      deep === 0
        ? []
        : [
            {
              what: "depth_truncated",
              detail: `${deep} stacks deeper than ${limits.stackDepth} frames kept their root side`,
            },
          ],
  };
}

/** Location index → its frames, innermost first. */
function frameReader(tables: Dictionary, dictionary: StackDictionary, limits: Limits) {
  const row = new Int32Array(5);
  const frames = new Map<number, readonly number[]>();
  const { textId, mappingId } = names(tables, dictionary, limits);
  const functionId = (index: number): number => {
    const one = rowOf(tables.functionTable, index, "function");
    row[0] = textId(one.nameStrindex ?? 0);
    row[1] = textId(one.systemNameStrindex ?? 0);
    row[2] = textId(one.filenameStrindex ?? 0);
    row[3] = smallOf(one.startLine);
    return dictionary.functions.intern(row);
  };
  const frame = (fn: number, line: number, mapping: number, address: bigint): number => {
    row[0] = fn;
    row[1] = line;
    row[2] = mapping;
    row[3] = Number(BigInt.asIntN(32, address));
    row[4] = Number(BigInt.asIntN(32, address >> 32n));
    return dictionary.frames.intern(row);
  };
  return (index: number): readonly number[] => {
    const known = frames.get(index);
    if (known !== undefined) return known;
    const { mappingIndex = 0, address = 0n, lines = [] }: OtlpLocation = rowOf(tables.locationTable, index, "location");
    const mapping = mappingId(mappingIndex);
    const found =
      lines.length === 0
        ? [frame(0, 0, mapping, address)]
        : lines.map(({ functionIndex = 0, line }) => frame(functionId(functionIndex), smallOf(line), mapping, 0n));
    frames.set(index, found);
    return found;
  };
}

/** Row 0 stands for nothing and may be absent. */
export function rowOf<Row extends object>(table: readonly Row[] | undefined, index: number, what: string): Row {
  const row = table?.[index];
  if (row !== undefined) return row;
  if (index === 0) return {} as Row;
  throw malformed(`otlp: ${what} ${index} of ${table?.length ?? 0} in the dictionary`);
}

function names(tables: Dictionary, dictionary: StackDictionary, limits: Limits) {
  const mappings = new Map<number, number>();
  const pair = new Int32Array(2);
  const textId = (index: number): number => {
    const text = tables.stringTable?.[index] ?? (index === 0 ? "" : undefined);
    if (text === undefined) throw malformed(`otlp: string ${index} of ${tables.stringTable?.length ?? 0}`);
    return dictionary.strings.internText(text.length > limits.symbolBytes ? text.slice(-limits.symbolBytes) : text);
  };
  const mappingId = (index: number): number => {
    const known = mappings.get(index);
    if (known !== undefined) return known;
    const { filenameStrindex = 0, attributeIndices = [] } = rowOf(tables.mappingTable, index, "mapping");
    const buildId = attributeIndices
      .map((attribute) => rowOf(tables.attributeTable, attribute, "attribute"))
      .find(({ keyStrindex = 0 }) => tables.stringTable?.[keyStrindex] === BUILD_ID)?.value?.stringValue;
    pair[0] = textId(filenameStrindex);
    pair[1] = dictionary.strings.internText((buildId ?? "").slice(0, 256));
    const id = dictionary.mappings.intern(pair);
    mappings.set(index, id);
    return id;
  };
  return { textId, mappingId };
}

const smallOf = (value = 0n): number => (value > 0n && value < 2n ** 31n ? Number(value) : 0);
