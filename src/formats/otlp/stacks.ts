// The dictionary's stacks as nodes of one call tree.
//
// A stack lists locations innermost first; a location lists its lines innermost first, the inlined ones before the function that they
// were inlined into. Without lines it is an address in a mapping, whose build id tells later where its symbols are.
import { DECODING, type Limits } from "../../config.ts";
import { malformed, tooLarge } from "../../lib/app-error.ts";
import { LongSteps } from "../../profile/long-steps.ts";
import { StackDictionary } from "../../profile/stack-dictionary.ts";
import { depthTruncated, type UploadNote } from "../../profile/upload-note.ts";
import { stringAt } from "./meaning.ts";
import type { Dictionary, OtlpLocation } from "./messages.ts";

export interface OtlpStacks {
  readonly dictionary: StackDictionary;
  /** @throws AppError malformed_profile for an index that is none */
  nodeOf(stackIndex: number): number;
  notes(): UploadNote[];
}

const BUILD_ID = "process.executable.build_id.gnu";

/** Each profile of a request has the labels of its resource anew. */
const MOST_ATTRIBUTES = DECODING.otlpAttributes;

/** Of a request: each of its services has a call tree of its own, and all may name the same rows of the dictionary. */
export interface OtlpBudget {
  /** Frames of all stacks. */
  frames(count: number): void;
  /** Characters of names. */
  text(length: number): void;
  /** Characters of labels: those of a service's series come together in its batch. */
  labels(length: number): void;
  nodes(count: number): void;
  /** Attributes of resources and scopes, each time that they are read. */
  attributes(count: number): void;
}

/**
 * @param entries locations of all stacks of the dictionary
 * @throws from its functions: AppError profile_too_large
 */
export function otlpBudget(limits: Limits, entries: number): OtlpBudget {
  const upTo = (limit: keyof Limits, what: string) => {
    let sum = 0;
    return (count: number) => {
      sum += count;
      if (sum > limits[limit]) throw tooLarge(limit, `over ${limits[limit]}`, limits[limit], what);
    };
  };
  let attributes = 0;
  let frames = 0;
  const mostFrames = Math.min(
    limits.stackEntriesPerProfile,
    DECODING.otlpFramesAlways + DECODING.otlpReadings * entries,
  );
  return {
    frames: (count) => {
      frames += count;
      if (frames > mostFrames)
        throw tooLarge("stackEntriesPerProfile", `over ${mostFrames}`, mostFrames, "frames that services read again");
    },
    text: upTo("inflatedBytes", "characters of names"),
    labels: upTo("batchBytes", "characters of labels"),
    nodes: upTo("nodesPerProfile", "call-tree nodes"),
    attributes: (count) => {
      attributes += count;
      if (attributes > MOST_ATTRIBUTES)
        throw tooLarge("otlpAttributes", `over ${MOST_ATTRIBUTES}`, MOST_ATTRIBUTES, "attributes of all profiles");
    },
  };
}

export function otlpStacks(tables: Dictionary, limits: Limits, budget: OtlpBudget): OtlpStacks {
  const dictionary = new StackDictionary(1024);
  const framesOf = frameReader(tables, dictionary, limits, budget);
  const nodes = new Map<number, number>();
  const steps = new LongSteps();
  let deep = 0;
  let deepest = 0;
  return {
    dictionary,
    nodeOf(stackIndex) {
      const known = nodes.get(stackIndex);
      if (known !== undefined) return known;
      const { locationIndices = [] } = rowOf(tables.stackTable, stackIndex, "stack");
      budget.frames(locationIndices.length);
      let node = 0;
      let depth = 0;
      const before = dictionary.nodes.count;
      for (let i = locationIndices.length - 1; i >= 0; i--) {
        const location = locationIndices[i]!;
        const frames = framesOf(location);
        const least = Math.max(0, frames.length - Math.max(0, limits.stackDepth - depth));
        const above = node;
        const walk = (): number => {
          let at = above;
          for (let frame = frames.length - 1; frame >= least; frame--) at = dictionary.child(at, frames[frame]!);
          return at;
        };
        if (least < frames.length) node = LongSteps.isLong(frames.length) ? steps.end(above, location, walk) : walk();
        depth += frames.length;
      }
      if (depth > limits.stackDepth) deep++;
      deepest = Math.max(deepest, depth);
      budget.nodes(dictionary.nodes.count - before);
      nodes.set(stackIndex, node);
      return node;
    },
    notes: () => (deep === 0 ? [] : [depthTruncated(deep, deepest, limits.stackDepth)]),
  };
}

/** Location index → its frames, innermost first. */
function frameReader(tables: Dictionary, dictionary: StackDictionary, limits: Limits, budget: OtlpBudget) {
  const row = new Int32Array(5);
  const frames = new Map<number, readonly number[]>();
  const { textId, mappingId } = names(tables, dictionary, limits, budget);
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
    budget.frames(lines.length);
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

function names(tables: Dictionary, dictionary: StackDictionary, limits: Limits, budget: OtlpBudget) {
  const mappings = new Map<number, number>();
  const texts = new Map<number, number>();
  const pair = new Int32Array(2);
  const textId = (index: number): number => {
    const known = texts.get(index);
    if (known !== undefined) return known;
    const text = stringAt(tables, index);
    const tail = text.length > limits.symbolBytes ? text.slice(-limits.symbolBytes) : text;
    budget.text(tail.length);
    const id = dictionary.strings.internText(tail);
    texts.set(index, id);
    return id;
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
