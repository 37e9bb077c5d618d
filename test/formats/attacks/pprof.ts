// pprofs of attackers: what the tables, the stacks, the labels and the fix-ups of one cost at most.
import { concat, message, varint } from "../pprof-bytes.ts";
import { CPU, fn, location, MAIN, S, STRINGS, sample, TABLE } from "../small-pprof.ts";
import { type Attack, type Bytes, field, type Route, repeated, shortName, text, untilFull } from "./attack.ts";

const PPROF: Route = { kind: "ingest", query: "format=pprof" };
const BY_PYTHON: Route = { kind: "ingest", query: "format=pprof&spyName=pyspy" };

/** A sample of bytes for its location ids: ids below 128. */
const stackOf = (ids: Uint8Array): Bytes => field(2, concat(field(1, ids), message([2, [1]])));

const locations = (count: number, lines: number): Bytes =>
  concat(...Array.from({ length: count }, (_, i) => location(i + 1, ...new Array<number>(lines).fill(1))));

/** Stacks over few locations, with another root each time, so that nothing of the stack before is of use. */
function otherRoots(size: number, lines: number, depth: number): Bytes {
  const ids = new Uint8Array(depth).fill(3);
  const stacks = untilFull(size, (i) => {
    ids[depth - 1] = 1 + (i % 2);
    for (let k = 0; k < 3; k++) ids[k] = 1 + ((i >> (k * 6)) & 63);
    return stackOf(ids);
  });
  return concat(CPU, TABLE, fn(1, S("main")), locations(64, lines), stacks);
}

/** Long stacks that differ at their roots alone, and of one hash by the function that was public: 32-bit FNV over ids. */
function oneSlot(size: number): Bytes {
  const depth = 400;
  const head = new Uint8Array(depth - 4).fill(1);
  const mask = 0xffff;
  let before = 0;
  for (const id of head) before = Math.imul(before ^ id, 0x01000193);
  const tails: Uint8Array[] = [];
  const wanted = Math.ceil(size / depth);
  for (let i = 0; tails.length < wanted && i < 64 ** 4; i++) {
    let hash = before;
    const tail = Uint8Array.of(1 + (i & 63), 1 + ((i >> 6) & 63), 1 + ((i >> 12) & 63), 1 + ((i >> 18) & 63));
    for (const id of tail) hash = Math.imul(hash ^ id, 0x01000193);
    if (((hash ^ (hash >>> 15)) & mask) < 64) tails.push(tail);
  }
  return concat(CPU, TABLE, fn(1, S("main")), locations(64, 1), ...tails.map((tail) => stackOf(concat(head, tail))));
}

/** Every sample has the same hundred labels, in another order. */
function permutedLabels(size: number): Bytes {
  const names = Array.from({ length: 100 }, (_, i) => `k${i}`);
  const first = STRINGS.length;
  const labels = names.map((_, i) => message([3, message([1, first + i], [2, first + i])]));
  const samples = untilFull(size, (i) => {
    const [a, b] = [i % 100, Math.floor(i / 100) % 100];
    const order = [...labels];
    [order[a], order[b]] = [order[b]!, order[a]!];
    const turned = [...order.slice(i % 97), ...order.slice(0, i % 97)];
    return field(2, concat(message([1, [1]], [2, [1]]), ...turned));
  });
  return concat(CPU, TABLE, MAIN, ...names.map((name) => message([6, name])), samples);
}

/** Each sample has a label of its own. */
export function ownLabels(size: number, lines = 1): Bytes {
  const out: Uint8Array[] = [CPU.length > 0 ? CPU : CPU, TABLE, fn(1, S("main")), locations(1, lines)];
  let length = 0;
  for (let i = 0; length < size && i < 19_000; i++) {
    const [string, one] = [message([6, shortName(i)]), ownLabelled(STRINGS.length + i)];
    out.push(string, one);
    length += string.length + one.length;
  }
  return concat(...out);
}

const ownLabelled = (value: number): Bytes =>
  field(2, message([1, [1]], [2, [1]], [3, message([1, S("key")], [2, value])]));

/** Cut stacks of Go of 24 frames, and a ladder of longer ones to what they miss: 96 frames, as far as a profile may grow. */
export function cutStacks(size: number): Bytes {
  const line = Uint8Array.from({ length: 120 }, (_, i) => 2 + ((Math.imul(i + 1, 0x9e3779b1) >>> 20) % 63));
  /** Innermost first, as stacks are written. */
  const part = (from: number, to: number): Bytes => line.slice(from, to).reverse();
  const leaves = (which: number): Bytes => Uint8Array.from({ length: 8 }, (_, k) => 2 + ((which >> (k * 2)) & 31));
  const cuts = Math.floor(size / 31);
  return concat(
    ...[CPU, TABLE, MAIN],
    ...[2, 3, 4].map((id) => fn(id, S("work"))),
    ...Array.from({ length: 63 }, (_, i) => location(i + 2, 2 + (i % 3))),
    ...Array.from({ length: 12 }, (_, step) => stackOf(part(step * 8, step === 0 ? 120 : step * 8 + 32))),
    ...Array.from({ length: cuts }, (_, i) => stackOf(concat(leaves(i), part(96, 112)))),
  );
}

