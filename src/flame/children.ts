// The children of every node as one list: those of `node` lie in list[start[node] … start[node + 1]),
// sorted by the UTF-8 bytes of their names.
import { compareUtf8 } from "../lib/utf8-order.ts";
import type { NamedShape } from "./tree-builder.ts";

export interface ChildLists {
  readonly start: Int32Array;
  readonly list: Int32Array;
}

/** Only nodes with a mark in `chosen`, if given; a chosen node's parent is chosen too. Linear but for the sorting of names. */
export function childLists({ names, parent, name }: NamedShape, chosen: Uint8Array | null = null): ChildLists {
  const count = parent.length;
  const rank = ranksOfNames(names, name, chosen);
  // Twice a counting sort: nodes by rank of their name, then, in that order, by parent.
  const byRank = new Int32Array(count);
  const rankStart = new Int32Array(names.length + 1);
  const start = new Int32Array(count + 1);
  for (let node = 1; node < count; node++) {
    if (chosen !== null && chosen[node] === 0) continue;
    rankStart[rank[name[node]!]! + 1]!++;
    start[parent[node]! + 1]!++;
  }
  for (let k = 0; k < names.length; k++) rankStart[k + 1]! += rankStart[k]!;
  for (let k = 0; k < count; k++) start[k + 1]! += start[k]!;
  const total = start[count]!;
  for (let node = 1; node < count; node++) {
    if (chosen !== null && chosen[node] === 0) continue;
    byRank[rankStart[rank[name[node]!]!]!++] = node;
  }
  const next = start.slice();
  const list = new Int32Array(total);
  for (let k = 0; k < total; k++) {
    const node = byRank[k]!;
    list[next[parent[node]!]!++] = node;
  }
  return { start, list };
}

/** Ranks names that chosen nodes have: after pruning these are few of all. */
function ranksOfNames(names: readonly string[], name: Int32Array, chosen: Uint8Array | null): Int32Array {
  const seen = new Uint8Array(names.length);
  const used: number[] = [];
  for (let node = 1; node < name.length; node++) {
    const id = name[node]!;
    if (seen[id] === 1 || (chosen !== null && chosen[node] === 0)) continue;
    seen[id] = 1;
    used.push(id);
  }
  used.sort((a, b) => compareUtf8(names[a]!, names[b]!));
  const rank = new Int32Array(names.length);
  used.forEach((id, k) => {
    rank[id] = k;
  });
  return rank;
}
