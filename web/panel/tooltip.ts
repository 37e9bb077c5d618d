/** What the pointer is over: name, package and numbers. Screen readers get the same from the tree, so this is hidden. */
import { diffShareOf, nodePresence } from "../../src/view/diff.ts";
import { formatPoints, formatShare } from "../../src/view/format.ts";
import { isOther } from "../../src/view/hidden.ts";
import { type NodeIndex, type SideValues, selfShareOf, shareOf } from "../../src/view/model.ts";
import { visibleName } from "../../src/view/names.ts";
import { element } from "./dom.ts";
import type { GraphData } from "./graph-data.ts";

export interface Tooltip {
  readonly root: HTMLElement;
  show(data: GraphData, node: NodeIndex, clientX: number, clientY: number): void;
  hide(): void;
}

const GAP_PX = 14;

export function createTooltip(): Tooltip {
  const root = element("div", "efp-tooltip", { "aria-hidden": "true", hidden: true });
  let shownNode = -1;
  let shownData: GraphData | undefined;
  return {
    root,
    show: (data, node, clientX, clientY) => {
      if (node !== shownNode || data !== shownData || root.hidden) {
        shownNode = node;
        shownData = data;
        root.replaceChildren(...tooltipContent(data, node));
        root.hidden = false;
      }
      const { offsetWidth: width, offsetHeight: height } = root;
      const left = clientX + GAP_PX + width > window.innerWidth ? clientX - GAP_PX - width : clientX + GAP_PX;
      const top = clientY + GAP_PX + height > window.innerHeight ? clientY - GAP_PX - height : clientY + GAP_PX;
      root.style.translate = `${Math.max(4, left)}px ${Math.max(4, top)}px`;
    },
    hide: () => {
      root.hidden = true;
    },
  };
}

function tooltipContent(data: GraphData, node: NodeIndex): HTMLElement[] {
  const { model } = data;
  const name = model.name[node]!;
  const packageName = visibleName(data.packageOfName(name).name);
  const title = element("div", "efp-tooltip-name", {}, data.nameText(name));
  const from = element("div", "efp-tooltip-package", {}, node === 0 ? "the whole profile" : packageName);
  const table = model.sides.length === 2 ? diffTable(data, node) : singleTable(data, node);
  if (data.hidden && isOther(model, node)) {
    const { largest } = data.hidden;
    const what = `Small frames that are not shown here, none above ${data.format.short(largest)}.`;
    const hint = element("div", "efp-tooltip-hint", {}, "right click, or E: show what is hidden here");
    return [title, element("div", "efp-tooltip-package", {}, what), table, hint];
  }
  const hint = element("div", "efp-tooltip-hint", {}, "click to zoom · right click for more");
  return [title, ...(packageName === data.nameText(name) ? [] : [from]), table, hint];
}

function singleTable({ model, format }: GraphData, node: NodeIndex): HTMLElement {
  const [side] = model.sides;
  return numbers(
    ["", format.title, "Share"],
    [
      ["Total", format.short(side.total[node]!), formatShare(shareOf(side, node))],
      ["Self", format.short(side.self[node]!), formatShare(selfShareOf(side, node))],
      [format.exactTitle, format.exact(side.total[node]!), ""],
    ],
  );
}

function diffTable({ model, format }: GraphData, node: NodeIndex): HTMLElement {
  const [baseline, comparison] = model.sides as readonly [SideValues, SideValues];
  const presence = nodePresence(model, node);
  const difference = formatPoints(diffShareOf(model, node));
  const selfDifference = formatPoints(selfShareOf(comparison, node) - selfShareOf(baseline, node));
  return numbers(
    ["", "Baseline", "Comparison", "Difference"],
    [
      [
        "Share",
        formatShare(shareOf(baseline, node)),
        formatShare(shareOf(comparison, node)),
        presence === "both" ? difference : `${difference} (${presence})`,
      ],
      ["Self", formatShare(selfShareOf(baseline, node)), formatShare(selfShareOf(comparison, node)), selfDifference],
      [format.title, format.short(baseline.total[node]!), format.short(comparison.total[node]!), ""],
      [format.exactTitle, format.exact(baseline.total[node]!), format.exact(comparison.total[node]!), ""],
    ],
  );
}

function numbers(head: readonly string[], rows: readonly (readonly string[])[]): HTMLElement {
  const cells = (texts: readonly string[], tag: "th" | "td") =>
    element("tr", "", {}, ...texts.map((text, at) => element(at === 0 ? "th" : tag, "", {}, text)));
  return element("table", "efp-tooltip-numbers", {}, cells(head, "th"), ...rows.map((row) => cells(row, "td")));
}
