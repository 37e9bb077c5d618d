// Text → how much of each pixel it covers. Every line of an outline adds, in the pixels it passes, the area to its right with the
// sign of its direction; summed up along a row that is the coverage, whatever the order and overlap of the contours:
//
//   ──────────╲────────        row: 0 0 0 .3 .7 0 0      summed: 0 0 0 .3 1 1 1
import { glyphOf, widthOf } from "./outlines.ts";

export interface Coverage {
  readonly width: number;
  readonly height: number;
  /** Row of the base line. */
  readonly baseLine: number;
  /** 0 … 1 a pixel, before it is summed up along the rows. */
  readonly areas: Float32Array;
}

/** Highest and lowest point of any letter, in ems from the base line. */
const ABOVE = 1.06;
const BELOW = 0.3;

/** @param sizePx of the em */
export function rasterize(text: string, sizePx: number): Coverage {
  const baseLine = Math.ceil(ABOVE * sizePx);
  const margin = marginOf(sizePx);
  const width = Math.ceil(widthOf(text) * sizePx) + 2 * margin;
  const height = baseLine + Math.ceil(BELOW * sizePx);
  const areas = new Float32Array(width * height + 2);
  let x = margin;
  for (const char of text) {
    const { advance, lines } = glyphOf(char.codePointAt(0) ?? 0);
    for (let at = 0; at < lines.length; at += 4) {
      const [fromX, fromY] = [x + (lines[at] ?? 0) * sizePx, baseLine - (lines[at + 1] ?? 0) * sizePx];
      const [toX, toY] = [x + (lines[at + 2] ?? 0) * sizePx, baseLine - (lines[at + 3] ?? 0) * sizePx];
      addLine(areas, width, fromX, fromY, toX, toY);
    }
    x += advance * sizePx;
  }
  return { width, height, baseLine, areas };
}

/** Left of the text there are so many pixels of it: a letter may lean out of its advance. */
export const marginOf = (sizePx: number): number => Math.ceil(sizePx / 4);

function addLine(areas: Float32Array, width: number, x0: number, y0: number, x1: number, y1: number): void {
  if (y0 === y1) return;
  const sign = y0 < y1 ? 1 : -1;
  const [topX, topY, endX, endY] = sign > 0 ? [x0, y0, x1, y1] : [x1, y1, x0, y0];
  const slope = (endX - topX) / (endY - topY);
  let x = topX;
  for (let row = Math.floor(topY); row < endY; row++) {
    const height = Math.min(row + 1, endY) - Math.max(row, topY);
    const nextX = x + slope * height;
    addSpan(areas, row * width, Math.min(x, nextX), Math.max(x, nextX), sign * height);
    x = nextX;
  }
}

/** Within one row, from `left` to `right`: `area` in all, spread over the pixels that lie to the right. */
function addSpan(areas: Float32Array, row: number, left: number, right: number, area: number): void {
  const first = Math.floor(left);
  const last = Math.ceil(right);
  const add = (pixel: number, value: number) => {
    areas[row + pixel] = (areas[row + pixel] ?? 0) + value;
  };
  if (last <= first + 1) {
    const middle = (left + right) / 2 - first;
    add(first, area * (1 - middle));
    add(first + 1, area * middle);
    return;
  }
  // The covered part of each pixel, left to right, is a ramp; what is added is its rise from pixel to pixel.
  const scale = area / (right - left);
  let before = 0;
  for (let pixel = first; pixel < last; pixel++) {
    const [from, to] = [Math.max(left, pixel), Math.min(right, pixel + 1)];
    // To the right of the line, within this pixel: what began in earlier pixels wholly, what begins here in part.
    const covered = scale * (from - left + (to - from) * (pixel + 1 - (from + to) / 2));
    add(pixel, covered - before);
    before = covered;
  }
  add(last, area - before);
}
