// A tree as Pyroscope's clients read it: nodes in preorder, the last child first, below a root without a name.
//
//   node := varint(length of name) name varint(self) varint(children) children…
import { ByteWriter } from "../lib/byte-writer.ts";
import { LIMB, type WideSums } from "../lib/wide-sums.ts";
import { childLists } from "./children.ts";
import { othersOf } from "./exact-levels.ts";
import { cutTree, OTHER } from "./levels.ts";
import type { MeasuredTree } from "./stack-tree.ts";
import { approximate } from "./totals.ts";

/** `maxNodes` below 1: all. What is cut off is a child `other` of where it was. */
export function encodeTree(tree: MeasuredTree, maxNodes: number): Uint8Array<ArrayBuffer> {
  const side = { total: approximate(tree.total), self: approximate(tree.self) };
  const { shown, hasOther } = cutTree(tree, [side], maxNodes, [0]);
  const others = othersOf(tree, { shown }, tree.total);
  const { start, list } = childLists(tree, shown);
  const out = new ByteWriter();
  const write = (name: string, values: WideSums, node: number, children: number) => {
    out.text(name);
    // A low limb may stand at up to 2^53.
    const over = values.lo[node]! >= LIMB ? 1 : 0;
    out.wide(values.lo[node]! - over * LIMB, (values.hi === null ? 0 : values.hi[node]!) + over);
    out.varint(children);
  };
  const stack = [0];
  for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
    if (node < 0) {
      write(OTHER, others, -node - 1, 0);
      continue;
    }
    const children = start[node + 1]! - start[node]!;
    write(node === 0 ? "" : tree.names[tree.name[node]!]!, tree.self, node, children + hasOther[node]!);
    // What is pushed last comes first: ascending, and `other` on top of all.
    for (let at = start[node]!; at < start[node + 1]!; at++) stack.push(list[at]!);
    if (hasOther[node] === 1) stack.push(-node - 1);
  }
  return out.finish();
}
