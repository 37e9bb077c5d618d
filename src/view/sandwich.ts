/**
 * One function with all that calls it and all that it calls, over every stack it is on:
 *
 *      [ main            ][ cron ]     callers: who called it, and who called them
 *      [ handle       ][ retry   ]     (drawn upside down, so that a caller is above what it calls)
 *      [ F                       ]
 *      [ parse     ][ lock ]           callees: what is under it, all its stacks merged
 *
 * Both are flame graphs whose root is the whole profile and whose one frame on level 1 is the function: shares and colours
 * are therefore those of the whole. A stack in which the function calls itself counts once, from its outermost call: the total is the
 * table's. A caller's total and self are those of the function when called from there. Children stand heaviest first.
 */
import { childStarts } from "./levels.ts";
import { type FlameModel, ROOT, type SideValues } from "./model.ts";

/** The function's own frame in both models. */
export const SANDWICH_NODE = 1;
/** Its level: the level above it is the whole, which is not drawn. */
export const SANDWICH_LEVEL = 1;

export interface Sandwich {
  readonly callers: FlameModel;
  readonly callees: FlameModel;
  /** Whole levels far from the function were left out. */
  readonly isCut: boolean;
}

/** Paths upward can be many more than there are frames: what grows beyond these ends at a whole level. */
const MOST_NODES = 1_000_000;
const MOST_STEPS = 20_000_000;

/** @param name index into the model's names. Returns null when no frame has it. */
export function sandwichOf(model: FlameModel, name: number): Sandwich | null {
  const outermost = outermostCalls(model, name);
  if (outermost.length === 0) return null;
  const { childStart, parent, sides } = model;
  const callees = grow(model, outermost, {
    values: sides,
    step: (at, visit) => {
      for (let child = childStart[at]!; child < childStart[at + 1]!; child++) visit(child, child);
    },
  });
  const ownSelf = selfWithin(model, name);
  const callers = grow(model, outermost, {
    values: sides.map(({ total }, side) => ({ total, self: ownSelf[side]! })),
    step: (at, visit, origin) => {
      if (parent[at]! > ROOT) visit(parent[at]!, origin);
    },
  });
  return { callers: callers.model, callees: callees.model, isCut: callers.isCut || callees.isCut };
}

/** Frames of the name that lie under no other of that name. */
function outermostCalls({ parent, name: names, nodeCount }: FlameModel, name: number): number[] {
  const isUnder = new Uint8Array(nodeCount);
  const outermost: number[] = [];
  for (let node = ROOT + 1; node < nodeCount; node++) {
    const above = parent[node]!;
    if (isUnder[above] === 1 || (above !== ROOT && names[above] === name)) isUnder[node] = 1;
    else if (names[node] === name) outermost.push(node);
  }
  return outermost;
}

/** Per side and node: the function's own value at and under it. */
function selfWithin({ parent, name: names, nodeCount, sides }: FlameModel, name: number): Float64Array[] {
  return sides.map(({ self }) => {
    const within = Float64Array.from(self, (value, node) => (names[node] === name ? value : 0));
    for (let node = nodeCount - 1; node > ROOT; node--) within[parent[node]!]! += within[node]!;
    return within;
  });
}

interface Walk {
  /** Per side, by source node. */
  readonly values: readonly SideValues[];
  /** Visits what is next from a source node, with the node whose values count there. */
  readonly step: (at: number, visit: (next: number, origin: number) => void, origin: number) => void;
}

/** Source nodes that are one frame here: where each path stands, and whose values it carries. */
interface Bundle {
  readonly name: number;
  readonly at: number[];
  readonly origin: number[];
}

function grow(model: FlameModel, outermost: readonly number[], walk: Walk): { model: FlameModel; isCut: boolean } {
  const grown = growing(model);
  const center: Bundle = { name: model.name[outermost[0]!]!, at: [...outermost], origin: [...outermost] };
  grown.add(center, ROOT, walk.values);
  grown.endLevel();
  let level: readonly Bundle[] = [center];
  let first = SANDWICH_NODE;
  let steps = outermost.length;
  let isCut = false;
  while (level.length > 0) {
    const families = level.map((bundle) => nextBundles(model, bundle, walk, grown.widthOf));
    const next = families.flat();
    steps += next.reduce((sum, { at }) => sum + at.length, 0);
    isCut = grown.count() + next.length > MOST_NODES || steps > MOST_STEPS;
    if (isCut || next.length === 0) break;
    for (const [at, family] of families.entries())
      for (const bundle of family) grown.add(bundle, first + at, walk.values);
    first += level.length;
    grown.endLevel();
    level = next;
  }
  return { model: grown.finish(), isCut };
}

