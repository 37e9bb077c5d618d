// The table as the panel has it: its rows, its order, and of a search only what it found.
import { tableCsv } from "../../src/view/csv.ts";
import { tableRows } from "../../src/view/table-rows.ts";
import type { ExportMoment } from "../panel/panel-options.ts";
import { sortFor } from "../panel/table-columns.ts";
import { topOf } from "../panel/top-of.ts";

export function csvOf({ data, state, search, source }: ExportMoment): string {
  const { model, wholes } = data;
  const totals = { wholes, names: model.names };
  const top = topOf(model);
  const sort = sortFor(state.sort, model.sides.length === 2);
  const rows = tableRows(top, totals, sort, state.sortDescending, search.keep);
  return tableCsv(top, totals, rows, source.metadata.units || "value");
}
