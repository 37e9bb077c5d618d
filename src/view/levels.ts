/**
 * Flamebearer levels → model. Per level a flat list of nodes, left to right:
 *
 *   single, 4 numbers   x offset, total, self, name          offset: from the end of the node before it in the level
 *   double, 7 numbers   x offset L, total L, self L, x offset R, total R, self R, name     each side counted on its own
 *
 * The input may come from anywhere (an upload, another server), so every number is checked, and a level that does not
 * fit under the one above it is an answer, not a crash.
 */
import type { FlameModel, SideValues } from "./model.ts";

export interface FlamebearerLevels {
  readonly names: readonly string[];
  readonly levels: readonly (readonly number[])[];
}

export type DecodedLevels =
  | { readonly ok: true; readonly model: FlameModel }
  | { readonly ok: false; readonly reason: string };

/** 36 bytes a node: about 300 MB of arrays, near what a browser tab bears. */
const MAX_NODES = 8_000_000;
/** Sums past 2^53 lose their last digits on the way; a child may stick out of its parent by that much. */
const ROUNDING = 1e-9;

export function decodeLevels(flamebearer: FlamebearerLevels, format: "single" | "double"): DecodedLevels {
  const { names, levels } = flamebearer;
  if (!Array.isArray(names) || names.length === 0) return bad("there are no names");
  if (!names.every((name) => typeof name === "string")) return bad("a name is not a text");
  if (!Array.isArray(levels) || levels.length === 0) return bad("there are no levels");
  const stride = format === "single" ? 4 : 7;
  const levelStart = levelStarts(levels, stride);
  if (typeof levelStart === "string") return bad(levelStart);

  const levelCount = levelStart.length - 1;
  const nodeCount = levelStart[levelCount]!;
  const sideCount = format === "single" ? 1 : 2;
  const parent = new Int32Array(nodeCount);
  const name = new Uint32Array(nodeCount);
  const starts = times(sideCount, () => new Float64Array(nodeCount));
  const sides = times(sideCount, () => ({ total: new Float64Array(nodeCount), self: new Float64Array(nodeCount) }));
  parent[0] = -1;

  for (let side = 0; side < sideCount; side++) {
    const problem = readSide(levels, stride, side, levelStart, starts[side]!, sides[side]!);
    if (problem) return bad(problem);
  }
  for (let level = 0, node = 0; level < levelCount; level++) {
    const numbers = levels[level]!;
    for (let at = stride - 1; at < numbers.length; at += stride, node++) {
      const index = numbers[at];
      if (!Number.isInteger(index) || index! < 0 || index! >= names.length)
        return bad(`level ${level} names no name: ${index}`);
      name[node] = index!;
    }
  }
  const problem = findParents(levelStart, starts, sides, parent);
  if (problem) return bad(problem);

  const [first, second] = sides;
  const layout = second ? meanOfShares(starts, [first!, second]) : { x: starts[0]!, width: first!.total };
  const model: FlameModel = {
    names,
    nodeCount,
    levelStart,
    levelCount,
    parent,
    childStart: childStarts(parent),
    name,
    ...layout,
    sides: second ? [first!, second] : [first!],
  };
  return { ok: true, model };
}

function levelStarts(levels: readonly (readonly number[])[], stride: number): Uint32Array | string {
  const starts: number[] = [0];
  let nodeCount = 0;
  for (const [level, numbers] of levels.entries()) {
    if (!Array.isArray(numbers)) return `level ${level} is not a list`;
    if (numbers.length % stride !== 0)
      return `level ${level} has ${numbers.length} numbers, not a multiple of ${stride}`;
    if (numbers.length === 0) break; // nothing can lie below an empty level
    nodeCount += numbers.length / stride;
    if (nodeCount > MAX_NODES) return `more than ${MAX_NODES} nodes`;
    starts.push(nodeCount);
  }
  if (starts[1] !== 1) return `level 0 has ${starts[1] ?? 0} nodes, not one root`;
  const emptyFrom = starts.length - 1;
  for (let level = emptyFrom; level < levels.length; level++) {
    if (levels[level]!.length !== 0) return `level ${level} lies below an empty level`;
  }
  return Uint32Array.from(starts);
}

