/**
 * The flame panel: toolbar, breadcrumb, table, splitter, graph and details in one host element. Its parts know nothing of
 * each other; this file passes state down to them and events up from them.
 */
import { exactSearch } from "../../src/view/exact-search.ts";
import { type NodeIndex, nameOf, ROOT } from "../../src/view/model.ts";
import { pathOf, resolvePath, type StepWay, stepFrom } from "../../src/view/zoom.ts";
import { createAnnouncer } from "./announcer.ts";
import { createBreadcrumb } from "./breadcrumb.ts";
import { barFills, type GraphData, graphData } from "./graph-data.ts";
import { createGraphView } from "./graph-view.ts";
import { later, PART_MISSING } from "./later.ts";
import { createLazySandwich } from "./lazy-sandwich.ts";
import { createLazyTooltip } from "./lazy-tooltip.ts";
import { createLazyWords } from "./lazy-words.ts";
import { listenForKeys } from "./panel-keys.ts";
import { isNarrow, panelFrame, toggledTable } from "./panel-layout.ts";
import type { FlamePanel, FlamePanelOptions } from "./panel-options.ts";
import { createPanelSearch } from "./panel-search.ts";
import type { FlamePanelState, FlameSource, StateStep } from "./panel-types.ts";
import { readTheme, watchTheme } from "./theme.ts";
import { createToolbar } from "./toolbar.ts";

export function createFlamePanel(host: HTMLElement, options: FlamePanelOptions): FlamePanel {
  const parts = createParts(host, options);
  const stopTheme = watchTheme(parts.themeChanged);
  const resize = new ResizeObserver(parts.resized);
  resize.observe(host);
  addEventListener(PART_MISSING, parts.partMissing);
  host.append(parts.root);
  parts.setSource(null);
  return {
    setSource: parts.setSource,
    setState: parts.setState,
    setStale: (stale) => {
      parts.root.classList.toggle("efp-stale", stale);
      parts.root.setAttribute("aria-busy", String(stale));
    },
    destroy: () => {
      stopTheme();
      resize.disconnect();
      removeEventListener(PART_MISSING, parts.partMissing);
      parts.destroy();
      parts.root.remove();
    },
  };
}

