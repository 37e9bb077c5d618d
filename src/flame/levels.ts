// The levels of a flamebearer, for one tree or for two of equal shape.
//
//   a node is  [x step, total, self] per side, then its name: 4 integers for one side, 7 for two
//   level 0    the root;  a child's x = its parent's x + the parent's self + the siblings before it
//   x step     x minus the end (x + total) of the node before it on the level, each side for itself
//
// Siblings are sorted by name bytes. What is cut off, and every child that is itself called `other`,
// becomes one box `other` at the end of its siblings, without children. Names are numbered as a walk
// that visits the right-most child first meets them.
import { type ChildLists, childLists } from "./children.ts";
import { chainOf, type FocusPath } from "./focus.ts";
import { keptFrom } from "./threshold.ts";
import type { NamedShape } from "./tree-builder.ts";

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
  /**
   * The total of the heaviest hidden node, on the side where it is larger; 0 when nothing is hidden. The promise: every
   * node above it is shown.
   */
  readonly largestHidden: number;
}

/** @param path a focus (focus.ts): its frames are shown whatever they weigh, and cost nothing of the node budget */
export function encodeLevels(
  shape: NamedShape,
  sides: readonly Side[],
  maxNodes: number,
  path: FocusPath = [],
): Levels {
  const cut = cutTree(shape, sides, maxNodes, chainOf(shape, path));
  const children = childLists(shape, cut.shown);
  const numbered = numberNames(shape, children, cut.hasOther);
  const { levels, maxSelf } = placeRows(shape, sides, cut, children, numbered);
  const { hiddenNodes, otherTotal, largestHidden } = cut;
  return { names: numbered.names, levels, maxSelf, hiddenNodes, otherTotal, largestHidden };
}

export interface Cut {
  /** 1 for nodes with a box of their own. */
  readonly shown: Uint8Array;
  /** Per side: the width of the `other` box below each node. */
  readonly others: readonly Float64Array[];
  readonly hasOther: Uint8Array;
  readonly hiddenNodes: number;
  readonly otherTotal: number;
  readonly largestHidden: number;
}

/** Decides which nodes are shown, and gathers what the others hold. */
export function cutTree(
  { names, parent, name }: NamedShape,
  sides: readonly Side[],
  maxNodes: number,
  chain: readonly number[],
): Cut {
  const count = parent.length;
  const weight = sides.length === 1 ? sides[0]!.total : largest(sides);
  // Nothing outweighs the frames of the chain: they are among the largest, and come on top of the budget.
  const threshold = keptFrom(weight, maxNodes < 1 ? maxNodes : maxNodes + chain.length - 1);
  const otherName = names.indexOf(OTHER);
  const shown = new Uint8Array(count);
  for (const node of chain) shown[node] = 1;
  const others = sides.map(() => new Float64Array(count));
  const hasOther = new Uint8Array(count);
  let hiddenNodes = 0;
  let otherTotal = 0;
  let largestHidden = 0;
  // Forward, so that a parent is decided before its children.
  for (let node = 1; node < count; node++) {
    if (shown[node] === 1) continue; // of the chain
    const above = parent[node]!;
    const isLarge = weight[node]! >= threshold;
    const isBelowHidden = shown[above] === 0;
    if ((isBelowHidden || !isLarge) && weight[node]! > largestHidden) largestHidden = weight[node]!;
    if (isBelowHidden) {
      hiddenNodes++;
      continue;
    }
    if (isLarge && name[node] !== otherName) {
      shown[node] = 1;
      continue;
    }
    // A large function called `other` keeps its self value visible: only what is below it hides.
    if (!isLarge) hiddenNodes++;
    for (let k = 0; k < sides.length; k++) {
      const { total, self } = sides[k]!;
      others[k]![above]! += total[node]!;
      otherTotal += isLarge ? total[node]! - self[node]! : total[node]!;
      if (total[node] !== 0) hasOther[above] = 1;
    }
  }
  return { shown, others, hasOther, hiddenNodes, otherTotal, largestHidden };
}

/** Level by level from the root; a level is a list of nodes, in which −parent − 1 stands for an `other` box. */
export function placeRows(
  { name, parent }: NamedShape,
  sides: readonly Side[],
  { others, hasOther }: Pick<Cut, "others" | "hasOther">,
  children: ChildLists,
  { numberOf, otherNumber }: NumberedNames,
): { readonly levels: number[][]; readonly maxSelf: number } {
  let maxSelf = 0;
  const levels: number[][] = [];
  /** Where a node begins; once it is placed, where its next child begins, at last its `other`. */
  const x = sides.map(() => new Float64Array(parent.length));
  let row = Int32Array.of(0);
  while (row.length > 0) {
    const level: number[] = [];
    const ends = new Float64Array(sides.length);
    let room = 0;
    for (const node of row) {
      const isOther = node < 0;
      const at = isOther ? -node - 1 : node;
      for (let k = 0; k < sides.length; k++) {
        const total = isOther ? others[k]![at]! : sides[k]!.total[at]!;
        const self = isOther ? total : sides[k]!.self[at]!;
        const left = x[k]![at]!;
        level.push(left - ends[k]!, total, self);
        ends[k] = left + total;
        if (self > maxSelf) maxSelf = self;
        if (!isOther) x[k]![at] = left + self;
      }
      level.push(isOther ? otherNumber : numberOf[name[at]!]!);
      if (!isOther) room += children.start[at + 1]! - children.start[at]! + hasOther[at]!;
    }
    levels.push(level);
    row = rowBelow(row, room, sides, x, hasOther, children);
  }
  return { levels, maxSelf };
}

function rowBelow(
  row: Int32Array,
  room: number,
  sides: readonly Side[],
  x: readonly Float64Array[],
  hasOther: Uint8Array,
  children: ChildLists,
): Int32Array<ArrayBuffer> {
  const below = new Int32Array(room);
  let length = 0;
  for (const node of row) {
    if (node < 0) continue;
    for (let at = children.start[node]!; at < children.start[node + 1]!; at++) {
      const child = children.list[at]!;
      for (let k = 0; k < sides.length; k++) {
        const lefts = x[k]!;
        lefts[child] = lefts[node]!;
        lefts[node]! += sides[k]!.total[child]!;
      }
      below[length++] = child;
    }
    if (hasOther[node] === 1) below[length++] = -node - 1;
  }
  return below;
}

interface NumberedNames {
  readonly names: string[];
  /** New number of each of the shape's names, −1 for those not shown. */
  readonly numberOf: Int32Array;
  readonly otherNumber: number;
}

export function numberNames(
  { names, name, parent }: NamedShape,
  children: ChildLists,
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
