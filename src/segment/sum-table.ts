// Sums of some series at all starts of a window, in the order in which a directory lists them. Dense: a month of 64 series is a
// quarter of a million sums, and objects of their own would take ten times the room.
import { LIMB } from "../lib/wide-sums.ts";
import type { SeriesSums } from "./rung-read.ts";
import type { Tile } from "./segment-format.ts";
import type { SegmentEntry } from "./segment-writer.ts";

const NO_VECTOR = new Uint8Array(0);

/** @param first unix seconds; there are `steps` starts, each `width` behind the one before, and `places` series */
export function sumTable(first: number, steps: number, width: number, places: number) {
  const uploads = new Float64Array(steps * places);
  const low = new Float64Array(steps * places);
  const high = new Float64Array(steps * places);
  return {
    add(place: number, { start, uploads: added, totalLow, totalHigh }: SeriesSums): void {
      for (let i = 0; i < start.length; i++) {
        const cell = ((start[i]! - first) / width) * places + place;
        const sum = low[cell]! + totalLow[i]!;
        const carry = sum >= LIMB ? 1 : 0;
        uploads[cell]! += added[i]!;
        low[cell] = sum - carry * LIMB;
        high[cell]! += totalHigh[i]! + carry;
      }
    },
    /** @param from where the table's first series stands among the tiles' */
    *entries(from: number, tile: Tile): Generator<SegmentEntry> {
      const entry = { series: 0, start: 0, uploads: 0, total: { lo: 0, hi: 0 }, vector: NO_VECTOR };
      for (let step = 0; step < steps; step++) {
        for (let series = tile.from; series < tile.until; series++) {
          const cell = step * places + series - from;
          if (uploads[cell] === 0 && low[cell] === 0 && high[cell] === 0) continue;
          entry.series = series;
          entry.start = first + step * width;
          entry.uploads = uploads[cell]!;
          entry.total.lo = low[cell]!;
          entry.total.hi = high[cell]!;
          yield entry;
        }
      }
    },
  };
}
