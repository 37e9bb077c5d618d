/**
 * One row per function: its own value and its total. A stack in which the function calls itself is counted once, so no
 * total can pass the whole. The root is not a function and has no row.
 */
import type { FlameModel } from "./model.ts";

export interface TopSide {
  readonly self: Float64Array;
  readonly total: Float64Array;
}

export interface TopTable {
  /** Name index of each row. */
  readonly name: Uint32Array;
  /** Per side the values of each row, in the order of `name`. */
  readonly sides: readonly TopSide[];
}

export function toTop(model: FlameModel): TopTable {
  const perName = model.sides.map(() => ({
    self: new Float64Array(model.names.length),
    total: new Float64Array(model.names.length),
  }));
  const seen = new Uint8Array(model.names.length);
  const outermost = outermostCalls(model);
  for (let node = 1; node < model.nodeCount; node++) {
    const name = model.name[node]!;
    seen[name] = 1;
    for (let side = 0; side < perName.length; side++) {
      perName[side]!.self[name]! += model.sides[side]!.self[node]!;
      if (outermost[node] === 1) perName[side]!.total[name]! += model.sides[side]!.total[node]!;
    }
  }
  const rows = Uint32Array.from(indicesOf(seen));
  return {
    name: rows,
    sides: perName.map((values) => ({
      self: Float64Array.from(rows, (name) => values.self[name]!),
      total: Float64Array.from(rows, (name) => values.total[name]!),
    })),
  };
}

/** 1 for every node that has no ancestor of the same name. Walks depth first without recursion: stacks may be 10 000 deep. */
function outermostCalls(model: FlameModel): Uint8Array {
  const { childStart, name } = model;
  const outermost = new Uint8Array(model.nodeCount);
  const openCalls = new Uint32Array(model.names.length);
  const path = new Uint32Array(model.levelCount);
  const nextChild = new Uint32Array(model.levelCount);
  nextChild[0] = childStart[0]!;
  let level = 0;
  while (level >= 0) {
    const node = path[level]!;
    const child = nextChild[level]!;
    if (child < childStart[node + 1]!) {
      nextChild[level] = child + 1;
      level++;
      path[level] = child;
      nextChild[level] = childStart[child]!;
      if (openCalls[name[child]!]!++ === 0) outermost[child] = 1;
    } else {
      if (level > 0) openCalls[name[node]!]!--;
      level--;
    }
  }
  return outermost;
}

function indicesOf(flags: Uint8Array): number[] {
  const indices: number[] = [];
  for (const [index, flag] of flags.entries()) if (flag === 1) indices.push(index);
  return indices;
}
