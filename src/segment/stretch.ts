// How a growing dictionary is cut into immutable stretches.
import { type DictionarySize, EMPTY_SIZE } from "../profile/stack-dictionary.ts";

export interface Stretch {
  readonly from: DictionarySize;
  readonly to: DictionarySize;
}

/** A stretch to write. `replaces` the last so many, which it covers. */
export interface StretchPlan extends Stretch {
  readonly replaces: number;
}

/**
 * Stretches merge like the digits of a counter: a new one takes in those before it that are not twice
 * its size, so that n nodes lie in about log n objects and each is rewritten about log n times.
 * @returns null when nothing is new
 */
export function planStretch(sealed: readonly Stretch[], now: DictionarySize): StretchPlan | null {
  let from = sealed.at(-1)?.to ?? EMPTY_SIZE;
  // Rows that no node refers to can wait: a stretch is named by its nodes, and its key must be new.
  if (from.nodes === now.nodes) return null;
  let replaces = 0;
  while (replaces < sealed.length) {
    const previous = sealed[sealed.length - 1 - replaces]!;
    if (previous.to.nodes - previous.from.nodes > 2 * (now.nodes - from.nodes)) break;
    from = previous.from;
    replaces++;
  }
  return { from, to: now, replaces };
}
