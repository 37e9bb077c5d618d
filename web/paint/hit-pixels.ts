/** Hits of a search, ready to be painted. */
import { hitAt } from "../../src/view/hit-at.ts";
import { firstStartingFrom } from "../../src/view/layout.ts";
import type { SearchHits } from "../../src/view/search-hits.ts";
import { type PaintedHits, TICK_PX } from "./scene.ts";

export function paintedHits(hits: SearchHits): PaintedHits {
  return {
    ...hits,
    visitPixels: ({ model, viewport, widthPx }, first, end, visit) => {
      const pxPerUnit = widthPx / viewport.width;
      let number = hits.hitsBefore[first]!;
      while (number < hits.hitsBefore[end]!) {
        const node = hitAt(hits, number)!;
        const px = (model.x[node]! - viewport.start) * pxPerUnit;
        visit(px, model.width[node]! * pxPerUnit);
        const next = firstStartingFrom(model.x, node + 1, end, viewport.start + (px + TICK_PX) / pxPerUnit);
        number = hits.hitsBefore[next]!;
      }
    },
  };
}
