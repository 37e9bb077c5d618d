// A dictionary's nodes merged by name: nodes that differ only in line, address or mapping become one. It depends on the
// dictionary alone, so it is made once and grows with it; a query then adds values by number and hashes nothing.
//
//   dictionary node   0 root   1 main:10   2 work:3   3 main:11   4 work:3      nodeOf   0 1 2 1 2
//   named node        0        1 main      2 work
//
// Names are numbers here. Text is decoded when somebody asks for it, and kept.
import { TupleTable } from "../lib/tuple-table.ts";
import { FRAME, FUNCTION, type StackDictionary } from "../profile/stack-dictionary.ts";
import { ROOT_NAME } from "./stack-tree.ts";

const TOTAL_BYTES = ROOT_NAME.length;
const trees = new WeakMap<StackDictionary, NameTree>();

/** Of all nodes that the dictionary has now. */
export function nameTreeOf(stacks: StackDictionary): NameTree {
  let tree = trees.get(stacks);
  if (tree === undefined) {
    tree = new NameTree(stacks);
    trees.set(stacks, tree);
  }
  tree.grow();
  return tree;
}

export class NameTree {
  /** (parent, name) of each named node; a parent comes before its children. */
  readonly nodes: TupleTable;
  /** The named node of each dictionary node, for as many as were there at the last `grow`. */
  nodeOf: Int32Array<ArrayBuffer>;
  readonly #stacks: StackDictionary;
  #grownTo = 1;
  /** Name + 1 of each frame, and of each function-name string. */
  #ofFrame = new Int32Array(0);
  #ofString = new Int32Array(0);
  /** Where a name's text is, while it was not asked for: a string of the dictionary. */
  readonly #stringOf: number[] = [-1];
  readonly #texts: (string | undefined)[] = [ROOT_NAME];
  readonly #byText = new Map([[ROOT_NAME, 0]]);

  constructor(stacks: StackDictionary) {
    this.#stacks = stacks;
    this.nodes = new TupleTable(2, stacks.nodes.count);
    this.nodes.internPair(-1, 0);
    this.nodeOf = new Int32Array(stacks.nodes.count);
  }

  get nameCount(): number {
    return this.#stringOf.length;
  }

  text(name: number): string {
    let text = this.#texts[name];
    if (text === undefined) {
      text = this.#stacks.strings.text(this.#stringOf[name]!);
      this.#texts[name] = text;
    }
    return text;
  }

  grow(): void {
    const { nodes, frames, strings } = this.#stacks;
    if (this.#grownTo === nodes.count) return;
    this.nodeOf = withRoom(this.nodeOf, nodes.count);
    this.#ofFrame = withRoom(this.#ofFrame, frames.count);
    this.#ofString = withRoom(this.#ofString, strings.count);
    const { rows } = nodes;
    for (let node = this.#grownTo; node < nodes.count; node++) {
      const above = this.nodeOf[rows[node * 2]!]!;
      this.nodeOf[node] = this.nodes.internPair(above, this.#nameOf(rows[node * 2 + 1]!));
    }
    this.#grownTo = nodes.count;
  }

  #nameOf(frame: number): number {
    const known = this.#ofFrame[frame]!;
    if (known !== 0) return known - 1;
    const stacks = this.#stacks;
    const fn = stacks.frames.at(frame, FRAME.function);
    const name =
      fn === 0 ? this.#nameOfText(stacks.frameName(frame)) : this.#nameOfString(stacks.functions.at(fn, FUNCTION.name));
    this.#ofFrame[frame] = name + 1;
    return name;
  }

  /** Strings of a dictionary are distinct, so their numbers will do, but for those whose text something else may have. */
  #nameOfString(string: number): number {
    const known = this.#ofString[string]!;
    if (known !== 0) return known - 1;
    const bytes = this.#stacks.strings.bytesOf(string);
    const name = isUnique(bytes) ? this.#fresh(string) : this.#nameOfText(this.#stacks.strings.text(string));
    this.#ofString[string] = name + 1;
    return name;
  }

  #nameOfText(text: string): number {
    const known = this.#byText.get(text);
    if (known !== undefined) return known;
    const name = this.#fresh(-1);
    this.#texts[name] = text;
    this.#byText.set(text, name);
    return name;
  }

  #fresh(string: number): number {
    return this.#stringOf.push(string) - 1;
  }
}

/**
 * Whether no frame without a function, no other bytes and not the root can be called the same: the name is ASCII, ends in no
 * address, and is not as long as the root's.
 */
function isUnique(bytes: Uint8Array): boolean {
  if (bytes.length === TOTAL_BYTES) return false;
  let isAddress = true;
  for (let at = bytes.length - 1; at >= 0; at--) {
    const byte = bytes[at]!;
    if (byte >= 0x80) return false;
    // "x" of 0x1f: what comes before is not looked at, a false alarm costs a decoded name.
    if (isAddress && byte === 0x78) return false;
    isAddress &&= (byte >= 0x30 && byte <= 0x39) || (byte >= 0x61 && byte <= 0x66);
  }
  return true;
}

function withRoom(numbers: Int32Array<ArrayBuffer>, count: number): Int32Array<ArrayBuffer> {
  if (numbers.length >= count) return numbers;
  const wider = new Int32Array(Math.max(count, numbers.length * 2));
  wider.set(numbers);
  return wider;
}
