import { describe, expect, it } from "vitest";
import { agoText, axisTexts, fullText, inputText, rangeText } from "../../../web/state/time-text.ts";

const AT = Date.UTC(2026, 10, 22, 20, 10) / 1000;

describe("rangeText", () => {
  it.each([
    ["now-1h", "now", "Last 1 hour"],
    ["now-6M", "now", "Last 6 months"],
    ["now-3h", "now-1h", "now-3h to now-1h"],
    [String(AT), String(AT + 1800), "22 Nov 2026, 20:10 – 20:40 UTC"],
    [String(AT), String(AT + 86_400), "22 Nov 2026, 20:10 – 23 Nov 20:10 UTC"],
    [String(AT), "now", "22 Nov 2026, 20:10 UTC to now"],
  ])("%s until %s is %s", (from, until, text) => {
    expect(rangeText({ from, until }, "utc")).toBe(text);
  });
});

it("shows seconds only when they matter", () => {
  expect(fullText(AT, "utc")).toBe("22 Nov 2026, 20:10 UTC");
  expect(fullText(AT + 5, "utc")).toBe("22 Nov 2026, 20:10:05 UTC");
});

it("labels an axis with the date where the day changes", () => {
  const midnight = Date.UTC(2026, 10, 23) / 1000;
  expect(axisTexts([midnight - 3600, midnight, midnight + 3600], 3600, "utc")).toEqual(["23:00", "23 Nov", "01:00"]);
  expect(axisTexts([AT, AT + 10], 10, "utc")).toEqual(["20:10:00", "20:10:10"]);
  expect(axisTexts([midnight], 30 * 86_400, "utc")).toEqual(["Nov 2026"]);
});

it("fills a datetime-local input", () => {
  expect(inputText(AT, "utc")).toBe("2026-11-22T20:10:00");
});

it.each([
  [1, "1 second ago"],
  [119, "1 minute ago"],
  [7200, "2 hours ago"],
  [86_400 * 3, "3 days ago"],
])("%d seconds back is %s", (age, text) => {
  expect(agoText(AT - age, AT)).toBe(text);
});
