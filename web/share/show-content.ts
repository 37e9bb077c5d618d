// The graphs of a document in their places: one, or two side by side, or one of several that the reader picks.
import type { ShareContent, ShareGraph } from "../../src/api/share.ts";
import { createFlamePanel } from "../panel/flame-panel.ts";
import type { FlamePanelOptions } from "../panel/panel-options.ts";
import { captions } from "./captions.ts";
import type { Address } from "./share-address.ts";

export interface Showing {
  readonly address: Address;
  /** The address has changed: what remembers it, does. */
  readonly remember: () => void;
  readonly createTable: FlamePanelOptions["createTable"];
  /** What the graph on the panel can be exported as. */
  readonly exports?: (graph: () => ShareGraph) => FlamePanelOptions["exportItems"];
}

/** Above what is there already. */
export function say(host: HTMLElement, text: string): void {
  const line = document.createElement("p");
  line.className = "efs-message";
  line.setAttribute("role", "status");
  line.textContent = text;
  host.prepend(line);
}

/** @returns what puts another graph in the place, where there is one */
export function showContent(
  host: HTMLElement,
  content: ShareContent,
  showing: Showing,
): ((graph: ShareGraph) => void) | undefined {
  const { graphs, layout, notes } = content;
  const { address, remember } = showing;
  host.replaceChildren();
  host.dataset.layout = layout;
  for (const note of notes) say(host, note);
  if (layout === "comparison") {
    for (const [at, graph] of graphs.entries()) mount(host, content, graph, at === 0 ? "A" : "B", showing);
    return undefined;
  }
  const [first] = graphs;
  if (first === undefined) return undefined;
  const setGraph = mount(host, content, graphs[address.graph] ?? first, null, showing);
  if (graphs.length > 1 && address.toolbar)
    void import("./choose-graph.ts").then(({ chooseGraph }) =>
      host.prepend(
        chooseGraph(graphs, address.graph, (at) => {
          address.graph = at;
          remember();
          setGraph(graphs[at] ?? first);
        }),
      ),
    );
  return setGraph;
}

/** @returns what puts another graph in the place */
function mount(
  host: HTMLElement,
  content: ShareContent,
  first: ShareGraph,
  side: "A" | "B" | null,
  { address, remember, createTable, exports }: Showing,
) {
  let graph = first;
  const box = document.createElement("div");
  box.className = address.toolbar ? "efs-panel" : "efs-panel efs-bare";
  const part = document.createElement("div");
  part.className = "efs-part";
  let lines: readonly HTMLElement[] = [];
  const caption = (of: ShareGraph): void => {
    for (const line of lines) line.remove();
    lines = address.toolbar ? captions(of, content.layout) : [];
    part.prepend(...lines);
  };
  caption(graph);
  part.append(box);
  host.append(part);
  const shared = side === "B" ? { ...content.view, ...content.view.other } : content.view;
  let state = address.panel(shared, content.layout === "diff", side !== "B");
  const exportItems = exports?.(() => graph);
  const panel = createFlamePanel(box, {
    label: graph.label || "Flame graph",
    createTable,
    ...(side && { side }),
    ...(exportItems && { exportItems }),
    state,
    onState: (next) => {
      const before = state;
      state = next;
      panel.setState(next);
      // Two graphs have two states: an address holds the first one's.
      if (side !== "B") address.changed(before, next);
      remember();
    },
  });
  panel.setSource(graph);
  return (next: ShareGraph) => {
    graph = next;
    caption(next);
    panel.setSource(next);
  };
}
