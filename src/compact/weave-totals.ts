// The rung of a merged segment that has sums only, for timelines: added up from the sources' sums, which need no vectors.
import { floorTo } from "../segment/ladder.ts";
import type { SegmentWriter, SeriesIdentity } from "../segment/segment-writer.ts";
import { seriesKey } from "../segment/segment-writer.ts";
import { sumTable } from "../segment/sum-table.ts";
import { wantedSeries } from "./sources.ts";
import type { TileGroup, WeavePlan, WeaveTools } from "./weave.ts";

/** @param place the group, in a piece that begins at `at` of the union and has this `series` table */
export async function writeTotals(
  { reads, sources }: WeaveTools,
  { width, from }: NonNullable<WeavePlan["totals"]>,
  writer: SegmentWriter,
  { group, at, series }: { group: TileGroup; at: number; series: readonly SeriesIdentity[] },
): Promise<void> {
  const placeOf = new Map(series.slice(group.from, group.until).map((one, i) => [seriesKey(one), i] as const));
  const startOf = (start: number) => floorTo(width, start);
  const range = { first: Number.POSITIVE_INFINITY, last: 0 };
  for (const { nodes } of from) {
    for (const starts of nodes.values()) {
      range.first = Math.min(range.first, startOf(starts[0] ?? range.first));
      range.last = Math.max(range.last, startOf(starts.at(-1) ?? 0));
    }
  }
  if (range.last < range.first) return;
  const table = sumTable(range.first, (range.last - range.first) / width + 1, width, placeOf.size);
  for (const { row, nodes } of from) {
    const source = sources.of(row);
    const wanted = wantedSeries(source, { from: at + group.from, until: at + group.until });
    if (wanted === null) continue;
    for (const [rung, starts] of nodes) {
      for await (const found of reads.totals(source.segment, source.head, rung, new Set(starts), wanted, startOf))
        for (const one of found) table.add(placeOf.get(seriesKey(one)) ?? 0, one);
    }
  }
  for (const tile of group.tiles) writer.addTile(width, tile, table.entries(group.from, tile));
}
