// The call tree of formats whose frames are names and nothing else.
import type { Limits } from "../config.ts";
import { tooLarge } from "../lib/app-error.ts";
import { findByte } from "../lib/byte-words.ts";
import { StackDictionary } from "../profile/stack-dictionary.ts";
import { depthTruncated, symbolsTruncated, type UploadNote } from "../profile/upload-note.ts";
import { StackMemo } from "./stack-memo.ts";

const SEMICOLON = 0x3b;

/** The call tree of text formats: frames are names and nothing else. */
export class TextTree {
  readonly stacks = new StackDictionary();
  readonly #limits: Limits;
  readonly #row = new Int32Array(5);
  /** Frame of each string, 0 for none yet: a frame is its name. */
  #frameOf = new Int32Array(256);
  /** Of the name that frame() looked up last. */
  #lastString = 0;
  #memo: StackMemo | null = null;
  #deep = 0;
  #deepest = 0;
  #long = 0;

  constructor(limits: Limits) {
    this.#limits = limits;
  }

  /** The node below `parent` for the frame bytes[from, to). Beyond the depth limit it is `parent` itself. */
  child(parent: number, depth: number, bytes: Uint8Array, from: number, to: number): number {
    return this.childOf(parent, depth, depth < this.#limits.stackDepth ? this.frame(bytes, from, to) : 0);
  }

  /** The same for a frame of `frame()`, which who reads it again and again need not look up each time. */
  childOf(parent: number, depth: number, frame: number): number {
    if (depth >= this.#limits.stackDepth) {
      this.#deep++;
      this.#deepest = Math.max(this.#deepest, depth + 1);
      return parent;
    }
    const node = this.stacks.child(parent, frame);
    this.#checkSize();
    return node;
  }

  /** A trailing empty frame is none; empty frames elsewhere are real. @returns its innermost node */
  stack(bytes: Uint8Array, start: number, end: number): number {
    const { stackDepth, symbolBytes } = this.#limits;
    if (this.#memo?.bytes !== bytes) this.#memo = new StackMemo(bytes);
    const memo = this.#memo;
    let depth = memo.resume(start, end);
    let node = depth === 0 ? 0 : memo.nodeAt(depth);
    // A name that is cut is counted wherever it stands: what follows it is not remembered.
    let isKept = true;
    for (let from = depth === 0 ? start : memo.endAt(depth) + 1; from < end; ) {
      if (depth === stackDepth) {
        this.#deep++;
        for (let at = from; at < end; at++) if (at === from || bytes[at - 1] === SEMICOLON) depth++;
        this.#deepest = Math.max(this.#deepest, depth);
        break;
      }
      const to = findByte(memo.view, from, end, SEMICOLON);
      isKept &&= to - from <= symbolBytes;
      node = isKept ? this.#childOf(memo, node, from, to) : this.stacks.child(node, this.frame(bytes, from, to));
      if (isKept) memo.push(to, node);
      depth++;
      from = to + 1;
    }
    this.#checkSize();
    return node;
  }

  #childOf(memo: StackMemo, parent: number, from: number, to: number): number {
    const { nodes, strings } = this.stacks;
    const slot = memo.slot(parent, from, to);
    const known = memo.node(slot);
    if (known !== 0 && nodes.rows[known * 2] === parent && strings.isAt(memo.string(slot), memo.view, from, to))
      return known;
    const node = this.stacks.child(parent, this.frame(memo.bytes, from, to));
    memo.keep(slot, node, this.#lastString);
    return node;
  }

  #checkSize(): void {
    const { nodesPerProfile } = this.#limits;
    if (this.stacks.nodes.count > nodesPerProfile)
      throw tooLarge(
        "nodesPerProfile",
        `over ${nodesPerProfile}`,
        nodesPerProfile,
        "the profile has too many call-tree nodes",
      );
  }

  frame(bytes: Uint8Array, from: number, to: number): number {
    const { strings, functions, frames } = this.stacks;
    const row = this.#row;
    let start = from;
    if (to - start > this.#limits.symbolBytes) {
      this.#long++;
      start = to - this.#limits.symbolBytes;
      while (start < to && (bytes[start]! & 0xc0) === 0x80) start++; // never begin inside a character
    }
    const text = strings.intern(bytes, start, to);
    this.#lastString = text;
    if (text >= this.#frameOf.length) {
      const grown = new Int32Array(text * 2);
      grown.set(this.#frameOf);
      this.#frameOf = grown;
    }
    const known = this.#frameOf[text]!;
    if (known !== 0) return known;
    row[0] = text;
    // Row 0 is "no function"; a function that is called nothing needs one of its own.
    row[1] = row[0] === 0 ? strings.internText("(empty)") : 0;
    row[2] = 0;
    row[3] = 0;
    // Each text comes here once: neither row is there yet.
    row[0] = functions.push(row);
    row[1] = 0;
    row[4] = 0;
    const frame = frames.push(row);
    this.#frameOf[text] = frame;
    return frame;
  }

  notes(): UploadNote[] {
    const notes: UploadNote[] = [];
    if (this.#deep > 0) notes.push(depthTruncated(this.#deep, this.#deepest, this.#limits.stackDepth));
    if (this.#long > 0) notes.push(symbolsTruncated(this.#long, this.#limits.symbolBytes));
    return notes;
  }
}
