/** The columns of the table, for one profile and for a diff: header, sort key, and how a row's cell is filled. */
import { diffStep, presenceOf } from "../../src/view/diff.ts";
import { formatPoints, formatShare } from "../../src/view/format.ts";
import { FLAME_COLOURS, packageFill, packageFills } from "../../src/view/palette.ts";
import { rowDifference, rowShare } from "../../src/view/table-rows.ts";
import { element } from "./dom.ts";
import type { GraphData } from "./graph-data.ts";
import type { TableSort } from "./panel-types.ts";
import type { PanelTheme } from "./theme.ts";
import { topOf } from "./top-of.ts";

export interface TableData {
  readonly data: GraphData;
  readonly theme: PanelTheme;
}

export interface TableColumn {
  readonly sort: Exclude<TableSort, "name">;
  readonly title: string;
  /** What the column counts, for the header's tooltip. */
  readonly meaning: string;
  readonly fill: (cell: HTMLElement, table: TableData, row: number) => void;
}

const SINGLE: readonly TableColumn[] = [
  {
    sort: "self",
    title: "Self",
    meaning: "In the function itself",
    fill: (cell, table, row) => fillValue(cell, table, row, "self"),
  },
  {
    sort: "total",
    title: "Total",
    meaning: "In the function and all it calls; recursion counts once",
    fill: (cell, table, row) => fillValue(cell, table, row, "total"),
  },
];

const DIFF: readonly TableColumn[] = [
  {
    sort: "baseline",
    title: "Baseline",
    meaning: "Total share in the baseline (A)",
    fill: (cell, table, row) => fillShare(cell, table, row, 0),
  },
  {
    sort: "comparison",
    title: "Comparison",
    meaning: "Total share in the comparison (B)",
    fill: (cell, table, row) => fillShare(cell, table, row, 1),
  },
  {
    sort: "diff",
    title: "Difference",
    meaning: "Comparison minus baseline, in percentage points; sorted by size",
    fill: fillDifference,
  },
];

export function columnsOf(isDiff: boolean): readonly TableColumn[] {
  return isDiff ? DIFF : SINGLE;
}

/** A link may ask for an order that this kind of graph does not have. */
export function sortFor(sort: TableSort, isDiff: boolean): TableSort {
  if (sort === "name" || columnsOf(isDiff).some((column) => column.sort === sort)) return sort;
  return isDiff ? "diff" : "self";
}

function fillValue(cell: HTMLElement, { data }: TableData, row: number, what: "self" | "total"): void {
  const { wholes } = data;
  const top = topOf(data.model);
  const value = top.sides[0]![what][row]!;
  const share = rowShare(top, wholes, 0, row, what);
  cell.title = `${data.format.exactTitle}: ${data.format.exact(value)}`;
  fillBar(
    cell,
    share,
    element("span", "efp-cell-value", {}, data.format.short(value)),
    element("span", "efp-cell-share", {}, formatShare(share)),
  );
}

function fillShare(cell: HTMLElement, { data }: TableData, row: number, side: 0 | 1): void {
  const { wholes } = data;
  const top = topOf(data.model);
  const value = top.sides[side]!.total[row]!;
  const share = rowShare(top, wholes, side, row, "total");
  cell.title = `${data.format.title}: ${data.format.short(value)}; ${data.format.exactTitle}: ${data.format.exact(value)}`;
  fillBar(cell, share, element("span", "efp-cell-value", {}, formatShare(share)));
  cell.classList.add(side === 0 ? "efp-side-a" : "efp-side-b");
}

function nameColour(data: GraphData, name: number, theme: PanelTheme): string {
  return packageFills(FLAME_COLOURS[theme.name], theme.paint.merged)[packageFill(data.packageOfName(name))]!;
}

/** A row's chip has the colour that its bars have in the graph. */
export function chipColour({ data, theme }: TableData, row: number): string {
  const top = topOf(data.model);
  if (top.sides.length === 1) return nameColour(data, top.name[row]!, theme);
  return FLAME_COLOURS[theme.name].diff[diffStep(rowDifference(top, data.wholes, row))]!;
}

function fillDifference(cell: HTMLElement, { data }: TableData, row: number): void {
  const top = topOf(data.model);
  const difference = rowDifference(top, data.wholes, row);
  const step = diffStep(difference);
  const presence = presenceOf(top.sides[0]!.total[row]!, top.sides[1]!.total[row]!);
  const arrow = element("span", "efp-arrow", { "aria-hidden": "true" }, step === 4 ? "" : step > 4 ? "▲" : "▼");
  const note = presence === "both" ? [] : [element("span", "efp-presence", {}, `(${presence})`)];
  cell.replaceChildren(...note, arrow, element("span", "efp-cell-value", {}, formatPoints(difference)));
}

function fillBar(cell: HTMLElement, share: number, ...content: HTMLElement[]): void {
  cell.classList.toggle("efp-nothing", share === 0);
  cell.style.setProperty("--efp-share", Math.min(1, share).toFixed(4));
  cell.replaceChildren(...content);
}
