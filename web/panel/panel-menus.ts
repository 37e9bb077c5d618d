/** The menus of a panel: of a frame, of a function in the sandwich, of exports. Comes when the first of them is opened. */

import { exactSearch } from "../../src/view/exact-search.ts";
import { type FlameModel, type NodeIndex, nameOf, ROOT } from "../../src/view/model.ts";
import { ancestorsOf } from "../../src/view/zoom.ts";
import type { Announcer } from "./announcer.ts";
import { copyAndSay } from "./clipboard.ts";
import { createContextMenu, type MenuItem } from "./context-menu.ts";
import { expandItem, frameMenuItems, functionMenuItems } from "./frame-menu.ts";
import type { GraphData } from "./graph-data.ts";
import type { FlamePanelState, StateStep } from "./panel-types.ts";

export interface MenuCommands {
  readonly root: HTMLElement;
  readonly announcer: Announcer;
  readonly commit: (change: Partial<FlamePanelState>, how: StateStep) => void;
  readonly zoomTo: (node: NodeIndex) => void;
  readonly onExpand: ((path: readonly string[]) => void) | undefined;
}

export interface FramePlace {
  readonly data: GraphData;
  readonly node: NodeIndex;
  readonly state: FlamePanelState;
}

export interface PanelMenus {
  openFrame(place: FramePlace, clientX: number, clientY: number): void;
  openFunction(name: string, clientX: number, clientY: number): void;
  openItems(items: readonly MenuItem[], under: HTMLElement): void;
  copy(text: string, what: string): void;
  /** Shows what is hidden at a frame, or says that nothing is. */
  expand(data: GraphData | null, node: NodeIndex): void;
}

export function createPanelMenus({ root, announcer, commit, zoomTo, onExpand }: MenuCommands): PanelMenus {
  const menu = createContextMenu();
  root.append(menu.root);
  const copy = (text: string, what: string) => copyAndSay(announcer, text, what);
  const showSandwich = (name: string) => commit({ view: "sandwich", search: exactSearch(name) }, "push");
  return {
    openFrame: ({ data, node, state }, clientX, clientY) => {
      const { model } = data;
      const name = nameOf(model, node);
      const items = frameMenuItems(
        {
          expand: expandItem(data, node, onExpand),
          sandwich: node === ROOT ? null : () => showSandwich(name),
          zoomHere: () => zoomTo(node),
          showWhole: () => zoomTo(ROOT),
          highlight: () => commit({ search: exactSearch(name) }, "push"),
          copyName: () => copy(name, "The name"),
          copyStack: () => copy(stackText(model, ancestorsOf(model, node).slice(1)), "The stack"),
          showEnd: (textEnd) => commit({ textEnd }, "push"),
        },
        state.textEnd,
      );
      menu.open("Frame", items, clientX, clientY);
    },
    openFunction: (name, clientX, clientY) => {
      const show = (view: "flamegraph" | "sandwich") => commit({ view, search: exactSearch(name) }, "push");
      menu.open(
        "Function",
        functionMenuItems(show, () => copy(name, "The name")),
        clientX,
        clientY,
      );
    },
    openItems: (items, under) => {
      const { left, bottom } = under.getBoundingClientRect();
      menu.open(under.title, items, left, bottom + 4);
    },
    copy,
    expand: (data, node) => {
      const item = expandItem(data, node, onExpand);
      if (item) item.run();
      else announcer.say("Nothing is hidden here");
    },
  };
}

/** A stack as one line of collapsed text. */
function stackText(model: FlameModel, nodes: readonly NodeIndex[]): string {
  return nodes.map((node) => nameOf(model, node)).join(";");
}
