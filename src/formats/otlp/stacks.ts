// The dictionary's stacks as nodes of one call tree.
//
// A stack lists locations innermost first; a location lists its lines innermost first, the inlined ones before the function that they
// were inlined into. Without a line that names its function it is an address in a mapping, whose build id tells later where its symbols are.
import { NumberMap } from "../../lib/number-map.ts";
import { LongSteps } from "../../profile/long-steps.ts";
import { StackDictionary } from "../../profile/stack-dictionary.ts";
import { depthTruncated, type UploadNote } from "../../profile/upload-note.ts";
import { costOf } from "./budget.ts";
import { type OtlpNames, otlpNames, smallOf } from "./names.ts";
import type { StackSource } from "./source.ts";
import { NO_INDICES, rowOf, rowsOf } from "./tables.ts";

export interface OtlpStacks {
  readonly dictionary: StackDictionary;
  /** @throws AppError malformed_profile for an index that is none */
  nodeOf(stackIndex: number): number;
  /** On what was read since it was last asked. */
  notes(): UploadNote[];
}

export function otlpStacks(source: StackSource): OtlpStacks {
  const { tables, limits, budget } = source;
  const dictionary = new StackDictionary(1024);
  const names = otlpNames(source, dictionary);
  const framesOf = frameReader(source, dictionary, names);
  const nodes = new Map<number, number>();
  const steps = new LongSteps();
  let deep = 0;
  let deepest = 0;
  return {
    dictionary,
    nodeOf(stackIndex) {
      const known = nodes.get(stackIndex);
      if (known !== undefined) return known;
      const { locationIndices = NO_INDICES } = rowOf(tables.stackTable, stackIndex, "stack");
      budget.reads(costOf(tables.stackTable, stackIndex, locationIndices.length));
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
    notes() {
      const notes = deep === 0 ? names.notes() : [depthTruncated(deep, deepest, limits.stackDepth), ...names.notes()];
      deep = deepest = 0;
      return notes;
    },
  };
}

/** Location index → its frames, innermost first. The list may be another's after the next call. */
function frameReader({ tables, budget }: StackSource, dictionary: StackDictionary, names: OtlpNames) {
  const row = new Int32Array(5);
  /** A frame, or several. Most locations have one, and a list for each would take ten times the room. */
  const frames = new NumberMap<number | readonly number[]>();
  const single = [0];
  const listOf = (found: number | readonly number[]): readonly number[] => {
    if (typeof found !== "number") return found;
    single[0] = found;
    return single;
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
    if (known !== undefined) return listOf(known);
    budget.locations(1);
    const { mappingIndex = 0, address = 0n, lines } = rowOf(tables.locationTable, index, "location");
    budget.reads(costOf(tables.locationTable, index, lines?.length));
    budget.frames(lines?.length ?? 0);
    const mapping = names.mapping(mappingIndex);
    const found: number[] = [];
    for (const { functionIndex = 0, line } of rowsOf(lines)) {
      const fn = names.function(functionIndex);
      if (fn !== 0) found.push(frame(fn, smallOf(line), mapping, 0n));
    }
    if (found.length === 0) found.push(frame(0, 0, mapping, address));
    frames.set(index, found.length === 1 ? found[0]! : found);
    return found;
  };
}