/** By name, heaviest first. */
function nextBundles(
  model: FlameModel,
  { at, origin }: Bundle,
  walk: Walk,
  widthOf: (origin: readonly number[], values: readonly SideValues[]) => number,
): Bundle[] {
  const byName = new Map<number, Bundle>();
  for (const [index, node] of at.entries()) {
    const visit = (next: number, nextOrigin: number): void => {
      const name = model.name[next]!;
      let bundle = byName.get(name);
      if (bundle === undefined) {
        bundle = { name, at: [], origin: [] };
        byName.set(name, bundle);
      }
      bundle.at.push(next);
      bundle.origin.push(nextOrigin);
    };
    walk.step(node, visit, origin[index]!);
  }
  if (byName.size < 2) return [...byName.values()];
  return [...byName.values()]
    .map((bundle) => ({ bundle, width: widthOf(bundle.origin, walk.values) }))
    .sort((a, b) => b.width - a.width || (model.names[a.bundle.name]! < model.names[b.bundle.name]! ? -1 : 1))
    .map(({ bundle }) => bundle);
}

/** Collects nodes level by level; each lies right of the sibling before it. */
function growing(source: FlameModel) {
  const name: number[] = [source.name[ROOT]!];
  const parent: number[] = [-1];
  const levelStart = [0, 1];
  const sides = source.sides.map(({ total }) => ({ total: [total[ROOT]!], self: [total[ROOT]!] }));
  const x: number[] = [0];
  const width: number[] = [source.width[ROOT]!];
  /** Where a node's next child begins. */
  const nextX: number[] = [0];
  const filledSides = sides.filter(({ total }) => total[0]! > 0).length;
  /** Layout units per value, as the source has them: ticks, or of a diff the mean of both shares. */
  const scale = sides.map(({ total }) => (sides.length === 1 ? 1 : total[0]! > 0 ? 1 / total[0]! / filledSides : 0));
  const sumOf = (values: Float64Array, nodes: readonly number[]): number => {
    let sum = 0;
    for (const node of nodes) sum += values[node]!;
    return sum;
  };
  const widthOf = (origin: readonly number[], values: readonly SideValues[]): number =>
    values.reduce((sum, { total }, side) => sum + sumOf(total, origin) * scale[side]!, 0);
  return {
    widthOf,
    count: () => name.length,
    add: (bundle: Bundle, under: number, values: readonly SideValues[]): void => {
      const wide = widthOf(bundle.origin, values);
      name.push(bundle.name);
      parent.push(under);
      x.push(nextX[under]!);
      nextX.push(nextX[under]!);
      nextX[under]! += wide;
      width.push(wide);
      for (const [side, { total, self }] of values.entries()) {
        sides[side]!.total.push(sumOf(total, bundle.origin));
        sides[side]!.self.push(sumOf(self, bundle.origin));
      }
      if (under === ROOT) for (const { total, self } of sides) self[0]! -= total.at(-1)!;
    },
    endLevel: (): void => {
      levelStart.push(name.length);
    },
    finish: (): FlameModel => {
      const parents = Int32Array.from(parent);
      const made = sides.map(({ total, self }) => ({ total: Float64Array.from(total), self: Float64Array.from(self) }));
      return {
        names: source.names,
        nodeCount: name.length,
        levelStart: Uint32Array.from(levelStart),
        levelCount: levelStart.length - 1,
        parent: parents,
        childStart: childStarts(parents),
        name: Uint32Array.from(name),
        x: Float64Array.from(x),
        width: Float64Array.from(width),
        sides: made.length === 2 ? [made[0]!, made[1]!] : [made[0]!],
      };
    },
  };
}
