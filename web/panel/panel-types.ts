/**
 * The flame panel's contract with the page around it. The shell owns the state (it lives in the URL). When the user changes
 * something, the panel shows it at once and tells the shell; what the shell answers with `setState` always wins.
 *
 *   shell ── setSource(data) ──▶ panel            shell ◀── onState(next, "push" | "replace") ── panel
 *         ── setState(state) ──▶                  "push": a deliberate step (zoom, view, sort) that Back should undo
 *         ── setStale(true)  ──▶                  "replace": typing, dragging
 */

/** sandwich: callers and callees of the one function that is searched for, else of the heaviest. */
export type PanelView = "table" | "both" | "flamegraph" | "sandwich";
/** A key that the shown table lacks falls back: to self on a single profile, to diff on a comparison. */
export type TableSort = "name" | "self" | "total" | "baseline" | "comparison" | "diff";
export type TextEnd = "head" | "tail";
export type FlamePalette = "package" | "value";

export interface FlamePanelState {
  /** Frame names from below the root to the focused frame; [] is the whole graph. */
  readonly zoom: readonly string[];
  /** As typed: a substring, `/regex/`, or several of these separated by commas. */
  readonly search: string;
  readonly view: PanelView;
  readonly sort: TableSort;
  readonly sortDescending: boolean;
  /** Which end of a name stays visible when it does not fit. */
  readonly textEnd: TextEnd;
  readonly palette: FlamePalette;
}

export const defaultPanelState: FlamePanelState = {
  zoom: [],
  search: "",
  view: "both",
  sort: "self",
  sortDescending: true,
  textEnd: "head",
  palette: "package",
};

/** One answer of `/render` or `/render-diff`, as far as the panel reads it (wire contract 4.1). */
export interface FlameSource {
  readonly flamebearer: {
    readonly names: readonly string[];
    /** Per level a flat list, 4 numbers a node (single) or 7 (double), offsets delta-encoded. */
    readonly levels: readonly (readonly number[])[];
    readonly numTicks: number;
    readonly maxSelf: number;
    readonly leftTicks?: number | undefined;
    readonly rightTicks?: number | undefined;
  };
  readonly metadata: {
    readonly format: "single" | "double";
    /** samples, nanoseconds, bytes, objects, goroutines, lock_nanoseconds, lock_samples, count … */
    readonly units: string;
    /** Samples per second, when the unit is samples. */
    readonly sampleRate: number;
    readonly spyName: string;
    readonly name: string;
    readonly aggregation?: "sum" | "average" | undefined;
  };
  /** What the node budget cut off into boxes called `other`, and the largest total among it. */
  readonly hidden?: { readonly nodes: number; readonly largest: number } | undefined;
}

export type StateStep = "push" | "replace";
