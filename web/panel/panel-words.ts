/**
 * What a panel says in words: the tree for keyboard and screen reader, the line of the selected frame, what is announced. None
 * of it is seen before the graph is, so it comes right after the first paint, whether or not anybody touches anything.
 */
import type { NodeIndex } from "../../src/view/model.ts";
import type { Announcer } from "./announcer.ts";
import { type Details, fillDetails } from "./details.ts";
import type { GraphData } from "./graph-data.ts";
import { createGraphTree, describeNode, type GraphTree } from "./graph-tree.ts";

export interface PanelWords extends Pick<GraphTree, "place">, Pick<Details, "showLegend"> {
  select(data: GraphData | null, node: NodeIndex): void;
  /** `what` became of the frame. */
  announce(what: string, data: GraphData, node: NodeIndex): void;
}

interface Places {
  readonly tree: HTMLElement;
  readonly details: HTMLElement;
}

export function createPanelWords(places: Places, announcer: Announcer, onCopy: () => void): PanelWords {
  const tree = createGraphTree(places.tree);
  const details = fillDetails(places.details, onCopy);
  return {
    select: (data, node) => {
      tree.show(data, node);
      details.show(data, node);
    },
    place: tree.place,
    showLegend: details.showLegend,
    announce: (what, data, node) => announcer.say(`${what} ${describeNode(data, node)}`),
  };
}
