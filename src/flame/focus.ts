// A question about one subtree: the frames of a path from below the root, and what lies under the last of them.
//
//   whole            total 100           focused on main, work
//                      main 90             total 100
//                        work 60             main 90
//                          read 50             work 60
//                        idle 30                 read 50
//                      exit 10
//
// The frames of the path keep their own totals, so that every share of the whole can still be told; their other
// children are not there. Values outside the path are dropped by node number, before any tree of names is made.
import { WideSums } from "../lib/wide-sums.ts";
import type { StackDictionary } from "../profile/stack-dictionary.ts";
import { type NameTree, nameTreeOf } from "./name-tree.ts";
import { type MeasuredTree, ROOT_NAME } from "./stack-tree.ts";
import { addExact, measure } from "./totals.ts";
import { mergeTrees, type NamedShape, treeOfStacks } from "./tree-builder.ts";

/** Frame names from below the root. */
export type FocusPath = readonly string[];

/** Values by node of a dictionary. */
export interface StackValues {
  readonly stacks: StackDictionary;
  readonly values: WideSums;
}

export interface FocusedValues extends StackValues {
  /** What follows the path exactly so far and then leaves it, per number of frames; the whole path counts as inside. */
  readonly outside: WideSums;
  /** The part of `outside` that ends there: the frames' own values. */
  readonly self: WideSums;
}

/** Keeps the values of stacks that begin with the path. */
export function focusValues({ stacks, values }: StackValues, path: FocusPath): FocusedValues {
  const named = nameTreeOf(stacks);
  const followed = followedFrames(named, path);
  const count = Math.min(stacks.nodes.count, values.length);
  const inside = new WideSums(values.length);
  const outside = new WideSums(path.length);
  const self = new WideSums(path.length);
  for (let node = 0; node < count; node++) {
    if (values.isZero(node)) continue;
    const here = followed[named.nodeOf[node]!]!;
    if (here === path.length) addExact(inside, node, values, node);
    else {
      addExact(outside, here < 0 ? -1 - here : here, values, node);
      if (here >= 0) addExact(self, here, values, node);
    }
  }
  return { stacks, values: inside, outside, self };
}

/** Frames of the path that a named node's stack follows; −1 − frames once it has left the path. */
function followedFrames(named: NameTree, path: FocusPath): Int16Array {
  const { rows, count } = named.nodes;
  const followed = new Int16Array(count);
  for (let node = 1; node < count; node++) {
    const above = followed[rows[node * 2]!]!;
    const isOnPath = above >= 0 && above < path.length;
    followed[node] = isOnPath ? (named.text(rows[node * 2 + 1]!) === path[above] ? above + 1 : -1 - above) : above;
  }
  return followed;
}

/** The tree under the path, with the frames of the path above it as far as they exist. */
export function focusedTree(parts: readonly StackValues[], path: FocusPath): MeasuredTree {
  const focused = parts.map((part) => focusValues(part, path));
  const trees = focused.map(({ stacks, values }) => treeOfStacks(stacks, values));
  const outside = new WideSums(path.length);
  const own = new WideSums(path.length);
  for (const part of focused) {
    for (let depth = 0; depth < path.length; depth++) {
      addExact(outside, depth, part.outside, depth);
      addExact(own, depth, part.self, depth);
    }
  }
  // The beginning of a path that goes nowhere is there too, and so is what one side of a diff has of it.
  let reached = Math.max(0, path.length - 1);
  while (reached > 0 && outside.isZero(reached)) reached--;
  const tree = measure(mergeTrees([...trees, chainTree(path.slice(0, reached))]));
  const chain = chainOf(tree, path);
  const above = new WideSums(1);
  for (let depth = Math.min(chain.length, path.length) - 1; depth >= 0; depth--) {
    addExact(above, 0, outside, depth);
    addExact(tree.total, chain[depth]!, above, 0);
    addExact(tree.self, chain[depth]!, own, depth);
  }
  return tree;
}

export interface FocusFacts {
  readonly path: FocusPath;
  /** How many of its frames exist, one below the other; all of them when the subtree was found. */
  readonly matched: number;
  readonly found: boolean;
}

export function focusFacts(tree: MeasuredTree, path: FocusPath): FocusFacts & { readonly total: number } {
  const chain = chainOf(tree, path);
  const found = chain.length > path.length;
  return { path, matched: chain.length - 1, found, total: found ? tree.total.approx(chain.at(-1)!) : 0 };
}

/** The nodes of the path, from the root, as far as they exist. */
export function chainOf({ names, parent, name }: NamedShape, path: FocusPath): number[] {
  const wanted = path.map((text) => names.indexOf(text));
  const chain = [0];
  // A child comes after its parent, so one pass finds all.
  for (let node = 1; node < parent.length && chain.length <= path.length; node++) {
    const depth = chain.length - 1;
    if (parent[node] === chain[depth] && name[node] === wanted[depth]) chain.push(node);
  }
  return chain;
}

/** A stack without values. */
function chainTree(frames: readonly string[]) {
  const nodes = frames.length + 1;
  return {
    names: [ROOT_NAME, ...frames],
    parent: Int32Array.from({ length: nodes }, (_, node) => node - 1),
    name: Int32Array.from({ length: nodes }, (_, node) => node),
    self: new WideSums(nodes),
  };
}
