// Sums of some series at all starts of a window, in the order in which a directory lists them. Dense: a month of 64 series is a
// quarter of a million sums, and objects of their own would take ten times the room.
import { WideSums } from "../lib/wide-sums.ts";
import type { SeriesSums } from "./rung-read.ts";
import type { Tile } from "./segment-format.ts";
import type { SegmentEntry } from "./segment-writer.ts";

const NO_VECTOR = new Uint8Array(0);

/** @param first unix seconds; there are `steps` starts, each `width` behind the one before, and `places` series */
export function sumTable(first: number, steps: number, width: number, places: number) {
  const uploads = new Float64Array(steps * places);
  const totals = new WideSums(steps * places);
  return {
    add(place: number, { start, uploads: added, totalLow, totalHigh }: SeriesSums): void {
      for (let i = 0; i < start.length; i++) {
        const cell = ((start[i]! - first) / width) * places + place;
        uploads[cell]! += added[i]!;
        totals.add(cell, totalLow[i]!, totalHigh[i]!);
      }
    },
    /** @param from where the table's first series stands among the tiles' */
    *entries(from: number, tile: Tile): Generator<SegmentEntry> {
      const entry = { series: 0, start: 0, uploads: 0, total: { lo: 0, hi: 0 }, vector: NO_VECTOR };
      for (let step = 0; step < steps; step++) {
        for (let series = tile.from; series < tile.until; series++) {
          const cell = step * places + series - from;
          if (uploads[cell] === 0 && totals.isZero(cell)) continue;
          entry.series = series;
          entry.start = first + step * width;
          entry.uploads = uploads[cell]!;
          entry.total.lo = totals.lo[cell]!;
          entry.total.hi = totals.hi?.[cell] ?? 0;
          yield entry;
        }
      }
    },
  };
}
