// Gathers the sums of timelines from many places without holding very many series apart: beyond a bound only what the asker
// groups by is told apart.
import { LIMB } from "../lib/wide-sums.ts";
import { type LabelSet, labelValue } from "../profile/labels.ts";
import type { SeriesSums } from "../segment/rung-read.ts";

/** Sums held apart: 32 bytes each. */
const MOST_SUMS = 400_000;

export interface SeriesCollector {
  add(series: readonly SeriesSums[]): void;
  finish(): readonly SeriesSums[];
}

interface Group {
  readonly typeId: string;
  readonly labels: LabelSet;
  readonly nodes: Map<number, { uploads: number; lo: number; hi: number }>;
}

/** What is told apart beyond the bound: all of a series' labels, or one of them. */
export type Kept = (labels: LabelSet) => LabelSet;

export const wholeSeries: Kept = (labels) => labels;

/** @param name null: no label at all */
export const oneLabel =
  (name: string | null): Kept =>
  (labels) => {
    const value = name === null ? undefined : labelValue(labels, name);
    return name === null || value === undefined ? [] : [[name, value]];
  };

/** @param most sums held apart */
export function seriesCollector(keep: Kept, most = MOST_SUMS): SeriesCollector {
  let apart: SeriesSums[] = [];
  let sums = 0;
  const groups = new Map<string, Group>();
  const fold = () => {
    for (const one of apart) addToGroup(groups, one, keep);
    apart = [];
    sums = 0;
  };
  return {
    add(series) {
      for (const one of series) {
        apart.push(one);
        sums += one.start.length;
        if (sums > most) fold();
      }
    },
    finish() {
      if (groups.size === 0) return apart;
      fold();
      return [...groups.values()].map(sumsOf);
    },
  };
}

function addToGroup(groups: Map<string, Group>, one: SeriesSums, keep: Kept): void {
  const labels = keep(one.labels);
  const key = JSON.stringify([one.typeId, labels]);
  let group = groups.get(key);
  if (group === undefined) {
    group = { typeId: one.typeId, labels, nodes: new Map() };
    groups.set(key, group);
  }
  for (const [i, start] of one.start.entries()) {
    const sum = group.nodes.get(start) ?? { uploads: 0, lo: 0, hi: 0 };
    sum.uploads += one.uploads[i] ?? 0;
    sum.lo += one.totalLow[i] ?? 0;
    sum.hi += one.totalHigh[i] ?? 0;
    if (sum.lo >= LIMB) {
      sum.lo -= LIMB;
      sum.hi++;
    }
    group.nodes.set(start, sum);
  }
}

function sumsOf({ typeId, labels, nodes }: Group): SeriesSums {
  const sorted = [...nodes].sort(([a], [b]) => a - b);
  return {
    typeId,
    labels,
    start: Float64Array.from(sorted, ([start]) => start),
    uploads: Float64Array.from(sorted, ([, { uploads }]) => uploads),
    totalLow: Float64Array.from(sorted, ([, { lo }]) => lo),
    totalHigh: Float64Array.from(sorted, ([, { hi }]) => hi),
  };
}
