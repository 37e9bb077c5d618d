/**
 * The sandwich: one function, above it the graph of its callers (upside down), below it the graph of what it calls. Both are
 * graphs like the big one, with keyboard and tree of their own; to pick a frame is to go on to its function.
 *
 *   Callers   canvas, as high as its rows, at most half
 *   Callees   canvas, the rest
 */
import { barTextsOf } from "../../src/view/bar-texts.ts";
import { formatShare } from "../../src/view/format.ts";
import { type FlameModel, type NodeIndex, nameOf, shareOf } from "../../src/view/model.ts";
import { SANDWICH_LEVEL, SANDWICH_NODE, type Sandwich, sandwichOf } from "../../src/view/sandwich.ts";
import { type StepWay, stepFrom } from "../../src/view/zoom.ts";
import { element, setText } from "./dom.ts";
import { barFills, type GraphData } from "./graph-data.ts";
import { createGraphTree } from "./graph-tree.ts";
import { createGraphView, graphHeightPx } from "./graph-view.ts";
import { listenForKeys } from "./panel-keys.ts";
import type { FlamePalette, TextEnd } from "./panel-types.ts";
import { functionOf, type SandwichChoice } from "./sandwich-function.ts";
import type { PanelTheme } from "./theme.ts";

export interface SandwichShow extends SandwichChoice {
  readonly theme: PanelTheme;
  readonly palette: FlamePalette;
  readonly textEnd: TextEnd;
}

export interface SandwichEvents {
  /** `data` is that of the half; undefined when the pointer leaves. */
  readonly onHover: (data: GraphData, node: NodeIndex | undefined, clientX: number, clientY: number) => void;
  readonly onPick: (name: string) => void;
  readonly onMenu: (name: string, clientX: number, clientY: number) => void;
  readonly onCopy: (name: string) => void;
  /** Escape: back to where one came from. */
  readonly onBack: () => void;
}

export interface SandwichView {
  readonly root: HTMLElement;
  show(next: SandwichShow | null): void;
  destroy(): void;
}

export function createSandwichView(label: string, events: SandwichEvents): SandwichView {
  const title = element("p", "efp-sandwich-name");
  const callers = createHalf("Callers", "its total, by who calls it", label, events);
  const callees = createHalf("Callees", "its total, by what it calls", label, events);
  const cut = element("p", "efp-sandwich-note", { role: "status", hidden: true }, "Frames far from it are left out.");
  const root = element("div", "efp-sandwich", {}, title, callers.root, callees.root, cut);
  let made: { data: GraphData; name: number; sandwich: Sandwich } | null = null;

  return {
    root,
    show: (next) => {
      const name = next ? functionOf(next) : -1;
      if (!next || name < 0) made = null;
      else if (made?.data !== next.data || made.name !== name) {
        const sandwich = sandwichOf(next.data.model, name);
        made = sandwich && { data: next.data, name, sandwich };
      }
      setText(title, made ? titleOf(made.data, made.sandwich, made.name) : next ? missingText(next.picked) : "");
      cut.hidden = !made?.sandwich.isCut;
      callers.show(next, made?.sandwich.callers ?? null);
      callees.show(next, made?.sandwich.callees ?? null);
    },
    destroy: () => {
      callers.destroy();
      callees.destroy();
    },
  };
}

const missingText = (picked: string | undefined): string =>
  picked === undefined ? "No functions here" : "This function is not in this graph";

function titleOf(data: GraphData, { callees }: Sandwich, name: number): string {
  const numbers = callees.sides.map((side) => {
    const total = data.format.short(side.total[SANDWICH_NODE]!);
    return `${total} (${formatShare(shareOf(side, SANDWICH_NODE))})`;
  });
  return `${data.nameText(name)} · total ${numbers.join(" → ")}`;
}

type HalfName = "Callers" | "Callees";

