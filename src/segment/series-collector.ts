// Gathers the sums of timelines from many places without holding very many series apart: beyond a bound only what the asker
// groups by is told apart.
import { type LabelSet, labelValue } from "../profile/labels.ts";
import type { SeriesSums } from "./rung-read.ts";
import { StartSums } from "./start-sums.ts";

/** Sums held apart: 32 bytes each. */
const MOST_SUMS = 400_000;

export interface SeriesCollector {
  add(series: readonly SeriesSums[]): void;
  finish(): readonly SeriesSums[];
}

interface Group {
  readonly typeId: string;
  readonly labels: LabelSet;
  readonly sums: StartSums;
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
  let held = 0;
  const groups = new Map<string, Group>();
  const fold = () => {
    for (const one of apart) addToGroup(groups, one, keep);
    apart = [];
    held = 0;
  };
  return {
    add(series) {
      for (const one of series) {
        apart.push(one);
        held += one.start.length;
        if (held > most) fold();
      }
    },
    finish() {
      if (groups.size === 0) return apart;
      fold();
      return [...groups.values()].map(({ typeId, labels, sums }) => ({ typeId, labels, ...sums.columns() }));
    },
  };
}

function addToGroup(groups: Map<string, Group>, one: SeriesSums, keep: Kept): void {
  const labels = keep(one.labels);
  const key = JSON.stringify([one.typeId, labels]);
  let group = groups.get(key);
  if (group === undefined) {
    group = { typeId: one.typeId, labels, sums: new StartSums() };
    groups.set(key, group);
  }
  for (const [i, start] of one.start.entries())
    group.sums.add(start, one.uploads[i] ?? 0, one.totalLow[i] ?? 0, one.totalHigh[i] ?? 0);
}
