// Makes a failing program shorter by leaving out steps, as long as it still fails.
import { Disagreement } from "./machine.ts";
import type { Step } from "./program.ts";

const MOST_RUNS = 40;
const MOST_MS = 90_000;

/** @param run throws Disagreement when the program fails */
export async function shrink(
  failing: readonly Step[],
  run: (steps: readonly Step[]) => Promise<void>,
): Promise<{ steps: readonly Step[]; message: string }> {
  let steps = failing;
  let message = "none shorter fails";
  const giveUpAt = performance.now() + MOST_MS;
  let runs = 0;
  for (let size = steps.length >> 1; size > 0; size >>= 1) {
    for (let at = 0; at < steps.length - 1; ) {
      if (runs++ >= MOST_RUNS || performance.now() > giveUpAt) return { steps, message };
      const fewer = [...steps.slice(0, at), ...steps.slice(at + size)];
      const found = await run(fewer).then(
        () => null,
        (error: unknown) => error,
      );
      if (found instanceof Disagreement) {
        steps = fewer.slice(0, found.index + 1);
        message = found.message;
      } else at += size;
    }
  }
  return { steps, message };
}
