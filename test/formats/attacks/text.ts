// Text and binary trees of attackers: lines and nodes of a byte or three, frames without names, keys that grow by a byte a node.
import { concat } from "../pprof-bytes.ts";
import { uvarint } from "../tree-bytes.ts";
import { type Attack, type Bytes, type Route, repeated, text, untilFull } from "./attack.ts";

const route = (format: string): Route => ({ kind: "ingest", query: `format=${format}&sampleRate=0` });

/** Lines of one path with another root each time. */
const otherRoots = (size: number, frames: string, end: string): Bytes =>
  untilFull(size, (i) => text(`${i % 2 === 0 ? "x" : "y"}${frames}${i % 7}${end}\n`));

/** A node of a tree or trie without children, unless told. */
const node = (name: string, value: number, children = 0): Uint8Array =>
  concat(Uint8Array.from(uvarint(name.length)), text(name), Uint8Array.from([...uvarint(value), ...uvarint(children)]));

const below = (root: string, part: Uint8Array, size: number, more = 0): Bytes => {
  const children = repeated(part, size);
  return concat(node(root, 0, children.length / part.length + more), children);
};

/** Nodes within one another, each of one byte, and so on again. */
function chains(size: number, letter: string, depth: number): Bytes {
  const link = node(letter, 0, 1);
  const chain = concat(repeated(link, Math.min(size, depth * link.length)), node(letter, 1));
  return below("", chain, Math.max(size, chain.length));
}

/** Each child of a node that has a long key: the key is put together for each of them. */
const longKeys = (size: number): Bytes =>
  concat(
    node("k".repeat(size >> 2), 0, Math.floor(size / 8)),
    untilFull(size >> 1, (i) => node(String.fromCharCode(97 + (i % 26)), 1)),
  );

const of =
  (format: string) =>
  (name: string, gives: string, make: Attack["make"]): Attack => ({
    ...{ format, name, route: route(format), make, gives },
  });
const folded = of("folded");
const lines = of("lines");
const trie = of("trie");
const tree = of("tree");

export const TEXT_ATTACKS: readonly Attack[] = [
  folded("empty lines", "0", (size) => text("\n".repeat(size))),
  folded("lines of a frame and a count", "5000", (size) => text("a 1\n".repeat(size >> 2))),
  folded("one line", "1", (size) => text(`${"a;".repeat(size >> 1)} 1\n`)),
  folded("one line of spaces", "malformed_profile", (size) => text(`${" ".repeat(size)}\n`)),
  folded("one frame as long as the file", "1", (size) => text(`${"a".repeat(size)} 1\n`)),
  folded("frames without names, with another root each time", "20", (size) => otherRoots(size, ";".repeat(998), " 1")),
  folded("frames of a letter, with another root each time", "20", (size) => otherRoots(size, ";a".repeat(498), " 1")),
  folded("frames that no two lines share", "1957", (size) =>
    untilFull(size, (i) => text(`${i.toString(36)};${(i * 7).toString(36)}b 1\n`)),
  ),
  folded("a count of many digits", "malformed_profile", (size) => text(`a ${"9".repeat(size)}\n`)),
  folded("a count below zero, at the end", "5000", (size) => text(`${"a 1\n".repeat(size >> 2)}a -1\n`)),
  folded("counts whose sum passes 63 bits", "profile_too_large", (size) =>
    text("a 9000000000000000000\n".repeat(size / 22)),
  ),
  lines("empty lines", "0", (size) => text("\n".repeat(size))),
  lines("lines of a frame", "10000", (size) => text("a\n".repeat(size >> 1))),
  lines("lines of nothing but semicolons", "6666", (size) => text(";;\n".repeat(size / 3))),
  lines("one line", "1", (size) => text("a;".repeat(size >> 1))),
  trie("empty nodes", "6666", (size) => below("", node("", 1), size)),
  trie("nodes of a letter", "5000", (size) => below("", node("a", 1), size)),
  trie("pieces of nothing but semicolons", "19", (size) => below("", node(";".repeat(998), 1), size)),
  trie("pieces of letters and semicolons", "20", (size) => below("", node("a;".repeat(498), 1), size)),
  trie("keys that grow by a byte a node", "1", (size) => chains(size, "k", 90_000)),
  trie("keys that grow by a frame a node", "1", (size) => chains(size, ";", 90_000)),
  trie("one long key before every node", "profile_too_large", (size) => longKeys(Math.max(size, 100_000))),
  trie("nodes deeper than they may be", "profile_too_large", (size) => chains(Math.max(size, 400_000), "k", 130_000)),
  trie("a length that lies", "malformed_profile", (size) =>
    concat(below("", node("a", 1), size, 1), Uint8Array.of(0xff, 0xff, 3)),
  ),
  tree("empty nodes", "6666", (size) => below("", node("", 1), size)),
  tree("nodes of a letter", "5000", (size) => below("", node("a", 1), size)),
  tree("nodes that no two are alike", "3556", (size) => {
    const children = untilFull(size, (i) => node(i.toString(36), 1));
    return concat(node("", 0, size), children);
  }),
  tree("nodes within one another", "1", (size) => chains(size, "k", 90_000)),
  tree("nodes deeper than they may be", "profile_too_large", (size) => chains(Math.max(size, 400_000), "k", 130_000)),
  tree("more children than there are bytes", "1", (size) =>
    concat(node("", 0, 2 ** 31 - 1), node("a", 1), new Uint8Array(size - (size % 3))),
  ),
  tree("a value of more than 63 bits", "malformed_profile", (size) =>
    concat(below("", node("a", 1), size, 1), Uint8Array.from([1, 97, ...uvarint(2n ** 64n), 0])),
  ),
];
