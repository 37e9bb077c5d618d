// The flame graphs that the page has on it right now, each with the query and the range that it answers. Pages report them;
// what takes a picture of the page (sharing) reads them.
import { type Accessor, createEffect, createSignal, onCleanup } from "solid-js";
import type { RenderResponse } from "../../src/api/render.ts";
import type { RenderDiffResponse } from "../../src/api/render-diff.ts";
import type { Load } from "../api/load.ts";
import type { FlameSource } from "../panel/panel-types.ts";
import type { PageName, PageState, Side } from "../state/page-state.ts";
import type { ShownGraph, ShownPart } from "../state/share-request.ts";

type Place = Side | "whole";
type Shown = Readonly<Partial<Record<Place, ShownGraph>>>;

export interface ShownGraphs {
  readonly all: Accessor<Shown>;
  /** `side` null is the page's one graph. To be called where effects are owned: what a page showed goes with it. */
  follow(side: Side | null, graph: Accessor<ShownGraph | null>): void;
  /** How they are looked at, where the address does not say it. */
  readonly looks: Accessor<PageState | null>;
  followLooks(looks: Accessor<PageState>): void;
}

export function createShownGraphs(): ShownGraphs {
  const [all, setAll] = createSignal<Shown>({});
  const [looks, setLooks] = createSignal<PageState | null>(null);
  return {
    all,
    looks,
    followLooks(own) {
      createEffect(() => setLooks(own()));
      onCleanup(() => setLooks(null));
    },
    follow(side, graph) {
      const place = side ?? "whole";
      const set = (shown: ShownGraph | null) =>
        setAll(({ [place]: _before, ...others }) => (shown === null ? others : { ...others, [place]: shown }));
      createEffect(() => set(graph()));
      onCleanup(() => set(null));
    },
  };
}

/** Why the page can't be shared now; null when it can. */
export function nothingToShare(page: PageName, { left, right, whole }: Shown): string | null {
  if (whole || (left && right)) return null;
  if (page === "inbox") return "Nothing to share: the inbox is for those who may read here";
  if (page === "adhoc") return "Nothing to share: no file is open";
  return left || right ? "Nothing to share: one side has no data" : "Nothing to share: there is no data here";
}

/** As the answer on the page has it: a newer one may be on its way. */
export function shownSingle(source: FlameSource | null, load: Load<RenderResponse>): ShownGraph | null {
  const answer = load.value();
  if (source === null || answer === null) return null;
  return { source, asked: part(paramOf(load, "query"), answer.edgeflame), compared: null };
}

export function shownDiff(source: FlameSource | null, load: Load<RenderDiffResponse>): ShownGraph | null {
  const answer = load.value();
  if (source === null || answer === null) return null;
  const { left, right } = answer.edgeflame;
  return { source, asked: part(paramOf(load, "leftQuery"), left), compared: part(paramOf(load, "rightQuery"), right) };
}

const part = (query: string, { from, until }: { from: number; until: number }): ShownPart => ({ query, from, until });

function paramOf(load: Load<unknown>, name: string): string {
  const path = load.valuePath() ?? "";
  return new URLSearchParams(path.slice(path.indexOf("?") + 1)).get(name) ?? "";
}
