/**
 * The graph for keyboard and screen reader: one focusable tree whose active item is a real element with name and numbers.
 * Only the neighbourhood of the selected frame exists as elements: parent, siblings beside it, itself, heaviest child.
 */

import { isOther } from "../../src/view/hidden.ts";
import { levelOf, type NodeIndex, ROOT } from "../../src/view/model.ts";
import { nodeNumbers } from "../../src/view/node-text.ts";
import { stepFrom } from "../../src/view/zoom.ts";
import { element, uniqueId } from "./dom.ts";
import type { GraphData } from "./graph-data.ts";
import { ROW_PX } from "./graph-view.ts";

/** Where the bar of a frame is on the stage. */
export interface BarPlace {
  readonly left: number;
  readonly top: number;
  readonly width: number;
}

export interface GraphTree {
  show(data: GraphData | null, selected: NodeIndex): void;
  /** Lays the active item over its bar, for magnifiers and pointers of assistive technology. */
  place(box: BarPlace | undefined): void;
}

export function createGraphTree(tree: HTMLElement): GraphTree {
  let active: HTMLElement | undefined;
  return {
    show: (data, selected) => {
      active = undefined;
      tree.replaceChildren();
      if (!data || data.model.width[ROOT] === 0) {
        tree.removeAttribute("aria-activedescendant");
        tree.append(element("div", "efp-treeitem", { role: "treeitem" }, "No samples"));
        return;
      }
      const { model } = data;
      const around = new Set([
        stepFrom(model, selected, "parent"),
        stepFrom(model, selected, "previous"),
        selected,
        stepFrom(model, selected, "next"),
        stepFrom(model, selected, "heaviest child"),
      ]);
      for (const node of [...around].sort((a, b) => a - b)) {
        const item = treeItem(data, node, node === selected);
        if (node === selected) active = item;
        tree.append(item);
      }
      if (active) tree.setAttribute("aria-activedescendant", active.id);
    },
    place: (box) => {
      if (!active || !box) return;
      active.style.translate = `${Math.max(0, box.left)}px ${box.top}px`;
      active.style.width = `${Math.max(1, Math.min(box.width, tree.clientWidth))}px`;
      active.style.height = `${ROW_PX}px`;
    },
  };
}

function treeItem(data: GraphData, node: NodeIndex, isSelected: boolean): HTMLElement {
  const { model } = data;
  const parent = model.parent[node]!;
  const first = parent < 0 ? ROOT : model.childStart[parent]!;
  const end = parent < 0 ? ROOT + 1 : model.childStart[parent + 1]!;
  const hasChildren = model.childStart[node + 1]! > model.childStart[node]!;
  return element(
    "div",
    "efp-treeitem",
    {
      role: "treeitem",
      id: uniqueId("efp-item"),
      "aria-level": levelOf(model, node) + 1,
      "aria-posinset": node - first + 1,
      "aria-setsize": end - first,
      "aria-selected": String(isSelected),
      ...(hasChildren && { "aria-expanded": "true" }),
    },
    describeNode(data, node),
  );
}

/** "main.work, self 1.2 s, total 3.4 s, 41.2 %", or both sides and the difference. */
export function describeNode(data: GraphData, node: NodeIndex): string {
  const { model, format } = data;
  const hides = data.hidden && isOther(model, node) ? ", small frames that are not shown here" : "";
  return `${data.nameText(model.name[node]!)}${hides}, ${nodeNumbers(model, node, format)}`;
}
