/**
 * The flame panel: toolbar, breadcrumb, table, splitter, graph and details in one host element. Its parts know nothing of
 * each other; this file passes state down to them and events up from them.
 */
import { focusToRead } from "../../src/view/hit-zoom.ts";
import { type NodeIndex, nameOf, ROOT } from "../../src/view/model.ts";
import { exactSearch } from "../../src/view/search-query.ts";
import { ancestorsOf, pathOf, resolvePath, type StepWay, stepFrom } from "../../src/view/zoom.ts";
import { createAnnouncer } from "./announcer.ts";
import { createBreadcrumb } from "./breadcrumb.ts";
import { copyAndSay } from "./clipboard.ts";
import { createContextMenu } from "./context-menu.ts";
import { createDetails } from "./details.ts";
import { expandItem, type FrameCommands, frameMenuItems } from "./frame-menu.ts";
import { barFills, type GraphData, graphData } from "./graph-data.ts";
import { createGraphTree, describeNode, stackText } from "./graph-tree.ts";
import { createGraphView } from "./graph-view.ts";
import { listenForKeys, type PanelAction } from "./panel-keys.ts";
import { isNarrow, panelFrame, toggledTable } from "./panel-layout.ts";
import type { FlamePanel, FlamePanelOptions } from "./panel-options.ts";
import type { FlamePanelState, FlameSource, StateStep } from "./panel-types.ts";
import { NO_SEARCH, type SearchState, searchState, steppedHit } from "./search-state.ts";
import { readTheme, watchTheme } from "./theme.ts";
import { createToolbar } from "./toolbar.ts";
import { createTooltip } from "./tooltip.ts";

/** A hit narrower than this is zoomed to when stepped to. */
const MIN_HIT_PX = 24;

export function createFlamePanel(host: HTMLElement, options: FlamePanelOptions): FlamePanel {
  const parts = createParts(host, options);
  const stopTheme = watchTheme(parts.themeChanged);
  const resize = new ResizeObserver(parts.resized);
  resize.observe(host);
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
      parts.destroy();
      parts.root.remove();
    },
  };
}

