// What a timeline shows, and the arithmetic between time, slots and values. No DOM.
import type { Timeline } from "../../src/api/render.ts";
import type { Zone } from "../state/time-form.ts";

export interface TimelineSeries {
  readonly label: string;
  /** A CSS custom property of the theme: `--ef-accent`. */
  readonly colour: string;
  /** Drawn as an area when alone, dashed when colours repeat. */
  readonly style: "area" | "line" | "dashed";
  /** One value per slot; null is a slot without uploads. */
  readonly values: readonly (number | null)[];
}

export type BandSide = "A" | "B";

/** A range that belongs to one side of a comparison. Unix seconds. */
export interface TimelineBand {
  readonly side: BandSide;
  readonly label: string;
  readonly from: number;
  readonly until: number;
  readonly editable: boolean;
}

/** Something that somebody wrote down about a moment. */
export interface TimelineMark {
  /** Unix seconds. */
  readonly at: number;
  readonly text: string;
}

export interface TimelineModel {
  /** The axis, unix seconds. */
  readonly from: number;
  readonly until: number;
  readonly startTime: number;
  readonly slotSeconds: number;
  readonly slotCount: number;
  readonly series: readonly TimelineSeries[];
  readonly bands: readonly TimelineBand[];
  readonly zone: Zone;
  readonly formatValue: (value: number) => string;
  /** Times whose stacks were left out; their values are whole. */
  readonly shed?: readonly Gap[];
  /** By time. */
  readonly marks?: readonly TimelineMark[];
  /** Possible distances between lines of the value axis. */
  readonly valueSteps: readonly number[];
}

/** The contract says 0 for slots in which nothing was uploaded: they are gaps, not zeros. */
export function slotValues(samples: readonly number[]): (number | null)[] {
  return samples.map((value) => (value === 0 ? null : value));
}

/** Values on another timeline's slots; the server answers all timelines of a range on one grid, but need not. */
export function onSlotsOf(
  timeline: Timeline,
  startTime: number,
  slotSeconds: number,
  slotCount: number,
): (number | null)[] {
  const values: (number | null)[] = new Array(slotCount).fill(null);
  timeline.samples.forEach((sample, index) => {
    const slot = Math.floor((timeline.startTime + index * timeline.durationDelta - startTime) / slotSeconds);
    if (sample !== 0 && slot >= 0 && slot < slotCount) values[slot] = (values[slot] ?? 0) + sample;
  });
  return values;
}

/** The slot that holds a moment; null outside of the data. */
export function slotAt(model: TimelineModel, seconds: number): number | null {
  const slot = Math.floor((seconds - model.startTime) / model.slotSeconds);
  return slot >= 0 && slot < model.slotCount ? slot : null;
}

export const slotStart = (model: TimelineModel, slot: number): number => model.startTime + slot * model.slotSeconds;

export const marksIn = ({ marks = [], slotSeconds }: TimelineModel, start: number): readonly TimelineMark[] =>
  marks.filter(({ at }) => at >= start && at < start + slotSeconds);

/** Widened outward to whole slots: a drag that touches a slot means all of it. */
export function snapped(
  model: TimelineModel,
  from: number,
  until: number,
): { readonly from: number; readonly until: number } {
  const { startTime, slotSeconds } = model;
  const low = startTime + Math.floor((Math.min(from, until) - startTime) / slotSeconds) * slotSeconds;
  const high = startTime + Math.ceil((Math.max(from, until) - startTime) / slotSeconds) * slotSeconds;
  return { from: low, until: Math.max(high, low + slotSeconds) };
}

export interface Gap {
  readonly from: number;
  readonly until: number;
}

/** Runs of slots in which no series has anything. */
export function gapsOf(model: TimelineModel): Gap[] {
  const gaps: Gap[] = [];
  let open: number | null = null;
  for (let slot = 0; slot <= model.slotCount; slot++) {
    const empty = slot < model.slotCount && model.series.every(({ values }) => (values[slot] ?? null) === null);
    if (empty && open === null) open = slot;
    if (!empty && open !== null) {
      gaps.push({ from: slotStart(model, open), until: slotStart(model, slot) });
      open = null;
    }
  }
  return gaps;
}

export interface TimelineSummary {
  readonly filledSlots: number;
  readonly highest: number;
  readonly highestAt: number;
}

/** For readers who do not see the picture. null when there is nothing. */
export function summaryOf(model: TimelineModel): TimelineSummary | null {
  let filledSlots = 0;
  let highest = Number.NEGATIVE_INFINITY;
  let highestAt = 0;
  for (let slot = 0; slot < model.slotCount; slot++) {
    const present = model.series.flatMap(({ values }) => values[slot] ?? []);
    if (present.length === 0) continue;
    filledSlots++;
    const most = Math.max(...present);
    if (most > highest) [highest, highestAt] = [most, slotStart(model, slot)];
  }
  return filledSlots === 0 ? null : { filledSlots, highest, highestAt };
}
