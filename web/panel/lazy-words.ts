/** What a panel says in words, as a part that comes by itself right after the first paint. */
import type { NodeIndex } from "../../src/view/model.ts";
import type { Announcer } from "./announcer.ts";
import { element } from "./dom.ts";
import type { GraphData } from "./graph-data.ts";
import type { BarPlace } from "./graph-tree.ts";
import { afterPaint, later } from "./later.ts";
import type { PanelTheme } from "./theme.ts";

/** @param tree of the graph. What is told of a node is told of the graph that it was in when it was said. */
export function createLazyWords(tree: HTMLElement, announcer: Announcer, onCopy: () => void) {
  const root = element("div", "efp-details");
  const words = later(async () => {
    await afterPaint();
    const { createPanelWords } = await import("./panel-words.ts");
    return createPanelWords({ tree, details: root }, announcer, onCopy);
  });
  return {
    /** The line below the graph. */
    root,
    select: (data: GraphData | null, node: NodeIndex) => words((part) => part.select(data, node)),
    place: (box: BarPlace | undefined) => words((part) => part.place(box)),
    showLegend: (data: GraphData | null, theme: PanelTheme) => words((part) => part.showLegend(data, theme)),
    announce: (what: string, data: GraphData, node: NodeIndex) => words((part) => part.announce(what, data, node)),
  };
}