function createParts(host: HTMLElement, options: FlamePanelOptions) {
  let state = options.state;
  let data: GraphData | null = null;
  let theme = readTheme(host);
  let search: SearchState = NO_SEARCH;
  let focus: NodeIndex = ROOT;
  let selected: NodeIndex = ROOT;
  let hitNumber = 0;
  let zoomsBefore: (readonly string[])[] = [];
  let tableTimer: ReturnType<typeof setTimeout> | undefined;

  const toolbar = createToolbar(options.label, {
    onSearch: (text) => commit({ search: text }, "replace"),
    onHit: stepHit,
    onChange: (change) => commit(change, "push"),
    onLeave: () => graph.tree.focus(),
  });
  const breadcrumb = createBreadcrumb(options.label, zoomTo, back);
  const graph = createGraphView(options.label, {
    onHover: (node, clientX, clientY) => {
      if (!data || node === undefined) tooltip.hide();
      else tooltip.show(data, node, clientX, clientY);
      const name = data && node !== undefined && node !== ROOT ? data.model.name[node]! : -1;
      for (const outline of [graph.outline, table.highlight]) outline(name);
    },
    onPick: (node) => (node === focus ? back() : zoomTo(node)),
    onMenu: openMenu,
    onPainted: () => tree.place(graph.boxOf(selected)),
  });
  const tree = createGraphTree(graph.tree);
  const table = options.createTable(options.label, {
    onSort: (sort, sortDescending) => commit({ sort, sortDescending }, "push"),
    onPick: (name) => {
      const text = exactSearch(data?.model.names[name] ?? "");
      commit({ search: text === state.search ? "" : text }, "push");
    },
    onHover: graph.outline,
  });
  const tooltip = createTooltip();
  const menu = createContextMenu();
  const details = createDetails(copySelected);
  const announcer = createAnnouncer();
  const frame = panelFrame(options.label, options.side, {
    toolbar: toolbar.root,
    breadcrumb: breadcrumb.root,
    table: table.root,
    graph: graph.root,
    details: details.root,
    floating: [tooltip.root, menu.root, announcer.root],
  });

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
    const view = frame.showView(state.view, host.clientWidth);
    toolbar.show(state, view, data?.model.sides.length === 2, isNarrow(host.clientWidth));
    if (data) {
      const fills = barFills(data, state.palette, theme);
      graph.show({ data, fills, theme, focus, hits: search.hits, textEnd: state.textEnd });
    } else graph.show(null);
    clearTimeout(tableTimer);
    // The graph is painted first; the table's sums need a walk over all nodes.
    if (view !== "flamegraph") tableTimer = setTimeout(showTable, before ? 0 : 20);
  }

  function showTable(): void {
    const [{ sort, sortDescending: descending, textEnd }, { keep, picked }] = [state, search];
    table.show(data && { data, theme, sort, descending, textEnd, keep, picked, filter: keep ? state.search : "" });
  }

  function applySearch(): void {
    search = searchState(data?.model, state.search);
    hitNumber = 0;
    showOutcome();
  }

  function showOutcome(): void {
    const outcome = toolbar.showOutcome(search, hitNumber);
    if (outcome !== "") announcer.say(outcome);
  }

  function applyZoom(): void {
    focus = data ? resolvePath(data.model, state.zoom) : ROOT;
    selectInView(focus);
    breadcrumb.show(data, focus);
  }

  function select(node: NodeIndex): void {
    selected = node;
    graph.select(node, graph.tree.matches(":focus-visible"));
    tree.show(data, node);
    details.show(data, node);
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
    if (data) announcer.say(`Zoomed to ${describeNode(data, focus)}`);
  }

  function stepHit(step: 1 | -1): void {
    const hit = search.hits && steppedHit(search.hits, hitNumber, step);
    if (!data || !hit) return;
    const target = focusToRead(data.model, focus, hit.node, graph.root.clientWidth, MIN_HIT_PX);
    if (target !== focus) commit({ zoom: pathOf(data.model, target) }, "replace");
    hitNumber = hit.number;
    selectInView(hit.node);
    showOutcome();
    announcer.say(`Hit ${hitNumber} of ${search.hits?.hitCount}: ${describeNode(data, hit.node)}`);
  }

  function openMenu(node: NodeIndex, clientX: number, clientY: number): void {
    if (!data) return;
    const { model } = data;
    select(node);
    tooltip.hide();
    const commands: FrameCommands = {
      expand: expandItem(data, node, options.onExpand),
      zoomHere: () => zoomTo(node),
      showWhole: () => zoomTo(ROOT),
      highlight: () => commit({ search: exactSearch(nameOf(model, node)) }, "push"),
      copyName: copySelected,
      copyStack: () => copyAndSay(announcer, stackText(model, ancestorsOf(model, node).slice(1)), "The stack"),
      showEnd: (textEnd) => commit({ textEnd }, "push"),
    };
    menu.open(frameMenuItems(commands, state.textEnd), clientX, clientY);
  }

  function copySelected(): void {
    if (data) copyAndSay(announcer, nameOf(data.model, selected), "The name");
  }

  const step = (way: StepWay) => data && selectInView(stepFrom(data.model, selected, way));
  const actions: Readonly<Record<PanelAction, () => void>> = {
    parent: () => step("parent"),
    "heaviest child": () => step("heaviest child"),
    previous: () => step("previous"),
    next: () => step("next"),
    zoom: () => zoomTo(selected),
    back,
    whole: () => zoomTo(ROOT),
    search: toolbar.focusSearch,
    "next hit": () => stepHit(1),
    "previous hit": () => stepHit(-1),
    copy: copySelected,
    expand: () =>
      (expandItem(data, selected, options.onExpand)?.run ?? (() => announcer.say("Nothing is hidden here")))(),
    table: () => commit({ view: toggledTable(state.view, host.clientWidth) }, "push"),
    menu: () => openMenu(selected, ...graph.pointOf(selected)),
  };
  listenForKeys(frame.root, graph.tree, actions);
  for (const type of ["focus", "blur"]) graph.tree.addEventListener(type, () => select(selected));

  return {
    root: frame.root,
    setSource: (source: FlameSource | null): void => {
      const before = data && { selected: pathOf(data.model, selected), scrollTop: graph.root.scrollTop };
      const made = source && graphData(source);
      const isBad = made !== null && "reason" in made;
      data = isBad ? null : made;
      frame.showMessage(isBad ? made.reason : "");
      details.showLegend(data, theme);
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
      details.showLegend(data, theme);
      apply(state);
    },
    resized: (): void => apply(state),
    destroy: (): void => {
      clearTimeout(tableTimer);
      for (const part of [graph, table, announcer]) part.destroy();
    },
  };
}

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
