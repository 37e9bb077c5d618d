// Ways to damage a file, the same for the tests and for the long run of scripts/fuzz-formats.ts.
// Everything follows from a seed, so that a found case can be made again.

/** Numbers in [0, 1): a small generator (mulberry32), because the platform's can't be seeded. */
export function random(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

type Mutation = (bytes: Uint8Array, next: () => number) => Uint8Array<ArrayBuffer>;

const at = (bytes: Uint8Array, next: () => number): number => Math.floor(next() * bytes.length);

const MUTATIONS: readonly Mutation[] = [
  // One to eight bits flipped; twice, because it is the commonest damage.
  flipBits,
  flipBits,
  // Cut at the end.
  (bytes, next) => new Uint8Array(bytes.subarray(0, at(bytes, next))),
  // A part twice.
  (bytes, next) => {
    const from = at(bytes, next);
    const part = bytes.subarray(from, from + Math.floor(next() * 200));
    return joined(bytes.subarray(0, from), part, part, bytes.subarray(from + part.length));
  },
  // A part missing.
  (bytes, next) => {
    const from = at(bytes, next);
    return joined(bytes.subarray(0, from), bytes.subarray(from + Math.floor(next() * 50)));
  },
  // A number as large as can be.
  (bytes, next) => {
    const from = at(bytes, next);
    const huge = new Uint8Array(9).fill(0xff);
    return joined(bytes.subarray(0, from), huge, Uint8Array.of(Math.floor(next() * 4)), bytes.subarray(from + 1));
  },
  // A byte of another wire type or field.
  (bytes, next) => {
    const copy = new Uint8Array(bytes); // `slice` of a Buffer would not copy
    copy[at(copy, next)] = Math.floor(next() * 256);
    return copy;
  },
  // A length or a count that lies: a byte becomes a varint at an edge, and nothing else moves.
  lie,
  // A part again and again: huge counts, and lists within lists.
  repeat,
];

export function mutate(bytes: Uint8Array, next: () => number): Uint8Array<ArrayBuffer> {
  const mutation = MUTATIONS[Math.floor(next() * MUTATIONS.length)] ?? flipBits;
  return mutation(bytes, next);
}

/** Parts of two files end to end: the beginning of one, the end of the other. */
export function splice(one: Uint8Array, other: Uint8Array, next: () => number): Uint8Array<ArrayBuffer> {
  return joined(one.subarray(0, at(one, next)), other.subarray(at(other, next)));
}

/** Edges of what a varint can say: of 7, 14, 21, 31, 32, 53, 63 and 64 bits. */
const EDGES = [
  0n,
  1n,
  127n,
  128n,
  16_383n,
  2n ** 21n,
  2n ** 31n - 1n,
  2n ** 31n,
  2n ** 32n,
  2n ** 53n,
  2n ** 63n,
  2n ** 64n - 1n,
];

function varint(value: bigint): Uint8Array {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 127n; rest >>= 7n) bytes.push(Number(rest & 127n) | 128);
  return Uint8Array.from([...bytes, Number(rest)]);
}

function lie(bytes: Uint8Array, next: () => number): Uint8Array<ArrayBuffer> {
  const from = at(bytes, next);
  const edge = EDGES[Math.floor(next() * EDGES.length)] ?? 0n;
  return joined(bytes.subarray(0, from), varint(edge), bytes.subarray(from + 1));
}

const REPEATED_BYTES = 20_000;

function repeat(bytes: Uint8Array, next: () => number): Uint8Array<ArrayBuffer> {
  const from = at(bytes, next);
  const part = bytes.subarray(from, from + 1 + Math.floor(next() * 40));
  const times = Math.floor((next() * REPEATED_BYTES) / Math.max(1, part.length));
  return joined(bytes.subarray(0, from), ...new Array<Uint8Array>(times).fill(part), bytes.subarray(from));
}

const JSON_TOKENS = [
  "0",
  "-1",
  "1e308",
  "-0",
  "1e-400",
  "9007199254740993",
  "9223372036854775808",
  "18446744073709551615",
  "null",
  "true",
  '""',
  "[]",
  "{}",
  '"__proto__"',
  '"constructor"',
  '"\\ud800"',
  `${"[".repeat(2000)}${"]".repeat(2000)}`,
  `${'{"a":'.repeat(2000)}1${"}".repeat(2000)}`,
];

/** Another value in the place of one: bytes alone rarely leave JSON that is still JSON. */
export function mutateJson(text: string, next: () => number): string {
  const values = [...text.matchAll(/"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*|true|false|null|\[\]|\{\}/g)];
  const value = values[Math.floor(next() * values.length)];
  if (value === undefined) return text;
  const other = values[Math.floor(next() * values.length)]?.[0] ?? "";
  const token = next() < 0.3 ? other : (JSON_TOKENS[Math.floor(next() * JSON_TOKENS.length)] ?? "");
  return text.slice(0, value.index) + token + text.slice(value.index + value[0].length);
}

export function flipBits(bytes: Uint8Array, next: () => number): Uint8Array<ArrayBuffer> {
  const copy = new Uint8Array(bytes); // `slice` of a Buffer would not copy
  for (let flips = 1 + Math.floor(next() * 8); flips > 0; flips--) {
    const index = at(copy, next);
    copy[index] = (copy[index] ?? 0) ^ (1 << Math.floor(next() * 8));
  }
  return copy;
}

export function joined(...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let length = 0;
  for (const part of parts) {
    bytes.set(part, length);
    length += part.length;
  }
  return bytes;
}
