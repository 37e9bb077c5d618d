/** The table as a part that comes when it is first shown: until then it is a place that remembers what it would show. */
import { element } from "./dom.ts";
import type { TableEvents, TableShow, TableView } from "./table-view.ts";

export function createLazyTable(label: string, events: TableEvents): TableView {
  const root = element("div", "efp-table-slot");
  let table: TableView | null = null;
  let isAsked = false;
  let wanted: TableShow | null = null;

  async function bring(): Promise<void> {
    isAsked = true;
    const { createTableView } = await import("./table-view.ts");
    table = createTableView(label, events);
    root.replaceWith(table.root);
    table.show(wanted);
  }

  return {
    root,
    show: (next) => {
      wanted = next;
      if (table) table.show(next);
      else if (next && !isAsked) void bring();
    },
    highlight: (name) => table?.highlight(name),
    destroy: () => table?.destroy(),
  };
}
