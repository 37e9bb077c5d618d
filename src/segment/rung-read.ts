// Picks entries out of a rung's directory and adds up what they stand for.
import type { WideSums } from "../lib/wide-sums.ts";
import type { LabelSet } from "../profile/labels.ts";
import type { RungDirectory, SegmentHead } from "./segment-format.ts";
import { addVector } from "./vector.ts";

/** Sums of one series: parallel arrays, one item per node of the timeline. */
export interface SeriesSums {
  readonly typeId: string;
  readonly labels: LabelSet;
  /** Unix seconds. */
  readonly start: Float64Array;
  readonly uploads: Float64Array;
  readonly totalLow: Float64Array;
  readonly totalHigh: Float64Array;
}

export interface Chosen {
  /** Indexes into the directory, ascending. */
  readonly entries: readonly number[];
  /** Blocks they lie in. */
  readonly blocks: ReadonlySet<number>;
}

/** @param wanted 1 for each series of the segment that is asked for @param starts nodes that are asked for */
export function chooseEntries(directory: RungDirectory, wanted: Uint8Array, starts: ReadonlySet<number>): Chosen {
  const entries: number[] = [];
  const blocks = new Set<number>();
  for (let i = 0; i < directory.count; i++) {
    if (wanted[directory.series[i]!] === 0 || !starts.has(directory.start[i]!)) continue;
    entries.push(i);
    blocks.add(directory.block[i]!);
  }
  return { entries, blocks };
}

/**
 * Adds the vectors of `chosen` to `sums`.
 * @param bytesOf the inflated block
 * @returns the uploads in them
 */
export function addChosen(
  directory: RungDirectory,
  chosen: Chosen,
  bytesOf: (block: number) => Uint8Array,
  sums: WideSums,
): number {
  let uploads = 0;
  for (const i of chosen.entries) {
    const at = directory.at[i]!;
    const total = { lo: directory.totalLow[i]!, hi: directory.totalHigh[i]! };
    addVector(bytesOf(directory.block[i]!), at, at + directory.length[i]!, total, sums);
    uploads += directory.uploads[i]!;
  }
  return uploads;
}

/** Totals of the chosen entries by series. @param startOf where on the timeline a node counts */
export function sumsBySeries(
  head: SegmentHead,
  directory: RungDirectory,
  { entries }: Chosen,
  startOf: (start: number) => number,
): SeriesSums[] {
  const bySeries = Map.groupBy(entries, (i) => directory.series[i]!);
  return [...bySeries].map(([id, list]) => {
    const { type, labels } = head.series[id]!;
    return {
      typeId: head.types[type]!,
      labels,
      start: Float64Array.from(list, (i) => startOf(directory.start[i]!)),
      uploads: Float64Array.from(list, (i) => directory.uploads[i]!),
      totalLow: Float64Array.from(list, (i) => directory.totalLow[i]!),
      totalHigh: Float64Array.from(list, (i) => directory.totalHigh[i]!),
    };
  });
}
