// Self and total per function name. In a recursive stack a function counts once: only its outermost
// frame adds to its total.
import { WideSums } from "../lib/wide-sums.ts";
import type { MeasuredTree } from "./stack-tree.ts";
import { addExact } from "./totals.ts";
import { walk } from "./walk.ts";

/** By index of the tree's names. The root counts for no name, though a function may be called "total" too. */
export interface TopTable {
  readonly self: WideSums;
  readonly total: WideSums;
  /** Names that any node but the root has. */
  readonly used: readonly number[];
}

export function topTable({ names, parent, name, self: nodeSelf, total: nodeTotal }: MeasuredTree): TopTable {
  const self = new WideSums(names.length);
  const total = new WideSums(names.length);
  const seen = new Uint8Array(names.length);
  const used: number[] = [];
  /** How many frames of a name are on the path from the root. */
  const open = new Int32Array(names.length);
  walk(
    parent,
    (node) => {
      if (node === 0) return;
      const id = name[node]!;
      if (seen[id] === 0) {
        seen[id] = 1;
        used.push(id);
      }
      addExact(self, id, nodeSelf, node);
      if (open[id]!++ === 0) addExact(total, id, nodeTotal, node);
    },
    (node) => {
      if (node !== 0) open[name[node]!]!--;
    },
  );
  return { self, total, used };
}
