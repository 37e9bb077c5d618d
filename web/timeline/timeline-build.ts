// From answers of the server to what a timeline shows.
import type { RenderResponse } from "../../src/api/render.ts";
import { valueFormat } from "../../src/view/format.ts";
import type { TimeRange, Zone } from "../state/time-form.ts";
import { resolveTime } from "../state/time-form.ts";
import { onSlotsOf, slotValues, type TimelineBand, type TimelineModel, type TimelineSeries } from "./timeline-model.ts";
import { valueSteps } from "./value-steps.ts";

/** More lines than this cannot be told apart. */
export const MOST_GROUPS = 20;
const LINE_COLOURS = 10;
const MAIN_COLOUR = "--ef-accent";

export interface GroupLine {
  readonly name: string;
  readonly colour: string;
  readonly dashed: boolean;
}

export interface Groups {
  readonly lines: readonly GroupLine[];
  readonly hidden: number;
}

/** The values of a group-by, largest first; their colours stay with them when one is looked at alone. */
export function groupLines(answer: RenderResponse | null): Groups {
  const totals = Object.entries(answer?.groups ?? {})
    .map(([name, { samples }]) => ({ name, total: samples.reduce((sum, value) => sum + value, 0) }))
    .sort((a, b) => b.total - a.total || (a.name < b.name ? -1 : 1));
  const lines = totals.slice(0, MOST_GROUPS).map(({ name }, index) => ({
    name,
    colour: `--ef-line-${(index % LINE_COLOURS) + 1}`,
    dashed: index >= LINE_COLOURS,
  }));
  return { lines, hidden: Math.max(0, totals.length - MOST_GROUPS) };
}

function frame(answer: RenderResponse, zone: Zone): Omit<TimelineModel, "series" | "bands"> {
  const { timeline, metadata, edgeflame } = answer;
  const { startTime, durationDelta, samples } = timeline;
  return {
    from: Math.min(edgeflame.from, startTime),
    until: Math.max(edgeflame.until, edgeflame.from + durationDelta),
    startTime,
    slotSeconds: durationDelta,
    slotCount: samples.length,
    zone,
    formatValue: valueFormat({ ...metadata, aggregation: edgeflame.aggregation }).short,
    valueSteps: valueSteps(metadata),
    marks: answer.annotations.map(({ timestamp, content }) => ({ at: timestamp, text: content })),
    shed: edgeflame.shed.map(({ from, until }) => ({
      from: startTime + Math.floor((from - startTime) / durationDelta) * durationDelta,
      until: startTime + Math.ceil((until - startTime) / durationDelta) * durationDelta,
    })),
  };
}

/** One area, or one line per value of a tag. `alone` leaves only that value. */
export function timelineOf(answer: RenderResponse, label: string, zone: Zone, alone: string | null): TimelineModel {
  const shape = frame(answer, zone);
  const { lines } = groupLines(answer);
  const shown = lines.some(({ name }) => name === alone) ? lines.filter(({ name }) => name === alone) : lines;
  const series: TimelineSeries[] = shown.map(({ name, colour, dashed }) => ({
    label: name,
    colour,
    style: dashed ? "dashed" : "line",
    values: onSlots(answer.groups?.[name], shape),
  }));
  if (series.length === 0) {
    series.push({ label, colour: MAIN_COLOUR, style: "area", values: slotValues(answer.timeline.samples) });
  }
  return { ...shape, series, bands: [] };
}

const onSlots = (timeline: RenderResponse["timeline"] | undefined, shape: Omit<TimelineModel, "series" | "bands">) =>
  timeline === undefined ? [] : onSlotsOf(timeline, shape.startTime, shape.slotSeconds, shape.slotCount);

export interface CompareSide {
  readonly answer: RenderResponse;
  readonly range: TimeRange;
}

const SIDES = [
  { side: "A", label: "Baseline", colour: "--ef-side-a" },
  { side: "B", label: "Comparison", colour: "--ef-side-b" },
] as const;

/** The shared timeline: both ranges, and both sides' lines; one neutral area when both sides ask the same. */
export function compareTimeline(
  left: CompareSide,
  right: CompareSide,
  same: boolean,
  zone: Zone,
  nowSeconds: number,
): TimelineModel {
  const shape = frame(left.answer, zone);
  const bands = [left, right].map(({ range }, index) => band(SIDES[index === 0 ? 0 : 1], range, nowSeconds, false));
  if (same) {
    const values = slotValues(left.answer.timeline.samples);
    return { ...shape, bands, series: [{ label: "Both sides", colour: MAIN_COLOUR, style: "area", values }] };
  }
  const series = [left, right].map(({ answer }, index): TimelineSeries => {
    const { label, colour, side } = SIDES[index === 0 ? 0 : 1];
    return { label: `${side} ${label}`, colour, style: "line", values: onSlots(answer.timeline, shape) };
  });
  return { ...shape, bands, series };
}

/** A side's own timeline, with the range to drag. */
export function sideTimeline(
  which: "A" | "B",
  { answer, range }: CompareSide,
  zone: Zone,
  nowSeconds: number,
): TimelineModel {
  const side = SIDES[which === "A" ? 0 : 1];
  const values = slotValues(answer.timeline.samples);
  return {
    ...frame(answer, zone),
    bands: [band(side, range, nowSeconds, true)],
    series: [{ label: side.label, colour: side.colour, style: "area", values }],
  };
}

function band(
  { side, label }: (typeof SIDES)[number],
  range: TimeRange,
  nowSeconds: number,
  editable: boolean,
): TimelineBand {
  return {
    side,
    label: `${label} range`,
    from: resolveTime(range.from, nowSeconds),
    until: resolveTime(range.until, nowSeconds),
    editable,
  };
}
