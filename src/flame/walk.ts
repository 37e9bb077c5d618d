// Depth-first through a tree that is a list of parents, without recursion or a stack: each node is
// entered, then its children, then it is left. Siblings come in order of their ids.

export function walk(parent: Int32Array, enter: (node: number) => void, leave: (node: number) => void): void {
  const count = parent.length;
  const firstChild = new Int32Array(count);
  const nextSibling = new Int32Array(count);
  for (let node = count - 1; node > 0; node--) {
    const above = parent[node]!;
    nextSibling[node] = firstChild[above]!;
    firstChild[above] = node;
  }
  // 0 stands for "none": the root is nobody's child.
  let node = 0;
  enter(0);
  for (;;) {
    if (firstChild[node] !== 0) {
      node = firstChild[node]!;
      enter(node);
      continue;
    }
    leave(node);
    while (node !== 0 && nextSibling[node] === 0) {
      node = parent[node]!;
      leave(node);
    }
    if (node === 0) return;
    node = nextSibling[node]!;
    enter(node);
  }
}
