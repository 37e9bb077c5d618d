// What passed through a function: each stack that has it counts once, however often it is in there.
import type { StackValues } from "./focus.ts";
import { nameTreeOf } from "./name-tree.ts";

/** Above 2^53 it is rounded. */
export function functionTotal({ stacks, values }: StackValues, name: string): number {
  const named = nameTreeOf(stacks);
  const { rows, count } = named.nodes;
  const isNamed = Array.from({ length: named.nameCount }, (_, id) => named.text(id) === name);
  const within = new Uint8Array(count);
  for (let node = 1; node < count; node++)
    within[node] = within[rows[node * 2]!] === 1 || isNamed[rows[node * 2 + 1]!]! ? 1 : 0;
  let total = 0;
  for (let node = 0; node < Math.min(stacks.nodes.count, values.length); node++)
    if (within[named.nodeOf[node]!] === 1) total += values.approx(node);
  return total;
}