function createParts(host: HTMLElement, options: FlamePanelOptions) {
  let state = options.state;
  let shown: FlameSource | null = null;
  let data: GraphData | null = null;
  let theme = readTheme(host);
  let focus: NodeIndex = ROOT;
  let selected: NodeIndex = ROOT;
  let zoomsBefore: (readonly string[])[] = [];
  let tableTimer: ReturnType<typeof setTimeout> | undefined;

  const toolbar = createToolbar(options.label, {
    onSearch: (text) => commit({ search: text }, "replace"),
    onHit: stepHit,
    onChange: (change) => commit(change, "push"),
    onLeave: () => graph.tree.focus(),
    ...(options.exportItems && { onExport: openExports }),
  });
  const breadcrumb = createBreadcrumb(options.label, zoomTo, back);
  const graph = createGraphView(options.label, {
    onHover: (node, clientX, clientY) => {
      tooltip.hover(data, node, clientX, clientY);
      const name = data && node !== undefined && node !== ROOT ? data.model.name[node]! : -1;
      for (const outline of [graph.outline, table.highlight]) outline(name);
    },
    onPick: (node) => (node === focus ? back() : zoomTo(node)),
    onMenu: openMenu,
    onPainted: () => words.place(graph.boxOf(selected)),
  });
  const table = options.createTable(options.label, {
    onSort: (sort, sortDescending) => commit({ sort, sortDescending }, "push"),
    onPick: (name) => {
      const text = exactSearch(data?.model.names[name] ?? "");
      commit({ search: text === state.search ? "" : text }, "push");
    },
    onHover: graph.outline,
  });
  const tooltip = createLazyTooltip();
  const showSandwich = (name: string) => commit({ view: "sandwich", search: exactSearch(name) }, "push");
  const copyName = (name: string) => menus((menu) => menu.copy(name, "The name"));
  const copySelected = () => data && copyName(nameOf(data.model, selected));
  const sandwich = createLazySandwich(options.label, {
    onHover: tooltip.hover,
    onPick: showSandwich,
    onMenu: (name, x, y) => menus((menu) => menu.openFunction(name, x, y)),
    onCopy: copyName,
    onBack: () => commit({ view: "flamegraph" }, "push"),
  });
  const announcer = createAnnouncer();
  const words = createLazyWords(graph.tree, announcer, copySelected);
  const search = createPanelSearch({ toolbar, announcer }, () => render(false));
  const parts = { toolbar, breadcrumb, table, graph, sandwich, words, floating: [tooltip, announcer] };
  const frame = panelFrame(options.label, options.side, parts);
  const menus = later(async () => {
    const { createPanelMenus } = await import("./panel-menus.ts");
    return createPanelMenus({ root: frame.root, announcer, commit, zoomTo, onExpand: options.onExpand });
  });

  function commit(change: Partial<FlamePanelState>, how: StateStep): void {
    const before = state;
    state = { ...state, ...change };
    apply(before);
    options.onState(state, how);
  }

  /** Shows the state; `before` is what was shown, or null when everything is new. */
  function apply(before: FlamePanelState | null): void {
    if (before?.search !== state.search) search.apply(() => data?.model, state.search);
    if (before?.zoom !== state.zoom) applyZoom();
    render(before === null);
  }

  function render(isNew: boolean): void {
    const view = frame.showView(state.view, host.clientWidth);
    toolbar.show(state, view, data?.model.sides.length === 2, isNarrow(host.clientWidth));
    if (data) {
      const fills = barFills(data, state.palette, theme);
      graph.show({ data, fills, theme, focus, hits: search.state().hits, textEnd: state.textEnd });
    } else graph.show(null);
    if (view === "sandwich" && !search.isPending())
      sandwich.show(data && { data, theme, ...state, picked: search.state().picked });
    clearTimeout(tableTimer);
    // The graph is painted first; the table's sums need a walk over all nodes.
    if (view !== "flamegraph") tableTimer = setTimeout(showTable, isNew ? 20 : 0);
  }

  function showTable(): void {
    const [{ sort, sortDescending: descending, textEnd }, { keep, picked }] = [state, search.state()];
    table.show(data && { data, theme, sort, descending, textEnd, keep, picked, filter: keep ? state.search : "" });
  }

  function applyZoom(): void {
    focus = data ? resolvePath(data.model, state.zoom) : ROOT;
    selectInView(focus);
    breadcrumb.show(data, focus);
  }

  function select(node: NodeIndex): void {
    selected = node;
    graph.select(node, graph.tree.matches(":focus-visible"));
    words.select(data, node);
  }

  function selectInView(node: NodeIndex): void {
    select(node);
    graph.scrollTo(node);
  }

  function zoomTo(node: NodeIndex): void {
    if (!data || node === focus) return;
    zoomsBefore.push(state.zoom);
    goTo(pathOf(data.model, node));
  }

  function back(): void {
    if (focus !== ROOT) goTo(zoomsBefore.pop() ?? []);
  }

  function goTo(zoom: readonly string[]): void {
    tooltip.hide();
    commit({ zoom }, "push");
    if (data) words.announce("Zoomed to", data, focus);
  }

  function stepHit(step: 1 | -1): void {
    const place = () => data && { model: data.model, focus, widthPx: graph.root.clientWidth };
    search.step(step, place, (hit, what) => {
      if (!data) return;
      if (hit.focus !== focus) commit({ zoom: pathOf(data.model, hit.focus) }, "replace");
      selectInView(hit.node);
      words.announce(`${what}:`, data, hit.node);
    });
  }

  function openMenu(node: NodeIndex, clientX: number, clientY: number): void {
    if (!data) return;
    const place = { data, node, state };
    select(node);
    tooltip.hide();
    menus((menu) => menu.openFrame(place, clientX, clientY));
  }

  function openExports(button: HTMLElement): void {
    if (!data || !shown || !options.exportItems) return;
    const widthPx = graph.root.clientWidth || sandwich.root.clientWidth;
    const moment = {
      source: shown,
      data,
      state,
      theme: theme.name,
      focus,
      search: search.state(),
      widthPx,
      say: frame.showNote,
    };
    void options.exportItems(moment).then((items) => menus((menu) => menu.openItems(items, button)));
  }

  listenForKeys(frame.root, graph.tree, {
    ...stepKeys((way) => data && selectInView(stepFrom(data.model, selected, way))),
    zoom: () => zoomTo(selected),
    back,
    whole: () => zoomTo(ROOT),
    search: toolbar.focusSearch,
    "next hit": () => stepHit(1),
    "previous hit": () => stepHit(-1),
    copy: copySelected,
    expand: () => menus((menu) => menu.expand(data, selected)),
    sandwich: () => data && selected !== ROOT && showSandwich(nameOf(data.model, selected)),
    table: () => commit({ view: toggledTable(state.view, host.clientWidth) }, "push"),
    menu: () => openMenu(selected, ...graph.pointOf(selected)),
  });
  for (const type of ["focus", "blur"]) graph.tree.addEventListener(type, () => select(selected));

  return {
    root: frame.root,
    setSource: (source: FlameSource | null): void => {
      const before = data && { selected: pathOf(data.model, selected), scrollTop: graph.root.scrollTop };
      const made = source && graphData(source);
      const isBad = made !== null && "reason" in made;
      data = isBad ? null : made;
      shown = source;
      frame.showNote("");
      frame.showMessage(isBad ? made.reason : "");
      words.showLegend(data, theme);
      apply(null);
      if (!before || !data) return;
      select(resolvePath(data.model, before.selected));
      graph.root.scrollTop = before.scrollTop;
    },
    setState: (next: FlamePanelState): void => {
      const before = state;
      if (isSameState(before, next)) return;
      const isSameZoom = samePath(before.zoom, next.zoom);
      state = next;
      if (!isSameZoom) zoomsBefore = [];
      apply(isSameZoom ? { ...before, zoom: next.zoom } : before);
    },
    themeChanged: (): void => {
      theme = readTheme(host);
      words.showLegend(data, theme);
      apply(state);
    },
    resized: (): void => apply(state),
    partMissing: (): void => frame.showNote("A part of this page could not be fetched. Reload it to use all of it."),
    destroy: (): void => {
      clearTimeout(tableTimer);
      for (const part of [graph, table, sandwich, announcer]) part.destroy();
    },
  };
}

const stepKeys = (step: (way: StepWay) => void): Record<StepWay, () => void> => ({
  parent: () => step("parent"),
  "heaviest child": () => step("heaviest child"),
  previous: () => step("previous"),
  next: () => step("next"),
});

/** The shell may build its state anew from the address each time. */
function isSameState(a: FlamePanelState, b: FlamePanelState): boolean {
  const { zoom: zoomA, ...restA } = a;
  const { zoom: zoomB, ...restB } = b;
  return (
    samePath(zoomA, zoomB) &&
    JSON.stringify(Object.entries(restA).sort()) === JSON.stringify(Object.entries(restB).sort())
  );
}

function samePath(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((name, at) => name === b[at]);
}
