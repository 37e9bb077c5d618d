import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { oldTimelineGrid, slotOf, v2TimelineGrid } from "../../src/query/timeline-grid.ts";

const HOUR = 3600;
const DAY = 24 * HOUR;
const T = 1_700_000_000; // on every grid up to 100 000 s

describe("oldTimelineGrid", () => {
  it.each([
    ["a minute", T, T + 60, 10, [T, 10, 6]],
    ["ends off the grid", T + 3, T + 61, 10, [T, 10, 7]],
    ["begins off the grid", T + 9, T + 60, 10, [T, 10, 6]],
    ["one point in time", T, T, 10, [T, 10, 1]],
    ["the wrong way round", T + 100, T, 10, [T + 100, 10, 1]],
    ["an hour", T, T + HOUR, 10, [T, 10, 360]],
    ["six hours, still fine", T, T + 6 * HOUR, 10, [T, 10, 2160]],
    ["just more", T, T + 6 * HOUR + 10, 10, [T - 20, 60, 361]],
    ["a day", T, T + DAY, 10, [T - 20, 60, 1441]],
    ["three days", T, T + 3 * DAY, 10, [T - 80, 120, 2161]],
    ["a week", T, T + 7 * DAY, 10, [T - 200, 600, 1009]],
    ["a month", T, T + 30 * DAY, 10, [T - 800, 1200, 2161]],
    ["a year", T, T + 365 * DAY, 10, [T - 15_200, 21_600, 1461]],
    ["a 15 s agent: two uploads per slot", T, T + 60, 15, [T, 30, 2]],
    ["a 15 s agent that jitters", T, T + 60, 14.2, [T, 30, 2]],
    ["a 20 s agent", T, T + 60, 20, [T, 20, 3]],
    ["a 60 s agent", T, T + 90, 59.6, [T, 60, 2]],
    ["an agent quicker than a slot", T, T + 60, 1, [T, 10, 6]],
    ["a 75 s agent over a day: whole minutes", T, T + DAY, 75, [T - 80, 180, 481]],
  ])("%s", (_what, from, until, interval, expected) => {
    const { start, stepSeconds, count } = oldTimelineGrid(from, until, { uploadInterval: interval });
    expect([start, stepSeconds, count]).toEqual(expected);
  });

  it("does not step below what is kept", () => {
    expect(oldTimelineGrid(T, T + HOUR, { leastStep: 600 })).toEqual({ start: T - 200, stepSeconds: 600, count: 7 });
    expect(v2TimelineGrid(T, T + HOUR, 600).stepSeconds).toBe(600);
  });

  it("has a slot for every 10 s slot that the range touches, and few slots for any range", () => {
    fc.assert(
      fc.property(fc.nat(2 ** 31), fc.nat(2 ** 33), fc.integer({ min: 1, max: 300 }), (from, length, interval) => {
        const grid = oldTimelineGrid(from, from + length, { uploadInterval: interval });
        expect(slotOf(grid, from)).toBe(0);
        expect(slotOf(grid, from + Math.max(0, length - 1))).toBe(grid.count - 1);
        expect(grid.stepSeconds % 10).toBe(0);
        expect(grid.stepSeconds).toBeGreaterThanOrEqual(Math.round(interval / 5) * 5);
        expect(grid.count).toBeLessThanOrEqual(2162);
      }),
    );
  });
});

describe("v2TimelineGrid", () => {
  it.each([
    ["5 min", 300, 15],
    ["1 h", HOUR, 15],
    ["7 d", 7 * DAY, 300],
    ["30 d", 30 * DAY, 1800],
    ["6 mo", 180 * DAY, 10_800],
    ["1 y", 365 * DAY, 21_600],
    ["2 y", 730 * DAY, 43_200],
    ["5 y", 1825 * DAY, 86_400],
    ["50 y", 18_250 * DAY, 7 * DAY],
    ["5000 y", 1_825_000 * DAY, 365 * DAY],
  ])("steps over %s as Grafana does", (_what, length, step) => {
    expect(v2TimelineGrid(0, length).stepSeconds).toBe(step);
  });

  it("snaps both ends down", () => {
    const grid = v2TimelineGrid(107, 172);
    expect(grid).toEqual({ start: 105, stepSeconds: 15, count: 4 });
    expect([104, 105, 119, 120, 164, 165].map((time) => slotOf(grid, time))).toEqual([-1, 0, 0, 1, 3, -1]);
    expect(v2TimelineGrid(107, 50).count).toBe(0);
  });
});
