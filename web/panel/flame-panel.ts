/**
 * The flame panel: toolbar, breadcrumb, table, splitter, graph and details in one host element. Its parts know nothing of
 * each other; this file passes state down to them and events up from them.
 */
import { exactSearch, parseSearch } from "../flame/search-query.ts";
import { hitAt, type SearchHits, searchModel } from "../flame/search.ts";
import { focusToRead } from "../flame/hit-zoom.ts";
import { isEmpty, type NodeIndex, nameOf, ROOT } from "../flame/model.ts";
import { type TopTable, toTop } from "../flame/top-table.ts";
import { ancestorsOf, pathOf, resolvePath, stepFrom } from "../flame/zoom.ts";
import { createAnnouncer } from "./announcer.ts";
import { createBreadcrumb } from "./breadcrumb.ts";
import { copyText } from "./clipboard.ts";
import { createContextMenu } from "./context-menu.ts";
import { createDetails } from "./details.ts";
import { element, setText } from "./dom.ts";
import { barFills, type GraphData, graphData } from "./graph-data.ts";
import { createGraphTree, describeNode, stackText } from "./graph-tree.ts";
import { createGraphView } from "./graph-view.ts";
import { actionOf, type PanelAction } from "./panel-keys.ts";
import type { FlamePanel, FlamePanelOptions, FlamePanelState, FlameSource, PanelView, StateStep } from "./panel-types.ts";
import { createSplitter } from "./splitter.ts";
import { createTableView } from "./table-view.ts";
import { readTheme, watchTheme } from "./theme.ts";
import { createToolbar, outcomeText } from "./toolbar.ts";
import { createTooltip } from "./tooltip.ts";

/** Below this there is one pane with tabs; below the second the table comes first. */
const TWO_PANES_PX = 900;
const GRAPH_FIRST_PX = 600;
const MIN_HIT_PX = 24;

interface Shown {
  readonly data: GraphData;
  readonly top: () => TopTable;
}

