// Folded stacks, upstream's `groups`: one line per stack, root first.
//
//   frame;frame;frame count
//
// The last space ends the stack; a line without one is not a stack and is passed over. Nothing is
// escaped and nothing is a comment. Equal stacks add up.
import type { Limits } from "../config.ts";
import { malformed, tooLarge } from "../lib/app-error.ts";
import type { Note, Profile } from "../profile/profile.ts";
import { StackDictionary } from "../profile/stack-dictionary.ts";

const NEWLINE = 0x0a;
const RETURN = 0x0d;
const SPACE = 0x20;
const SEMICOLON = 0x3b;
const MOST = 2n ** 63n - 1n;

/** @throws AppError malformed_profile, profile_too_large */
export function decodeFolded(bytes: Uint8Array, limits: Limits): Profile {
  const writer = new FoldedTree(limits);
  let nodes = new Int32Array(256);
  let values = new BigInt64Array(256);
  let count = 0;
  for (let start = 0, number = 1; start < bytes.length; number++) {
    let end = bytes.indexOf(NEWLINE, start);
    if (end < 0) end = bytes.length;
    const next = end + 1;
    if (end > start && bytes[end - 1] === RETURN) end--;
    const space = lastSpace(bytes, start, end);
    if (space >= 0) {
      const value = parseCount(bytes, space + 1, end, number);
      if (value !== 0n) {
        if (count === limits.samplesPerProfile)
          throw tooLarge(
            "samplesPerProfile",
            `over ${count}`,
            limits.samplesPerProfile,
            "the profile has too many stacks",
          );
        if (count === nodes.length) {
          const grownNodes = new Int32Array(count * 2);
          grownNodes.set(nodes);
          nodes = grownNodes;
          const grownValues = new BigInt64Array(count * 2);
          grownValues.set(values);
          values = grownValues;
        }
        nodes[count] = writer.stack(bytes, start, space);
        values[count++] = value;
      }
    }
    start = next;
  }
  return {
    sampleTypes: [{ type: "samples", unit: "count" }],
    periodType: { type: "", unit: "" },
    period: 0n,
    timeNanos: 0n,
    durationNanos: 0n,
    stacks: writer.stacks,
    sampleNodes: nodes.subarray(0, count),
    sampleValues: values.subarray(0, count),
    sampleLabels: new Int32Array(count),
    labelSets: [[]],
    notes: writer.notes(),
  };
}

function lastSpace(bytes: Uint8Array, start: number, end: number): number {
  for (let at = end - 1; at >= start; at--) if (bytes[at] === SPACE) return at;
  return -1;
}

function parseCount(bytes: Uint8Array, start: number, end: number, line: number): bigint {
  // 20 characters hold a sign and every 64-bit number.
  const text = end - start > 20 ? "…" : String.fromCharCode(...bytes.subarray(start, end));
  if (!/^[+-]?\d+$/.test(text)) throw malformed(`line ${line}: the count is not a number`);
  const value = BigInt(text.startsWith("+") ? text.slice(1) : text);
  if (value < 0n) throw malformed(`line ${line}: the count is negative: ${value}`);
  if (value > MOST) throw malformed(`line ${line}: the count does not fit 64 bits`);
  return value;
}

/** The call tree of text formats: frames are names and nothing else. */
class FoldedTree {
  readonly stacks = new StackDictionary();
  readonly #limits: Limits;
  readonly #row = new Int32Array(5);
  #deep = 0;
  #long = 0;

  constructor(limits: Limits) {
    this.#limits = limits;
  }

  /** A trailing empty frame is none; empty frames elsewhere are real. @returns its innermost node */
  stack(bytes: Uint8Array, start: number, end: number): number {
    const { stackDepth, nodesPerProfile } = this.#limits;
    let node = 0;
    let depth = 0;
    for (let from = start; from < end; ) {
      if (depth === stackDepth) {
        this.#deep++;
        break;
      }
      let to = from;
      while (to < end && bytes[to] !== SEMICOLON) to++;
      node = this.stacks.child(node, this.#frame(bytes, from, to));
      depth++;
      from = to + 1;
    }
    if (this.stacks.nodes.count > nodesPerProfile)
      throw tooLarge(
        "nodesPerProfile",
        `over ${nodesPerProfile}`,
        nodesPerProfile,
        "the profile has too many call-tree nodes",
      );
    return node;
  }

  #frame(bytes: Uint8Array, from: number, to: number): number {
    const { strings, functions, frames } = this.stacks;
    const row = this.#row;
    let start = from;
    if (to - start > this.#limits.symbolBytes) {
      this.#long++;
      start = to - this.#limits.symbolBytes;
      while (start < to && (bytes[start]! & 0xc0) === 0x80) start++; // never begin inside a character
    }
    row[0] = strings.intern(bytes, start, to);
    // Row 0 is "no function"; a function that is called nothing needs one of its own.
    row[1] = row[0] === 0 ? strings.internText("(empty)") : 0;
    row[2] = 0;
    row[3] = 0;
    row[0] = functions.intern(row);
    row[1] = 0;
    row[4] = 0;
    return frames.intern(row);
  }

  notes(): Note[] {
    const notes: Note[] = [];
    if (this.#deep > 0)
      notes.push({
        what: "depth_truncated",
        detail: `${this.#deep} stacks deeper than ${this.#limits.stackDepth} frames kept their root side`,
      });
    if (this.#long > 0)
      notes.push({ what: "symbol_truncated", detail: `${this.#long} names kept their last bytes only` });
    return notes;
  }
}
