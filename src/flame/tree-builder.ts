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

/**
 * The tree of names of `self`, which holds a value for each node of `stacks`. Nodes without value below them are left out, and
 * cost nothing when `self` is tracked: a query's vectors touch a small part of years of stacks.
 */
export function treeOfStacks(stacks: StackDictionary, self: WideSums): StackTree {
  const named = nameTreeOf(stacks);
  const touched = self.nonZero();
  const { nodes, numberOf } = numbered(named, touched);
  const values = sumsByName(named, self, { touched, numberOf, used: nodes.length });
  const { rows } = named.nodes;
  const parent = new Int32Array(nodes.length);
  const name = new Int32Array(nodes.length);
  parent[0] = -1;
  for (let i = 1; i < nodes.length; i++) {
    parent[i] = numberOf[rows[nodes[i]! * 2]!]! - 1;
    name[i] = rows[nodes[i]! * 2 + 1]!;
  }
  for (let i = 0; i < nodes.length; i++) numberOf[nodes[i]!] = 0;
  return { names: numberNames(named, name), parent, name, self: values };
}

/**
 * The named nodes that have a value at or below them, a parent before its children.
 * @returns with the place in the list, + 1, of each: scratch, to be cleared
 */
function numbered({ nodes: { rows }, nodeOf, scratch }: NameTree, touched: Int32Array) {
  let nodes = new Int32Array(Math.max(64, touched.length * 2));
  scratch[0] = 1;
  let count = 1;
  for (let i = 0; i < touched.length; i++) {
    const leaf = nodeOf[touched[i]!]!;
    let depth = 0;
    for (let node = leaf; scratch[node] === 0; node = rows[node * 2]!) depth++;
    if (count + depth > nodes.length) {
      const wider = new Int32Array((count + depth) * 2);
      wider.set(nodes);
      nodes = wider;
    }
    for (let node = leaf, at = count + depth - 1; at >= count; at--) {
      nodes[at] = node;
      scratch[node] = at + 1;
      node = rows[node * 2]!;
    }
    count += depth;
  }
  return { nodes: nodes.subarray(0, count), numberOf: scratch };
}

/** Numbers names in order of arrival, in place. @returns their texts */
function numberNames(named: NameTree, name: Int32Array): string[] {
  const names = [ROOT_NAME];
  /** Index into names + 1. */
  const nameAt = new Int32Array(named.nameCount);
  nameAt[0] = 1;
  for (let i = 1; i < name.length; i++) {
    const key = name[i]!;
    if (nameAt[key] === 0) nameAt[key] = names.push(named.text(key));
    name[i] = nameAt[key]! - 1;
  }
  return names;
}

interface Numbering {
  readonly touched: Int32Array;
  readonly numberOf: Int32Array;
  readonly used: number;
}

function sumsByName({ nodeOf }: NameTree, values: WideSums, { touched, numberOf, used }: Numbering): WideSums {
  const sums = new WideSums(used);
  const { lo, hi } = values;
  let sum = 0;
  if (hi === null) for (let i = 0; i < touched.length; i++) sum += lo[touched[i]!]!;
  if (hi === null && sum < LIMB) {
    // Nothing can pass 2^52: plain floats are exact.
    sums.makeRoom(sum);
    const target = sums.lo;
    for (let i = 0; i < touched.length; i++) target[numberOf[nodeOf[touched[i]!]!]! - 1]! += lo[touched[i]!]!;
    return sums;
  }
  for (let i = 0; i < touched.length; i++) addExact(sums, numberOf[nodeOf[touched[i]!]!]! - 1, values, touched[i]!);
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
