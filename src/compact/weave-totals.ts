// The rung of a merged segment that has sums only, for timelines: added up from the sources' sums, which need no vectors.
import { floorTo } from "../segment/ladder.ts";
import type { SeriesSums } from "../segment/rung-read.ts";
import type { SegmentEntry, SegmentWriter, SeriesIdentity } from "../segment/segment-writer.ts";
import { seriesKey } from "../segment/segment-writer.ts";
import { StartSums } from "../segment/start-sums.ts";
import { wantedSeries } from "./sources.ts";
import type { TileGroup, WeavePlan, WeaveTools } from "./weave.ts";

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
  /** By place in the piece's table. */
  const sums = new Map<number, StartSums>();
  for (const { row, nodes } of from) {
    const source = sources.of(row);
    const wanted = wantedSeries(source, { from: at + group.from, until: at + group.until });
    if (wanted === null) continue;
    for (const [rung, starts] of nodes) {
      const startOf = (start: number) => floorTo(width, start);
      for await (const found of reads.totals(source.segment, source.head, rung, new Set(starts), wanted, startOf))
        for (const one of found) addSums(sums, placeOf.get(seriesKey(one)) ?? -1, one);
    }
  }
  for (const tile of group.tiles) {
    const entries: SegmentEntry[] = [];
    for (let place = tile.from; place < tile.until; place++) {
      for (const sum of sums.get(place)?.sorted() ?? []) entries.push({ ...sum, series: place, vector: NO_VECTOR });
    }
    writer.addTile(
      width,
      tile,
      entries.sort((a, b) => a.start - b.start || a.series - b.series),
    );
  }
}

function addSums(sums: Map<number, StartSums>, place: number, one: SeriesSums): void {
  const ofSeries = sums.get(place) ?? new StartSums();
  sums.set(place, ofSeries);
  for (const [i, start] of one.start.entries())
    ofSeries.add(start, one.uploads[i] ?? 0, one.totalLow[i] ?? 0, one.totalHigh[i] ?? 0);
}
