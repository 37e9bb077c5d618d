// Reads the live tree: the fewest chunks that cover a range, over the growing part and every frozen one.
import { HOUR_SECONDS, LIVE_RUNGS, SLOT_SECONDS } from "../config.ts";
import { ByteWriter } from "../lib/byte-writer.ts";
import { WideSums } from "../lib/wide-sums.ts";
import { compileMatchers } from "../profile/matcher.ts";
import { readChunkDirectory } from "../segment/chunk.ts";
import { coverRange, floorTo, type TreeNode } from "../segment/ladder.ts";
import type { SeriesSums } from "../segment/rung-read.ts";
import { seriesCollector, someLabels, tooManySums, wholeSeries } from "../segment/series-collector.ts";
import { StartSums } from "../segment/start-sums.ts";
import { addVector, writeSums } from "../segment/vector.ts";
import type { LiveAnswer, LiveQuery, TimelineRange } from "./live-protocol.ts";
import { readSpanSeries, readSpanTree } from "./live-spans.ts";
import type { LiveState } from "./live-state.ts";
import type { ObjectTables } from "./object-tables.ts";

type Sums = Pick<LiveAnswer, "tree" | "series">;

export function readLive(tables: ObjectTables, state: LiveState, service: string, query: LiveQuery): Sums {
  const accepts = compileMatchers(query.matchers);
  const wanted = new Set<number>();
  for (const series of state.allSeries()) {
    if (query.typeId !== null && series.typeId !== query.typeId) continue;
    if (accepts(series.labels, service)) wanted.add(series.id);
  }
  if (query.spans !== undefined) {
    const chosen = { series: wanted, spans: query.spans };
    return {
      tree: query.tree ? readSpanTree(tables, state, chosen, query) : null,
      series: query.timeline === null ? [] : readSpanSeries(tables, state, chosen, query.timeline),
    };
  }
  const tree = query.tree ? readTree(tables, state, query, wanted) : null;
  const series =
    query.timeline === null
      ? []
      : readSeries(tables, state, { ...query.timeline, areWhole: query.areWhole === true }, wanted);
  return { tree, series };
}

/** Goes by the hours that hold something: a range may be all of time. */
function* coveringNodes(tables: ObjectTables, part: number, range: { from: number; until: number }, widest: number) {
  const rungs: number[] = LIVE_RUNGS.filter((rung) => rung <= widest);
  const present = new Map(
    rungs.map((rung) => [rung, new Set(tables.chunkStarts(part, rung, floorTo(rung, range.from), range.until))]),
  );
  const finest = present.get(SLOT_SECONDS) ?? new Set();
  const hours = new Set([...finest].map((start) => floorTo(HOUR_SECONDS, start)));
  // A wide node is whole once it is there; where it is not, narrower ones are, or nothing is.
  const usable = ({ width, start }: TreeNode) => present.get(width)?.has(start) === true;
  for (const hour of hours) {
    const from = Math.max(range.from, hour);
    const until = Math.min(range.until, hour + HOUR_SECONDS);
    for (const node of coverRange(from, until, rungs, usable)) {
      if (node.width !== SLOT_SECONDS || finest.has(node.start)) yield node;
    }
  }
}

function readTree(
  tables: ObjectTables,
  state: LiveState,
  query: LiveQuery,
  wanted: ReadonlySet<number>,
): LiveAnswer["tree"] {
  const sums = new WideSums(state.dictionary.nodes.count);
  let uploads = 0;
  for (const part of tables.chunkParts()) {
    for (const node of coveringNodes(tables, part, query, 600)) {
      for (const row of tables.readChunks(part, node.width, node.start, node.start + node.width)) {
        for (const entry of readChunkDirectory(row.directory)) {
          if (!wanted.has(entry.series)) continue;
          addVector(row.vectors, entry.at, entry.at + entry.length, entry.total, sums);
          uploads += entry.uploads;
        }
      }
    }
  }
  const out = new ByteWriter(4096);
  const total = writeSums(out, sums);
  return { vector: out.finish(), totalLow: total.lo, totalHigh: total.hi, uploads };
}

function readSeries(
  tables: ObjectTables,
  state: LiveState,
  timeline: TimelineRange & { readonly areWhole: boolean },
  wanted: ReadonlySet<number>,
): readonly SeriesSums[] {
  const { rung, areWhole } = timeline;
  let held = 0;
  const bySeries = new Map<number, StartSums>();
  for (const part of tables.chunkParts()) {
    for (const node of coveringNodes(tables, part, timeline, rung === 0 ? 600 : Math.min(600, rung))) {
      const start = rung === 0 ? timeline.from : floorTo(rung, node.start);
      for (const row of tables.readDirectories(part, node.width, node.start, node.start + node.width)) {
        for (const { series, uploads, total } of readChunkDirectory(row.directory)) {
          if (!wanted.has(series)) continue;
          const sums = bySeries.get(series) ?? new StartSums();
          bySeries.set(series, sums);
          held -= sums.size;
          sums.add(start, uploads, total.lo, total.hi);
          held += sums.size;
          if (areWhole && held > MOST_SUMS) throw tooManySums(MOST_SUMS);
        }
      }
    }
  }
  const collector =
    rung === 0 || areWhole
      ? seriesCollector(wholeSeries, MOST_SUMS)
      : seriesCollector(someLabels(timeline.keep), MOST_SUMS, MOST_SUMS);
  for (const [id, sums] of bySeries) {
    const { typeId, labels } = state.series(id);
    collector.add([{ typeId, labels, ...sums.columns() }]);
  }
  return collector.finish();
}

/** Sums that an answer may hold: 32 bytes each, of the 32 MiB that an RPC carries. */
const MOST_SUMS = 200_000;
