/** Where the parts of the panel are, and how many panes fit. */
import { element } from "./dom.ts";
import { later } from "./later.ts";
import type { PanelView } from "./panel-types.ts";

/** A panel narrower than this has one pane with tabs; in a window narrower than the second, a phone's, the table comes first. */
const TWO_PANES_PX = 900;
const GRAPH_FIRST_PX = 600;

export function isNarrow(widthPx: number): boolean {
  return widthPx < TWO_PANES_PX;
}

function viewFor(view: PanelView, widthPx: number): PanelView {
  if (view !== "both" || !isNarrow(widthPx)) return view;
  return innerWidth < GRAPH_FIRST_PX ? "table" : "flamegraph";
}

/** The view after the key that shows and hides the table. */
export function toggledTable(view: PanelView, widthPx: number): PanelView {
  if (viewFor(view, widthPx) !== "flamegraph") return "flamegraph";
  return isNarrow(widthPx) ? "table" : "both";
}

interface Part {
  readonly root: HTMLElement;
}

export interface PanelParts {
  readonly toolbar: Part;
  readonly breadcrumb: Part;
  readonly table: Part;
  readonly graph: Part;
  readonly sandwich: Part;
  readonly words: Part;
  readonly floating: readonly Part[];
}

export interface PanelFrame {
  readonly root: HTMLElement;
  /** Returns the view that fits. */
  showView(view: PanelView, widthPx: number): PanelView;
  /** In place of the graph; "" for none. */
  showMessage(text: string): void;
  /** Above the graph, until the next one; "" for none. */
  showNote(text: string): void;
}

export function panelFrame(label: string, side: "A" | "B" | undefined, parts: PanelParts): PanelFrame {
  const message = element("p", "efp-message", { role: "status", hidden: true });
  const note = element("p", "efp-note", { role: "status", hidden: true });
  const panes = element("div", "efp-panes");
  const { table, graph, sandwich, toolbar, breadcrumb, words, floating } = parts;
  const splitter = element("div", "efp-splitter");
  const withSplitter = later(async () => {
    const { createSplitter } = await import("./splitter.ts");
    splitter.replaceWith(createSplitter(panes, 0.4));
  });
  panes.append(table.root, splitter, graph.root, sandwich.root, message);
  const root = element("section", side ? `efp-panel efp-panel-${side.toLowerCase()}` : "efp-panel", {
    "aria-label": label,
  });
  root.append(toolbar.root, note, breadcrumb.root, panes, words.root, ...floating.map((part) => part.root));
  return {
    root,
    showView: (wanted, widthPx) => {
      const view = viewFor(wanted, widthPx);
      panes.dataset.view = view;
      // Two panes side by side have it between them.
      if (view === "both" || view === "sandwich") withSplitter(() => {});
      root.classList.toggle("efp-narrow", isNarrow(widthPx));
      return view;
    },
    showMessage: (text) => {
      message.textContent = text;
      message.hidden = text === "";
    },
    showNote: (text) => {
      note.textContent = text;
      note.hidden = text === "";
    },
  };
}