export function createFlamePanel(host: HTMLElement, options: FlamePanelOptions): FlamePanel {
  let state = options.state;
  let shown: Shown | null = null;
  let theme = readTheme(host);
  let focus: NodeIndex = ROOT;
  let selected: NodeIndex = ROOT;
  let hits: SearchHits | null = null;
  let keep: ((name: number) => boolean) | undefined;
  let picked: string | undefined;
  let hitNumber = 0;
  let zoomsBefore: (readonly string[])[] = [];
  let tableTimer: ReturnType<typeof setTimeout> | undefined;

  const toolbar = createToolbar(options.label, {
    onSearch: (search) => commit({ search }, "replace"),
    onHit: stepHit,
    onChange: (change) => commit(change, "push"),
    onLeave: () => graph.tree.focus(),
  });
  const breadcrumb = createBreadcrumb(options.label, zoomTo, back);
  const graph = createGraphView(options.label, {
    onHover: (node, clientX, clientY) => {
      if (!shown || node === undefined) tooltip.hide();
      else tooltip.show(shown.data, node, clientX, clientY);
      const name = shown && node !== undefined && node !== ROOT ? shown.data.model.name[node]! : -1;
      graph.outline(name);
      table.highlight(name);
    },
    onPick: (node) => (node === focus && node !== ROOT ? back() : zoomTo(node)),
    onMenu: openMenu,
    onPainted: () => tree.place(graph.boxOf(selected)),
  });
  const tree = createGraphTree(graph.tree);
  const table = createTableView(options.label, {
    onSort: (sort, sortDescending) => commit({ sort, sortDescending }, "push"),
    onPick: (name) => {
      if (!shown) return;
      const search = exactSearch(shown.data.model.names[name]!);
      commit({ search: search === state.search ? "" : search }, "push");
    },
    onHover: (name) => graph.outline(name),
  });
  const tooltip = createTooltip();
  const menu = createContextMenu();
  const details = createDetails(() => copySelected());
  const announcer = createAnnouncer();
  const message = element("p", "efp-message", { role: "status" });
  const panes = element("div", "efp-panes");
  panes.append(table.root, createSplitter(panes, 0.4), graph.root, message);
  const root = element("section", `efp-panel${options.side ? ` efp-panel-${options.side.toLowerCase()}` : ""}`, { "aria-label": options.label });
  root.append(toolbar.root, breadcrumb.root, panes, details.root, tooltip.root, menu.root, announcer.root);
  host.append(root);

  function commit(change: Partial<FlamePanelState>, how: StateStep): void {
    const before = state;
    state = { ...state, ...change };
    apply(before);
    options.onState(state, how);
  }

  /** Shows the state; `before` is what was shown, or null when everything is new. */
  function apply(before: FlamePanelState | null): void {
    if (before?.search !== state.search) applySearch();
    if (before?.zoom !== state.zoom) applyZoom();
    const view = shownView();
    panes.dataset.view = view;
    toolbar.show(state, view, shown?.data.model.sides.length === 2, isNarrow());
    graph.show(
      shown && {
        data: shown.data,
        fills: barFills(shown.data, state.palette, theme),
        theme,
        focus,
        hits,
        textEnd: state.textEnd,
      },
    );
    clearTimeout(tableTimer);
    // The graph is painted first; the table's sums need a walk over all nodes.
    if (view !== "flamegraph") tableTimer = setTimeout(showTable, before ? 0 : 20);
  }

  function showTable(): void {
    if (!shown) return table.show(null);
    const { data, top } = shown;
    const wholes = data.model.sides.map((side) => side.total[ROOT]!);
    table.show({ data, top: top(), wholes, theme, sort: state.sort, descending: state.sortDescending, textEnd: state.textEnd, keep, picked });
  }

  function applySearch(): void {
    const search = parseSearch(state.search);
    hits = shown && search.kind === "test" ? searchModel(shown.data.model, search.test) : null;
    picked = search.kind === "test" ? search.only : undefined;
    const matches = hits?.matches;
    // Picking a function in the table marks it there; it does not take the other rows away.
    keep = matches && picked === undefined ? (name) => matches[name] === 1 : undefined;
    hitNumber = 0;
    if (search.kind === "error") toolbar.showOutcome(search);
    else showOutcome();
  }

  function showOutcome(): void {
    const outcome = hits && { shares: hits.shares, hitCount: hits.hitCount, current: hitNumber };
    toolbar.showOutcome(outcome);
    if (outcome) announcer.say(outcomeText(outcome));
  }

  function applyZoom(): void {
    focus = shown ? resolvePath(shown.data.model, state.zoom) : ROOT;
    select(focus);
    breadcrumb.show(shown?.data ?? null, focus);
    graph.scrollTo(focus);
  }

  function select(node: NodeIndex): void {
    selected = node;
    graph.select(node, graph.tree.matches(":focus-visible"));
    tree.show(shown?.data ?? null, node);
    details.show(shown?.data ?? null, node);
  }

  function zoomTo(node: NodeIndex): void {
    if (!shown || node === focus) return;
    zoomsBefore.push(state.zoom);
    tooltip.hide();
    commit({ zoom: pathOf(shown.data.model, node) }, "push");
    announcer.say(node === ROOT ? "Showing the whole graph" : `Zoomed to ${describeNode(shown.data, node)}`);
  }

  function back(): void {
    if (!shown || focus === ROOT) return;
    tooltip.hide();
    const zoom = zoomsBefore.pop() ?? [];
    commit({ zoom }, "push");
    announcer.say(focus === ROOT ? "Showing the whole graph" : `Back to ${describeNode(shown.data, focus)}`);
  }

  function stepHit(step: 1 | -1): void {
    if (!shown || !hits || hits.hitCount === 0) return;
    hitNumber = ((hitNumber - 1 + (hitNumber === 0 && step === -1 ? 0 : step) + hits.hitCount) % hits.hitCount) + 1;
    const hit = hitAt(hits, hitNumber - 1)!;
    const { model } = shown.data;
    const target = focusToRead(model, focus, hit, graph.root.clientWidth, MIN_HIT_PX);
    if (target !== focus) commit({ zoom: pathOf(model, target) }, "replace");
    select(hit);
    graph.scrollTo(hit);
    showOutcome();
    announcer.say(`Hit ${hitNumber} of ${hits.hitCount}: ${describeNode(shown.data, hit)}`);
  }

  function openMenu(node: NodeIndex, clientX: number, clientY: number): void {
    if (!shown) return;
    const { data } = shown;
    select(node);
    tooltip.hide();
    menu.open(
      [
        { text: "Zoom to this frame", run: () => zoomTo(node) },
        { text: "Show the whole graph", run: () => zoomTo(ROOT) },
        { text: "Highlight this function", run: () => commit({ search: exactSearch(nameOf(data.model, node)) }, "push") },
        { text: "Copy name", run: () => void copySelected() },
        { text: "Copy stack", run: () => void copy(stackText(data, ancestorsOf(data.model, node).slice(1)), "The stack") },
        {
          text: state.textEnd === "head" ? "Show ends of names" : "Show beginnings of names",
          run: () => commit({ textEnd: state.textEnd === "head" ? "tail" : "head" }, "push"),
        },
      ],
      clientX,
      clientY,
    );
  }

  function copySelected(): Promise<void> {
    return shown ? copy(nameOf(shown.data.model, selected), "The name") : Promise.resolve();
  }

  async function copy(text: string, what: string): Promise<void> {
    announcer.say((await copyText(text)) ? `${what} is copied` : `${what} could not be copied`);
  }

  function isNarrow(): boolean {
    return host.clientWidth < TWO_PANES_PX;
  }

  function shownView(): PanelView {
    if (state.view !== "both" || !isNarrow()) return state.view;
    return host.clientWidth < GRAPH_FIRST_PX ? "table" : "flamegraph";
  }

  function run(action: PanelAction): void {
    if (!shown) return;
    switch (action) {
      case "parent":
      case "heaviest child":
      case "previous":
      case "next": {
        select(stepFrom(shown.data.model, selected, action));
        graph.scrollTo(selected);
        return;
      }
      case "zoom":
        return zoomTo(selected);
      case "back":
        return back();
      case "whole":
        return zoomTo(ROOT);
      case "search":
        return toolbar.focusSearch();
      case "next hit":
        return stepHit(1);
      case "previous hit":
        return stepHit(-1);
      case "copy":
        void copySelected();
        return;
      case "table":
        return commit({ view: shownView() === "flamegraph" ? (isNarrow() ? "table" : "both") : "flamegraph" }, "push");
      case "menu": {
        const box = graph.boxOf(selected);
        const stage = graph.tree.getBoundingClientRect();
        return openMenu(selected, stage.left + Math.max(0, box?.left ?? 0) + 8, stage.top + (box?.top ?? 0) + 20);
      }
    }
  }

  root.addEventListener("keydown", (event) => {
    const action = event.defaultPrevented ? undefined : actionOf(event, event.target === graph.tree);
    if (!action) return;
    event.preventDefault();
    run(action);
  });
  for (const type of ["focus", "blur"]) graph.tree.addEventListener(type, () => select(selected));
  const stopTheme = watchTheme(() => {
    theme = readTheme(host);
    details.showLegend(shown?.data ?? null, theme);
    apply(state);
  });
  const resize = new ResizeObserver(() => {
    if (panes.dataset.view !== shownView() || isNarrow() !== root.classList.contains("efp-narrow")) apply(state);
    root.classList.toggle("efp-narrow", isNarrow());
  });
  resize.observe(host);
  apply(null);

  return {
    setSource: (source) => {
      shown = null;
      const made = source && graphData(source);
      const isBad = made !== null && "reason" in made;
      if (made && !isBad) shown = shownOf(made);
      setText(message, isBad ? made.reason : made && isEmpty(made.model) ? "No samples" : "");
      message.hidden = message.textContent === "";
      if (shown && isEmpty(shown.data.model)) shown = null;
      details.showLegend(shown?.data ?? null, theme);
      apply(null);
    },
    setState: (next) => {
      if (next === state) return;
      const before = state;
      state = next;
      if (!samePath(before.zoom, next.zoom)) zoomsBefore = [];
      apply({ ...before, zoom: samePath(before.zoom, next.zoom) ? next.zoom : before.zoom });
    },
    setStale: (stale) => {
      root.classList.toggle("efp-stale", stale);
      root.setAttribute("aria-busy", String(stale));
    },
    destroy: () => {
      clearTimeout(tableTimer);
      stopTheme();
      resize.disconnect();
      graph.destroy();
      table.destroy();
      announcer.destroy();
      root.remove();
    },
  };
}

function shownOf(data: GraphData): Shown {
  let top: TopTable | undefined;
  return { data, top: () => (top ??= toTop(data.model)) };
}

function samePath(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((name, at) => name === b[at]);
}
