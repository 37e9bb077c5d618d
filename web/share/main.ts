// A shared flame graph's page and its embed: no framework, only the panel and what the address says. The server wrote the title,
// the total and the heaviest functions already; they give way to the graph once it is there.
import "../tokens.css";
import "../panel/panel.css";
import "./share.css";
import type { ShareContent, ShareGraph } from "../../src/api/share.ts";
import { createFlamePanel } from "../panel/flame-panel.ts";
import { createLazyTable } from "../panel/lazy-table.ts";
import { sourceOfGraph } from "../panel/source-of-graph.ts";
import { captions } from "./captions.ts";
import { chooseGraph } from "./choose-graph.ts";
import { tellHeight } from "./embed-height.ts";
import { readAddress, writeAddress } from "./share-address.ts";

const main = document.getElementById("share");
const embedded = main?.dataset.embed !== undefined;
const address = readAddress(location.search, embedded);
if (address.theme !== null) document.documentElement.dataset.theme = address.theme;
document.documentElement.classList.toggle("efs-embed", embedded);
if (main) void show(main);

async function show(host: HTMLElement): Promise<void> {
  const { path = "", up = "", live } = host.dataset;
  try {
    const content = await contentOf(up + path);
    if (typeof content === "string") say(host, content);
    else {
      const setGraph = showContent(host, content);
      if (live !== undefined && setGraph)
        (await import("./live.ts")).keepFresh(`${up}${path}/data`, setGraph, (text) => say(host, text));
    }
  } catch {
    say(host, "The flame graph could not be fetched. Reload the page to try again.");
  }
  if (embedded) tellHeight();
}

/** What is too large for the edge is decoded here. @returns a reason when there is nothing to show */
async function contentOf(path: string): Promise<ShareContent | string> {
  const response = await fetch(`${path}/data`);
  if (response.ok) return (await response.json()) as ShareContent;
  const original = response.status === 404 ? await fetch(`${path}/original`) : null;
  if (original?.ok) return (await import("./open-original.ts")).contentOfResponse(original);
  const { message } = (await response.json().catch(() => ({}))) as { message?: string };
  return message ?? "There is no flame graph here any more.";
}

/** Below what the server wrote, which stays. */
function say(host: HTMLElement, text: string): void {
  const line = document.createElement("p");
  line.className = "efs-message";
  line.setAttribute("role", "status");
  line.textContent = text;
  host.prepend(line);
}

/** @returns what puts another graph in the place, where there is one */
function showContent(host: HTMLElement, content: ShareContent): ((graph: ShareGraph) => void) | undefined {
  const { graphs, layout, notes } = content;
  host.replaceChildren();
  host.dataset.layout = layout;
  for (const note of notes) say(host, note);
  if (layout === "comparison") {
    for (const [at, graph] of graphs.entries()) mount(host, content, graph, at === 0 ? "A" : "B");
    return undefined;
  }
  const [first] = graphs;
  if (first === undefined) return undefined;
  const setGraph = mount(host, content, graphs[address.graph] ?? first, null);
  if (graphs.length > 1 && address.toolbar)
    host.prepend(
      chooseGraph(graphs, address.graph, (at) => {
        address.graph = at;
        remember();
        setGraph(graphs[at] ?? first);
      }),
    );
  return setGraph;
}

/** @returns what puts another graph in the place */
function mount(host: HTMLElement, content: ShareContent, graph: ShareGraph, side: "A" | "B" | null) {
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
  const panel = createFlamePanel(box, {
    label: graph.label || "Flame graph",
    createTable: createLazyTable,
    ...(side && { side }),
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
  panel.setSource(sourceOfGraph(graph));
  return (next: ShareGraph) => {
    caption(next);
    panel.setSource(sourceOfGraph(next));
  };
}

function remember(): void {
  history.replaceState(null, "", writeAddress(location.pathname, address));
}
