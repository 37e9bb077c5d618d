/** Which rows of the top table are shown, and in which order. Ties go by name, so that an order never depends on chance. */
import type { TopTable } from "./top-table.ts";

export type RowOrder = "name" | "self" | "total" | "baseline" | "comparison" | "diff";

export interface RowTotals {
  /** The whole of each side. */
  readonly wholes: readonly number[];
  readonly names: readonly string[];
}

/** Row numbers of the table. `keep` says by index of the name which rows stay. */
export function tableRows(
  top: TopTable,
  { wholes, names }: RowTotals,
  order: RowOrder,
  descending: boolean,
  keep?: (name: number) => boolean,
): Uint32Array {
  const rows = Uint32Array.from(top.name.keys());
  const kept = keep ? rows.filter((row) => keep(top.name[row]!)) : rows;
  const nameAt = (row: number): string => names[top.name[row]!]!;
  const byName = (a: number, b: number): number => (nameAt(a) < nameAt(b) ? -1 : nameAt(a) > nameAt(b) ? 1 : a - b);
  if (order === "name") {
    kept.sort(byName);
    return descending ? kept.reverse() : kept;
  }
  const keys = sortKeys(top, wholes, order);
  const sign = descending ? -1 : 1;
  return kept.sort((a, b) => sign * (keys[a]! - keys[b]!) || byName(a, b));
}

function sortKeys(top: TopTable, wholes: readonly number[], order: Exclude<RowOrder, "name">): Float64Array {
  const [first, second] = top.sides;
  switch (order) {
    case "self":
      return first!.self;
    case "total":
    case "baseline":
      return first!.total;
    case "comparison":
      return second?.total ?? first!.total;
    case "diff":
      // By impact: the size of the change, whichever way it goes.
      return Float64Array.from(first!.total, (_, row) => Math.abs(rowDifference(top, wholes, row)));
  }
}

export function rowShare(
  top: TopTable,
  wholes: readonly number[],
  side: number,
  row: number,
  what: "self" | "total",
): number {
  const whole = wholes[side] ?? 0;
  return whole > 0 ? top.sides[side]![what][row]! / whole : 0;
}

export function rowDifference(top: TopTable, wholes: readonly number[], row: number): number {
  if (top.sides.length < 2) return 0;
  return rowShare(top, wholes, 1, row, "total") - rowShare(top, wholes, 0, row, "total");
}
