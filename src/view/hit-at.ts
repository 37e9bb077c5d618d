/** From the number of a hit to where it is. */
import type { NodeIndex } from "./model.ts";
import type { SearchHits } from "./search-hits.ts";

/** The node of the hit with this number, counted from 0. */
export function hitAt(hits: SearchHits, number: number): NodeIndex | undefined {
  if (number < 0 || number >= hits.hitCount) return undefined;
  let low = 0;
  let high = hits.hitsBefore.length - 1;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (hits.hitsBefore[middle]! > number) high = middle;
    else low = middle + 1;
  }
  return low - 1;
}
