// The ad-hoc page's state: one file or two, and how they are looked at. It lives as long as the document, in memory alone: nothing
// of it is in the address, which a reload would send to the server and the browser's history keeps.

import { type Accessor, batch, createMemo, createSignal } from "solid-js";
import { layoutOf } from "../../src/api/graph-of-render.ts";
import type { FlamePanelState } from "../panel/panel-types.ts";
import { type AdhocLayout, firstGraph, placesOf, sameGraph } from "../state/adhoc-choice.ts";
import { defaultPageState, type PageState, type Side } from "../state/page-state.ts";
import { panelState, withPanelState } from "../state/panel-state.ts";
import { createDifference, type Difference } from "./adhoc-difference.ts";
import { createOpenFile, type OpenFile } from "./open-file.ts";

export type OpenFiles = Readonly<Record<Side, OpenFile | null>>;

export interface AdhocModel {
  /** The second is there only beside a first. */
  readonly files: Accessor<OpenFiles>;
  /** `aimed`: the side that they were dropped on. */
  open(files: readonly File[], aimed: Side | null): void;
  close(side: Side): void;
  swap(): void;
  /** Shows another graph of a file, and the same of the other file when it has it. */
  choose(side: Side, graph: number): void;
  readonly layout: Accessor<AdhocLayout>;
  /** What two files are looked at as. */
  setLayout(layout: "comparison" | "diff"): void;
  readonly difference: Difference;
  readonly looks: Accessor<PageState>;
  setLooks(change: (looks: PageState) => PageState): void;
  panel(side: Side | null): FlamePanelState;
  setPanel(side: Side | null, next: FlamePanelState): void;
}

const other = (side: Side): Side => (side === "left" ? "right" : "left");
const UNZOOMED = { zoom: [], left: defaultPageState.left, right: defaultPageState.right };

export function createAdhocModel(): AdhocModel {
  const [files, setFiles] = createSignal<OpenFiles>({ left: null, right: null });
  const [ofTwo, setOfTwo] = createSignal<"comparison" | "diff">("comparison");
  const [ownLooks, setLooks] = createSignal<PageState>(defaultPageState);
  const layout = createMemo((): AdhocLayout => {
    const { left, right } = files();
    if (left && right) return ofTwo();
    return layoutOf(left?.graph());
  });
  const looks = createMemo((): PageState => ({ ...ownLooks(), page: layout() }));

  function openAt(file: File, side: Side): OpenFile {
    files()[side]?.worker.close();
    // Of the other file as it is when this one is read.
    return createOpenFile(file, (facts) => firstGraph(facts, files()[other(side)]?.shown() ?? null));
  }

  return {
    files,
    open(chosen, aimed) {
      const places = placesOf(chosen.length, files().left !== null, aimed);
      batch(() => {
        places.forEach((side, at) => {
          const file = chosen[at];
          if (file !== undefined) setFiles({ ...files(), [side]: openAt(file, side) });
        });
        setLooks({ ...ownLooks(), ...UNZOOMED });
      });
    },
    close(side) {
      const { left, right } = files();
      files()[side]?.worker.close();
      batch(() => {
        setFiles({ left: side === "left" ? right : left, right: null });
        setLooks(files().left === null ? defaultPageState : { ...ownLooks(), ...UNZOOMED });
      });
    },
    swap: () =>
      batch(() => {
        setFiles({ left: files().right, right: files().left });
        setLooks({ ...ownLooks(), left: ownLooks().right, right: ownLooks().left });
      }),
    choose(side, graph) {
      batch(() => {
        const file = files()[side];
        file?.choose(graph);
        const twin = files()[other(side)];
        const [like, theirs] = [file?.shown(), twin?.state()];
        const same = like && theirs?.kind === "ready" ? sameGraph(theirs.facts, like) : null;
        if (same !== null) twin?.choose(same);
      });
    },
    layout,
    setLayout: setOfTwo,
    difference: createDifference(files, layout),
    looks,
    setLooks: (change) => setLooks(change(ownLooks())),
    panel: (side) => panelState(looks(), side),
    setPanel: (side, next) => setLooks(withPanelState(looks(), side, next)),
  };
}