function createHalf(name: HalfName, meaning: string, label: string, events: SandwichEvents) {
  const isAbove = name === "Callers";
  let data: GraphData | null = null;
  let selected: NodeIndex = SANDWICH_NODE;
  const pick = (node: NodeIndex): void => {
    if (data && node !== SANDWICH_NODE) events.onPick(nameOf(data.model, node));
  };
  const openMenu = (node: NodeIndex, x: number, y: number): void => {
    if (data) events.onMenu(nameOf(data.model, node), x, y);
  };
  const graph = createGraphView(`${name} in ${label}`, {
    onHover: (node, x, y) => {
      if (data) events.onHover(data, node, x, y);
      graph.outline(data && node !== undefined ? data.model.name[node]! : -1);
    },
    onPick: pick,
    onMenu: (node, x, y) => openMenu(node, x, y),
    onPainted: () => tree.place(graph.boxOf(selected)),
  });
  const tree = createGraphTree(graph.tree);
  const heading = element("p", "efp-half-name", {}, name, element("span", "", {}, meaning));
  const root = element("div", isAbove ? "efp-half efp-callers" : "efp-half", {}, heading, graph.root);

  function select(node: NodeIndex): void {
    // The whole, above the function, is not drawn.
    selected = Math.max(SANDWICH_NODE, node);
    graph.select(selected, graph.tree.matches(":focus-visible"));
    tree.show(data, selected);
  }
  const step = (way: StepWay) => {
    if (!data) return;
    select(stepFrom(data.model, selected, way));
    graph.scrollTo(selected);
  };
  const [outward, inward] = ["heaviest child", "parent"] as const;
  listenForKeys(root, graph.tree, {
    parent: () => step(isAbove ? outward : inward),
    "heaviest child": () => step(isAbove ? inward : outward),
    previous: () => step("previous"),
    next: () => step("next"),
    zoom: () => pick(selected),
    sandwich: () => pick(selected),
    copy: () => data && events.onCopy(nameOf(data.model, selected)),
    back: events.onBack,
    whole: () => select(SANDWICH_NODE),
    menu: () => openMenu(selected, ...graph.pointOf(selected)),
  });
  for (const type of ["focus", "blur"]) graph.tree.addEventListener(type, () => select(selected));
  // Callers are read from the function up: it stays in sight when there is less room.
  let isAtEnd = isAbove;
  const resize = new ResizeObserver(() => {
    if (isAtEnd) graph.root.scrollTop = graph.root.scrollHeight;
  });
  if (isAbove) {
    resize.observe(graph.root);
    graph.root.addEventListener("scroll", ({ currentTarget }) => {
      const { scrollTop, clientHeight, scrollHeight } = currentTarget as HTMLElement;
      isAtEnd = scrollTop + clientHeight >= scrollHeight - 1;
    });
  }

  return {
    root,
    show: (next: SandwichShow | null, model: FlameModel | null): void => {
      root.hidden = model === null;
      if (!next || !model) {
        data = null;
        graph.show(null);
        return;
      }
      const isNew = data?.model !== model;
      if (isNew || !data) data = { ...next.data, hidden: null, model, texts: barTextsOf(model, next.data.nameText) };
      graph.show({
        data,
        fills: barFills(data, next.palette, next.theme),
        theme: next.theme,
        focus: SANDWICH_NODE,
        hits: null,
        textEnd: next.textEnd,
        firstLevel: SANDWICH_LEVEL,
        upsideDown: isAbove,
      });
      if (!isNew) return;
      // As high as its rows; the style sheet lets it have half of the place at most.
      if (isAbove) graph.root.style.height = `${graphHeightPx(model.levelCount - SANDWICH_LEVEL)}px`;
      select(SANDWICH_NODE);
      graph.root.scrollTop = isAbove ? graph.root.scrollHeight : 0;
    },
    destroy: () => {
      resize.disconnect();
      graph.destroy();
    },
  };
}
