import { describe, expect, it } from "vitest";
import { exactTimeForm, isTimeForm, parseTimeForm } from "../../src/lib/time-form.ts";

const NOW = 1577836800; // 2020-01-01
const DAY = 86_400;

describe("parseTimeForm", () => {
  it.each([
    ["a date", "20200101", NOW],
    ["a leap day", "20200229", Date.UTC(2020, 1, 29) / 1000],
    ["eight digits that are no date as seconds", "20200230", 20200230],
    ["eight digits up to the year 1900 as seconds", "19001231", 19001231],
    ["seconds", "1577836801", NOW + 1],
    ["milliseconds, rounded down", "1577836800001", NOW],
    ["microseconds, rounded down", "1577836800999999", NOW],
    ["nanoseconds, rounded down", "1577836800999999999", NOW],
    ["zero as the epoch", "0", 0],
    ["digits of any other number as seconds", "15778368001", 15778368001],
    ["more digits than a number holds as something far ahead", "9".repeat(40), Number.MAX_SAFE_INTEGER],
    ["separators as nothing", " 1_577,836 801 ", NOW + 1],
    ["now", "now", NOW],
    ["an unknown reference as now", "yesterday", NOW],
    ["nothing as now", "", NOW],
    ["a minute back", "now-1m", NOW - 60],
    ["a minute back, spelled out", "now-1min", NOW - 60],
    ["a month back by a capital", "now-1M", NOW - 30 * DAY],
    ["a month back by name", "now-1mon", NOW - 30 * DAY],
    ["hours by prefix", "now-2hours", NOW - 7200],
    ["days, weeks and years", "now-1d2w3y", NOW - (1 + 14 + 3 * 365) * DAY],
    ["several parts under one sign", "now-1h30min15s", NOW - 5415],
    ["ahead", "now+1h", NOW + 3600],
    ["a plus before a minus", "now-1h+2h", NOW + 7200],
    ["an offset without a reference", "-1h", NOW - 3600],
    ["a reference that is ignored", "foo-1h", NOW - 3600],
    ["a number without unit as nothing", "now-1", NOW],
    ["an unknown unit as nothing", "now-1x", NOW],
    ["a unit without number as nothing", "now-h", NOW],
    ["an absurd offset without leaving the safe integers", `now-${"9".repeat(400)}y`, NOW - Number.MAX_SAFE_INTEGER],
  ])("reads %s", (_what, text, expected) => {
    expect(parseTimeForm(text, NOW)).toBe(expected);
  });

  it("rounds the present down, too", () => {
    expect(parseTimeForm("now", NOW + 0.9)).toBe(NOW);
  });
});

describe("exactTimeForm", () => {
  it.each([
    ["now", "now", NOW],
    ["an offset", "now-1h30min", NOW - 5400],
    ["a date", "20200101", NOW],
    ["an ISO date as its midnight in UTC", "2020-01-01", NOW],
    ["an ISO time", "2020-01-01T01:00:00.5+01:00", NOW],
    ["seconds", "1577836801", NOW + 1],
    ["milliseconds", "1577836801000", NOW + 1],
    ["zero", "0", 0],
  ])("reads %s", (_what, text, expected) => {
    expect(exactTimeForm(text, NOW)).toBe(expected);
  });

  it.each([
    "yesterday",
    "",
    "foo-1h",
    "now-1",
    "now-1x",
    "now-",
    "now-1d+2h",
    "nowish",
    "2020",
    "20200230",
    "2020-02-32",
    "2020-01-01T00:00:00",
    "-1h",
  ])("does not guess what %j means", (text) => {
    expect(exactTimeForm(text, NOW)).toBeNull();
  });
});

describe("isTimeForm", () => {
  it.each(["20200101", "1577836801", " 1_577,836 801 ", "now", "now-1m", "-1h30min", "now+1d-2h"])(
    "takes %j",
    (text) => {
      expect(isTimeForm(text)).toBe(true);
    },
  );

  it.each(["", "yesterday", "2020-01-01T00:00:00Z", "2020-01-01", "1577836801.5", "now-", "now-1"])("no %j", (text) => {
    expect(isTimeForm(text)).toBe(false);
  });
});
