/**
 * The canvas, its scrolling and the pointer. The page scrolls a spacer as high as the graph; the canvas sticks to the
 * window and is never larger than it. Over the canvas lies the tree that keyboard and screen reader use (graph-tree.ts).
 *
 *   scroller ┬ stage (sticky, size of the window) ┬ canvas, aria-hidden
 *            │                                    └ tree, takes pointer and focus
 *            └ spacer
 */
import type { BarFills } from "../../src/view/bar-fills.ts";
import { nodeAt, type Viewport, viewportOf, visibleLevelCount } from "../../src/view/layout.ts";
import { levelOf, type NodeIndex, ROOT } from "../../src/view/model.ts";
import { barBox, paintFlame } from "../paint/flame-painter.ts";
import { type FlameScene, levelOfRow, type PaintedHits, rowOfLevel, STRIP_PX } from "../paint/scene.ts";
import { element, oncePerFrame } from "./dom.ts";
import type { GraphData } from "./graph-data.ts";
import { afterPaint } from "./later.ts";
import type { TextEnd } from "./panel-types.ts";
import type { PanelTheme } from "./theme.ts";

export const ROW_PX = 20;

export interface GraphShow {
  readonly data: GraphData;
  readonly fills: BarFills;
  readonly theme: PanelTheme;
  readonly focus: NodeIndex;
  readonly hits: PaintedHits | null;
  readonly textEnd: TextEnd;
  /** Levels above this are not drawn. */
  readonly firstLevel?: number;
  /** The deepest level is on top. */
  readonly upsideDown?: boolean;
}

export interface GraphEvents {
  readonly onHover: (node: NodeIndex | undefined, clientX: number, clientY: number) => void;
  readonly onPick: (node: NodeIndex) => void;
  readonly onMenu: (node: NodeIndex, clientX: number, clientY: number) => void;
  /** After each frame, so that the tree can lie where the bars are. */
  readonly onPainted: () => void;
}

export interface GraphView {
  readonly root: HTMLElement;
  readonly tree: HTMLElement;
  show(next: GraphShow | null): void;
  select(node: NodeIndex, hasKeyboard: boolean): void;
  outline(name: number): void;
  scrollTo(node: NodeIndex): void;
  boxOf(node: NodeIndex): { left: number; top: number; width: number } | undefined;
  /** Where a menu for the node opens, in the window. */
  pointOf(node: NodeIndex): [clientX: number, clientY: number];
  destroy(): void;
}

export const graphHeightPx = (rows: number): number => rows * ROW_PX + STRIP_PX + 4;

