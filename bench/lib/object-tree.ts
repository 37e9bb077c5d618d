// Call trees the usual way, for comparison: an object per node, children in a Map by name.
import type { StackDictionary } from "../../src/profile/stack-dictionary.ts";

const ROOT = "total";

export interface ObjectNode {
  readonly name: string;
  self: number;
  total: number;
  readonly children: Map<string, ObjectNode>;
}

const objectNode = (name: string): ObjectNode => ({ name, self: 0, total: 0, children: new Map() });

interface Merged {
  readonly total: number;
  readonly hidden: number;
  readonly other: number;
}

export function mergeObjects(trees: readonly ObjectNode[], maxNodes: number): Merged {
  const root = objectNode(ROOT);
  for (const tree of trees) mergeInto(root, tree);
  const totals: number[] = [];
  addTotals(root, totals);
  totals.sort((a, b) => b - a);
  const threshold = totals.length <= maxNodes ? 0 : (totals[maxNodes - 1] ?? 0);
  const { kept, other } = prune(root, threshold);
  return { total: root.total, hidden: totals.length - kept, other };
}

function mergeInto(target: ObjectNode, source: ObjectNode): void {
  target.self += source.self;
  for (const child of source.children.values()) {
    let mine = target.children.get(child.name);
    if (mine === undefined) {
      mine = objectNode(child.name);
      target.children.set(child.name, mine);
    }
    mergeInto(mine, child);
  }
}

function addTotals(node: ObjectNode, totals: number[]): void {
  node.total = node.self;
  for (const child of node.children.values()) {
    addTotals(child, totals);
    node.total += child.total;
  }
  totals.push(node.total);
}

/** @returns how many stay, and what the others held */
function prune(node: ObjectNode, threshold: number): { kept: number; other: number } {
  let kept = 1;
  let below = 0;
  let other = 0;
  for (const child of node.children.values()) {
    if (child.total >= threshold) {
      const pruned = prune(child, threshold);
      kept += pruned.kept;
      below += pruned.other;
    } else {
      other += child.total;
      node.children.delete(child.name);
    }
  }
  if (other > 0) node.children.set("other", { name: "other", self: other, total: other, children: new Map() });
  return { kept, other: other + below };
}

export function objectTreeOf(stacks: StackDictionary, nodes: Int32Array, values: Float64Array): ObjectNode {
  const root = objectNode(ROOT);
  const made = new Map<number, ObjectNode>([[0, root]]);
  const nodeOf = (id: number): ObjectNode => {
    const known = made.get(id);
    if (known !== undefined) return known;
    const above = nodeOf(stacks.parentOf(id));
    const name = stacks.frameName(stacks.frameOf(id));
    let node = above.children.get(name);
    if (node === undefined) {
      node = objectNode(name);
      above.children.set(name, node);
    }
    made.set(id, node);
    return node;
  };
  nodes.forEach((id, at) => {
    nodeOf(id).self += values[at] ?? 0;
  });
  return root;
}

export function countNodes(node: ObjectNode): number {
  let count = 1;
  for (const child of node.children.values()) count += countNodes(child);
  return count;
}
