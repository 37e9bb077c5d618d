/** What a search text comes to, for those who show it; search-state.ts works it out. */
import type { PaintedHits } from "../paint/scene.ts";

export interface SearchState {
  readonly hits: PaintedHits | null;
  /** Which names stay in the table; undefined keeps all. */
  readonly keep: ((name: number) => boolean) | undefined;
  /** The one function that is searched for exactly. */
  readonly picked: string | undefined;
  readonly error: string | undefined;
  /** In words; `current` is the number of the hit last stepped to, 0 for none yet. */
  readonly outcome: (current: number) => string;
}

export const NO_SEARCH: SearchState = {
  hits: null,
  keep: undefined,
  picked: undefined,
  error: undefined,
  outcome: () => "",
};
