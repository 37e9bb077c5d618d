// Bounded concurrency: the platform opens six connections at once, and memory is for a few answers only.

/**
 * Runs `act` over items, at most `atOnce` at a time; results in the items' order. After a failure nothing new is begun, and it is
 * thrown only when nothing is under way any more: who tries again, or cleans up, has no earlier attempt behind it.
 */
export async function concurrently<T, R>(
  items: readonly T[],
  atOnce: number,
  act: (item: T) => Promise<R>,
): Promise<R[]> {
  const results: R[] = new Array<R>(items.length);
  const failures: unknown[] = [];
  let next = 0;
  const worker = async () => {
    while (next < items.length && failures.length === 0) {
      const i = next++;
      try {
        results[i] = await act(items[i] as T);
      } catch (error) {
        failures.push(error);
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, worker));
  if (failures.length > 0) throw failures[0];
  return results;
}
