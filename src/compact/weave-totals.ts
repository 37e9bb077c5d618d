// The rung of a merged segment that has sums only, for timelines: added up from the sources' sums, which need no vectors.
import { LIMB } from "../lib/wide-sums.ts";
import { floorTo } from "../segment/ladder.ts";
import type { SeriesSums } from "../segment/rung-read.ts";
import type { SegmentEntry, SegmentWriter, SeriesIdentity } from "../segment/segment-writer.ts";
import { seriesKey, wantedSeries } from "./sources.ts";
import type { TileGroup, WeavePlan, WeaveTools } from "./weave.ts";

interface NodeSum {
  uploads: number;
  lo: number;
  hi: number;
}

/** By place in the piece's table: by start. */
type Sums = Map<number, Map<number, NodeSum>>;

const NO_VECTOR = new Uint8Array(0);

/** @param place the group, in a piece that begins at `at` of the union and has this `series` table */
export async function writeTotals(
  { reads, sources }: WeaveTools,
  { width, from }: NonNullable<WeavePlan["totals"]>,
  writer: SegmentWriter,
  { group, at, series }: { group: TileGroup; at: number; series: readonly SeriesIdentity[] },
): Promise<void> {
  const placeOf = new Map(
    series.slice(group.from, group.until).map((one, i) => [seriesKey(one), group.from + i] as const),
  );
  const sums: Sums = new Map();
  for (const { row, nodes } of from) {
    const source = sources.of(row);
    const wanted = wantedSeries(source, { from: at + group.from, until: at + group.until });
    if (wanted === null) continue;
    for (const [rung, starts] of nodes) {
      const found = await reads.totals(source.segment, source.head, rung, new Set(starts), wanted, (start) =>
        floorTo(width, start),
      );
      for (const one of found) addSums(sums, placeOf.get(seriesKey(one)) ?? -1, one);
    }
  }
  for (const tile of group.tiles) {
    const entries: SegmentEntry[] = [];
    for (let place = tile.from; place < tile.until; place++) {
      for (const [start, { uploads, lo, hi }] of sums.get(place) ?? [])
        entries.push({ series: place, start, uploads, total: { lo, hi }, vector: NO_VECTOR });
    }
    writer.addTile(
      width,
      tile,
      entries.sort((a, b) => a.start - b.start || a.series - b.series),
    );
  }
}

function addSums(sums: Sums, place: number, { start, uploads, totalLow, totalHigh }: SeriesSums): void {
  const ofSeries = sums.get(place) ?? new Map<number, NodeSum>();
  sums.set(place, ofSeries);
  for (const [i, at] of start.entries()) {
    const sum = ofSeries.get(at) ?? { uploads: 0, lo: 0, hi: 0 };
    ofSeries.set(at, sum);
    const low = sum.lo + (totalLow[i] ?? 0);
    const over = low >= LIMB ? 1 : 0;
    sum.lo = low - over * LIMB;
    sum.hi += (totalHigh[i] ?? 0) + over;
    sum.uploads += uploads[i] ?? 0;
  }
}
