// Gathers the sums of timelines from many places without holding very many series apart: beyond a bound only what the asker
// groups by is told apart.

import { QUESTION } from "../config.ts";
import { type AppError, invalidArgument } from "../lib/app-error.ts";
import { LIMB } from "../lib/wide-sums.ts";
import type { LabelSet } from "../profile/labels.ts";
import type { SeriesSums } from "./rung-read.ts";
import { StartSums } from "./start-sums.ts";

export interface SeriesCollector {
  add(series: readonly SeriesSums[]): void;
  finish(): readonly SeriesSums[];
}

interface Group {
  readonly typeId: string;
  readonly labels: LabelSet;
  readonly sums: StartSums;
}

/** What is told apart beyond the bound: all of a series' labels, or some of them. */
export type Kept = (labels: LabelSet) => LabelSet;

export const wholeSeries: Kept = (labels) => labels;

export const someLabels =
  (names: readonly string[]): Kept =>
  (labels) =>
    labels.filter(([name]) => names.includes(name));

/**
 * @param most sums held apart
 * @param mostGrouped sums of what is told apart beyond that
 * @throws AppError invalid_argument when those are too many as well
 */
export function seriesCollector(
  keep: Kept,
  most: number = QUESTION.sumsTogether,
  mostGrouped: number = Number.POSITIVE_INFINITY,
): SeriesCollector {
  let apart: SeriesSums[] = [];
  let held = 0;
  let grouped = 0;
  const groups = new Map<string, Group>();
  const fold = () => {
    for (const one of apart) {
      grouped += addToGroup(groups, one, keep);
      if (grouped > mostGrouped) throw tooManyGroups(mostGrouped);
    }
    apart = [];
    held = 0;
  };
  return {
    add(series) {
      for (const one of series) {
        apart.push(one);
        held += roomOf(one);
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

/** What an item takes besides its sums: its labels, and what holds them. In sums. */
const ITEM_SUMS = 16;

const roomOf = ({ start }: SeriesSums): number => start.length + ITEM_SUMS;

export const tooManySums = (most: number): AppError =>
  invalidArgument(
    `more than ${most} values of single series or spans: ask for a shorter range, or a selector of fewer series`,
    { limit: "sumsApart", actual: `over ${most}`, allowed: most },
  );

const tooManyGroups = (most: number): AppError =>
  invalidArgument(
    `more than ${most} values of groups by label: ask for a shorter range, or a selector of fewer label values`,
    { limit: "sumsTogether", actual: `over ${most}`, allowed: most },
  );

/** Every series apart and whole: what adds series up, or leaves some out, would say something else. @throws AppError invalid_argument */
export function everySeries(most: number = QUESTION.sumsApart): SeriesCollector {
  const held: SeriesSums[] = [];
  let room = 0;
  return {
    add(series) {
      for (const one of series) {
        room += roomOf(one);
        if (room > most) throw tooManySums(most);
        held.push(one);
      }
    },
    finish: () => held,
  };
}

/** Of very many items, each a span within a segment, the heaviest. @throws AppError invalid_argument when those are still too much */
export function heaviestSeries(most: number, mostSums: number = QUESTION.sumsApart): SeriesCollector {
  let held: SeriesSums[] = [];
  let room = 0;
  const cut = () => {
    if (held.length > most) {
      const weights = new Map(held.map((one) => [one, weightOf(one)]));
      held = held.sort((a, b) => (weights.get(b) ?? 0) - (weights.get(a) ?? 0)).slice(0, most);
    }
    room = held.reduce((sum, one) => sum + roomOf(one), 0);
  };
  return {
    add(series) {
      for (const one of series) {
        held.push(one);
        room += roomOf(one);
        if (held.length <= most * 2 && room <= mostSums) continue;
        cut();
        // Close below the bound the next items would have everything sorted again, each of them.
        if (room > (mostSums * 3) / 4) throw tooManySums(mostSums);
      }
    },
    finish() {
      cut();
      return held;
    },
  };
}

function weightOf({ totalLow, totalHigh }: SeriesSums): number {
  let weight = 0;
  for (const [i, low] of totalLow.entries()) weight += low + (totalHigh[i] ?? 0) * LIMB;
  return weight;
}

/** @returns how many sums are new */
function addToGroup(groups: Map<string, Group>, one: SeriesSums, keep: Kept): number {
  const labels = keep(one.labels);
  const key = JSON.stringify([one.typeId, labels]);
  let group = groups.get(key);
  if (group === undefined) {
    group = { typeId: one.typeId, labels, sums: new StartSums() };
    groups.set(key, group);
  }
  const before = group.sums.size;
  for (const [i, start] of one.start.entries())
    group.sums.add(start, one.uploads[i] ?? 0, one.totalLow[i] ?? 0, one.totalHigh[i] ?? 0);
  return group.sums.size - before;
}
