/** What a search text means for the graph on screen. Comes with the first search. */

import type { FlameModel, NodeIndex } from "../../src/view/model.ts";
import { searchModel } from "../../src/view/search.ts";
import { hitAt, type SearchHits } from "../../src/view/search-hits.ts";
import { parseSearch } from "../../src/view/search-query.ts";
import { NO_SEARCH, type SearchState } from "./search-outcome.ts";

export function searchState(model: FlameModel | undefined, text: string): SearchState {
  const search = parseSearch(text);
  if (search.kind === "error") return { ...NO_SEARCH, error: search.reason };
  if (search.kind === "none" || !model) return NO_SEARCH;
  const hits = searchModel(model, search.test);
  // Picking a function in the table marks it there; it does not take the other rows away.
  const keep = search.only === undefined ? (name: number) => hits.matches[name] === 1 : undefined;
  return { hits, keep, picked: search.only, error: undefined };
}

/** The number of the next or previous hit, from 1, around the end. `current` is 0 before the first step. */
export function steppedHit(
  hits: SearchHits,
  current: number,
  step: 1 | -1,
): { number: number; node: NodeIndex } | undefined {
  if (hits.hitCount === 0) return undefined;
  const from = current === 0 && step === -1 ? 1 : current;
  const number = ((from - 1 + step + hits.hitCount) % hits.hitCount) + 1;
  const node = hitAt(hits, number - 1);
  return node === undefined ? undefined : { number, node };
}
