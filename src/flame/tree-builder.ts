// Makes trees of names. Nodes are interned as (parent, name) pairs, so that nodes which differ only in
// line, address or dictionary become one; no object per node anywhere.
import { TupleTable } from "../lib/tuple-table.ts";
import { WideSums } from "../lib/wide-sums.ts";
import type { StackDictionary } from "../profile/stack-dictionary.ts";
import { frameNamer, NameTable } from "./frame-names.ts";
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
  const count = Math.min(stacks.nodes.count, self.length);
  const { rows } = stacks.nodes;
  const used = new Uint8Array(count);
  let usedCount = 1;
  for (let node = count - 1; node > 0; node--) {
    if (used[node] === 0 && self.isZero(node)) continue;
    used[node] = 1;
    used[rows[node * 2]!] = 1;
    usedCount++;
  }
  const names = new NameTable([ROOT_NAME]);
  const nameOf = frameNamer(stacks, names);
  const nodes = new TupleTable(2, usedCount);
  nodes.internPair(-1, 0);
  const sums = new WideSums(usedCount);
  const treeNode = new Int32Array(count);
  addExact(sums, 0, self, 0);
  for (let node = 1; node < count; node++) {
    if (used[node] === 0) continue;
    const id = nodes.internPair(treeNode[rows[node * 2]!]!, nameOf(rows[node * 2 + 1]!));
    treeNode[node] = id;
    addExact(sums, id, self, node);
  }
  return treeOfPairs(names.names, nodes, sums);
}

export function buildTree({ names, parent, name, self }: LooseTree): StackTree {
  return mergeTrees([{ names, parent, name, self }]);
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
  const names = new NameTable([ROOT_NAME]);
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