/** Reads offset, total and self of one side of every node, and turns offsets into positions. */
function readSide(
  levels: readonly (readonly number[])[],
  stride: number,
  side: number,
  levelStart: Uint32Array,
  starts: Float64Array,
  values: SideValues,
): string | undefined {
  const { total: totals, self: selfs } = values;
  const levelCount = levelStart.length - 1;
  for (let level = 0, node = 0; level < levelCount; level++) {
    const numbers = levels[level]!;
    let x = 0;
    for (let at = 3 * side; at < numbers.length; at += stride, node++) {
      const offset = numbers[at];
      const total = numbers[at + 1];
      const self = numbers[at + 2];
      if (typeof offset !== "number" || typeof total !== "number" || typeof self !== "number") {
        return `level ${level} holds something that is not a number`;
      }
      if (!(offset >= 0 && total >= 0 && self >= 0 && offset + total < Number.POSITIVE_INFINITY)) {
        return `level ${level} holds a negative or endless number`;
      }
      if (self > total) return `level ${level} holds a node whose own value is above its total`;
      x += offset;
      starts[node] = x;
      totals[node] = total;
      selfs[node] = self;
      x += total;
    }
  }
  return undefined;
}

/** A child's parent is the first node above it that contains it on every side; both run left to right. */
function findParents(
  levelStart: Uint32Array,
  starts: readonly Float64Array[],
  sides: readonly SideValues[],
  parent: Int32Array,
): string | undefined {
  const startA = starts[0]!;
  const totalA = sides[0]!.total;
  const startB = starts[1] ?? startA;
  const totalB = sides[1]?.total ?? totalA;
  const slackA = totalA[0]! * ROUNDING;
  const slackB = totalB[0]! * ROUNDING;
  for (let level = 1; level < levelStart.length - 1; level++) {
    const aboveEnd = levelStart[level]!;
    const end = levelStart[level + 1]!;
    let above = levelStart[level - 1]!;
    for (let node = aboveEnd; node < end; node++) {
      const endA = startA[node]! + totalA[node]! - slackA;
      const endB = startB[node]! + totalB[node]! - slackB;
      while (above < aboveEnd && (endA > startA[above]! + totalA[above]! || endB > startB[above]! + totalB[above]!))
        above++;
      if (above === aboveEnd || startA[node]! + slackA < startA[above]! || startB[node]! + slackB < startB[above]!) {
        return `level ${level} holds a node that does not lie under a node of the level above`;
      }
      parent[node] = above;
    }
  }
  return undefined;
}

export function childStarts(parent: Int32Array): Uint32Array {
  const nodeCount = parent.length;
  const starts = new Uint32Array(nodeCount + 1);
  let current = 0;
  starts[0] = 1;
  for (let node = 1; node < nodeCount; node++) {
    while (current < parent[node]!) starts[++current] = node;
  }
  while (current < nodeCount) starts[++current] = nodeCount;
  return starts;
}

function meanOfShares(
  starts: readonly Float64Array[],
  [left, right]: readonly [SideValues, SideValues],
): { x: Float64Array; width: Float64Array } {
  const leftWhole = left.total[0]!;
  const rightWhole = right.total[0]!;
  const filledSides = (leftWhole > 0 ? 1 : 0) + (rightWhole > 0 ? 1 : 0);
  const leftScale = leftWhole > 0 ? 1 / leftWhole / filledSides : 0;
  const rightScale = rightWhole > 0 ? 1 / rightWhole / filledSides : 0;
  const [startsLeft, startsRight] = [starts[0]!, starts[1]!];
  const x = new Float64Array(startsLeft.length);
  const width = new Float64Array(startsLeft.length);
  for (let node = 0; node < x.length; node++) {
    x[node] = startsLeft[node]! * leftScale + startsRight[node]! * rightScale;
    width[node] = left.total[node]! * leftScale + right.total[node]! * rightScale;
  }
  return { x, width };
}

function times<T>(count: number, make: () => T): T[] {
  return Array.from({ length: count }, make);
}

function bad(reason: string): DecodedLevels {
  return { ok: false, reason: `This flame graph cannot be shown: ${reason}.` };
}
