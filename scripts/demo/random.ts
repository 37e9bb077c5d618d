// Reproducible randomness for the demo: the same words always give the same numbers.

export type Random = () => number;

/** Numbers in [0, 1) that depend on the words only, so that any upload can be made without making those before it. */
export function randomOf(...words: readonly (string | number)[]): Random {
  // FNV-1a over the words, then the mulberry32 generator.
  let state = 0x811c9dc5;
  for (const character of words.join("\u0000")) state = Math.imul(state ^ character.charCodeAt(0), 0x01000193);
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/**
 * Splits a whole amount in proportion to the weights, each of which is first blurred by up to ± `noise`. The parts are
 * whole and their sum is exactly the amount.
 */
export function apportion(amount: number, weights: readonly number[], noise: number, random: Random): number[] {
  const blurred = weights.map((weight) => weight * (1 + noise * (2 * random() - 1)));
  const sum = blurred.reduce((total, weight) => total + weight, 0);
  if (sum === 0) return blurred.map(() => 0);
  // Rounding the running sum rather than each part keeps the whole; a random start spreads what rounding gives and takes.
  const start = random();
  const last = blurred.findLastIndex((weight) => weight > 0);
  let running = 0;
  let given = 0;
  return blurred.map((weight, index) => {
    running += weight;
    const until = index >= last ? amount : Math.min(amount, Math.floor((running / sum) * amount + start));
    const part = Math.max(0, until - given);
    given += part;
    return part;
  });
}
