/**
 * One frame: rows on screen → rectangles grouped by colour → fills, marks, labels. The canvas has the size of the
 * viewport, whatever the size of the graph. Bars narrower than a pixel come merged into grey runs (see src/view/layout.ts).
 */
import { visibleNodes, visitRow } from "../../src/view/layout.ts";
import { levelOf, type NodeIndex } from "../../src/view/model.ts";
import { isHit } from "../../src/view/search-hits.ts";
import { paintLabels } from "./labels.ts";
import { type FlameScene, levelOfRow, rowOfLevel, STRIP_PX, TICK_PX } from "./scene.ts";

/** x, y and width, one after the other, of rectangles that share a colour. */
type Rects = number[];

/** Node, left, right, y and fill of every bar wide enough for a text. */
export interface LabelledBars {
  readonly nodes: NodeIndex[];
  readonly lefts: number[];
  readonly rights: number[];
  readonly tops: number[];
  readonly texts: string[];
}

const MIN_LABEL_PX = 24;

export function paintFlame(context: CanvasRenderingContext2D, scene: FlameScene): void {
  const { model, viewport, widthPx, heightPx, pixelRatio, rowPx, theme, fills, hits } = scene;
  context.setTransform(pixelRatio, 0, 0, pixelRatio, 0, 0);
  context.fillStyle = theme.background;
  context.fillRect(0, 0, widthPx, heightPx);
  if (!(viewport.width > 0)) return;

  const byFill: Rects[] = fills.colours.map(() => []);
  const contextRects: Rects = [];
  const mergedRects: Rects = [];
  const marks: Rects = [];
  const ticks: Rects = [];
  const hatched: Rects = [];
  const outlined: Rects = [];
  const labels: LabelledBars = { nodes: [], lefts: [], rights: [], tops: [], texts: [] };
  const barPx = rowPx - 1;
  let y = 0;
  let isContext = false;

  const visitor = {
    bar(node: NodeIndex, left: number, right: number): void {
      const from = snap(Math.max(left, -2), pixelRatio);
      const to = snap(Math.min(right, widthPx + 2), pixelRatio);
      // A gap of one pixel sets bars apart; a bar too narrow for it keeps its width.
      const width = to - from >= 3 ? to - from - 1 : Math.max(to - from, 1 / pixelRatio);
      const fill = fills.fillOf(node);
      const hit = hits !== null && isHit(hits, node);
      const dimmed = hits !== null && !hit;
      (isContext ? contextRects : dimmed ? mergedRects : byFill[fill]!).push(from, y, width);
      if (hit) marks.push(from, y + barPx - 2, width);
      if (!isContext && !dimmed && scene.isHatched(node)) hatched.push(from, y, width);
      if (model.name[node] === scene.outlinedName && !isContext) outlined.push(from, y, width);
      if (to - from >= MIN_LABEL_PX) {
        labels.nodes.push(node);
        labels.lefts.push(from);
        labels.rights.push(from + width);
        labels.tops.push(y);
        labels.texts.push(isContext ? theme.secondaryText : dimmed ? theme.mergedText : fills.texts[fill]!);
      }
    },
    run(first: NodeIndex, last: NodeIndex, left: number, right: number): void {
      const from = snap(Math.max(left, 0), pixelRatio);
      const to = snap(Math.min(right, widthPx), pixelRatio);
      mergedRects.push(from, y, Math.max(to - from, 1 / pixelRatio));
      hits?.visitPixels(scene, first, last + 1, (px) => ticks.push(px - TICK_PX / 2, y, TICK_PX));
    },
  };

  for (const [row, level] of shownRows(scene)) {
    y = STRIP_PX + row * rowPx - scene.scrollTopPx;
    isContext = level < scene.focusLevel;
    visitRow(model, level, viewport, widthPx, visitor);
  }

  fillRects(context, theme.surface, contextRects, barPx);
  fillRects(context, theme.merged, mergedRects, barPx);
  for (const [fill, rects] of byFill.entries()) fillRects(context, fills.colours[fill]!, rects, barPx);
  hatchRects(context, theme.background, hatched, barPx);
  fillRects(context, theme.text, marks, 2);
  fillRects(context, theme.accent, ticks, barPx);
  strokeRects(context, theme.text, outlined, barPx, 1);
  paintLabels(context, scene, labels, barPx);
  paintSelection(context, scene, barPx);
  paintStrip(context, scene);
}

