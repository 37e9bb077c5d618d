// Folded stacks, upstream's `groups`: one line per stack, root first.
//
//   frame;frame;frame count
//
// The last space ends the stack; a line without one is not a stack and is passed over. Nothing is
// escaped and nothing is a comment. Equal stacks add up. Lines with a count below zero are left out.
import type { Limits } from "../config.ts";
import { malformed } from "../lib/app-error.ts";
import type { Profile } from "../profile/profile.ts";
import { belowZero } from "../profile/upload-note.ts";
import { TextSamples } from "./text-samples.ts";
import { TextTree } from "./text-tree.ts";

const NEWLINE = 0x0a;
const RETURN = 0x0d;
const SPACE = 0x20;
const ZERO = 0x30;
const MOST = 2n ** 63n - 1n;

/** @throws AppError malformed_profile, profile_too_large */
export function decodeFolded(bytes: Uint8Array, limits: Limits): Profile {
  const tree = new TextTree(limits);
  const samples = new TextSamples(limits);
  let negative = 0;
  eachLine(bytes, (start, end, number) => {
    const space = lastSpace(bytes, start, end);
    if (space < 0) return;
    const small = smallCount(bytes, space + 1, end);
    if (small === 0) return;
    if (small > 0) {
      samples.addNumber(tree.stack(bytes, start, space), small);
      return;
    }
    const value = parseCount(bytes, space + 1, end, number);
    if (value < 0n) negative++;
    else if (value > 0n) samples.add(tree.stack(bytes, start, space), value);
  });
  const profile = samples.profile(tree);
  return negative === 0 ? profile : { ...profile, notes: [...profile.notes, belowZero(negative)] };
}

/** `lines`: each line that is not empty is a stack that was seen once. */
export function decodeLines(bytes: Uint8Array, limits: Limits): Profile {
  const tree = new TextTree(limits);
  const samples = new TextSamples(limits);
  eachLine(bytes, (start, end) => {
    if (end > start) samples.addNumber(tree.stack(bytes, start, end), 1);
  });
  return samples.profile(tree);
}

function eachLine(bytes: Uint8Array, see: (start: number, end: number, number: number) => void): void {
  // Editors put it there; a frame's name would begin with it, unseen.
  const isMarked = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
  for (let start = isMarked ? 3 : 0, number = 1; start < bytes.length; number++) {
    let end = endOfLine(bytes, start);
    const next = end + 1;
    if (end > start && bytes[end - 1] === RETURN) end--;
    see(start, end, number);
    start = next;
  }
}

/** Most calls would cost more than they find, where lines are short. */
const SHORT_LINE = 24;

function endOfLine(bytes: Uint8Array, start: number): number {
  const soon = Math.min(bytes.length, start + SHORT_LINE);
  for (let at = start; at < soon; at++) if (bytes[at] === NEWLINE) return at;
  const end = bytes.indexOf(NEWLINE, soon);
  return end < 0 ? bytes.length : end;
}

function lastSpace(bytes: Uint8Array, start: number, end: number): number {
  for (let at = end - 1; at >= start; at--) if (bytes[at] === SPACE) return at;
  return -1;
}

/** Up to 15 digits and nothing else, as nearly all counts are; −1: to be read with care. */
function smallCount(bytes: Uint8Array, start: number, end: number): number {
  if (end === start || end - start > 15) return -1;
  let value = 0;
  for (let at = start; at < end; at++) {
    const digit = bytes[at]! - ZERO;
    if (digit < 0 || digit > 9) return -1;
    value = value * 10 + digit;
  }
  return value;
}

function parseCount(bytes: Uint8Array, start: number, end: number, line: number): bigint {
  // 20 characters hold a sign and every 64-bit number.
  const text = end - start > 20 ? "…" : String.fromCharCode(...bytes.subarray(start, end));
  if (!/^[+-]?\d+$/.test(text)) throw malformed(`line ${line}: the count is not a number`);
  const value = BigInt(text.startsWith("+") ? text.slice(1) : text);
  if (value > MOST || value < -MOST - 1n) throw malformed(`line ${line}: the count does not fit 64 bits`);
  return value;
}