export function createGraphView(treeLabel: string, events: GraphEvents): GraphView {
  const canvas = element("canvas", "efp-canvas", { "aria-hidden": "true" });
  const tree = element("div", "efp-tree", { role: "tree", tabindex: 0, "aria-label": treeLabel });
  const stage = element("div", "efp-stage", {}, canvas, tree);
  const spacer = element("div", "efp-spacer");
  const root = element("div", "efp-graph", {}, stage, spacer);
  const context = canvas.getContext("2d", { alpha: false });

  let shown: GraphShow | null = null;
  let viewport: Viewport = { start: 0, width: 0 };
  let selected = ROOT;
  let hasKeyboard = false;
  let hovered = -1;
  let outlinedName = -1;
  let lastScene: FlameScene | undefined;
  let rows = { firstLevel: 0, flippedLevels: 0 };
  const frame = oncePerFrame(paint);

  function paint(): void {
    const widthPx = root.clientWidth;
    const heightPx = Math.min(root.clientHeight, window.innerHeight);
    if (!context || widthPx === 0 || heightPx === 0) return;
    const pixelRatio = window.devicePixelRatio;
    const [width, height] = [Math.round(widthPx * pixelRatio), Math.round(heightPx * pixelRatio)];
    if (canvas.width !== width) canvas.width = width;
    if (canvas.height !== height) canvas.height = height;
    stage.style.height = `${heightPx}px`;
    spacer.style.marginTop = `${-heightPx}px`;
    if (!shown) {
      context.setTransform(1, 0, 0, 1, 0, 0);
      context.clearRect(0, 0, width, height);
      lastScene = undefined;
      return;
    }
    const { data, fills, theme, hits, textEnd, focus } = shown;
    const { model } = data;
    lastScene = {
      model,
      viewport,
      widthPx,
      heightPx,
      pixelRatio,
      rowPx: ROW_PX,
      scrollTopPx: root.scrollTop,
      ...rows,
      theme: theme.paint,
      fills,
      texts: data.texts,
      textEnd,
      focusLevel: levelOf(model, focus),
      hits,
      outlinedName,
      hovered,
      selected,
      hasKeyboard,
      isHatched: model.sides.length === 2 ? (node) => model.sides.some((side) => side.total[node] === 0) : () => false,
    };
    paintFlame(context, lastScene);
    events.onPainted();
  }

  function resizeSpacer(): void {
    const levels = shown ? visibleLevelCount(shown.data.model, viewport) : 0;
    const firstLevel = shown?.firstLevel ?? 0;
    rows = { firstLevel, flippedLevels: shown?.upsideDown ? levels : 0 };
    spacer.style.height = `${graphHeightPx(levels - firstLevel)}px`;
  }

  function nodeUnder(event: MouseEvent): NodeIndex | undefined {
    if (!shown) return undefined;
    const box = canvas.getBoundingClientRect();
    const level = levelOfRow(rows, Math.floor((event.clientY - box.top + root.scrollTop - STRIP_PX) / ROW_PX));
    if (level < rows.firstLevel) return undefined;
    const position = viewport.start + ((event.clientX - box.left) / box.width) * viewport.width;
    return nodeAt(shown.data.model, level, position);
  }

  function hover(node: NodeIndex | undefined, event: MouseEvent): void {
    events.onHover(node, event.clientX, event.clientY);
    if ((node ?? -1) === hovered) return;
    hovered = node ?? -1;
    tree.classList.toggle("efp-over-bar", node !== undefined);
    frame.request();
  }

  /** Free zoom and pan stay within the focused frame; they are a look around, not a step, and not in the link. */
  function moveViewport(move: (viewport: Viewport, bounds: Viewport) => Viewport): void {
    if (!shown) return;
    viewport = move(viewport, viewportOf(shown.data.model, shown.focus));
    resizeSpacer();
    frame.request();
  }

  let isDragged = () => false;
  void afterPaint()
    .then(() => import("./graph-gestures.ts"))
    .then(({ listenForGestures }) => {
      isDragged = listenForGestures({ root, tree }, moveViewport);
    });
  let isDown = false;
  tree.addEventListener("pointerdown", (event) => {
    isDown = event.button === 0;
  });
  tree.addEventListener("pointermove", (event) => hover(isDragged() ? undefined : nodeUnder(event), event));
  tree.addEventListener("pointerleave", (event) => hover(undefined, event));
  tree.addEventListener("pointercancel", () => {
    isDown = false;
  });
  // Heard before the gestures hear of it, and forget that it was a drag.
  tree.addEventListener("pointerup", (event) => {
    const node = isDown && !isDragged() ? nodeUnder(event) : undefined;
    isDown = false;
    if (node !== undefined) events.onPick(node);
  });
  tree.addEventListener("contextmenu", (event) => {
    const node = nodeUnder(event);
    if (node === undefined) return;
    event.preventDefault();
    events.onMenu(node, event.clientX, event.clientY);
  });
  root.addEventListener("scroll", () => frame.request());
  const resize = new ResizeObserver(() => frame.request());
  resize.observe(root);

  return {
    root,
    tree,
    show: (next) => {
      const focusMoved = next && (next.data !== shown?.data || next.focus !== shown.focus);
      shown = next;
      if (next && focusMoved) viewport = viewportOf(next.data.model, next.focus);
      if (!next || focusMoved) hovered = outlinedName = -1;
      resizeSpacer();
      frame.request();
    },
    select: (node, keyboard) => {
      selected = node;
      hasKeyboard = keyboard;
      frame.request();
    },
    outline: (name) => {
      if (outlinedName === name) return;
      outlinedName = name;
      frame.request();
    },
    scrollTo: (node) => {
      if (!shown) return;
      const top = rowOfLevel(rows, levelOf(shown.data.model, node)) * ROW_PX;
      const above = root.scrollTop + STRIP_PX;
      const below = root.scrollTop + root.clientHeight - 2 * ROW_PX;
      if (top < above || top > below) root.scrollTop = Math.max(0, top - Math.min(3 * ROW_PX, root.clientHeight / 3));
    },
    boxOf: (node) => (lastScene && shown && lastScene.model === shown.data.model ? barBox(lastScene, node) : undefined),
    pointOf: (node) => {
      const { left, top } = tree.getBoundingClientRect();
      const box = lastScene && barBox(lastScene, node);
      return [left + Math.max(0, box?.left ?? 0) + 8, top + (box?.top ?? 0) + ROW_PX];
    },
    destroy: () => {
      frame.cancel();
      resize.disconnect();
    },
  };
}
