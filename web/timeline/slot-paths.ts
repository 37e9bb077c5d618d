// How slots become lines. A slot is a box of its own width: a single upload is seen as one, and nothing is drawn where
// nothing was uploaded.
import type uPlot from "uplot";
import { type Gap, gapsOf, type TimelineModel } from "./timeline-model.ts";

export function slotPaths(slotSeconds: () => number): uPlot.Series.PathBuilder {
  return (chart, seriesIndex) => {
    const times = chart.data[0];
    const values = chart.data[seriesIndex] ?? [];
    const floor = chart.valToPos(0, "y", true);
    const stroke = new Path2D();
    const fill = new Path2D();
    let right = 0;
    let open = false;
    const close = () => {
      if (open) fill.lineTo(right, floor);
      open = false;
    };
    for (let slot = 0; slot < times.length; slot++) {
      const value = values[slot] ?? null;
      const start = times[slot] ?? 0;
      if (value === null) {
        close();
        continue;
      }
      const left = Math.round(chart.valToPos(start, "x", true));
      // Never thinner than a pixel, however many slots there are.
      right = Math.max(left + 1, Math.round(chart.valToPos(start + slotSeconds(), "x", true)));
      const top = chart.valToPos(value, "y", true);
      if (open) {
        stroke.lineTo(left, top);
      } else {
        stroke.moveTo(left, top);
        fill.moveTo(left, floor);
      }
      stroke.lineTo(right, top);
      fill.lineTo(left, top);
      fill.lineTo(right, top);
      open = true;
    }
    close();
    return { stroke, fill, flags: 0 };
  };
}

const HATCH_STEP = 6;

/** Slanted lines where there is no data at all, so that a gap does not look like a zero. */
export function drawGaps(chart: uPlot, model: TimelineModel, colour: string): void {
  hatch(chart, gapsOf(model), colour, "rising");
}

/** Lines the other way behind values whose stacks were left out: the values are whole. */
export function drawShed(chart: uPlot, { shed = [] }: TimelineModel, colour: string): void {
  hatch(chart, shed, colour, "falling");
}

function hatch(chart: uPlot, times: readonly Gap[], colour: string, slant: "rising" | "falling"): void {
  const { ctx, bbox } = chart;
  const step = HATCH_STEP * devicePixelRatio;
  const [begin, end] = slant === "rising" ? [bbox.top + bbox.height, bbox.top] : [bbox.top, bbox.top + bbox.height];
  ctx.save();
  ctx.strokeStyle = colour;
  ctx.lineWidth = devicePixelRatio;
  for (const { from, until } of times) {
    const left = Math.max(bbox.left, Math.round(chart.valToPos(from, "x", true)));
    const right = Math.min(bbox.left + bbox.width, Math.round(chart.valToPos(until, "x", true)));
    if (right - left < 2) continue;
    ctx.save();
    ctx.beginPath();
    ctx.rect(left, bbox.top, right - left, bbox.height);
    ctx.clip();
    ctx.beginPath();
    // On one grid for the whole chart, so that neighbours look like one texture.
    for (let x = Math.floor((left - bbox.height) / step) * step; x < right; x += step) {
      ctx.moveTo(x, begin);
      ctx.lineTo(x + bbox.height, end);
    }
    ctx.stroke();
    ctx.restore();
  }
  ctx.restore();
}
