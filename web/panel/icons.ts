/** Line icons, 16 × 16, in the colour of the text beside them. Paths only: no markup from anywhere else. */

const PATHS = {
  search: "M7 2.5a4.5 4.5 0 1 0 0 9 4.5 4.5 0 0 0 0-9M10.3 10.3 13.5 13.5",
  up: "M4 10l4-4 4 4",
  down: "M4 6l4 4 4-4",
  table: "M2.5 3.5h11v9h-11zM2.5 6.5h11M2.5 9.5h11M6.5 6.5v6",
  both: "M2.5 3.5h11v9h-11zM8 3.5v9",
  flamegraph: "M2.5 3.5h11M2.5 6.5h8M2.5 9.5h5M2.5 12.5h3",
  sandwich: "M2.5 3.5h5M10 3.5h3.5M2.5 8h11M2.5 12.5h7",
  save: "M8 2.5v7m-2.5-2.5L8 9.5 10.5 7M3 11v2.5h10V11",
  copy: "M5.5 5.5h7v8h-7zM10.5 5.5v-3h-7v8h2",
  out: "M7 3.5 2.5 8 7 12.5M2.5 8h11",
  head: "M2.5 5h7M2.5 8h9M2.5 11h5M12.5 11h.01",
  tail: "M6.5 5h7M4.5 8h9M8.5 11h5M3.5 11h.01",
} as const;

export type IconName = keyof typeof PATHS;

const SVG = "http://www.w3.org/2000/svg";

export function icon(name: IconName): SVGElement {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 16 16");
  svg.setAttribute("class", "efp-icon");
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", PATHS[name]);
  svg.append(path);
  return svg;
}
