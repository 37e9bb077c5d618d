// A shared flame graph's page: no framework, only the panel and what the address says. The server wrote the title, the total and
// the heaviest functions already; they give way to the graph once it is there.
import "../panel/panel.css";
import "./share.css";
import type { ShareContent, ShareView } from "../../src/api/share.ts";
import { createFlamePanel } from "../panel/flame-panel.ts";
import { defaultPanelState, type FlamePanelState } from "../panel/panel-types.ts";

const main = document.getElementById("share");
if (main) void show(main);

async function show(host: HTMLElement): Promise<void> {
  const { keys = "", up = "" } = host.dataset;
  const content = await load(`${up}share/${keys}/data`);
  if (content === null) return;
  host.replaceChildren();
  for (const [at, graph] of content.graphs.entries()) mount(host, content, graph, at);
}

async function load(address: string): Promise<ShareContent | null> {
  const response = await fetch(address);
  return response.ok ? ((await response.json()) as ShareContent) : null;
}

function mount(host: HTMLElement, content: ShareContent, graph: ShareContent["graphs"][number], at: number): void {
  const box = document.createElement("div");
  host.append(box);
  const { metadata, flamebearer, hidden } = graph;
  const { aggregation, ...rest } = metadata;
  const panel = createFlamePanel(box, {
    label: graph.label || "Flame graph",
    ...(content.layout === "comparison" && { side: at === 0 ? "A" : "B" }),
    state: stateOf(content.view),
    onState: (state) => panel.setState(state),
  });
  panel.setSource({
    flamebearer: { ...flamebearer, leftTicks: flamebearer.leftTicks ?? 0, rightTicks: flamebearer.rightTicks ?? 0 },
    metadata: { ...rest, ...(aggregation && { aggregation }) },
    ...(hidden && { hidden }),
  });
}

const stateOf = ({ search = "", zoom = [], palette = "package", textEnd = "head" }: ShareView): FlamePanelState => ({
  ...defaultPanelState,
  view: "flamegraph",
  search,
  zoom,
  palette,
  textEnd,
});