function* shownRows(scene: FlameScene): Generator<[row: number, level: number]> {
  const { levelCount } = scene.model;
  const endRow = Math.min(levelCount, Math.ceil((scene.scrollTopPx + scene.heightPx) / scene.rowPx));
  for (let row = Math.max(0, Math.floor((scene.scrollTopPx - STRIP_PX) / scene.rowPx)); row < endRow; row++) {
    const level = levelOfRow(scene, row);
    if (level >= scene.firstLevel && level < levelCount) yield [row, level];
  }
}

function snap(px: number, pixelRatio: number): number {
  return Math.round(px * pixelRatio) / pixelRatio;
}

function fillRects(context: CanvasRenderingContext2D, colour: string, rects: Rects, height: number): void {
  if (rects.length === 0) return;
  context.fillStyle = colour;
  for (let at = 0; at < rects.length; at += 3) context.fillRect(rects[at]!, rects[at + 1]!, rects[at + 2]!, height);
}

function strokeRects(
  context: CanvasRenderingContext2D,
  colour: string,
  rects: Rects,
  height: number,
  line: number,
): void {
  if (rects.length === 0) return;
  context.strokeStyle = colour;
  context.lineWidth = line;
  for (let at = 0; at < rects.length; at += 3) {
    const width = Math.max(rects[at + 2]! - line, 1);
    context.strokeRect(rects[at]! + line / 2, rects[at + 1]! + line / 2, width, height - line);
  }
}

/** Thin diagonals; clipped to all rectangles at once. */
function hatchRects(context: CanvasRenderingContext2D, colour: string, rects: Rects, height: number): void {
  if (rects.length === 0) return;
  context.strokeStyle = colour;
  context.globalAlpha = 0.4;
  context.lineWidth = 1.5;
  context.beginPath();
  for (let at = 0; at < rects.length; at += 3) {
    const [left, top, width] = [rects[at]!, rects[at + 1]!, rects[at + 2]!];
    const right = left + width;
    for (let x = left - (left % 8); x < right + height; x += 8) {
      const fromX = Math.min(x, right);
      const toX = Math.max(x - height, left);
      if (fromX <= toX) continue;
      context.moveTo(fromX, top + (x - fromX));
      context.lineTo(toX, top + (x - toX));
    }
  }
  context.stroke();
  context.globalAlpha = 1;
}

function paintSelection(context: CanvasRenderingContext2D, scene: FlameScene, barPx: number): void {
  ringAround(context, scene, scene.hovered, barPx, 1, scene.theme.text);
  if (scene.hasKeyboard) ringAround(context, scene, scene.selected, barPx, 2, scene.theme.accent);
  else if (scene.selected > 0) ringAround(context, scene, scene.selected, barPx, 2, scene.theme.text);
}

function ringAround(
  context: CanvasRenderingContext2D,
  scene: FlameScene,
  node: NodeIndex,
  barPx: number,
  line: number,
  colour: string,
): void {
  if (node < 0) return;
  const { left, top, width } = barBox(scene, node);
  const from = Math.max(left, 0);
  const to = Math.min(Math.max(left + width - 1, left + 4), scene.widthPx);
  if (to <= from) return;
  strokeRects(context, colour, [from, top, to - from], barPx, line);
  // A second, inner line keeps the ring visible on any bar.
  if (line > 1 && to - from > 8)
    strokeRects(context, scene.theme.background, [from + line, top + line, to - from - 2 * line], barPx - 2 * line, 1);
}

/** Where a node lies on the canvas, in pixels. */
export function barBox(scene: FlameScene, node: NodeIndex): { left: number; top: number; width: number } {
  const pxPerUnit = scene.widthPx / scene.viewport.width;
  const left = (scene.model.x[node]! - scene.viewport.start) * pxPerUnit;
  const top = STRIP_PX + rowOfLevel(scene, levelOf(scene.model, node)) * scene.rowPx - scene.scrollTopPx;
  return { left, top, width: scene.model.width[node]! * pxPerUnit };
}

/** Along the top edge: where hits are, on whatever level, also those scrolled away or narrower than a pixel. */
function paintStrip(context: CanvasRenderingContext2D, scene: FlameScene): void {
  const { hits, model, theme, widthPx } = scene;
  context.fillStyle = theme.background;
  context.fillRect(0, 0, widthPx, STRIP_PX);
  if (!hits || hits.hitCount === 0) return;
  context.fillStyle = theme.accent;
  for (let level = scene.focusLevel; level < model.levelCount; level++) {
    const [first, end] = visibleNodes(model, level, scene.viewport);
    if (first >= end) break;
    hits.visitPixels(scene, first, end, (px, width) => context.fillRect(px, 0, Math.max(width, TICK_PX), STRIP_PX - 2));
  }
}
