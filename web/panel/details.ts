/** The line below the graph: numbers of the selected frame with a copy button, and at the right what the colours mean. */
import type { NodeIndex } from "../../src/view/model.ts";
import { button, element, setText } from "./dom.ts";
import type { GraphData } from "./graph-data.ts";
import { describeNode } from "./graph-tree.ts";
import { icon } from "./icons.ts";
import type { PanelTheme } from "./theme.ts";

export interface Details {
  show(data: GraphData | null, node: NodeIndex): void;
  showLegend(data: GraphData | null, theme: PanelTheme): void;
}

/** @param root is there from the start, and empty until now */
export function fillDetails(root: HTMLElement, onCopy: () => void): Details {
  const text = element("span", "efp-details-text");
  const copy = button("efp-icon-button", "", onCopy, {
    title: "Copy the function's name (C)",
    "aria-label": "Copy the function's name",
  });
  copy.append(icon("copy"));
  const legend = element("div", "efp-legend");
  root.append(copy, text, legend);
  return {
    show: (data, node) => {
      setText(text, data ? describeNode(data, node) : "");
      text.title = text.textContent ?? "";
      copy.disabled = data === null;
    },
    showLegend: (data, theme) => {
      const isDiff = data !== null && data.model.sides.length === 2;
      legend.hidden = !isDiff;
      // Only a diff needs it.
      if (isDiff)
        void import("./diff-legend.ts").then(({ diffLegend }) => legend.replaceChildren(...diffLegend(theme)));
    },
  };
}
