// Trees for tests: from folded text, at random, and back to text.
import fc from "fast-check";
import type { StackTree } from "../../src/flame/stack-tree.ts";
import { buildTree } from "../../src/flame/tree-builder.ts";
import { WideSums } from "../../src/lib/wide-sums.ts";

export type Stack = readonly [frames: readonly string[], value: bigint];

/** `a;b 1` as a tree; siblings are made one by buildTree, so that it is tested by every use. */
export function treeOf(stacks: readonly Stack[]): StackTree {
  const names = ["total"];
  const parent = [-1];
  const name = [0];
  const values = [0n];
  for (const [frames, value] of stacks) {
    let node = 0;
    for (const frame of frames) {
      names.push(frame);
      parent.push(node);
      name.push(names.length - 1);
      values.push(0n);
      node = parent.length - 1;
    }
    values[node] = (values[node] ?? 0n) + value;
  }
  const self = new WideSums(parent.length);
  values.forEach((value, node) => {
    self.addBig(node, value);
  });
  return buildTree({ names, parent: Int32Array.from(parent), name: Int32Array.from(name), self });
}

export const treeOfText = (text: string): StackTree =>
  treeOf(
    text
      .trim()
      .split("\n")
      .map((line): Stack => {
        const space = line.lastIndexOf(" ");
        return [line.slice(0, space).trim().split(";"), BigInt(line.slice(space + 1))];
      }),
  );

/** Every node as `path value`, sorted: equal for equal trees, whatever the order of their nodes. */
export function dump({ names, parent, name, self }: StackTree): string[] {
  const paths: string[] = [""];
  for (let node = 1; node < parent.length; node++)
    paths[node] = `${paths[parent[node]!]}/${JSON.stringify(names[name[node]!])}`;
  return paths.map((path, node) => `${path} ${self.exact(node)}`).sort();
}

/** Few names, so that stacks share prefixes; among them all that have a special meaning or order. */
const frame = fc.constantFrom("a", "b", "c", "other", "total", "", "é", "\uff5e", "😀", "a.b");

export const anyStacks = (value: fc.Arbitrary<bigint> = fc.bigInt(0n, 1000n)): fc.Arbitrary<Stack[]> =>
  fc.array(fc.tuple(fc.array(frame, { minLength: 1, maxLength: 6 }), value), { maxLength: 25 });

export const wideValue = fc.oneof(fc.bigInt(0n, 1000n), fc.bigInt(0n, 2n ** 62n));
