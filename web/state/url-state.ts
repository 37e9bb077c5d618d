// The codec between a URL and what the page shows. Names and values are the old Pyroscope page's where it had them.
//
//   /comparison?query=app.cpu{…}&from=now-1h&until=now&leftFrom=…&view=both#zoom=main;work
//
// Zoomed frames, and the frames whose subtree is asked for (focus), stand behind the #: their names can be long (servers refuse long URLs) and are nobody's business but
// the reader's. Frames are joined by `;`, which is written `\;` inside a name. What equals the default is left out.
import type { FlamePalette, PanelView, TableSort, TextEnd } from "../panel/panel-types.ts";
import {
  defaultPageState,
  MOST_NODES,
  type PageName,
  type PageState,
  REFRESH_CHOICES_SECONDS,
  type SideState,
  type ThemeName,
} from "./page-state.ts";

/** Last path segment of each page; the server answers all of them with the same file. */
export const PAGE_PATHS = {
  single: "",
  comparison: "comparison",
  diff: "comparison-diff",
  inbox: "inbox",
  adhoc: "adhoc",
} as const satisfies Record<PageName, string>;

const PAGES = Object.keys(PAGE_PATHS) as PageName[];

const MAX_TEXT = 8192;
const MAX_FRAMES = 2048;

export interface PageUrl {
  /** Relative to the folder that the page is in, so that a base path works: "", "comparison", "comparison-diff". */
  readonly path: string;
  /** With `?`, or empty. */
  readonly search: string;
  /** With `#`, or empty. */
  readonly hash: string;
}

export function readUrl({ pathname, search, hash }: { pathname: string; search: string; hash: string }): PageState {
  const asked = new URLSearchParams(search);
  const looked = new URLSearchParams(hash.replace(/^#/, ""));
  const text = (name: string): string | null => {
    const value = asked.get(name);
    return value === null || value === "" ? null : value.slice(0, MAX_TEXT);
  };
  const frames = (name: string) => splitFrames(looked.get(name) ?? asked.get(name) ?? "");
  const side = (prefix: "left" | "right"): SideState => ({
    query: text(`${prefix}Query`),
    from: text(`${prefix}From`),
    until: text(`${prefix}Until`),
    zoom: frames(`${prefix}Zoom`),
    focus: frames(`${prefix}Focus`),
    search: text(`${prefix}Search`) ?? "",
  });
  const base = defaultPageState;
  return {
    page: pageOf(pathname),
    query: text("query"),
    from: text("from") ?? base.from,
    until: text("until") ?? base.until,
    left: side("left"),
    right: side("right"),
    groupBy: text("groupBy"),
    maxNodes: wholeNumber(text("maxNodes") ?? text("max-nodes"), MOST_NODES),
    view: oneOf<PanelView>(text("view"), ["table", "both", "flamegraph", "sandwich"]) ?? base.view,
    sort: oneOf<TableSort>(text("sort"), ["name", "self", "total", "baseline", "comparison", "diff"]),
    sortDescending: text("order") !== "ascending",
    textEnd: oneOf<TextEnd>(text("text"), ["head", "tail"]) ?? base.textEnd,
    palette: oneOf<FlamePalette>(text("palette"), ["package", "value"]) ?? base.palette,
    zoom: frames("zoom"),
    focus: frames("focus"),
    search: text("search") ?? "",
    searchLinked: text("searchLinked") !== "no",
    refreshSeconds: REFRESH_CHOICES_SECONDS.find((choice) => String(choice) === text("refresh")) ?? 0,
    inboxApp: asked.get("inboxApp")?.slice(0, MAX_TEXT) ?? null,
    theme: oneOf<ThemeName>(text("theme"), ["light", "dark"]),
  };
}

export function writeUrl(state: PageState): PageUrl {
  const base = defaultPageState;
  const asked = new URLSearchParams();
  const looked = new URLSearchParams();
  const put = (name: string, value: string | number | null, standard: string | number | null) => {
    if (value !== null && value !== "" && value !== standard) asked.set(name, String(value));
  };
  put("query", state.query, null);
  // Always there once there is a query: a link without a range would change its meaning with the default.
  put("from", state.from, state.query === null ? base.from : null);
  put("until", state.until, state.query === null ? base.until : null);
  for (const prefix of ["left", "right"] as const) {
    put(`${prefix}Query`, state[prefix].query, null);
    put(`${prefix}From`, state[prefix].from, null);
    put(`${prefix}Until`, state[prefix].until, null);
    put(`${prefix}Search`, state[prefix].search, "");
  }
  put("groupBy", state.groupBy, null);
  put("maxNodes", state.maxNodes, null);
  put("view", state.view, base.view);
  put("sort", state.sort, null);
  put("order", state.sortDescending ? null : "ascending", null);
  put("text", state.textEnd, base.textEnd);
  put("palette", state.palette, base.palette);
  put("search", state.search, "");
  put("searchLinked", state.searchLinked ? null : "no", null);
  put("refresh", state.refreshSeconds, 0);
  // Empty means something.
  if (state.inboxApp !== null) asked.set("inboxApp", state.inboxApp);
  put("theme", state.theme, null);
  for (const [name, frames] of [
    ["zoom", state.zoom],
    ["leftZoom", state.left.zoom],
    ["rightZoom", state.right.zoom],
    ["focus", state.focus],
    ["leftFocus", state.left.focus],
    ["rightFocus", state.right.focus],
  ] as const) {
    if (frames.length > 0) looked.set(name, joinFrames(frames));
  }
  return { path: PAGE_PATHS[state.page], search: prefixed("?", asked), hash: prefixed("#", looked) };
}

const prefixed = (mark: string, params: URLSearchParams) => (params.size === 0 ? "" : mark + params.toString());

function pageOf(pathname: string): PageName {
  const last = pathname.slice(pathname.lastIndexOf("/") + 1);
  return PAGES.find((page) => PAGE_PATHS[page] === last) ?? "single";
}

function oneOf<T extends string>(value: string | null, choices: readonly T[]): T | null {
  return choices.find((choice) => choice === value) ?? null;
}

function wholeNumber(text: string | null, most: number): number | null {
  if (text === null || !/^\d{1,9}$/.test(text)) return null;
  const value = Number(text);
  return value >= 1 && value <= most ? value : null;
}

export const joinFrames = (frames: readonly string[]): string =>
  frames.map((name) => name.replace(/[\\;]/g, "\\$&")).join(";");

/** [] for an empty text: a zoom into a frame without a name cannot be told from none, and is none. */
export function splitFrames(text: string): string[] {
  if (text === "") return [];
  const frames = [""];
  for (let at = 0; at < text.length; at++) {
    const char = text[at] ?? "";
    if (char === "\\") frames[frames.length - 1] += text[++at] ?? "";
    else if (char !== ";") frames[frames.length - 1] += char;
    else if (frames.push("") > MAX_FRAMES) return [];
  }
  return frames;
}