/** Stacks of two functions in every order: each window of one is found in others, and leads round and round. */
function seeminglyCut(size: number): Bytes {
  const order = (i: number): Bytes =>
    Uint8Array.from({ length: 24 }, (_, k) => 1 + ((Math.imul(i * 24 + k + 1, 0x9e3779b1) >>> 20) & 1));
  return concat(
    ...[CPU, TABLE, MAIN, fn(2, S("app.go")), location(2, 2), stackOf(new Uint8Array(64).fill(1))],
    untilFull(size, (i) => stackOf(order(i))),
  );
}

/** Functions that all name one file, which is put before their names. */
function longFile(size: number): Bytes {
  const file = "f".repeat(Math.min(60_000, size >> 1));
  const functions = untilFull(size >> 1, (i) => message([5, message([1, i + 2], [2, S("work")], [4, STRINGS.length])]));
  return concat(CPU, TABLE, MAIN, message([6, file]), functions, sample([1], [1]));
}

const collidingIds = (size: number): Bytes =>
  concat(
    ...[CPU, TABLE, fn(1, S("main"))],
    untilFull(size, (i) => message([4, message([1, (BigInt(i + 1) << 32n) | 0x80000000n], [4, message([1, 1])])])),
    sample([(1n << 32n) | 0x80000000n], [1]),
  );

/** Places of two lines each, and all of them in stacks: as many new nodes as bytes can make. */
function manyNodes(size: number): Bytes {
  const stacks = untilFull(size, (i) => {
    const ids = new Uint8Array(120);
    for (let k = 0; k < ids.length; k++) ids[k] = 1 + ((Math.imul(i * 120 + k + 1, 0x9e3779b1) >>> 16) % 100);
    return stackOf(ids);
  });
  return concat(CPU, TABLE, fn(1, S("main")), locations(100, 1), stacks);
}

const pprof = (name: string, gives: string, make: Attack["make"], route: Route = PPROF): Attack => ({
  ...{ format: "pprof", name, route, make, gives },
});

export const PPROF_ATTACKS: readonly Attack[] = [
  pprof("one stack as deep as the file", "1", (size) =>
    concat(CPU, TABLE, MAIN, stackOf(new Uint8Array(size).fill(1))),
  ),
  pprof("a new node for each byte", "158", manyNodes),
  pprof("other roots over one path", "207", (size) => otherRoots(size, 1, 90)),
  pprof("other roots over places of 16 lines", "290", (size) => otherRoots(size, 16, 62)),
  pprof("other roots over places of 17 lines", "290", (size) => otherRoots(size, 17, 62)),
  pprof("stacks of one hash slot", "50", oneSlot),
  pprof("a hundred labels in every order", "33", permutedLabels),
  pprof("a label of its own for each sample", "1061", (size) => ownLabels(size)),
  pprof("cut stacks of Go, completed as far as allowed", "657", cutStacks),
  pprof("stacks of Go that all seem cut", "647", seeminglyCut),
  pprof("one file name before every function", "profile_too_large", longFile, BY_PYTHON),
  pprof("names of two bytes that are no ASCII", "1", (size) =>
    concat(CPU, TABLE, MAIN, sample([1], [1]), repeated(message([6, "é"]), size)),
  ),
  pprof("empty strings", "1", (size) => concat(CPU, TABLE, MAIN, sample([1], [1]), repeated(message([6, ""]), size))),
  pprof("fields that nobody knows", "1", (size) =>
    concat(CPU, TABLE, MAIN, sample([1], [1]), repeated(message([15, ""]), size)),
  ),
  pprof("empty sample types", "profile_too_large", (size) => concat(repeated(message([1, ""]), size), TABLE, MAIN)),
  pprof("empty samples", "malformed_profile", (size) => concat(CPU, TABLE, MAIN, repeated(message([2, ""]), size))),
  pprof("samples without stacks", "4000", (size) =>
    concat(CPU, TABLE, MAIN, repeated(message([2, message([2, [1]])]), size)),
  ),
  pprof("empty mappings", "1", (size) => concat(CPU, TABLE, MAIN, sample([1], [1]), repeated(message([3, ""]), size))),
  pprof("empty lines of one place", "1", (size) =>
    concat(CPU, TABLE, fn(1, 3), field(4, concat(message([1, 1]), repeated(message([4, ""]), size))), sample([1], [1])),
  ),
  pprof("ids that differ in their high halves", "1", collidingIds),
  pprof("a length beyond the end after a full file", "malformed_profile", (size) =>
    concat(CPU, TABLE, MAIN, repeated(sample([1], [1]), size), Uint8Array.of(18, 0xff, 0xff, 0xff, 0x7f)),
  ),
  pprof("labels that are numbers, in one sample", "1", (size) =>
    concat(
      CPU,
      TABLE,
      MAIN,
      field(2, concat(message([1, [1]], [2, [1]]), repeated(message([3, message([3, 1])]), size))),
    ),
  ),
  pprof("a very long name for a label", "1", (size) =>
    concat(
      ...[CPU, TABLE, MAIN, field(6, text("k".repeat(size)))],
      message([2, message([1, [1]], [2, [1]], [3, message([1, STRINGS.length], [2, S("value")])])]),
    ),
  ),
  pprof("values whose sum passes 63 bits", "profile_too_large", (size) =>
    concat(CPU, TABLE, MAIN, repeated(concat(field(2, concat(message([1, [1]]), field(2, varint(2n ** 62n))))), size)),
  ),
];
