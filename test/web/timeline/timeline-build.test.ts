import { describe, expect, it } from "vitest";
import type { RenderResponse, Timeline } from "../../../src/api/render.ts";
import { compareTimeline, groupLines, MOST_GROUPS, timelineOf } from "../../../web/timeline/timeline-build.ts";
import { gapsOf, onSlotsOf, slotAt, snapped, summaryOf } from "../../../web/timeline/timeline-model.ts";
import { mockRender } from "../../support/mock-api.ts";

const START = 1_795_377_600;
const timeline = (samples: number[], startTime = START): Timeline => ({
  startTime,
  samples,
  durationDelta: 10,
  watermarks: null,
});
const base = mockRender(
  new URLSearchParams({ query: "ride-sharing-app.cpu", from: "now-1m", until: "now" }),
  START + 60,
);
const answer = (samples: number[], groups: RenderResponse["groups"] = null): RenderResponse => ({
  ...base,
  timeline: timeline(samples),
  groups,
  edgeflame: { ...base.edgeflame, from: START, until: START + samples.length * 10 },
});

describe("a timeline of one query", () => {
  const model = timelineOf(answer([5, 0, 0, 7, 0]), "cpu", "utc", null);
  it("takes slots without uploads for gaps", () => {
    expect(model.series.map(({ values }) => values)).toEqual([[5, null, null, 7, null]]);
    expect(gapsOf(model)).toEqual([
      { from: START + 10, until: START + 30 },
      { from: START + 40, until: START + 50 },
    ]);
    expect(summaryOf(model)).toEqual({ filledSlots: 2, highest: 7, highestAt: START + 30 });
  });
  it("knows no slot outside of its data", () => {
    expect([START - 1, START, START + 49, START + 50].map((seconds) => slotAt(model, seconds))).toEqual([
      null,
      0,
      4,
      null,
    ]);
  });
  it.each([
    [START + 3, START + 17, 0, 20],
    [START + 17, START + 3, 0, 20],
    [START + 10, START + 10, 10, 20],
  ])("widens a drag to whole slots", (from, until, low, high) => {
    expect(snapped(model, from, until)).toEqual({ from: START + low, until: START + high });
  });
});

describe("a timeline by tag", () => {
  const groups = { small: timeline([1, 0, 1]), large: timeline([9, 9, 0]), "*": timeline([0, 0, 2]) };
  it("draws the largest first, and keeps a colour when one is looked at alone", () => {
    const all = timelineOf(answer([10, 9, 3], groups), "cpu", "utc", null).series;
    expect(all.map(({ label }) => label)).toEqual(["large", "*", "small"]);
    const [alone] = timelineOf(answer([10, 9, 3], groups), "cpu", "utc", "small").series;
    expect(alone?.colour).toBe(all[2]?.colour);
    expect(alone?.values).toEqual([1, null, 1]);
  });
  it("shows everything when the one looked at is gone", () => {
    expect(timelineOf(answer([10, 9, 3], groups), "cpu", "utc", "gone").series).toHaveLength(3);
  });
  it("stops at what can be told apart, and says how many are left out", () => {
    const many = Object.fromEntries(Array.from({ length: 33 }, (_none, index) => [`v${index}`, timeline([index + 1])]));
    const { lines, hidden } = groupLines(answer([1], many));
    expect(lines).toHaveLength(MOST_GROUPS);
    expect(hidden).toBe(13);
    expect(new Set(lines.map(({ colour, dashed }) => colour + dashed)).size).toBe(MOST_GROUPS);
  });
});

it("puts a timeline on another grid's slots, adding what falls together", () => {
  expect(onSlotsOf(timeline([1, 2, 0, 4], START + 10), START, 20, 3)).toEqual([1, 2, 4]);
});

it("draws one neutral area when both sides ask the same, and two lines when not", () => {
  const side = { answer: answer([1, 2, 3]), range: { from: String(START), until: String(START + 10) } };
  expect(compareTimeline(side, side, true, "utc", START).series).toHaveLength(1);
  const { series, bands } = compareTimeline(side, side, false, "utc", START);
  expect(series.map(({ label }) => label)).toEqual(["A Baseline", "B Comparison"]);
  expect(bands.map(({ side: letter, editable }) => [letter, editable])).toEqual([
    ["A", false],
    ["B", false],
  ]);
});
