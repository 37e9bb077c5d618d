/** To look around in the graph: what the wheel and a drag make of the part that is seen. */
import type { Viewport } from "./layout.ts";

/** Zooms by `factor` around a fixed point (0 left edge … 1 right edge), never out of `bounds`. */
export function zoomViewport(viewport: Viewport, bounds: Viewport, factor: number, anchor: number): Viewport {
  const width = Math.min(bounds.width, Math.max(bounds.width * 1e-9, viewport.width / factor));
  return clampViewport({ start: viewport.start + (viewport.width - width) * anchor, width }, bounds);
}

export function panViewport(viewport: Viewport, bounds: Viewport, shareOfWidth: number): Viewport {
  return clampViewport({ start: viewport.start + viewport.width * shareOfWidth, width: viewport.width }, bounds);
}

function clampViewport(viewport: Viewport, bounds: Viewport): Viewport {
  const lastStart = bounds.start + bounds.width - viewport.width;
  return { start: Math.max(bounds.start, Math.min(viewport.start, lastStart)), width: viewport.width };
}
