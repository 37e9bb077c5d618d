// Numbers that nobody outside knows, for hash tables whose keys come from outside: a sender who knew them could choose keys that all
// fall into one slot, and a table of n rows would take n² steps.
//
// They say where a row lies and never which id it gets: nothing that is stored or answered depends on them. They are made at the first
// use, because the platform has no randomness before the first request.

/** Odd, and below 2^30, so that engines keep them as small integers. */
export type HashSeeds = readonly [number, number, number, number, number, number, number, number, number, number];

let seeds: HashSeeds | null = null;

export function hashSeeds(): HashSeeds {
  seeds ??= Array.from(crypto.getRandomValues(new Uint32Array(10)), (word) => (word >>> 2) | 1) as unknown as HashSeeds;
  return seeds;
}
