// Numbers that nobody outside knows, for hash tables whose keys come from outside: a sender who knew them could choose keys that all
// fall into one slot, and a table of n rows would take n² steps.
//
// They say where a row lies and never which id it gets: nothing that is stored or answered depends on them. Whoever starts the program
// names their source (worker.ts, and the page where it decodes files); until then they are always the same, as tests want them. The
// source is asked at the first use, because the platform has no randomness before the first request.

/** Odd, and below 2^30, so that engines keep them as small integers. */
export type HashSeeds = readonly [number, number, number, number, number, number, number, number, number, number];

/** Fills what it is given with words that nobody can foretell. */
export type RandomWords = (words: Uint32Array<ArrayBuffer>) => unknown;

const KNOWN_TO_ALL: HashSeeds = [
  0x1e3779b1, 0x05ebca77, 0x02b2ae3d, 0x27d4eb2f, 0x165667b1, 0x0cc9e2d5, 0x1b873593, 0x2545f491, 0x38b34ae5,
  0x0a4093d3,
];

let source: RandomWords | null = null;
let seeds: HashSeeds | null = null;

/** For tables that are made from now on. */
export function useHashSeeds(random: RandomWords): void {
  source = random;
  seeds = null;
}

export function hashSeeds(): HashSeeds {
  if (source === null) return KNOWN_TO_ALL;
  if (seeds === null) {
    const words = new Uint32Array(KNOWN_TO_ALL.length);
    source(words);
    seeds = Array.from(words, (word) => (word >>> 2) | 1) as unknown as HashSeeds;
  }
  return seeds;
}
