// What the page shows and what its owner chose → the request that makes a share of it: what is longer than the server takes is cut
// here rather than refused there. Pure.
import type { EmbedRequest } from "../../src/api/embed.ts";
import { FRAME_HOST } from "../../src/api/frame-host.ts";
import { layoutOf } from "../../src/api/graph-of-render.ts";
import type { Redaction, ShareGraph, ShareRequest, ShareView } from "../../src/api/share.ts";
import { SHARE_LIMIT } from "../../src/api/share-limit.ts";
import type { FlameSource } from "../panel/panel-types.ts";
import type { PageState } from "./page-state.ts";
import { panelState } from "./panel-state.ts";

export interface ShownPart {
  readonly query: string;
  /** Unix seconds, as covered. */
  readonly from: number;
  readonly until: number;
}

export interface ShownGraph {
  readonly source: FlameSource;
  /** null of a file, which the server was not asked for. */
  readonly asked: ShownPart | null;
  /** Of a diff: its other side. */
  readonly compared: ShownPart | null;
}

/** The page's one graph, or the two of a comparison. */
export type Snapshot = readonly ShownGraph[];

export interface ShareChoice {
  readonly title: string;
  /** null: never. */
  readonly expiresInDays: number | null;
  readonly redact: Required<Redaction>;
  /** As typed. */
  readonly hosts: string;
  /** Null: a copy of what is seen. Else seconds up to now: a live embed of the query. */
  readonly liveSeconds: number | null;
}

export function defaultChoice(snapshot: Snapshot): ShareChoice {
  const names = snapshot.flatMap(({ source, asked, compared }) => [
    asked?.query ?? source.metadata.name,
    ...(compared === null ? [] : [compared.query]),
  ]);
  return {
    title: [...new Set(names)].join(" → ").slice(0, SHARE_LIMIT.titleChars),
    expiresInDays: 90,
    redact: { packages: false, paths: false, labels: false },
    hosts: "",
    liveSeconds: null,
  };
}

/** What a live embed would ask again and again: one query of the server's. Null for a file, and for what compares. */
export function liveQuery(snapshot: Snapshot): string | null {
  const [only, ...others] = snapshot;
  return only === undefined || others.length > 0 || only.compared !== null ? null : (only.asked?.query ?? null);
}

export function embedRequest(query: string, rangeSeconds: number, choice: ShareChoice): EmbedRequest {
  const hosts = frameHosts(choice.hosts);
  return {
    query,
    rangeSeconds,
    title: choice.title.trim(),
    expiresInDays: choice.expiresInDays,
    redact: choice.redact,
    frameHosts: hosts.length === 0 ? null : hosts,
  };
}

export function shareRequest(snapshot: Snapshot, state: PageState, choice: ShareChoice): ShareRequest {
  const hosts = frameHosts(choice.hosts);
  const isComparison = snapshot.length === 2;
  const title = choice.title.trim();
  return {
    layout: isComparison ? "comparison" : layoutOf(snapshot[0]?.source),
    graphs: snapshot.map((shown, at) =>
      shareGraph(shown, isComparison ? (at === 0 ? "Baseline" : "Comparison") : "", title),
    ),
    view: shareView(state, isComparison),
    title,
    expiresInDays: choice.expiresInDays,
    redact: choice.redact,
    frameHosts: hosts.length === 0 ? null : hosts,
  };
}

/** A file's name is told only as far as the title tells it. @param label its name in a comparison; "" for the only one */
export function shareGraph({ source, asked, compared }: ShownGraph, label: string, title: string): ShareGraph {
  const { flamebearer, metadata, hidden } = source;
  const { names, levels, ...numbers } = flamebearer;
  return {
    label,
    flamebearer: {
      ...numbers,
      names: names.map((name) => name.slice(0, SHARE_LIMIT.nameChars)),
      levels: levels as number[][],
    },
    metadata: { ...metadata, name: asked === null ? title : metadata.name.slice(0, SHARE_LIMIT.textChars) },
    ...(hidden && { hidden }),
    ...(asked && { ...asked, query: asked.query.slice(0, SHARE_LIMIT.queryChars) }),
    ...(compared && { compared: { ...compared, query: compared.query.slice(0, SHARE_LIMIT.queryChars) } }),
  };
}

function shareView(state: PageState, isComparison: boolean): ShareView {
  const first = panelState(state, isComparison ? "left" : null);
  const second = isComparison ? panelState(state, "right") : null;
  const own = (panel: { search: string; zoom: readonly string[] }) => ({
    search: panel.search.slice(0, SHARE_LIMIT.textChars),
    zoom: panel.zoom.slice(0, SHARE_LIMIT.frames).map((name) => name.slice(0, SHARE_LIMIT.nameChars)),
  });
  return {
    ...own(first),
    ...(second && { other: own(second) }),
    display: first.view,
    sort: first.sort,
    descending: first.sortDescending,
    palette: first.palette,
    textEnd: first.textEnd,
  };
}

/** Separated by commas or spaces; of a whole address its host is taken. */
export const frameHosts = (typed: string): string[] =>
  typed
    .split(/[\s,;]+/)
    .map((one) =>
      one
        .toLowerCase()
        .replace(/^https?:\/\//, "")
        .replace(/\/.*$/, ""),
    )
    .filter((one) => one !== "");

/** Why the typed hosts can't be taken; null when they can. */
export function hostsProblem(typed: string): string | null {
  const hosts = frameHosts(typed);
  const wrong = hosts.find((host) => !FRAME_HOST.test(host) || host.length > 253);
  if (wrong !== undefined) return `“${wrong}” is no host: write example.org or *.example.org`;
  return hosts.length > SHARE_LIMIT.hosts ? `At most ${SHARE_LIMIT.hosts} hosts` : null;
}
