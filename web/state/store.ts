// The page's state as a Solid signal that is bound to the address bar.
//
// Deliberate steps push (Back undoes them), typing replaces. Browsers throttle replaceState, so it waits for a pause;
// the signal itself changes at once.
import { type Accessor, createSignal } from "solid-js";
import type { StateStep } from "../panel/panel-types.ts";
import type { PageState } from "./page-state.ts";
import { readUrl, writeUrl } from "./url-state.ts";

export interface PageStore {
  readonly state: Accessor<PageState>;
  update(change: Partial<PageState> | ((state: PageState) => PageState), how: StateStep): void;
  /** Where a state would be: for links that can be opened in a new tab. */
  href(state: PageState): string;
  destroy(): void;
}

const REPLACE_PAUSE_MS = 200;

export function createPageStore(view: Window): PageStore {
  const [state, setState] = createSignal(readUrl(view.location));
  let waiting: ReturnType<typeof setTimeout> | undefined;

  const href = (of: PageState) => {
    const { path, search, hash } = writeUrl(of);
    // "./" stands for the folder, which is where the single view lives.
    return `./${path}${search}${hash}`;
  };
  const flush = () => {
    clearTimeout(waiting);
    waiting = undefined;
    view.history.replaceState(null, "", href(state()));
  };
  const onPop = () => {
    clearTimeout(waiting);
    waiting = undefined;
    setState(readUrl(view.location));
  };
  view.addEventListener("popstate", onPop);

  return {
    state,
    href,
    update(change, how) {
      const next = typeof change === "function" ? change(state()) : { ...state(), ...change };
      if (href(next) === href(state())) return;
      if (how === "push") {
        if (waiting !== undefined) flush();
        setState(next);
        view.history.pushState(null, "", href(next));
      } else {
        setState(next);
        clearTimeout(waiting);
        waiting = setTimeout(flush, REPLACE_PAUSE_MS);
      }
    },
    destroy() {
      clearTimeout(waiting);
      view.removeEventListener("popstate", onPop);
    },
  };
}
