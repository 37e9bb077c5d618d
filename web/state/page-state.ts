// What the page shows, as one value. The URL holds all of it; nothing here is kept anywhere else.
import type { FlamePalette, PanelView, TableSort, TextEnd } from "../panel/panel-types.ts";
import { halvesOf, type TimeRange } from "./time-form.ts";

export type PageName = "single" | "comparison" | "diff" | "inbox" | "adhoc";
export type Side = "left" | "right";
export type ThemeName = "light" | "dark";

/** One side of a comparison. null: not chosen, so the page's own query and half of its range. */
export interface SideState {
  readonly query: string | null;
  readonly from: string | null;
  readonly until: string | null;
  /** Frame names from below the root; [] is the whole graph. */
  readonly zoom: readonly string[];
  /** The path whose subtree the server is asked for; [] asks for the whole. */
  readonly focus: readonly string[];
  readonly search: string;
}

export interface PageState {
  readonly page: PageName;
  /** null until an application is chosen. */
  readonly query: string | null;
  readonly from: string;
  readonly until: string;
  readonly left: SideState;
  readonly right: SideState;
  readonly groupBy: string | null;
  readonly maxNodes: number | null;
  readonly view: PanelView;
  /** null: the page's own default (self; on the diff page the difference). */
  readonly sort: TableSort | null;
  readonly sortDescending: boolean;
  readonly textEnd: TextEnd;
  readonly palette: FlamePalette;
  readonly zoom: readonly string[];
  readonly focus: readonly string[];
  readonly search: string;
  /** Whether both sides of a comparison share one search. */
  readonly searchLinked: boolean;
  /** Seconds between refreshes; 0 is off. */
  readonly refreshSeconds: number;
  /** Whose entries the inbox shows: a service, "" for those of none, null for all. */
  readonly inboxApp: string | null;
  /** For links and embeds; null leaves it to the reader's own choice. */
  readonly theme: ThemeName | null;
}

const emptySide: SideState = { query: null, from: null, until: null, zoom: [], focus: [], search: "" };

export const defaultPageState: PageState = {
  page: "single",
  query: null,
  from: "now-1h",
  until: "now",
  left: emptySide,
  right: emptySide,
  groupBy: null,
  maxNodes: null,
  view: "both",
  sort: null,
  sortDescending: true,
  textEnd: "head",
  palette: "package",
  zoom: [],
  focus: [],
  search: "",
  searchLinked: true,
  refreshSeconds: 0,
  inboxApp: null,
  theme: null,
};

export const REFRESH_CHOICES_SECONDS = [0, 5, 10, 15, 30, 60, 300] as const;

export const sideQuery = (state: PageState, side: Side): string | null => state[side].query ?? state.query;

/** A side's range: what was chosen, else the first or second half of the page's. */
export function sideRange(state: PageState, side: Side, nowSeconds: number): TimeRange {
  const half = halvesOf(state, nowSeconds)[side];
  return { from: state[side].from ?? half.from, until: state[side].until ?? half.until };
}

/** Another application or profile type: sides start over with it, and the zoomed frame is gone. */
export function withQuery(state: PageState, query: string): PageState {
  const reset = (side: SideState): SideState => ({ ...side, query: null, zoom: [], focus: [] });
  return { ...state, query, zoom: [], focus: [], left: reset(state.left), right: reset(state.right) };
}

export const swapSides = (state: PageState, nowSeconds: number): PageState => ({
  ...state,
  left: { ...state.right, ...sideRange(state, "right", nowSeconds) },
  right: { ...state.left, ...sideRange(state, "left", nowSeconds) },
});

/** Linked sides show one search; unlinked ones start with what was shared. */
export const linkedSearch =
  (searchLinked: boolean) =>
  (state: PageState): PageState =>
    searchLinked
      ? { ...state, searchLinked, search: state.left.search || state.right.search }
      : {
          ...state,
          searchLinked,
          search: "",
          left: { ...state.left, search: state.search },
          right: { ...state.right, search: state.search },
        };

/** `side` null: the page's one graph. A focus takes the zoom along, both ways. */
export function withFocus(state: PageState, side: Side | null, focus: readonly string[]): PageState {
  const own = { focus, zoom: focus };
  return side === null ? { ...state, ...own } : { ...state, [side]: { ...state[side], ...own } };
}

/** What a server gives unless asked for more, and the most it may be asked for. */
export const DEFAULT_NODES = 8192;
export const MOST_NODES = 1_000_000;
const NODES_STEP = 4;

export const moreNodes = (nodes: number): number => Math.min(MOST_NODES, nodes * NODES_STEP);
