// Several dictionaries (of shards or epochs) with values become one, so that equal stacks meet.
import { WideSums } from "../../lib/wide-sums.ts";
import { FRAME, FUNCTION, MAPPING, StackDictionary } from "../../profile/stack-dictionary.ts";

export interface Part {
  readonly stacks: StackDictionary;
  readonly values: WideSums;
}

export function mergeParts(parts: readonly Part[]): Part {
  const [only] = parts;
  return parts.length === 1 && only !== undefined ? only : copyParts(parts);
}

/** The same in a dictionary of its own, which may be added to. */
export function copyParts(parts: readonly Part[]): Part {
  const target = new StackDictionary();
  const maps = parts.map((part) => internUsed(part, target));
  const values = new WideSums(target.nodes.count);
  parts.forEach((part, k) => {
    const nodes = maps[k]!;
    for (let node = 0; node < nodes.length; node++) {
      if (part.values.isZero(node)) continue;
      values.addFrom(nodes[node]!, part.values, node);
    }
  });
  return { stacks: target, values };
}

/** Only stacks with values: a dictionary holds all that its app ever sent. 0 for the others. */
function internUsed({ stacks, values }: Part, target: StackDictionary): Int32Array {
  const count = Math.min(stacks.nodes.count, values.length);
  const used = new Uint8Array(count);
  for (let node = count - 1; node > 0; node--) {
    if (used[node] === 0 && values.isZero(node)) continue;
    used[node] = 1;
    used[stacks.parentOf(node)] = 1;
  }
  const string = (id: number): number => target.strings.intern(stacks.strings.bytesOf(id));
  const mapping = remembered(stacks.mappings.count, (id) =>
    target.mappings.intern([
      string(stacks.mappings.at(id, MAPPING.file)),
      string(stacks.mappings.at(id, MAPPING.buildId)),
    ]),
  );
  const fn = remembered(stacks.functions.count, (id) =>
    target.functions.intern([
      string(stacks.functions.at(id, FUNCTION.name)),
      string(stacks.functions.at(id, FUNCTION.systemName)),
      string(stacks.functions.at(id, FUNCTION.file)),
      stacks.functions.at(id, FUNCTION.startLine),
    ]),
  );
  const frame = remembered(stacks.frames.count, (id) =>
    target.frames.intern([
      fn(stacks.frames.at(id, FRAME.function)),
      stacks.frames.at(id, FRAME.line),
      mapping(stacks.frames.at(id, FRAME.mapping)),
      stacks.frames.at(id, FRAME.addressLow),
      stacks.frames.at(id, FRAME.addressHigh),
    ]),
  );
  const nodes = new Int32Array(count);
  for (let node = 1; node < count; node++) {
    if (used[node] === 1) nodes[node] = target.child(nodes[stacks.parentOf(node)]!, frame(stacks.frameOf(node)));
  }
  return nodes;
}

/** Calls `intern` once per row. Row 0 is "nothing" in every dictionary. */
function remembered(rows: number, intern: (id: number) => number): (id: number) => number {
  const known = new Int32Array(rows);
  return (id) => {
    if (id === 0) return 0;
    let target = known[id]!;
    if (target === 0) {
      target = intern(id);
      known[id] = target;
    }
    return target;
  };
}
