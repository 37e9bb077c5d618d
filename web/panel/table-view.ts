/**
 * The table: one row per function, the text twin of the graph. Only the rows in the window exist; two empty rows above and
 * below hold the place of the others, and row numbers tell assistive technology where it is.
 */
import { fitName, visibleName } from "../../src/view/names.ts";
import { tableRows } from "../../src/view/table-rows.ts";
import { BAR_FONT } from "../paint/labels.ts";
import { button, element, oncePerFrame, setText } from "./dom.ts";
import type { TableSort, TextEnd } from "./panel-types.ts";
import { chipColour, columnsOf, sortFor, type TableColumn, type TableData } from "./table-columns.ts";
import { showTableHead } from "./table-head.ts";
import { topOf } from "./top-of.ts";

export const TABLE_ROW_PX = 24;
/** Rows kept ready above and below the window. */
const SPARE_ROWS = 6;
const CHIP_AND_PADDING_PX = 34;

export interface TableShow extends TableData {
  readonly sort: TableSort;
  readonly descending: boolean;
  readonly textEnd: TextEnd;
  /** By name index; undefined keeps all. */
  readonly keep: ((name: number) => boolean) | undefined;
  /** The text behind `keep`; "" when all stay. */
  readonly filter: string;
  /** The function that is searched for exactly. */
  readonly picked: string | undefined;
}

export interface TableEvents {
  readonly onSort: (sort: TableSort, descending: boolean) => void;
  readonly onPick: (name: number) => void;
  /** -1 when the pointer leaves. */
  readonly onHover: (name: number) => void;
}

export interface TableView {
  readonly root: HTMLElement;
  show(next: TableShow | null): void;
  highlight(name: number): void;
  destroy(): void;
}

