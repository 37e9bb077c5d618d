// Picks entries out of a rung's directories and adds up what they stand for.
import type { LabelSet } from "../profile/labels.ts";
import type { SegmentHead, TileDirectory, VectorPlaces } from "./segment-format.ts";

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

/** Calls `each` for the entries of the wanted series at the wanted starts, in order. */
function eachChosen(
  directory: TileDirectory,
  wanted: Uint8Array,
  starts: ReadonlySet<number>,
  each: (entry: number, start: number) => void,
): void {
  const { slots, slotStart, slotFirst, series } = directory;
  for (let s = 0; s < slots; s++) {
    const start = slotStart[s]!;
    if (!starts.has(start)) continue;
    const end = slotFirst[s + 1]!;
    for (let i = slotFirst[s]!; i < end; i++) if (wanted[series[i]!] === 1) each(i, start);
  }
}

/** Entries whose vectors are in one block. */
export interface BlockPick {
  readonly block: number;
  /** Of the packed block in the object. */
  readonly offset: number;
  readonly length: number;
  /** Indexes into the directory, ascending, and the start of each. */
  readonly entries: readonly number[];
  readonly starts: readonly number[];
}

/**
 * @param wanted 1 for each series of the segment that is asked for
 * @returns by block
 */
export function pickBlocks(
  directory: TileDirectory,
  { at, blockAt, blockOffset, blockLength }: VectorPlaces,
  wanted: Uint8Array,
  starts: ReadonlySet<number>,
): BlockPick[] {
  const picks: (BlockPick & { entries: number[]; starts: number[] })[] = [];
  let block = 0;
  let pick: (typeof picks)[number] | null = null;
  eachChosen(directory, wanted, starts, (i, start) => {
    if (at[i + 1] === at[i]) return;
    while (at[i]! >= blockAt[block + 1]!) block++;
    if (pick?.block !== block) {
      pick = { block, offset: blockOffset[block]!, length: blockLength[block]!, entries: [], starts: [] };
      picks.push(pick);
    }
    pick.entries.push(i);
    pick.starts.push(start);
  });
  return picks;
}

/**
 * A directory's totals by series.
 * @param startOf where on the timeline a node counts
 */
export function sumsBySeries(
  head: SegmentHead,
  directory: TileDirectory,
  wanted: Uint8Array,
  starts: ReadonlySet<number>,
  startOf: (start: number) => number,
): SeriesSums[] {
  const { lowest, counts } = countsFor(directory);
  eachChosen(directory, wanted, starts, (i) => {
    counts[directory.series[i]! - lowest]!++;
  });
  const sums = Array.from(counts, (count, at): SeriesSums | null => {
    if (count === 0) return null;
    const { type, labels } = head.series[lowest + at]!;
    const column = () => new Float64Array(count);
    return {
      typeId: head.types[type]!,
      labels,
      start: column(),
      uploads: column(),
      totalLow: column(),
      totalHigh: column(),
    };
  });
  counts.fill(0);
  eachChosen(directory, wanted, starts, (i, start) => {
    const at = directory.series[i]! - lowest;
    const to = counts[at]!++;
    const one = sums[at]!;
    one.start[to] = startOf(start);
    one.uploads[to] = directory.uploads[i]!;
    one.totalLow[to] = directory.totalLow[i]!;
    one.totalHigh[to] = directory.totalHigh === null ? 0 : directory.totalHigh[i]!;
  });
  return sums.filter((one) => one !== null);
}

/** A count for each series from the first to the last that the directory has. */
function countsFor({ series, count }: TileDirectory): { lowest: number; counts: Int32Array } {
  let lowest = series[0] ?? 0;
  let highest = lowest;
  for (let i = 1; i < count; i++) {
    lowest = Math.min(lowest, series[i]!);
    highest = Math.max(highest, series[i]!);
  }
  return { lowest, counts: new Int32Array(highest - lowest + 1) };
}

/**
 * Totals over all series of a type, from the directory of its sums.
 * @param startOf where on the timeline a node counts
 */
export function sumsOfType(
  head: SegmentHead,
  { slotStart, series, uploads, totalLow, totalHigh }: TileDirectory,
  starts: ReadonlySet<number>,
  startOf: (start: number) => number,
): SeriesSums | null {
  const chosen = [...slotStart.keys()].filter((i) => starts.has(slotStart[i]!));
  const [first] = chosen;
  if (first === undefined) return null;
  return {
    typeId: head.types[head.series[series[first]!]!.type]!,
    labels: [],
    start: Float64Array.from(chosen, (i) => startOf(slotStart[i]!)),
    uploads: Float64Array.from(chosen, (i) => uploads[i]!),
    totalLow: Float64Array.from(chosen, (i) => totalLow[i]!),
    totalHigh: Float64Array.from(chosen, (i) => (totalHigh === null ? 0 : totalHigh[i]!)),
  };
}
