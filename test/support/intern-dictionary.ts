// One dictionary into another, node by node: what the ways that take bytes instead are compared with.
import { FRAME, FUNCTION, MAPPING, type StackDictionary } from "../../src/profile/stack-dictionary.ts";

/**
 * Adds every node of `source` to `target`.
 * @returns target node id for each source node id
 */
export function internDictionary(source: StackDictionary, target: StackDictionary): Int32Array {
  const strings = new Int32Array(source.strings.count);
  for (let id = 1; id < strings.length; id++) strings[id] = target.strings.intern(source.strings.bytesOf(id));
  const row = new Int32Array(5);
  const mappings = new Int32Array(source.mappings.count);
  for (let id = 1; id < mappings.length; id++) {
    row[0] = strings[source.mappings.at(id, MAPPING.file)]!;
    row[1] = strings[source.mappings.at(id, MAPPING.buildId)]!;
    mappings[id] = target.mappings.intern(row);
  }
  const functions = new Int32Array(source.functions.count);
  for (let id = 1; id < functions.length; id++) {
    row[0] = strings[source.functions.at(id, FUNCTION.name)]!;
    row[1] = strings[source.functions.at(id, FUNCTION.systemName)]!;
    row[2] = strings[source.functions.at(id, FUNCTION.file)]!;
    row[3] = source.functions.at(id, FUNCTION.startLine);
    functions[id] = target.functions.intern(row);
  }
  const frames = new Int32Array(source.frames.count);
  for (let id = 1; id < frames.length; id++) {
    row[0] = functions[source.frames.at(id, FRAME.function)]!;
    row[1] = source.frames.at(id, FRAME.line);
    row[2] = mappings[source.frames.at(id, FRAME.mapping)]!;
    row[3] = source.frames.at(id, FRAME.addressLow);
    row[4] = source.frames.at(id, FRAME.addressHigh);
    frames[id] = target.frames.intern(row);
  }
  const nodes = new Int32Array(source.nodes.count);
  for (let id = 1; id < nodes.length; id++) {
    nodes[id] = target.child(nodes[source.parentOf(id)]!, frames[source.frameOf(id)]!);
  }
  return nodes;
}