export function createTableView(label: string, events: TableEvents): TableView {
  const caption = element("caption", "efp-hidden");
  const head = element("tr", "", { "aria-rowindex": 1 });
  const body = element("tbody");
  const table = element("table", "efp-table", {}, caption, element("thead", "", {}, head), body);
  const root = element(
    "div",
    "efp-table-scroll",
    { role: "region", "aria-label": `${label}: functions`, tabindex: 0 },
    table,
  );
  const above = element("tr", "efp-gap", { "aria-hidden": "true" });
  const below = element("tr", "efp-gap", { "aria-hidden": "true" });
  const cellPx = measureCell();

  let shown: TableShow | null = null;
  let rows: Uint32Array = new Uint32Array(0);
  let active = 0;
  let highlighted = -1;
  const made = new Map<number, HTMLTableRowElement>();
  const frame = oncePerFrame(render);

  function render(): void {
    if (!shown || root.clientHeight === 0) return;
    const first = Math.max(0, Math.floor(root.scrollTop / TABLE_ROW_PX) - SPARE_ROWS);
    const end = Math.min(rows.length, first + Math.ceil(root.clientHeight / TABLE_ROW_PX) + 2 * SPARE_ROWS);
    for (const at of made.keys()) if (at < first || at >= end) made.delete(at);
    for (let at = first; at < end; at++) if (!made.has(at)) made.set(at, rowElement(shown, at));
    above.style.height = `${first * TABLE_ROW_PX}px`;
    below.style.height = `${(rows.length - end) * TABLE_ROW_PX}px`;
    const wanted = [above, ...[...made.keys()].sort((a, b) => a - b).map((at) => made.get(at)!), below];
    if (wanted.length !== body.childElementCount || wanted.some((row, at) => body.children[at] !== row)) {
      const focusedRow = body.contains(document.activeElement) ? document.activeElement?.closest("tr") : null;
      body.replaceChildren(...wanted);
      if (focusedRow) focusRow(Number(focusedRow.dataset.at));
    }
  }

  /** Rows are made anew when what they show changes; the keyboard stays on the same one. */
  function focusRow(at: number): void {
    const target = made.get(at)?.querySelector<HTMLElement>(".efp-name") ?? root;
    target.focus({ preventScroll: true });
  }

  function rowElement(show: TableShow, at: number): HTMLTableRowElement {
    const row = rows[at]!;
    const { data } = show;
    const name = topOf(data.model).name[row]!;
    const text = data.nameText(name);
    const width = Math.max(60, (head.firstElementChild?.clientWidth ?? 200) - CHIP_AND_PADDING_PX);
    const pick = button("efp-name", "", () => events.onPick(name), {
      title: text,
      tabindex: at === active ? 0 : -1,
      "aria-pressed": String(show.picked === data.model.names[name]),
    });
    const short = fitName(text, Math.floor(width / cellPx), show.textEnd);
    if (short === text) pick.textContent = text;
    // Assistive technology reads the whole name, whatever fits on the screen.
    else pick.append(element("span", "", { "aria-hidden": "true" }, short), element("span", "efp-hidden", {}, text));
    const chip = element("span", "efp-chip", {
      title: visibleName(data.packageOfName(name).name),
      "aria-hidden": "true",
    });
    chip.style.backgroundColor = chipColour(show, row);
    const header = element("th", "efp-name-cell", { scope: "row" }, element("div", "efp-name-box", {}, chip, pick));
    const cells = columns().map((column) => {
      const cell = element("td");
      column.fill(cell, show, row);
      return cell;
    });
    const made = element(
      "tr",
      name === highlighted ? "efp-row efp-lit" : "efp-row",
      { "aria-rowindex": at + 2, "data-name": name, "data-at": at },
      header,
      ...cells,
    );
    if (show.picked === data.model.names[name]) made.classList.add("efp-picked");
    return made;
  }

  function columns(): readonly TableColumn[] {
    return columnsOf(shown !== null && shown.data.model.sides.length === 2);
  }

  function moveTo(at: number): void {
    active = Math.max(0, Math.min(rows.length - 1, at));
    const top = active * TABLE_ROW_PX;
    const window = root.clientHeight - 2 * TABLE_ROW_PX;
    if (top < root.scrollTop) root.scrollTop = top;
    else if (top > root.scrollTop + window) root.scrollTop = top - window;
    render();
    for (const [index, row] of made) {
      const name = row.querySelector<HTMLElement>(".efp-name");
      name?.setAttribute("tabindex", index === active ? "0" : "-1");
    }
    focusRow(active);
  }

  root.addEventListener("scroll", () => frame.request());
  root.addEventListener("keydown", (event) => {
    if (!(event.target instanceof HTMLElement) || !body.contains(event.target)) return;
    const page = Math.max(1, Math.floor(root.clientHeight / TABLE_ROW_PX) - 2);
    const steps: Readonly<Record<string, number>> = {
      ArrowDown: 1,
      ArrowUp: -1,
      PageDown: page,
      PageUp: -page,
      Home: -rows.length,
      End: rows.length,
    };
    const step = steps[event.key];
    if (step === undefined) return;
    event.preventDefault();
    moveTo(active + step);
  });
  body.addEventListener("focusin", (event) => {
    const row = event.target instanceof HTMLElement ? event.target.closest<HTMLElement>("tr[data-at]") : null;
    if (row) active = Number(row.dataset.at);
  });
  body.addEventListener("pointerover", (event) => {
    const row = event.target instanceof HTMLElement ? event.target.closest<HTMLElement>("tr[data-name]") : null;
    events.onHover(row ? Number(row.dataset.name) : -1);
  });
  body.addEventListener("pointerleave", () => events.onHover(-1));
  body.addEventListener("click", (event) => {
    if (!(event.target instanceof HTMLElement) || event.target.closest("button")) return;
    const row = event.target.closest<HTMLElement>("tr[data-name]");
    if (row) events.onPick(Number(row.dataset.name));
  });
  const resize = new ResizeObserver(() => {
    made.clear(); // how much of a name fits has changed
    frame.request();
  });
  resize.observe(root);

  return {
    root,
    show: (next) => {
      // New data in the same order keeps its place on the screen.
      const isNewList =
        shown?.sort !== next?.sort || shown?.descending !== next?.descending || shown?.filter !== next?.filter;
      shown = next;
      made.clear();
      if (!next) {
        rows = new Uint32Array(0);
        head.replaceChildren();
        body.replaceChildren();
        return;
      }
      const { data } = next;
      const isDiff = data.model.sides.length === 2;
      const totals = { wholes: data.wholes, names: data.model.names };
      rows = tableRows(topOf(data.model), totals, sortFor(next.sort, isDiff), next.descending, next.keep);
      active = Math.min(active, Math.max(0, rows.length - 1));
      if (isNewList) {
        active = 0;
        root.scrollTop = 0;
      }
      showTableHead(head, { isDiff, sort: next.sort, descending: next.descending }, events.onSort);
      table.classList.toggle("efp-diff", isDiff);
      table.setAttribute("aria-rowcount", String(rows.length + 1));
      setText(
        caption,
        `${label}: ${rows.length} ${rows.length === 1 ? "function" : "functions"}, ${data.format.title.toLowerCase()}`,
      );
      frame.request();
    },
    highlight: (name) => {
      if (name === highlighted) return;
      highlighted = name;
      for (const row of made.values()) row.classList.toggle("efp-lit", Number(row.dataset.name) === name);
    },
    destroy: () => {
      frame.cancel();
      resize.disconnect();
    },
  };
}

function measureCell(): number {
  const context = document.createElement("canvas").getContext("2d");
  if (!context) return 7.3;
  context.font = BAR_FONT;
  return context.measureText("0".repeat(40)).width / 40;
}
