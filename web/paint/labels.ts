/** Texts on bars: the name, cut by cells of the monospace font, and a note at the right end when there is room for both. */
import { barLabel } from "../../src/view/bar-texts.ts";
import type { LabelledBars } from "./flame-painter.ts";
import type { FlameScene } from "./scene.ts";

export const BAR_FONT = "12px ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace";
const PADDING_PX = 5;

let cellPx = 0;

export function barCellPx(context: CanvasRenderingContext2D): number {
  if (cellPx === 0) {
    context.font = BAR_FONT;
    cellPx = context.measureText("0".repeat(40)).width / 40;
  }
  return cellPx;
}

export function paintLabels(
  context: CanvasRenderingContext2D,
  scene: FlameScene,
  bars: LabelledBars,
  barPx: number,
): void {
  const cell = barCellPx(context);
  context.font = BAR_FONT;
  context.textBaseline = "middle";
  context.textAlign = "left";
  let colour = "";
  for (let at = 0; at < bars.nodes.length; at++) {
    const node = bars.nodes[at]!;
    const left = Math.max(bars.lefts[at]!, 0) + PADDING_PX;
    const right = Math.min(bars.rights[at]!, scene.widthPx) - PADDING_PX;
    const cells = Math.floor((right - left) / cell);
    if (cells < 1) continue;
    const { text, note } = barLabel(scene.texts, node, cells, scene.textEnd);
    if (text === "") continue;
    if (colour !== bars.texts[at]) {
      colour = bars.texts[at]!;
      context.fillStyle = colour;
    }
    const middle = bars.tops[at]! + barPx / 2 + 0.5;
    context.fillText(text, left, middle);
    if (note !== "") context.fillText(note, right - note.length * cell, middle);
  }
}
