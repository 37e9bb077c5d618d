/** Where the parts of the panel are, and how many panes fit. */
import { element } from "./dom.ts";
import type { PanelView } from "./panel-types.ts";
import { createSplitter } from "./splitter.ts";

/** Below this there is one pane with tabs; below the second the table comes first. */
const TWO_PANES_PX = 900;
const GRAPH_FIRST_PX = 600;

export function isNarrow(widthPx: number): boolean {
  return widthPx < TWO_PANES_PX;
}

function viewFor(view: PanelView, widthPx: number): PanelView {
  if (view !== "both" || !isNarrow(widthPx)) return view;
  return widthPx < GRAPH_FIRST_PX ? "table" : "flamegraph";
}

/** The view after the key that shows and hides the table. */
export function toggledTable(view: PanelView, widthPx: number): PanelView {
  if (viewFor(view, widthPx) !== "flamegraph") return "flamegraph";
  return isNarrow(widthPx) ? "table" : "both";
}

export interface PanelParts {
  readonly toolbar: HTMLElement;
  readonly breadcrumb: HTMLElement;
  readonly table: HTMLElement;
  readonly graph: HTMLElement;
  readonly details: HTMLElement;
  readonly floating: readonly HTMLElement[];
}

export interface PanelFrame {
  readonly root: HTMLElement;
  /** Returns the view that fits. */
  showView(view: PanelView, widthPx: number): PanelView;
  /** In place of the graph; "" for none. */
  showMessage(text: string): void;
}

export function panelFrame(label: string, side: "A" | "B" | undefined, parts: PanelParts): PanelFrame {
  const message = element("p", "efp-message", { role: "status", hidden: true });
  const panes = element("div", "efp-panes");
  panes.append(parts.table, createSplitter(panes, 0.4), parts.graph, message);
  const root = element("section", side ? `efp-panel efp-panel-${side.toLowerCase()}` : "efp-panel", {
    "aria-label": label,
  });
  root.append(parts.toolbar, parts.breadcrumb, panes, parts.details, ...parts.floating);
  return {
    root,
    showView: (wanted, widthPx) => {
      const view = viewFor(wanted, widthPx);
      panes.dataset.view = view;
      root.classList.toggle("efp-narrow", isNarrow(widthPx));
      return view;
    },
    showMessage: (text) => {
      message.textContent = text;
      message.hidden = text === "";
    },
  };
}
