/** Search with its result, view switch, text end and palette. It holds no state: it shows what it is told and reports. */
import { button, element, setText, uniqueId } from "./dom.ts";
import { type IconName, icon } from "./icons.ts";
import type { FlamePalette, FlamePanelState, PanelView } from "./panel-types.ts";
import type { SearchState } from "./search-outcome.ts";

export interface ToolbarEvents {
  readonly onSearch: (text: string) => void;
  readonly onHit: (step: 1 | -1) => void;
  readonly onChange: (change: Partial<FlamePanelState>) => void;
  /** Escape in an empty search box goes back to the graph. */
  readonly onLeave: () => void;
  /** Absent: nothing can be exported here. */
  readonly onExport?: (button: HTMLElement) => void;
}

export interface Toolbar {
  readonly root: HTMLElement;
  show(state: FlamePanelState, view: PanelView, isDiff: boolean, isNarrow: boolean): void;
  /** `current` is the number of the hit last stepped to, 0 for none yet. Returns the text that it shows. */
  showOutcome(search: SearchState, current: number): string;
  focusSearch(): void;
}

/** Each has an icon of its name. */
const VIEWS: readonly (readonly [PanelView, text: string])[] = [
  ["table", "Table"],
  ["both", "Both"],
  ["flamegraph", "Flame graph"],
  ["sandwich", "Sandwich"],
];

export function createToolbar(label: string, events: ToolbarEvents): Toolbar {
  const outcomeId = uniqueId("efp-outcome");
  const search = element("input", "efp-search-input", {
    type: "search",
    placeholder: "Search: text, /regex/, a, b",
    "aria-label": `Search functions in ${label}`,
    "aria-describedby": outcomeId,
    spellcheck: "false",
    autocomplete: "off",
    title: 'Part of a name, /regular expression/ or "exact name"; commas mean or. Shortcut: /',
  });
  const outcome = element("span", "efp-outcome", { id: outcomeId });
  const previous = iconButton("up", "Previous hit (Shift+N)", () => events.onHit(-1));
  const next = iconButton("down", "Next hit (N)", () => events.onHit(1));
  const hitButtons = element("span", "efp-hit-buttons", {}, previous, next);
  const searchBox = element(
    "div",
    "efp-search",
    { role: "search", "aria-label": `Search ${label}` },
    icon("search"),
    search,
    outcome,
    hitButtons,
  );

  const viewButtons = VIEWS.map(([view, text]) => {
    const made = button("efp-segment", "", () => events.onChange({ view }));
    made.append(icon(view), element("span", "", {}, text));
    return { view, made };
  });
  const views = element(
    "div",
    "efp-segments",
    { role: "group", "aria-label": "View" },
    ...viewButtons.map(({ made }) => made),
  );

  const textEnd = iconButton("head", "", () =>
    events.onChange({ textEnd: textEnd.dataset.end === "head" ? "tail" : "head" }),
  );
  const palette = element(
    "select",
    "efp-select",
    { "aria-label": "Colour by", title: "Colour by" },
    element("option", "", { value: "package" }, "By package"),
    element("option", "", { value: "value" }, "By share"),
  );
  palette.addEventListener("change", () => events.onChange({ palette: palette.value as FlamePalette }));

  const { onExport } = events;
  const save = onExport ? [iconButton("save", "Export", () => onExport(save[0]!))] : [];
  save[0]?.setAttribute("aria-haspopup", "menu");

  search.addEventListener("input", () => events.onSearch(search.value));
  search.addEventListener("keydown", (event) => {
    if (event.key === "Enter") events.onHit(event.shiftKey ? -1 : 1);
    else if (event.key === "Escape" && search.value !== "") {
      search.value = "";
      events.onSearch("");
    } else if (event.key === "Escape") events.onLeave();
    else return;
    event.preventDefault();
  });

  return {
    root: element(
      "div",
      "efp-toolbar",
      { role: "group", "aria-label": `${label}: tools` },
      searchBox,
      element("div", "efp-controls", {}, views, palette, textEnd, ...save),
    ),
    show: (state, view, isDiff, isNarrow) => {
      if (search.value !== state.search) search.value = state.search;
      for (const { view: own, made } of viewButtons) {
        made.setAttribute("aria-pressed", String(own === view));
        made.hidden = isNarrow && own === "both";
      }
      palette.value = state.palette;
      palette.hidden = isDiff;
      const isHead = state.textEnd === "head";
      textEnd.dataset.end = state.textEnd;
      const title = isHead
        ? "Long names show their beginning; show the end"
        : "Long names show their end; show the beginning";
      textEnd.title = title;
      textEnd.setAttribute("aria-label", title);
      textEnd.replaceChildren(icon(isHead ? "head" : "tail"));
    },
    showOutcome: ({ hits, error, outcome: inWords }, current) => {
      const text = inWords(current);
      setText(outcome, text);
      outcome.classList.toggle("efp-error", error !== undefined);
      search.setAttribute("aria-invalid", String(error !== undefined));
      hitButtons.hidden = !hits || hits.hitCount === 0;
      return text;
    },
    focusSearch: () => {
      search.focus();
      search.select();
    },
  };
}

function iconButton(name: IconName, title: string, onClick: () => void): HTMLButtonElement {
  const made = button("efp-icon-button", "", onClick, { title, "aria-label": title });
  made.append(icon(name));
  return made;
}
