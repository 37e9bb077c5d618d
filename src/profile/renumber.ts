// From the node ids of one stack dictionary to those of another, as they are asked for: what nobody uses any more
// doesn't come along. Ids of ancestors come before their descendants', as in every dictionary.
import { corrupt } from "../lib/app-error.ts";
import { FRAME, FUNCTION, MAPPING, type StackDictionary } from "./stack-dictionary.ts";

export interface Renumbering {
  /** Replaces node ids of the source by those of the target, in place. @throws AppError corrupt_storage for ids beyond the source */
  apply(nodes: Int32Array): void;
}

/** `source` may be let go once every node that will be asked for was asked for once: what is known needs only the maps. */
export function renumbering(source: StackDictionary, target: StackDictionary): Renumbering {
  const count = source.nodes.count;
  if (source === target) return { apply: (nodes) => checkIds(nodes, count) };
  // 0 stands for "not asked for yet": row 0 of every table is the same in all dictionaries.
  const nodeOf = new Int32Array(count);
  const frameOf = frameRenumbering(source, target);
  const path: number[] = [];
  const place = (node: number): number => {
    let at = node;
    while (at !== 0 && nodeOf[at] === 0) {
      path.push(at);
      at = source.parentOf(at);
    }
    let parent = nodeOf[at]!;
    for (let next = path.pop(); next !== undefined; next = path.pop()) {
      parent = target.child(parent, frameOf(source.frameOf(next)));
      nodeOf[next] = parent;
    }
    return parent;
  };
  return {
    apply(nodes) {
      checkIds(nodes, count);
      for (let i = 0; i < nodes.length; i++) {
        const node = nodes[i]!;
        const known = nodeOf[node]!;
        nodes[i] = known !== 0 || node === 0 ? known : place(node);
      }
    },
  };
}

function checkIds(nodes: Int32Array, count: number): void {
  for (let i = 0; i < nodes.length; i++) {
    if (nodes[i]! >= count) throw corrupt(`vector: node ${nodes[i]!} of ${count}`);
  }
}

function frameRenumbering(source: StackDictionary, target: StackDictionary): (frame: number) => number {
  const strings = new Int32Array(source.strings.count);
  const functions = new Int32Array(source.functions.count);
  const frames = new Int32Array(source.frames.count);
  const row = new Int32Array(5);
  const stringOf = (id: number): number => {
    if (id !== 0 && strings[id] === 0) strings[id] = target.strings.intern(source.strings.bytesOf(id));
    return strings[id]!;
  };
  const mappingOf = (id: number): number => {
    if (id === 0) return 0;
    const file = stringOf(source.mappings.at(id, MAPPING.file));
    return target.mappings.intern([file, stringOf(source.mappings.at(id, MAPPING.buildId))]);
  };
  const functionOf = (id: number): number => {
    if (id !== 0 && functions[id] === 0) {
      row[0] = stringOf(source.functions.at(id, FUNCTION.name));
      row[1] = stringOf(source.functions.at(id, FUNCTION.systemName));
      row[2] = stringOf(source.functions.at(id, FUNCTION.file));
      row[3] = source.functions.at(id, FUNCTION.startLine);
      functions[id] = target.functions.intern(row);
    }
    return functions[id]!;
  };
  return (id) => {
    if (id !== 0 && frames[id] === 0) {
      const fn = functionOf(source.frames.at(id, FRAME.function));
      const mapping = mappingOf(source.frames.at(id, FRAME.mapping));
      row[0] = fn;
      row[1] = source.frames.at(id, FRAME.line);
      row[2] = mapping;
      row[3] = source.frames.at(id, FRAME.addressLow);
      row[4] = source.frames.at(id, FRAME.addressHigh);
      frames[id] = target.frames.intern(row);
    }
    return frames[id]!;
  };
}
