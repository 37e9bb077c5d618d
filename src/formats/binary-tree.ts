// The two binary forms of old agents: a radix trie over folded keys, and a call tree. One layout, preorder:
//
//   node := uvarint(name length) name uvarint(value) uvarint(children) node × children
//
//   trie: names are pieces of the key `frame;frame;frame`, joined from the root on; value > 0 ends a stack
//   tree: a name is one frame, the value its self value; the top node is the root and has no name
//
// Bytes may end where a node would begin. Both are read with a stack of our own, never by recursion.
import { DECODING, type Limits } from "../config.ts";
import { malformed, tooLarge } from "../lib/app-error.ts";
import { ByteReader } from "../lib/byte-reader.ts";
import type { Profile } from "../profile/profile.ts";
import { TextSamples } from "./text-samples.ts";
import { TextTree } from "./text-tree.ts";

const SEMICOLON = 0x3b;
const LIMB = 2n ** 52n;
/** 2^63 as a high limb. */
const HIGH_MOST = 2048;
/** Nodes within one another: beyond any stack, and any key of one byte a node. */
const MOST_NESTING = 100_000;

/** The node being read: one for all of them. */
interface RawNode {
  /** Its name. */
  from: number;
  to: number;
  /** Its value: hi * 2^52 + lo. */
  lo: number;
  hi: number;
  children: number;
}

function readNode(reader: ByteReader, node: RawNode): void {
  const length = reader.int();
  if (length > reader.left) throw malformed(`a name of ${length} bytes, ${reader.left} are left`);
  node.from = reader.at;
  reader.at += length;
  node.to = reader.at;
  reader.wide();
  node.lo = reader.lo;
  node.hi = reader.hi;
  if (node.hi >= HIGH_MOST) throw malformed(`the value ${wideOf(node)} does not fit 64 bits`);
  node.children = reader.int();
}

const wideOf = ({ lo, hi }: RawNode): bigint => BigInt(hi) * LIMB + BigInt(lo);

/** Nothing for a value of 0. */
function addValue(samples: TextSamples, at: number, node: RawNode): void {
  if (node.hi > 0) samples.add(at, wideOf(node));
  else if (node.lo > 0) samples.addNumber(at, node.lo);
}

/** Walks preorder. `enter` gives what the node's children get. */
function walk<State>(
  bytes: Uint8Array,
  top: State,
  enter: (node: RawNode, state: State, depth: number) => State,
): void {
  const reader = new ByteReader(bytes);
  const node: RawNode = { from: 0, to: 0, lo: 0, hi: 0, children: 0 };
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
    readNode(reader, node);
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
  walk(bytes, 0, (raw, parent, depth) => {
    // The top node is the root; some writers name it.
    const node = depth === 0 ? 0 : tree.child(parent, depth - 1, bytes, raw.from, raw.to);
    addValue(samples, node, raw);
    return node;
  });
  return samples.profile(tree);
}

/** A piece of a frame's name, and the pieces before it. */
interface OpenFrame {
  readonly before: OpenFrame | null;
  readonly from: number;
  readonly to: number;
  /** Bytes of all pieces. */
  readonly length: number;
  readonly pieces: number;
}

/** Where in the call tree a piece of a key ends: the whole frames so far, and the one that is open. */
interface TriePlace {
  readonly node: number;
  readonly depth: number;
  readonly open: OpenFrame | null;
}

/** What a piece costs beyond its bytes. */
const PIECE_BYTES = 8;

/** @throws AppError malformed_profile, profile_too_large */
export function decodeTrie(bytes: Uint8Array, limits: Limits): Profile {
  const tree = new TextTree(limits);
  const samples = new TextSamples(limits);
  const most = Math.max(DECODING.trieBytesAlways, bytes.length * DECODING.trieRatio);
  let openBytes = 0;
  let name = new Uint8Array(256);
  const child = (node: number, depth: number, open: OpenFrame | null): number => {
    if (open === null) return tree.child(node, depth, bytes, 0, 0);
    const { length } = open;
    openBytes += length + PIECE_BYTES * open.pieces;
    if (openBytes > most) throw tooLarge("trieBytes", `over ${most}`, most, "bytes of the trie's keys");
    if (open.before === null) return tree.child(node, depth, bytes, open.from, open.to);
    if (length > name.length) name = new Uint8Array(length * 2);
    for (let one: OpenFrame | null = open, to = length; one !== null; one = one.before)
      for (let at = one.to; at > one.from; ) name[--to] = bytes[--at]!;
    return tree.child(node, depth, name, 0, length);
  };
  const opened = (before: OpenFrame | null, from: number, to: number): OpenFrame | null =>
    from === to
      ? before
      : { before, from, to, length: (before?.length ?? 0) + to - from, pieces: (before?.pieces ?? 0) + 1 };
  walk<TriePlace>(bytes, { node: 0, depth: 0, open: null }, (raw, place) => {
    let { node, depth, open } = place;
    const { from, to } = raw;
    let start = from;
    for (let at = from; at < to; at++) {
      if (bytes[at] !== SEMICOLON) continue;
      // Nearly all frames are whole within a piece.
      node = open === null ? tree.child(node, depth, bytes, start, at) : child(node, depth, opened(open, start, at));
      depth++;
      open = null;
      start = at + 1;
    }
    open = opened(open, start, to);
    // A trailing empty frame is none.
    if (raw.lo > 0 || raw.hi > 0) addValue(samples, open === null ? node : child(node, depth, open), raw);
    return { node, depth, open };
  });
  return samples.profile(tree);
}
