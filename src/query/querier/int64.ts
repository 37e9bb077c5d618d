// Sums as the messages of the querier carry them: 64 bits, exact.
const MOST = 2n ** 63n - 1n;

/** Sums of many uploads may pass what a message can say: there they stop. */
export function int64(value: number | bigint): bigint {
  const exact = BigInt(value);
  return exact > MOST ? MOST : exact;
}
