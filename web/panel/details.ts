/** The line below the graph: numbers of the selected frame with a copy button, and at the right what the colours mean. */
import { DIFF_STEP_SHARES } from "../../src/view/diff.ts";
import type { NodeIndex } from "../../src/view/model.ts";
import { FLAME_COLOURS } from "../../src/view/palette.ts";
import { button, element, setText } from "./dom.ts";
import type { GraphData } from "./graph-data.ts";
import { describeNode } from "./graph-tree.ts";
import { icon } from "./icons.ts";
import type { PanelTheme } from "./theme.ts";

export interface Details {
  readonly root: HTMLElement;
  show(data: GraphData | null, node: NodeIndex): void;
  showLegend(data: GraphData | null, theme: PanelTheme): void;
}

export function createDetails(onCopy: () => void): Details {
  const text = element("span", "efp-details-text");
  const copy = button("efp-icon-button", "", onCopy, {
    title: "Copy the function's name (C)",
    "aria-label": "Copy the function's name",
  });
  copy.append(icon("copy"));
  const legend = element("div", "efp-legend");
  const root = element("div", "efp-details", {}, copy, text, legend);
  return {
    root,
    show: (data, node) => {
      setText(text, data ? describeNode(data, node) : "");
      text.title = text.textContent ?? "";
      copy.disabled = data === null;
    },
    showLegend: (data, theme) => {
      const isDiff = data !== null && data.model.sides.length === 2;
      legend.hidden = !isDiff;
      if (isDiff) legend.replaceChildren(...diffLegend(theme));
    },
  };
}

/** Nine swatches, the limits between them, and the clamp at both ends. */
function diffLegend(theme: PanelTheme): HTMLElement[] {
  const limits = DIFF_STEP_SHARES.map((share) => share * 100);
  const colours = FLAME_COLOURS[theme.name];
  const marks = [
    "less",
    ...limits.map((limit) => `−${limit}`).reverse(),
    ...limits.map((limit) => `+${limit}`),
    "more",
  ];
  const swatches = colours.diff.map((colour, step) => {
    const swatch = element("span", "efp-swatch");
    swatch.style.backgroundColor = colour;
    return { swatch, step };
  });
  const scale = element("span", "efp-scale", {
    role: "img",
    "aria-label": `Colours: blue is less, grey the same, orange more, in percentage points of share; limits ${limits.join(", ")}, clamped beyond ${limits.at(-1)}; hatched is new or removed`,
  });
  for (const { swatch, step } of swatches) {
    scale.append(swatch);
    const mark = marks[step + 1];
    if (step < swatches.length - 1 && mark !== undefined) scale.append(element("span", "efp-mark", {}, mark));
  }
  return [
    element("span", "efp-legend-end", {}, "less"),
    scale,
    element("span", "efp-legend-end", {}, "more"),
    element("span", "efp-legend-unit", {}, "pp of share, clamped at ±15"),
    element("span", "efp-hatch", { "aria-hidden": "true" }),
    element("span", "efp-legend-end", {}, "new / removed"),
  ];
}
