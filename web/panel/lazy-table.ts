/** The table, for pages that may do without it. */
import { lazyView } from "./lazy-view.ts";
import type { TableEvents, TableShow, TableView } from "./table-view.ts";

export function createLazyTable(label: string, events: TableEvents): TableView {
  const view = lazyView<TableShow, TableView>("efp-table-slot", async () =>
    (await import("./table-view.ts")).createTableView(label, events),
  );
  return { ...view, highlight: (name) => view.made()?.highlight(name) };
}
