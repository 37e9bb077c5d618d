/** The header row: a button per column that sorts by it, and says so to assistive technology. */
import { button, element } from "./dom.ts";
import type { TableSort } from "./panel-types.ts";
import { columnsOf, sortFor } from "./table-columns.ts";

export interface HeadShow {
  readonly isDiff: boolean;
  readonly sort: TableSort;
  readonly descending: boolean;
}

export function showTableHead(
  head: HTMLElement,
  { isDiff, sort, descending }: HeadShow,
  onSort: (sort: TableSort, descending: boolean) => void,
): void {
  const own = sortFor(sort, isDiff);
  const header = (key: TableSort, title: string, meaning: string): HTMLElement => {
    const isOwn = key === own;
    const arrow = element("span", "efp-sort-arrow", { "aria-hidden": "true" }, isOwn ? (descending ? "↓" : "↑") : "");
    // Names begin at A, numbers at the largest; a second click turns the order around.
    const sortButton = button("efp-sort", title, () => onSort(key, isOwn ? !descending : key !== "name"), {
      title: meaning,
      "data-sort": key,
    });
    sortButton.append(arrow);
    const direction = isOwn ? (descending ? "descending" : "ascending") : "none";
    const className = key === "name" ? "efp-name-cell" : "";
    return element("th", className, { scope: "col", "aria-sort": direction }, sortButton);
  };
  const active = document.activeElement;
  const focused = active instanceof HTMLElement && head.contains(active) ? active.dataset.sort : undefined;
  head.replaceChildren(
    header("name", "Function", "Name of the function"),
    ...columnsOf(isDiff).map((column) => header(column.sort, column.title, column.meaning)),
  );
  if (focused) head.querySelector<HTMLElement>(`[data-sort=${focused}]`)?.focus({ preventScroll: true });
}
