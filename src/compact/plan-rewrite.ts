// What a segment is made of once part of it is deleted. Pure.
//
//   series that stay               every node, from the row as it is
//   series that a deletion means   nodes outside its range, from the row as it is;
//                                  nodes that an edge cuts, from the next finer rows, which are rewritten already
//
// Edges lie on the finest grid still kept, so what is finer than a cut node is there.
import { DAY_SECONDS, HOUR_SECONDS, TOTALS_OF_DAYS, TOTALS_OF_WINDOW, WINDOW_SECONDS } from "../config.ts";
import { type PlannedNodes, stackRungsOf } from "../segment/cover-plan.ts";
import { floorTo } from "../segment/ladder.ts";
import type { CatalogSegment } from "../storage/plan-reads.ts";
import type { WeavePlan } from "./weave.ts";

/** Unix seconds; 0 and the end of time for all of it. */
export interface ErasedRange {
  readonly from: number;
  readonly until: number;
}

/** A row to read, once for each meaning. */
export interface RewriteSource {
  readonly row: CatalogSegment;
  /** Whether it is read for the series that are meant, or for those that stay. */
  readonly isErased: boolean;
}

export interface RewritePlan extends WeavePlan {
  readonly sources: readonly RewriteSource[];
}

type Overlap = "outside" | "inside" | "cut";

function overlapOf(start: number, width: number, { from, until }: ErasedRange): Overlap {
  if (start + width <= from || start >= until) return "outside";
  return start >= from && start + width <= until ? "inside" : "cut";
}

/** Rungs with sums only, by retention class. */
const TOTALS_OF: Readonly<Record<number, number>> = {
  [HOUR_SECONDS]: TOTALS_OF_WINDOW,
  [DAY_SECONDS]: TOTALS_OF_DAYS,
};

/**
 * @param finer rows at the range's edges: hours and 6 h windows
 * @param choosesSeries whether some series stay as they are
 */
export function planRewrite(
  row: CatalogSegment,
  finer: readonly CatalogSegment[],
  range: ErasedRange,
  choosesSeries: boolean,
): RewritePlan {
  const rungs = stackRungsOf(row);
  const [finest = row.finest] = rungs;
  const sources = sourcesOf();
  // Each meaning is a row of its own: which series are read differs.
  const staying = choosesSeries ? sources.add(row, false) : null;
  const erased = sources.add(row, true);
  const finerOf = (start: number, width: number) =>
    finerThan(row, finer, start, width).map((one) => ({ row: sources.add(one, true), source: one }));

  const nodes = starts(row, finest).map((start) => {
    const from: PlannedNodes<CatalogSegment>[] = staying === null ? [] : [nodesOf(staying, finest, [start])];
    const overlap = overlapOf(start, finest, range);
    if (overlap === "outside") from.push(nodesOf(erased, finest, [start]));
    if (overlap === "cut") {
      for (const one of finerOf(start, finest)) {
        const width = one.source.finest === 10 ? 10 : one.source.width;
        from.push(nodesOf(one.row, width, startsWithin(one.source, width, start, finest)));
      }
    }
    return { start, from };
  });
  const totalsWidth = TOTALS_OF[row.finest];
  const totals = totalsWidth === undefined ? null : { width: totalsWidth, from: totalsOf(totalsWidth) };
  return { start: row.start, rungs, nodes, totals, sources: sources.list };

  function totalsOf(width: number): PlannedNodes<CatalogSegment>[] {
    const all = starts(row, width);
    const outside = all.filter((start) => overlapOf(start, width, range) === "outside");
    const from = [nodesOf(erased, width, outside)];
    if (staying !== null) from.push(nodesOf(staying, width, all));
    for (const start of all.filter((one) => overlapOf(one, width, range) === "cut")) {
      for (const one of finerOf(start, width))
        from.push(nodesOf(one.row, TOTALS_OF_WINDOW, startsWithin(one.source, TOTALS_OF_WINDOW, start, width)));
    }
    return from;
  }
}

/** One copy of a row for each meaning: rows are told apart by what they are, not by what they say. */
function sourcesOf() {
  const list: RewriteSource[] = [];
  const known = new Map<string, CatalogSegment>();
  return {
    list,
    add(row: CatalogSegment, isErased: boolean): CatalogSegment {
      const key = `${row.objectKey} ${isErased}`;
      const before = known.get(key);
      if (before !== undefined) return before;
      const copy = { ...row };
      known.set(key, copy);
      list.push({ row: copy, isErased });
      return copy;
    },
  };
}

const nodesOf = (row: CatalogSegment, width: number, list: readonly number[]): PlannedNodes<CatalogSegment> => ({
  row,
  nodes: new Map([[width, list]]),
});

const starts = (row: { start: number; width: number }, width: number): number[] =>
  Array.from({ length: row.width / width }, (_, i) => row.start + i * width);

/** Starts of a finer row's nodes within [start, start + width). */
const startsWithin = (row: CatalogSegment, rung: number, start: number, width: number): number[] =>
  starts(row, rung).filter((one) => one >= start && one < start + width);

/** The rows that hold, finer, what a cut node of `row` holds: no part more and none less. */
function finerThan(row: CatalogSegment, finer: readonly CatalogSegment[], start: number, width: number) {
  const hour = floorTo(HOUR_SECONDS, start);
  if (row.width === HOUR_SECONDS) {
    return finer.filter(
      (one) => one.finest === 10 && one.start === hour && one.shard === row.shard && one.part === row.part,
    );
  }
  if (row.width === WINDOW_SECONDS) {
    return finer.filter(
      (one) => one.finest === 60 && one.start === hour && one.part <= (row.covers?.get(one.shard) ?? 0),
    );
  }
  return finer.filter(
    (one) => one.width === WINDOW_SECONDS && one.start < start + width && one.start + one.width > start,
  );
}
