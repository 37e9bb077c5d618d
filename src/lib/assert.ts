/** Ends a switch over a closed set: a forgotten member is a compile error. */
export function assertNever(value: never): never {
  throw new Error(`unexpected ${String(value)}`);
}
