// What the address of a share says: how it is looked at. On top of it stands how it looked when it was shared.
//
//   ?search=lock&zoom=main&zoom=work&view=both&sort=total&theme=dark&graph=2         what the page writes
//   ?onlyDisplay=flamegraph&showToolbar=true&colorMode=light                         what embeds of flamegraph.com say
import type { ShareView } from "../../src/api/share.ts";
import { defaultPanelState, type FlamePanelState, type PanelView, type TableSort } from "../panel/panel-types.ts";

export interface Address {
  readonly theme: "light" | "dark" | null;
  /** Whether search and switches are shown. */
  readonly toolbar: boolean;
  /** Which of the share's graphs. */
  graph: number;
  /** What a panel begins with. The zoom of an address is that of the first graph. */
  panel(shared: ShareView, isDiff: boolean, isFirst: boolean): FlamePanelState;
  changed(before: FlamePanelState, next: FlamePanelState): void;
  /** What was changed by hand, or stood in the address: the rest is as it was shared. */
  readonly own: Map<string, readonly string[]>;
}

const VIEWS: ReadonlySet<string> = new Set(["flamegraph", "table", "both", "sandwich"]);
const SORTS: ReadonlySet<string> = new Set(["name", "self", "total", "baseline", "comparison", "diff"]);
const KEPT = ["search", "zoom", "view", "sort", "textEnd", "palette"] as const;
const MOST_CHARS = 2000;
const MOST_ZOOM = 1000;
/** Names may have 64 KB; a server that is asked for more than this may not answer the reload. */
const MOST_ADDRESS_CHARS = 8000;

export function readAddress(search: string, isEmbed: boolean): Address {
  const query = new URLSearchParams(search);
  const own = new Map<string, readonly string[]>();
  for (const name of KEPT) {
    const values = query.getAll(name).slice(0, MOST_ZOOM);
    if (values.length > 0) own.set(name, values);
  }
  for (const name of ["theme", "colorMode", "onlyDisplay", "showToolbar"]) {
    const value = query.get(name);
    if (value !== null) own.set(name, [value]);
  }
  const theme = query.get("theme") ?? query.get("colorMode");
  const only = query.get("onlyDisplay") ?? "";
  return {
    theme: theme === "light" || theme === "dark" ? theme : null,
    toolbar: query.get("showToolbar") === null ? !isEmbed : query.get("showToolbar") !== "false",
    graph: Math.max(0, Math.floor(Number(query.get("graph") ?? 1)) - 1) || 0,
    own,
    panel: (shared, isDiff, isFirst) => {
      const state = panelState(own, shared, isDiff, VIEWS.has(only) ? (only as PanelView) : null);
      return isFirst ? state : { ...state, zoom: shared.zoom ?? [] };
    },
    changed: (before, next) => {
      if (next.search !== before.search) own.set("search", [next.search.slice(0, MOST_CHARS)]);
      if (next.zoom !== before.zoom) own.set("zoom", next.zoom.length > 0 ? next.zoom : [""]);
      for (const name of ["view", "sort", "textEnd", "palette"] as const)
        if (next[name] !== before[name]) own.set(name, [next[name]]);
    },
  };
}

function panelState(
  own: ReadonlyMap<string, readonly string[]>,
  shared: ShareView,
  isDiff: boolean,
  only: PanelView | null,
): FlamePanelState {
  const one = (name: string) => own.get(name)?.[0];
  const view = one("view") ?? only ?? shared.display ?? "flamegraph";
  const sort = one("sort") ?? shared.sort ?? (isDiff ? "diff" : "self");
  return {
    ...defaultPanelState,
    search: one("search") ?? shared.search ?? "",
    zoom: own.has("zoom") ? (own.get("zoom") ?? []).filter((name) => name !== "") : (shared.zoom ?? []),
    view: VIEWS.has(view) ? (view as PanelView) : "flamegraph",
    sort: SORTS.has(sort) ? (sort as TableSort) : "self",
    sortDescending: shared.descending ?? true,
    textEnd: (one("textEnd") ?? shared.textEnd) === "tail" ? "tail" : "head",
    palette: (one("palette") ?? shared.palette) === "value" ? "value" : "package",
  };
}

export function writeAddress(path: string, { own, graph }: Pick<Address, "own" | "graph">): string {
  const query = new URLSearchParams();
  for (const [name, values] of own) for (const value of values) query.append(name, value);
  if (query.toString().length > MOST_ADDRESS_CHARS) query.delete("zoom");
  if (graph > 0) query.set("graph", String(graph + 1));
  const text = query.toString();
  return text === "" ? path : `${path}?${text}`;
}
