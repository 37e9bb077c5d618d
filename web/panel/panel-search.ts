/** The search of a panel: what the text finds in the graph, and which hit one stands on. What finds comes with the first search. */
import type { FlameModel } from "../../src/view/model.ts";
import { later } from "./later.ts";
import { NO_SEARCH, type SearchState } from "./search-outcome.ts";
import type { SeenPlace, SteppedHit } from "./search-state.ts";

export interface PanelSearch {
  readonly state: () => SearchState;
  /** A text was given, and what it finds is not known yet. */
  readonly isPending: () => boolean;
  apply(model: () => FlameModel | undefined, text: string): void;
  /** `go` shows the hit, and says which it is of how many and what it is called. Nothing is done when there is no place. */
  step(step: 1 | -1, place: () => SeenPlace | null, go: (hit: SteppedHit, what: string) => void): void;
}

/** Shows and says what was found. */
interface SearchPlaces {
  /** Returns the text that it shows. */
  readonly toolbar: { showOutcome(search: SearchState, current: number): string };
  readonly announcer: { say(text: string): void };
}

/** @param found what was pending is known */
export function createPanelSearch({ toolbar, announcer }: SearchPlaces, found: () => void): PanelSearch {
  const finder = later(() => import("./search-state.ts"));
  let state = NO_SEARCH;
  let isPending = false;
  let number = 0;
  let askedLast = 0;

  function showOutcome(): void {
    const outcome = toolbar.showOutcome(state, number);
    if (outcome !== "") announcer.say(outcome);
  }
  return {
    state: () => state,
    isPending: () => isPending,
    apply: (model, text) => {
      // Hits of another graph must not be drawn in this one.
      state = NO_SEARCH;
      number = 0;
      const asked = ++askedLast;
      isPending = text !== "";
      if (!isPending) return showOutcome();
      finder(({ searchState }) => {
        // Another text has been given while the finder was on its way.
        if (asked !== askedLast) return;
        isPending = false;
        state = searchState(model(), text);
        showOutcome();
        found();
      });
    },
    step: (step, place, go) =>
      finder(({ steppedHit }) => {
        const seen = place();
        const hit = seen && state.hits && steppedHit(state.hits, number, step, seen);
        if (!hit) return;
        number = hit.number;
        showOutcome();
        go(hit, `Hit ${number} of ${state.hits?.hitCount}`);
      }),
  };
}
