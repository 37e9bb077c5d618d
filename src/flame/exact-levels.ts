// Levels (levels.ts) of values that doubles can't hold. Every number of a level is made of values by adding and subtracting
// alone, so each digit is laid out for itself, and digits are put together at the end:
//
//   value = third · 2^52 + second · 2^26 + first      a level of thirds, one of seconds, one of firsts → one of bigints
import { LIMB, WideSums } from "../lib/wide-sums.ts";
import { childLists } from "./children.ts";
import { type Cut, cutTree, numberNames, placeRows, type Side } from "./levels.ts";
import type { MeasuredTree } from "./stack-tree.ts";
import { addExact, approximate } from "./totals.ts";
import { alignTrees, columnsOf, type NamedShape } from "./tree-builder.ts";

interface ExactSide {
  readonly total: WideSums;
  readonly self: WideSums;
}

interface ExactLevels {
  readonly names: readonly string[];
  readonly levels: readonly (readonly bigint[])[];
  readonly maxSelf: bigint;
}

const DIGIT = 2 ** 26;
const DIGIT_BITS = 26n;

/** Whether a double may not hold some value of a tree. */
export const isWide = ({ total }: MeasuredTree): boolean => total.approx(0) > Number.MAX_SAFE_INTEGER;

export function encodeWideFlamebearer(tree: MeasuredTree, maxNodes: number): ExactLevels & { readonly total: bigint } {
  return { ...encodeExactLevels(tree, [tree], maxNodes), total: tree.total.exact(0) };
}

export function encodeWideDiff(left: MeasuredTree, right: MeasuredTree, maxNodes: number) {
  const { names, nodes, nodeOf } = alignTrees([left, right]);
  const sides = [left, right].map(
    ({ total, self }, k): ExactSide => ({
      total: spread(total, nodeOf[k]!, nodes.count),
      self: spread(self, nodeOf[k]!, nodes.count),
    }),
  );
  const levels = encodeExactLevels({ names, ...columnsOf(nodes) }, sides, maxNodes);
  return { ...levels, leftTicks: left.total.exact(0), rightTicks: right.total.exact(0) };
}

function encodeExactLevels(shape: NamedShape, sides: readonly ExactSide[], maxNodes: number): ExactLevels {
  const rounded = sides.map(({ total, self }): Side => ({ total: approximate(total), self: approximate(self) }));
  const cut = cutTree(shape, rounded, maxNodes, [0]);
  const children = childLists(shape, cut.shown);
  const numbered = numberNames(shape, children, cut.hasOther);
  const others = sides.map(({ total }) => othersOf(shape, cut, total));
  const [firsts, seconds, thirds] = [0, 1, 2].map((place) => {
    const digits = sides.map(({ total, self }) => ({ total: digitsOf(total, place), self: digitsOf(self, place) }));
    const ofOthers = { ...cut, others: others.map((sums) => digitsOf(sums, place)) };
    return placeRows(shape, digits, ofOthers, children, numbered).levels;
  });
  let maxSelf = 0n;
  const levels = firsts!.map((level, depth) =>
    level.map((first, i) => {
      const column = i % (sides.length * 3 + 1);
      if (column === sides.length * 3) return BigInt(first); // a name
      const high = (BigInt(thirds![depth]![i]!) << DIGIT_BITS) + BigInt(seconds![depth]![i]!);
      const value = (high << DIGIT_BITS) + BigInt(first);
      if (column % 3 === 2 && value > maxSelf) maxSelf = value;
      return value;
    }),
  );
  return { names: numbered.names, levels, maxSelf };
}

/** The exact width of the `other` box below each node. */
export function othersOf({ parent }: NamedShape, { shown }: Pick<Cut, "shown">, total: WideSums): WideSums {
  const others = new WideSums(parent.length);
  for (let node = 1; node < parent.length; node++)
    if (shown[node] === 0 && shown[parent[node]!] === 1) addExact(others, parent[node]!, total, node);
  return others;
}

/** @param place 0 for the last digit */
function digitsOf(sums: WideSums, place: number): Float64Array {
  const digits = new Float64Array(sums.length);
  for (let i = 0; i < digits.length; i++) {
    // A low limb may stand at up to 2^53.
    const over = sums.lo[i]! >= LIMB ? 1 : 0;
    const lo = sums.lo[i]! - over * LIMB;
    if (place === 2) digits[i] = (sums.hi === null ? 0 : sums.hi[i]!) + over;
    else digits[i] = place === 1 ? Math.floor(lo / DIGIT) : lo % DIGIT;
  }
  return digits;
}

function spread(sums: WideSums, ids: Int32Array, count: number): WideSums {
  const wide = new WideSums(count);
  for (let node = 0; node < ids.length; node++) addExact(wide, ids[node]!, sums, node);
  return wide;
}
