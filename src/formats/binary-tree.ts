// The two binary forms of old agents: a radix trie over folded keys, and a call tree. One layout, preorder:
//
//   node := uvarint(name length) name uvarint(value) uvarint(children) node × children
//
//   trie: names are pieces of the key `frame;frame;frame`, joined from the root on; value > 0 ends a stack
//   tree: a name is one frame, the value its self value; the top node is the root and has no name
//
// Bytes may end where a node would begin. Both are read with a stack of our own, never by recursion.
import type { Limits } from "../config.ts";
import { malformed, tooLarge } from "../lib/app-error.ts";
import { ByteReader } from "../lib/byte-reader.ts";
import type { Profile } from "../profile/profile.ts";
import { TextSamples } from "./text-samples.ts";
import { TextTree } from "./text-tree.ts";

const SEMICOLON = 0x3b;
const LIMB = 2n ** 52n;
const MOST = 2n ** 63n - 1n;
/** Nodes within one another: beyond any stack, and any key of one byte a node. */
const MOST_NESTING = 100_000;

interface RawNode {
  readonly from: number;
  readonly to: number;
  readonly value: bigint;
  readonly children: number;
}

function readNode(reader: ByteReader): RawNode {
  const length = reader.int();
  if (length > reader.left) throw malformed(`a name of ${length} bytes, ${reader.left} are left`);
  const from = reader.at;
  reader.at += length;
  reader.wide();
  const value = BigInt(reader.hi) * LIMB + BigInt(reader.lo);
  if (value > MOST) throw malformed(`the value ${value} does not fit 64 bits`);
  const children = reader.int();
  return { from, to: from + length, value, children };
}

/** Walks preorder. `enter` gives what the node's children get. */
function walk<State>(
  bytes: Uint8Array,
  top: State,
  enter: (node: RawNode, state: State, depth: number) => State,
): void {
  const reader = new ByteReader(bytes);
  const states: State[] = [top];
  const left: number[] = [1];
  while (left.length > 0 && reader.left > 0) {
    const at = left.length - 1;
    if (left[at] === 0) {
      left.pop();
      states.pop();
      continue;
    }
    left[at] = left[at]! - 1;
    const node = readNode(reader);
    const state = enter(node, states[at]!, at);
    if (node.children > 0) {
      if (left.length > MOST_NESTING)
        throw tooLarge("treeNesting", `over ${MOST_NESTING}`, MOST_NESTING, "nodes within one another");
      left.push(node.children);
      states.push(state);
    }
  }
}

/** @throws AppError malformed_profile, profile_too_large */
export function decodeTree(bytes: Uint8Array, limits: Limits): Profile {
  const tree = new TextTree(limits);
  const samples = new TextSamples(limits);
  walk(bytes, 0, ({ from, to, value }, parent, depth) => {
    // The top node is the root; some writers name it.
    const node = depth === 0 ? 0 : tree.child(parent, depth - 1, bytes, from, to);
    if (value > 0n) samples.add(node, value);
    return node;
  });
  return samples.profile(tree);
}

/** Where in the call tree a piece of a key ends: the whole frames so far, and the bytes of the one that is open. */
interface TriePlace {
  readonly node: number;
  readonly depth: number;
  readonly open: Uint8Array;
}

const NOTHING = new Uint8Array(0);

/** Bytes of open frames that may be copied and looked up in all: a trie of one byte a node would take the square of its size. */
const MOST_OPEN_BYTES = 256 * 1024 * 1024;

/** @throws AppError malformed_profile, profile_too_large */
export function decodeTrie(bytes: Uint8Array, limits: Limits): Profile {
  const tree = new TextTree(limits);
  const samples = new TextSamples(limits);
  let openBytes = 0;
  const joined = (open: Uint8Array, from: number, to: number): Uint8Array => {
    const whole = new Uint8Array(open.length + to - from);
    openBytes += whole.length;
    if (openBytes > MOST_OPEN_BYTES)
      throw tooLarge("trieBytes", `over ${MOST_OPEN_BYTES}`, MOST_OPEN_BYTES, "bytes of the trie's keys");
    whole.set(open);
    whole.set(bytes.subarray(from, to), open.length);
    return whole;
  };
  const child = (node: number, depth: number, name: Uint8Array) => tree.child(node, depth, name, 0, name.length);
  walk<TriePlace>(bytes, { node: 0, depth: 0, open: NOTHING }, ({ from, to, value }, place) => {
    let { node, depth, open } = place;
    let start = from;
    for (let at = from; at < to; at++) {
      if (bytes[at] !== SEMICOLON) continue;
      node = child(node, depth++, joined(open, start, at));
      open = NOTHING;
      start = at + 1;
    }
    if (start < to) open = joined(open, start, to);
    // A trailing empty frame is none.
    if (value > 0n) samples.add(open.length === 0 ? node : child(node, depth, open), value);
    return { node, depth, open };
  });
  return samples.profile(tree);
}
