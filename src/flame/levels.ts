// The levels of a flamebearer, for one tree or for two of equal shape.
//
//   a node is  [x step, total, self] per side, then its name: 4 integers for one side, 7 for two
//   level 0    the root;  a child's x = its parent's x + the parent's self + the siblings before it
//   x step     x minus the end (x + total) of the node before it on the level, each side for itself
//
// Siblings are sorted by name bytes. What is cut off, and every child that is itself called `other`,
// becomes one box `other` at the end of its siblings, without children. Names are numbered as a walk
// that visits the right-most child first meets them.
import { childLists } from "./children.ts";
import { keptFrom } from "./threshold.ts";

export const OTHER = "other";

export interface Side {
  readonly total: Float64Array;
  readonly self: Float64Array;
}

export interface Levels {
  readonly names: string[];
  readonly levels: number[][];
  readonly maxSelf: number;
  /** Nodes that have no box of their own. */
  readonly hiddenNodes: number;
  /** What hidden nodes hold, of all sides. It is part of the `other` boxes. */
  readonly otherTotal: number;
}

interface Shape {
  readonly names: readonly string[];
  readonly parent: Int32Array;
  readonly name: Int32Array;
}

export function encodeLevels(shape: Shape, sides: readonly Side[], maxNodes: number): Levels {
  const { names, parent, name } = shape;
  const count = parent.length;
  const weight = sides.length === 1 ? sides[0]!.total : largest(sides);
  const threshold = keptFrom(weight, maxNodes);
  const otherName = names.indexOf(OTHER);

  // Forward, so that a parent is decided before its children.
  const shown = new Uint8Array(count);
  shown[0] = 1;
  const others = sides.map(() => new Float64Array(count));
  let hiddenNodes = 0;
  let otherTotal = 0;
  for (let node = 1; node < count; node++) {
    const above = parent[node]!;
    const isOther = name[node] === otherName;
    if (shown[above] === 0) {
      hiddenNodes++;
      continue;
    }
    if (weight[node]! >= threshold && !isOther) {
      shown[node] = 1;
      continue;
    }
    const isLeafLike = isOther && weight[node]! >= threshold;
    if (!isLeafLike) hiddenNodes++;
    for (let k = 0; k < sides.length; k++) {
      const { total, self } = sides[k]!;
      others[k]![above]! += total[node]!;
      otherTotal += isLeafLike ? total[node]! - self[node]! : total[node]!;
    }
  }

  const children = childLists(shape, shown);
  const hasOther = new Uint8Array(count);
  for (const values of others) for (let node = 0; node < count; node++) if (values[node] !== 0) hasOther[node] = 1;
  const numbered = numberNames(shape, children, hasOther);

  let maxSelf = 0;
  const levels: number[][] = [];
  const x = sides.map(() => new Float64Array(count));
  // A level is a list of nodes; −parent − 1 stands for the `other` box below `parent`.
  let row = Int32Array.of(0);
  let rowLength = 1;
  while (rowLength > 0) {
    const level: number[] = [];
    const ends = new Float64Array(sides.length);
    let below = 0;
    for (let k = 0; k < rowLength; k++) {
      const node = row[k]!;
      const box = node >= 0 ? node : -node - 1;
      for (let side = 0; side < sides.length; side++) {
        const total = node >= 0 ? sides[side]!.total[node]! : others[side]![box]!;
        const self = node >= 0 ? sides[side]!.self[node]! : total;
        const xs = x[side]!;
        const left = xs[box]!;
        level.push(left - ends[side]!, total, self);
        ends[side] = left + total;
        if (self > maxSelf) maxSelf = self;
        // From here on xs[node] is where the next child begins.
        if (node >= 0) xs[box] = left + self;
      }
      level.push(node >= 0 ? numbered.numberOf[name[node]!]! : numbered.otherNumber);
      if (node >= 0) below += children.start[node + 1]! - children.start[node]! + 1;
    }
    levels.push(level);
    const nextRow = new Int32Array(below);
    let nextLength = 0;
    for (let k = 0; k < rowLength; k++) {
      const node = row[k]!;
      if (node < 0) continue;
      for (let at = children.start[node]!; at < children.start[node + 1]!; at++) {
        const child = children.list[at]!;
        for (let side = 0; side < sides.length; side++) {
          const xs = x[side]!;
          xs[child] = xs[node]!;
          xs[node]! += sides[side]!.total[child]!;
        }
        nextRow[nextLength++] = child;
      }
      if (hasOther[node] === 1) nextRow[nextLength++] = -node - 1;
    }
    row = nextRow;
    rowLength = nextLength;
  }
  return { names: numbered.names, levels, maxSelf, hiddenNodes, otherTotal };
}

interface NumberedNames {
  readonly names: string[];
  /** New number of each of the shape's names, −1 for those not shown. */
  readonly numberOf: Int32Array;
  readonly otherNumber: number;
}

function numberNames(
  { names, name, parent }: Shape,
  children: { readonly start: Int32Array; readonly list: Int32Array },
  hasOther: Uint8Array,
): NumberedNames {
  const numberOf = new Int32Array(names.length).fill(-1);
  const found: string[] = [];
  let otherNumber = -1;
  const stack = new Int32Array(parent.length);
  let depth = 1; // holds the root, node 0
  while (depth > 0) {
    const node = stack[--depth]!;
    const id = name[node]!;
    if (numberOf[id] === -1) {
      numberOf[id] = found.length;
      found.push(names[id]!);
    }
    // `other` is the right-most child and has none of its own, so it comes first.
    if (otherNumber === -1 && hasOther[node] === 1) {
      otherNumber = found.length;
      found.push(OTHER);
    }
    for (let at = children.start[node]!; at < children.start[node + 1]!; at++) stack[depth++] = children.list[at]!;
  }
  return { names: found, numberOf, otherNumber };
}

function largest(sides: readonly Side[]): Float64Array {
  const values = sides[0]!.total.slice();
  for (const { total } of sides.slice(1)) {
    for (let node = 0; node < values.length; node++) if (total[node]! > values[node]!) values[node] = total[node]!;
  }
  return values;
}
