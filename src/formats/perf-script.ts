// The text of `perf script`: one block per sample, blocks apart by an empty line.
//
//   java 1234/1240 [001] 4242.123456:     250000 cpu-clock:pppH:        comm, pid/tid, cpu, time, period, event
//   	    7f1c2b3d native_write_msr+0x6 ([kernel.kallsyms])               innermost frame first
//   	    7f1c2b3e main (/usr/bin/java)
//
// Each sample counts one: with a sampling frequency, that is how much time it stands for. The command's name is the outermost
// frame, as in stackcollapse-perf.
import type { Limits } from "../config.ts";
import { malformed } from "../lib/app-error.ts";
import type { Profile } from "../profile/profile.ts";
import { TextSamples } from "./text-samples.ts";
import { TextTree } from "./text-tree.ts";

/** Of a line: what is longer is no line of perf. */
const MOST_LINE_CHARS = 16_384;
const MOST_HEADER_CHARS = 512;
/** On a line whose white space is single spaces. Every part is bounded: the text is anybody's. */
const HEADER = /^(\S.{0,200}?) (?:\d{1,10}\/)?\d{1,10} (?:\[\d{1,6}\] )?(?:[\w.]{1,16} )?\d{1,12}\.\d{1,12}: /;
const UTF8 = new TextEncoder();

const headerOf = (line: string): RegExpExecArray | null =>
  /^\s/.test(line) ? null : HEADER.exec(`${line.slice(0, MOST_HEADER_CHARS).replaceAll(/\s+/g, " ")} `);

/** `  7f1c2b3d symbol+0x6 (module)`: symbol and module, or null for what is no frame. */
function frameOf(line: string): { symbol: string; module: string } | null {
  if (!/^\s/.test(line)) return null;
  const text = line.trim();
  const space = text.search(/\s/);
  if (space < 0 || !/^[0-9a-f]{1,16}$/.test(text.slice(0, space))) return null;
  const rest = text.slice(space + 1).trim();
  const open = rest.endsWith(")") ? matchingBracket(rest) : -1;
  if (open < 0 || (open > 0 && !/\s/.test(rest[open - 1] ?? ""))) return { symbol: rest, module: "" };
  return { symbol: rest.slice(0, open).trim(), module: rest.slice(open + 1, -1) };
}

/** The bracket that the last character closes: modules may have some of their own, as in `(deleted)`. */
function matchingBracket(text: string): number {
  let depth = 0;
  for (let at = text.length - 1; at >= 0; at--) {
    if (text[at] === ")") depth++;
    else if (text[at] === "(" && --depth === 0) return at;
  }
  return -1;
}

/** Whether the text begins with a sample of `perf script`. */
export function isPerfScript(text: string): boolean {
  const lines = text
    .slice(0, 4 * MOST_LINE_CHARS)
    .split("\n")
    .filter((line) => line.trim() !== "" && !line.startsWith("#"));
  const [first = "", second = ""] = lines;
  return headerOf(first) !== null && (lines.length === 1 || frameOf(second.slice(0, MOST_LINE_CHARS)) !== null);
}

/** @throws AppError malformed_profile, profile_too_large */
export function decodePerfScript(bytes: Uint8Array, limits: Limits): Profile {
  const tree = new TextTree(limits);
  const samples = new TextSamples(limits);
  let command: string | null = null;
  let frames: string[] = [];
  const finish = (): void => {
    if (command !== null) samples.add(nodeOf(tree, [command, ...frames.reverse()]), 1n);
    command = null;
    frames = [];
  };
  let number = 0;
  for (const line of linesOf(bytes)) {
    number++;
    if (line.startsWith("#")) continue;
    if (line.trim() === "") {
      finish();
      continue;
    }
    const header = headerOf(line);
    if (header) {
      finish();
      command = header[1] ?? "";
      continue;
    }
    const frame = frameOf(line);
    if (command === null || frame === null) throw malformed(`perf script: line ${number} is no sample and no frame`);
    // Deeper ones would be cut off at the root's end, which the tree can't know: it keeps the root side.
    frames.push(frameName(frame.symbol, frame.module));
  }
  finish();
  return samples.profile(tree);
}

function* linesOf(bytes: Uint8Array): Generator<string> {
  const decoder = new TextDecoder();
  for (let start = 0; start < bytes.length; ) {
    let end = bytes.indexOf(0x0a, start);
    if (end < 0) end = bytes.length;
    yield decoder.decode(bytes.subarray(start, Math.min(end, start + MOST_LINE_CHARS))).replace(/\r$/, "");
    start = end + 1;
  }
}

function frameName(symbol: string, module: string): string {
  const name = symbol.replace(/\+0x[0-9a-f]+$/, "");
  if (name !== "[unknown]" && name !== "") return name;
  const file = module.split("/").at(-1) ?? "";
  return file === "" || file === "[unknown]" ? "[unknown]" : file.startsWith("[") ? file : `[${file}]`;
}

function nodeOf(tree: TextTree, frames: readonly string[]): number {
  let node = 0;
  frames.forEach((frame, depth) => {
    const name = UTF8.encode(frame);
    node = tree.child(node, depth, name, 0, name.length);
  });
  return node;
}
