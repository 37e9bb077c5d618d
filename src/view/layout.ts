/**
 * From layout units to pixels. Only what is on screen is looked at: per row a binary search finds the first visible node,
 * and nodes narrower than a pixel are skipped pixel by pixel with a galloping search, so a row costs at most one step per
 * pixel however many nodes it has.
 */
import type { FlameModel, NodeIndex } from "./model.ts";

/** The part of the graph that fills the width of the canvas, in layout units. */
export interface Viewport {
  readonly start: number;
  readonly width: number;
}

export function viewportOf(model: FlameModel, node: NodeIndex): Viewport {
  return { start: model.x[node]!, width: model.width[node]! };
}

export interface RowVisitor {
  /** A node at least one pixel wide; edges in pixels, they may lie outside the canvas. */
  bar(node: NodeIndex, left: number, right: number): void;
  /** Nodes `first` … `last`, each narrower than a pixel. */
  run(first: NodeIndex, last: NodeIndex, left: number, right: number): void;
}

export function visitRow(
  model: FlameModel,
  level: number,
  viewport: Viewport,
  widthPx: number,
  visitor: RowVisitor,
): void {
  const { x, width } = model;
  const end = model.levelStart[level + 1]!;
  const viewEnd = viewport.start + viewport.width;
  const pxPerUnit = widthPx / viewport.width;
  let node = firstEndingAfter(model, level, viewport.start);
  let runFirst = -1;
  let runLast = -1;
  let runLeft = 0;
  let runRight = 0;
  while (node < end && x[node]! < viewEnd) {
    const left = (x[node]! - viewport.start) * pxPerUnit;
    const wide = width[node]! * pxPerUnit >= 1;
    if (runFirst >= 0 && (wide || left > runRight + 1)) {
      visitor.run(runFirst, runLast, runLeft, runRight);
      runFirst = -1;
    }
    if (wide) {
      visitor.bar(node, left, left + width[node]! * pxPerUnit);
      node++;
      continue;
    }
    // All that starts within this pixel is one run, but for the last node, which may be wide.
    const pixelEnd = Math.min(viewport.start + (left + 1) / pxPerUnit, viewEnd);
    let after = firstStartingFrom(x, node + 1, end, pixelEnd);
    if (after - 1 > node && width[after - 1]! * pxPerUnit >= 1) after--;
    const right = (x[after - 1]! + width[after - 1]! - viewport.start) * pxPerUnit;
    if (runFirst < 0) {
      runFirst = node;
      runLeft = left;
    }
    runLast = after - 1;
    runRight = right;
    node = after;
  }
  if (runFirst >= 0) visitor.run(runFirst, runLast, runLeft, runRight);
}

/** The node of a level that covers a position, or undefined. */
export function nodeAt(model: FlameModel, level: number, position: number): NodeIndex | undefined {
  if (level < 0 || level >= model.levelCount) return undefined;
  const node = firstEndingAfter(model, level, position);
  return node < model.levelStart[level + 1]! && model.x[node]! <= position ? node : undefined;
}

/** How many levels, from the root, have a node in the viewport. */
export function visibleLevelCount(model: FlameModel, viewport: Viewport): number {
  const viewEnd = viewport.start + viewport.width;
  let level = 0;
  while (level < model.levelCount) {
    const node = firstEndingAfter(model, level, viewport.start);
    if (node >= model.levelStart[level + 1]! || model.x[node]! >= viewEnd) break;
    level++;
  }
  return level;
}

/** The nodes of a level that touch the viewport: [first, end). */
export function visibleNodes(model: FlameModel, level: number, viewport: Viewport): [first: NodeIndex, end: NodeIndex] {
  const first = firstEndingAfter(model, level, viewport.start);
  return [first, firstStartingFrom(model.x, first, model.levelStart[level + 1]!, viewport.start + viewport.width)];
}

/** First node of the level whose right edge lies after the position. */
function firstEndingAfter(model: FlameModel, level: number, position: number): NodeIndex {
  let low = model.levelStart[level]!;
  let high = model.levelStart[level + 1]!;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (model.x[middle]! + model.width[middle]! > position) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** First node in [from, end) that starts at or after the position; gallops, as it is mostly near. */
export function firstStartingFrom(x: Float64Array, from: NodeIndex, end: NodeIndex, position: number): NodeIndex {
  if (from >= end || x[from]! >= position) return from;
  let low = from;
  let stride = 1;
  while (low + stride < end && x[low + stride]! < position) {
    low += stride;
    stride *= 2;
  }
  let high = Math.min(end, low + stride);
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (x[middle]! < position) low = middle + 1;
    else high = middle;
  }
  return low;
}
