/**
 * The table as CSV (RFC 4180): a header, then one line per function, in the table's order. Values are whole numbers of the unit in the
 * header; shares and differences are fractions of 1.
 *
 *   "Function","Self (samples)","Self share","Total (samples)","Total share"
 *   "Function","Baseline self (samples)","Baseline self share","Baseline total (samples)",…,"Difference of total shares"
 *
 * Spreadsheets run what begins like a formula: such a name gets an apostrophe before it. What is not seen is written as an escape. Texts
 * are quoted always: elsewhere than here a semicolon or a tab may end a cell, and the next begin a formula.
 */
import { withoutInvisible } from "./names.ts";
import { type RowTotals, rowDifference, rowShare } from "./table-rows.ts";
import type { TopTable } from "./top-table.ts";

/** Also the wide forms, which spreadsheets take for the same. A tab or a return would come first as an escape, but stays in the list. */
const FORMULA = /^[=+\-@\t\r＝＋－＠]/;

export function tableCsv(top: TopTable, totals: RowTotals, rows: Iterable<number>, unit: string): string {
  const isDiff = top.sides.length === 2;
  const lines = [(isDiff ? diffHead(unit) : singleHead(unit)).map(textCell)];
  for (const row of rows) {
    const name = totals.names[top.name[row]!]!;
    lines.push([textCell(name), ...(isDiff ? diffCells(top, totals, row) : sideCells(top, totals, 0, row))]);
  }
  return lines.map((cells) => `${cells.join(",")}\r\n`).join("");
}

const singleHead = (unit: string): string[] => [
  "Function",
  `Self (${unit})`,
  "Self share",
  `Total (${unit})`,
  "Total share",
];

const diffHead = (unit: string): string[] => [
  "Function",
  ...["Baseline", "Comparison"].flatMap((side) => [
    `${side} self (${unit})`,
    `${side} self share`,
    `${side} total (${unit})`,
    `${side} total share`,
  ]),
  "Difference of total shares",
];

const diffCells = (top: TopTable, totals: RowTotals, row: number): string[] => [
  ...sideCells(top, totals, 0, row),
  ...sideCells(top, totals, 1, row),
  fraction(rowDifference(top, totals.wholes, row)),
];

const sideCells = (top: TopTable, { wholes }: RowTotals, side: number, row: number): string[] =>
  (["self", "total"] as const).flatMap((what) => [
    String(top.sides[side]![what][row]!),
    fraction(rowShare(top, wholes, side, row, what)),
  ]);

const fraction = (share: number): string => share.toFixed(6);

function textCell(text: string): string {
  const seen = withoutInvisible(FORMULA.test(text) ? `'${text}` : text);
  return `"${seen.replaceAll('"', '""')}"`;
}
