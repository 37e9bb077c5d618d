/** What a search text means for the graph on screen. Comes with the first search. */

import { formatShare } from "../../src/view/format.ts";
import { hitAt } from "../../src/view/hit-at.ts";
import { focusToRead } from "../../src/view/hit-zoom.ts";
import type { FlameModel, NodeIndex } from "../../src/view/model.ts";
import { searchModel } from "../../src/view/search.ts";
import type { SearchHits } from "../../src/view/search-hits.ts";
import { parseSearch } from "../../src/view/search-query.ts";
import { paintedHits } from "../paint/hit-pixels.ts";
import { NO_SEARCH, type SearchState } from "./search-outcome.ts";

export function searchState(model: FlameModel | undefined, text: string): SearchState {
  const search = parseSearch(text);
  if (search.kind === "error") return { ...NO_SEARCH, error: search.reason, outcome: () => search.reason };
  if (search.kind === "none" || !model) return NO_SEARCH;
  const hits = paintedHits(searchModel(model, search.test));
  // Picking a function in the table marks it there; it does not take the other rows away.
  const keep = search.only === undefined ? (name: number) => hits.matches[name] === 1 : undefined;
  return { hits, keep, picked: search.only, error: undefined, outcome: (current) => outcomeText(hits, current) };
}

function outcomeText({ shares, hitCount }: SearchHits, current: number): string {
  if (hitCount === 0) return "no matches";
  const count = hitCount.toLocaleString("en-US");
  return `matches ${shares.map(formatShare).join(" → ")} · ${current > 0 ? `${current.toLocaleString("en-US")} / ` : ""}${count} ${hitCount === 1 ? "frame" : "frames"}`;
}

/** What of the graph is on the screen. */
export interface SeenPlace {
  readonly model: FlameModel;
  readonly focus: NodeIndex;
  readonly widthPx: number;
}

export interface SteppedHit {
  /** From 1. */
  readonly number: number;
  readonly node: NodeIndex;
  /** What to zoom to, so that it can be read. */
  readonly focus: NodeIndex;
}

/** A hit narrower than this is zoomed to. */
const MIN_HIT_PX = 24;

/** The next or previous hit, around the end. `current` is 0 before the first step. */
export function steppedHit(
  hits: SearchHits,
  current: number,
  step: 1 | -1,
  { model, focus, widthPx }: SeenPlace,
): SteppedHit | undefined {
  if (hits.hitCount === 0) return undefined;
  const from = current === 0 && step === -1 ? 1 : current;
  const number = ((from - 1 + step + hits.hitCount) % hits.hitCount) + 1;
  const node = hitAt(hits, number - 1);
  return node === undefined ? undefined : { number, node, focus: focusToRead(model, focus, node, widthPx, MIN_HIT_PX) };
}
