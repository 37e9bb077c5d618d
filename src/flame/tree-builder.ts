// Makes trees of names. Nodes are interned as (parent, name) pairs, so that nodes which differ only in
// line, address or dictionary become one; no object per node anywhere.
import { TupleTable } from "../lib/tuple-table.ts";
import { LIMB, WideSums } from "../lib/wide-sums.ts";
import type { StackDictionary } from "../profile/stack-dictionary.ts";
import { type NameTree, nameTreeOf } from "./name-tree.ts";
import { ROOT_NAME, type StackTree } from "./stack-tree.ts";
import { addExact } from "./totals.ts";

/** Nodes and their names. */
export interface NamedShape {
  readonly names: readonly string[];
  /** parent[node] < node; parent[0] is −1. */
  readonly parent: Int32Array;
  /** Index into names. */
  readonly name: Int32Array;
}

/** A tree whose siblings may share a name, and whose names may repeat. */
export interface LooseTree extends NamedShape {
  readonly self: WideSums;
}

/** The tree of names of `self`, which holds a value for each node of `stacks`. Nodes without value below them are left out. */
export function treeOfStacks(stacks: StackDictionary, self: WideSums): StackTree {
  const named = nameTreeOf(stacks);
  const { rows, count } = named.nodes;
  const sums = sumsByName(named, self, Math.min(stacks.nodes.count, self.length));
  /** Number in the tree, for those that are in it; while marking, 1. */
  const numberOf = new Int32Array(count);
  numberOf[0] = 1;
  let used = 1;
  for (let node = count - 1; node > 0; node--) {
    if (numberOf[node] === 0 && sums.isZero(node)) continue;
    numberOf[node] = 1;
    numberOf[rows[node * 2]!] = 1;
    used++;
  }
  const parent = new Int32Array(used);
  const name = new Int32Array(used);
  const values = new WideSums(used);
  const names = [ROOT_NAME];
  /** Index into names + 1. */
  const nameAt = new Int32Array(named.nameCount);
  nameAt[0] = 1;
  parent[0] = -1;
  addExact(values, 0, sums, 0);
  numberOf[0] = 0;
  let next = 1;
  for (let node = 1; node < count; node++) {
    if (numberOf[node] === 0) continue;
    const key = rows[node * 2 + 1]!;
    if (nameAt[key] === 0) nameAt[key] = names.push(named.text(key));
    parent[next] = numberOf[rows[node * 2]!]!;
    name[next] = nameAt[key]! - 1;
    addExact(values, next, sums, node);
    numberOf[node] = next++;
  }
  return { names, parent, name, self: values };
}

function sumsByName({ nodes, nodeOf }: NameTree, values: WideSums, count: number): WideSums {
  const sums = new WideSums(nodes.count);
  const { lo, hi } = values;
  let sum = 0;
  if (hi === null) for (let node = 0; node < count; node++) sum += lo[node]!;
  if (hi === null && sum < LIMB) {
    // Nothing can pass 2^52: plain floats are exact.
    sums.makeRoom(sum);
    const target = sums.lo;
    for (let node = 0; node < count; node++) target[nodeOf[node]!]! += lo[node]!;
    return sums;
  }
  for (let node = 0; node < count; node++) if (!values.isZero(node)) addExact(sums, nodeOf[node]!, values, node);
  return sums;
}

export function buildTree({ names, parent, name, self }: LooseTree): StackTree {
  return mergeTrees([{ names, parent, name, self }]);
}

/** `mergeTrees` for trees whose names and siblings are distinct already, as those of treeOfStacks: one is what it is. */
export function mergeDistinct(trees: readonly StackTree[]): StackTree {
  const [only] = trees;
  return only !== undefined && trees.length === 1 ? only : mergeTrees(trees);
}

/** Commutative and associative up to the order of nodes and names; the empty tree changes nothing. */
export function mergeTrees(trees: readonly LooseTree[]): StackTree {
  const { names, nodes, nodeOf } = alignTrees(trees);
  const sums = new WideSums(nodes.count);
  trees.forEach((tree, k) => {
    const ids = nodeOf[k]!;
    for (let node = 0; node < ids.length; node++) addExact(sums, ids[node]!, tree.self, node);
  });
  return treeOfPairs(names, nodes, sums);
}

export interface AlignedTrees {
  readonly names: readonly string[];
  /** (parent, name) rows of all nodes that any of the trees has. */
  readonly nodes: TupleTable;
  /** For each tree: the common node of each of its own. */
  readonly nodeOf: readonly Int32Array[];
}

/** One shape over several trees, so that their values can be put side by side. */
export function alignTrees(trees: readonly LooseTree[]): AlignedTrees {
  const names = new NameTable();
  const nodes = new TupleTable(2, Math.max(1, ...trees.map((tree) => tree.parent.length)));
  nodes.internPair(-1, 0);
  const nodeOf = trees.map((tree) => {
    const nameOf = Int32Array.from(tree.names, (text) => names.idOf(text));
    const ids = new Int32Array(tree.parent.length);
    for (let node = 1; node < ids.length; node++) {
      ids[node] = nodes.internPair(ids[tree.parent[node]!]!, nameOf[tree.name[node]!]!);
    }
    return ids;
  });
  return { names: names.names, nodes, nodeOf };
}

/** Splits interned (parent, name) rows into the columns of a tree. */
export function columnsOf(nodes: TupleTable): { readonly parent: Int32Array; readonly name: Int32Array } {
  const parent = new Int32Array(nodes.count);
  const name = new Int32Array(nodes.count);
  for (let node = 0; node < nodes.count; node++) {
    parent[node] = nodes.rows[node * 2]!;
    name[node] = nodes.rows[node * 2 + 1]!;
  }
  return { parent, name };
}

function treeOfPairs(names: readonly string[], nodes: TupleTable, sums: WideSums): StackTree {
  if (sums.length === nodes.count) return { names, ...columnsOf(nodes), self: sums };
  const self = new WideSums(nodes.count);
  for (let node = 0; node < nodes.count; node++) addExact(self, node, sums, node);
  return { names, ...columnsOf(nodes), self };
}

/** Distinct names in order of arrival; "total" is 0. */
class NameTable {
  readonly names: string[] = [ROOT_NAME];
  readonly #ids = new Map([[ROOT_NAME, 0]]);

  idOf(name: string): number {
    const known = this.#ids.get(name);
    if (known !== undefined) return known;
    this.names.push(name);
    this.#ids.set(name, this.names.length - 1);
    return this.names.length - 1;
  }
}
