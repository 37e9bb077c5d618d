/** What the colours of a diff mean. */
import { DIFF_STEP_SHARES } from "../../src/view/diff.ts";
import { FLAME_COLOURS } from "../../src/view/palette.ts";
import { element } from "./dom.ts";
import type { PanelTheme } from "./theme.ts";

/** Nine swatches, the limits between them, and the clamp at both ends. */
export function diffLegend(theme: PanelTheme): HTMLElement[] {
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
