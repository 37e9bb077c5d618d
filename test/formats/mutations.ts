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
];

export function mutate(bytes: Uint8Array, next: () => number): Uint8Array<ArrayBuffer> {
  const mutation = MUTATIONS[Math.floor(next() * MUTATIONS.length)] ?? flipBits;
  return mutation(bytes, next);
}

export function flipBits(bytes: Uint8Array, next: () => number): Uint8Array<ArrayBuffer> {
  const copy = new Uint8Array(bytes); // `slice` of a Buffer would not copy
  for (let flips = 1 + Math.floor(next() * 8); flips > 0; flips--) {
    const index = at(copy, next);
    copy[index] = (copy[index] ?? 0) ^ (1 << Math.floor(next() * 8));
  }
  return copy;
}

function joined(...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let length = 0;
  for (const part of parts) {
    bytes.set(part, length);
    length += part.length;
  }
  return bytes;
}
