// Between the page's state and a flame panel's: which part of the URL each panel reads and writes.

import type { RenderResponse } from "../../src/api/render.ts";
import type { RenderDiffResponse } from "../../src/api/render-diff.ts";
import type { FlamePanelState, FlameSource } from "../panel/panel-types.ts";
import type { PageState, Side } from "./page-state.ts";

/** `side` null is the page's one graph. */
export function panelState(state: PageState, side: Side | null): FlamePanelState {
  const { view, sortDescending, textEnd, palette } = state;
  const own = side === null ? state : state[side];
  return {
    zoom: own.zoom,
    search: side === null || state.searchLinked ? state.search : own.search,
    view,
    sort: state.sort ?? defaultSort(state),
    sortDescending,
    textEnd,
    palette,
  };
}

const defaultSort = ({ page }: PageState) => (page === "diff" ? "diff" : "self");

export function withPanelState(state: PageState, side: Side | null, next: FlamePanelState): PageState {
  const { view, sortDescending, textEnd, palette, zoom, search } = next;
  const sort = next.sort === defaultSort(state) ? null : next.sort;
  const shared = { ...state, view, sort, sortDescending, textEnd, palette };
  if (side === null) return { ...shared, zoom, search };
  if (state.searchLinked) return { ...shared, search, [side]: { ...state[side], zoom } };
  return { ...shared, [side]: { ...state[side], zoom, search } };
}

export function singleSource(answer: RenderResponse): FlameSource {
  const { flamebearer, metadata, edgeflame } = answer;
  const { aggregation, hiddenNodes, largestHidden } = edgeflame;
  return {
    flamebearer,
    metadata: { ...metadata, aggregation },
    hidden: { nodes: hiddenNodes, largest: largestHidden },
  };
}

export function doubleSource(
  { flamebearer, metadata, leftTicks, rightTicks, edgeflame }: RenderDiffResponse,
  aggregation: "sum" | "average",
): FlameSource {
  const { hiddenNodes, largestHidden } = edgeflame;
  return {
    flamebearer: { ...flamebearer, leftTicks, rightTicks },
    metadata: { ...metadata, aggregation },
    hidden: { nodes: hiddenNodes, largest: largestHidden },
  };
}
