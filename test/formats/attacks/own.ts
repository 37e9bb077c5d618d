// Our own bytes, as if somebody had got at the storage: counts and lengths that lie, rows of nothing.
import { encodeDictionary } from "../../../src/profile/dictionary-codec.ts";
import { StackDictionary } from "../../../src/profile/stack-dictionary.ts";
import { concat } from "../pprof-bytes.ts";
import { uvarint } from "../tree-bytes.ts";
import type { Attack, Bytes } from "./attack.ts";

const bytesOf = (...values: readonly number[]): Uint8Array =>
  Uint8Array.from(values.flatMap((value) => uvarint(value)));
const EMPTY = encodeDictionary(new StackDictionary());

const batch = (name: string, gives: string, make: Attack["make"]): Attack => ({
  ...{ format: "batch", name, route: { kind: "batch" }, make, gives },
});
const dictionary = (name: string, gives: string, make: Attack["make"]): Attack => ({
  ...{ format: "dictionary", name, route: { kind: "dictionary" }, make, gives },
});
const chunk = (name: string, gives: string, make: Attack["make"]): Attack => ({
  ...{ format: "chunk", name, route: { kind: "chunk" }, make, gives },
});

/** magic, version, from: nothing but the rows 0, to: so many of each table. */
const head = (strings: number, mappings: number, functions: number, frames: number, nodes: number): Uint8Array =>
  concat(Uint8Array.of(0xd1, 1), bytesOf(1, 1, 1, 1, 1), bytesOf(strings, mappings, functions, frames, nodes));

/** A batch of one type and one series, with as many uploads without vectors as there are bytes for. */
const uploads = (size: number): Bytes => {
  const count = Math.floor(size / 2);
  return concat(
    Uint8Array.of(0xb1, 2),
    bytesOf(1, 1, 0x61, 1, 0, 0, count),
    new Uint8Array(count * 2),
    bytesOf(EMPTY.length),
    EMPTY,
  );
};

export const OWN_ATTACKS: readonly Attack[] = [
  batch("uploads of nothing", "0", uploads),
  batch("a count of types that lies", "malformed_profile", (size) =>
    concat(Uint8Array.of(0xb1, 2), bytesOf(2 ** 31 - 1), new Uint8Array(size)),
  ),
  batch("types of nothing", "corrupt_storage", (size) =>
    concat(Uint8Array.of(0xb1, 2), bytesOf(size - 100), new Uint8Array(size - 100), bytesOf(1, 2 ** 30, 0)),
  ),
  dictionary("a count of nodes that lies", "corrupt_storage", (size) =>
    concat(head(1, 1, 1, 1, 2 ** 31 - 1), new Uint8Array(size)),
  ),
  dictionary("strings of nothing", "corrupt_storage", (size) =>
    concat(head(1 + size, 1, 1, 1, 1), new Uint8Array(size)),
  ),
  dictionary("a node that is its own parent", "corrupt_storage", () => concat(head(1, 1, 1, 1, 2), bytesOf(0, 0))),
  chunk("rows of nothing", "0", (size) => concat(bytesOf(Math.floor(size / 4)), new Uint8Array(size))),
  chunk("a count that lies", "malformed_profile", (size) => concat(bytesOf(2 ** 31 - 1), new Uint8Array(size))),
];
