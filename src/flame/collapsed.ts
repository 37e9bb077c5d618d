// Folded text: `root;…;leaf value`, one line for each stack with a self value. Breadth-first, siblings
// by the bytes of their names. The format has no escaping: a `;` in a name splits it for whoever reads it back.
import { tooLarge } from "../lib/app-error.ts";
import { childLists } from "./children.ts";
import type { StackTree } from "./stack-tree.ts";

/** Text repeats each path in full, so a deep tree of a few megabytes may become gigabytes. */
const MOST_CHARS = 64 * 1024 * 1024;

export function encodeCollapsed(tree: StackTree): string {
  const lines: string[] = [];
  let chars = 0;
  for (const line of collapsedLines(tree)) {
    chars += line.length;
    if (chars > MOST_CHARS)
      throw tooLarge("collapsedChars", `more than ${MOST_CHARS}`, MOST_CHARS, "folded text of this range");
    lines.push(line);
  }
  return lines.join("");
}

/** Each line ends in a newline. */
export function* collapsedLines(tree: StackTree): Generator<string> {
  const { parent, name, self } = tree;
  // Names that would break the line they stand in.
  const names = tree.names.map((text) => (/[\r\n]/.test(text) ? text.replaceAll(/[\r\n]+/g, " ") : text));
  const children = childLists(tree);
  const queue = new Int32Array(parent.length);
  let queued = 1; // the root
  for (let at = 0; at < queued; at++) {
    const node = queue[at]!;
    if (node !== 0 && !self.isZero(node)) {
      const path: string[] = [];
      for (let up = node; up !== 0; up = parent[up]!) path.push(names[name[up]!]!);
      yield `${path.reverse().join(";")} ${self.exact(node)}\n`;
    }
    for (let k = children.start[node]!; k < children.start[node + 1]!; k++) queue[queued++] = children.list[k]!;
  }
}
