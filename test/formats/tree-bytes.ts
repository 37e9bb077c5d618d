// Writes the two binary forms of old agents for tests: the most nodes that a trie can have, and a tree that repeats what stacks share.

export type Stacks = readonly { readonly frames: readonly string[]; readonly value: bigint }[];

const utf8 = (text: string) => new TextEncoder().encode(text);

export function uvarint(value: bigint | number): number[] {
  const bytes: number[] = [];
  let left = BigInt(value);
  do {
    bytes.push(Number(left & 0x7fn) | (left > 0x7fn ? 0x80 : 0));
    left >>= 7n;
  } while (left > 0n);
  return bytes;
}

/** Keys as a trie of single bytes: as many nodes as a trie can have. */
export function trieOf(stacks: Stacks): Uint8Array<ArrayBuffer> {
  interface Node {
    value: bigint;
    readonly children: Map<number, Node>;
  }
  const root: Node = { value: 0n, children: new Map() };
  for (const { frames, value } of stacks) {
    let node = root;
    for (const byte of utf8(frames.join(";"))) {
      let child = node.children.get(byte);
      if (child === undefined) {
        child = { value: 0n, children: new Map() };
        node.children.set(byte, child);
      }
      node = child;
    }
    node.value += value;
  }
  const bytes: number[] = [];
  const write = (name: readonly number[], { value, children }: Node): void => {
    bytes.push(...uvarint(name.length), ...name, ...uvarint(value), ...uvarint(children.size));
    for (const [byte, child] of children) write([byte], child);
  };
  write([], root);
  return Uint8Array.from(bytes);
}

/** A call tree that repeats what stacks share: decoders must merge. */
export function treeOf(stacks: Stacks): Uint8Array<ArrayBuffer> {
  const branch = ({ frames, value }: Stacks[number]): number[] => {
    const [first = "", ...rest] = frames;
    const name = utf8(first);
    const below = rest.length === 0 ? [] : branch({ frames: rest, value });
    return [
      ...uvarint(name.length),
      ...name,
      ...uvarint(rest.length === 0 ? value : 0),
      rest.length === 0 ? 0 : 1,
      ...below,
    ];
  };
  return Uint8Array.from([0, 0, ...uvarint(stacks.length), ...stacks.flatMap(branch)]);
}
