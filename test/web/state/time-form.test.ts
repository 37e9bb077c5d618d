import { describe, expect, it } from "vitest";
import { formatOffset, halvesOf, parseTime, resolveTime, serverNow } from "../../../web/state/time-form.ts";

const NOW = 1_795_377_600;

describe("parseTime", () => {
  it.each([
    ["now", 0],
    ["now-3h", -10_800],
    [" now - 1h30m ", -5400],
    ["now+5m", 300],
    ["now-1M", -30 * 86_400],
    ["now-1mon", -30 * 86_400],
    ["now-2min", -120],
    ["now-1y", -365 * 86_400],
  ])("reads %s as an offset", (text, offsetSeconds) => {
    expect(parseTime(text)).toEqual({ kind: "relative", offsetSeconds });
  });

  it.each([
    ["1795377600", NOW],
    ["1795377600123", NOW],
    ["1795377600123456", NOW],
    ["1795377600123456789", NOW],
    ["2026-11-22 20:00Z", Date.UTC(2026, 10, 22, 20) / 1000],
    ["2026-11-22", Date.UTC(2026, 10, 22) / 1000],
  ])("reads %s as a moment", (text, seconds) => {
    expect(parseTime(text, "utc")).toEqual({ kind: "absolute", seconds });
  });

  it.each(["", "yesterday", "now-", "now-3", "now-3x", "-1h", "2026-02-31", "2026-13-01", "2026-11-22 25:00", "12345"])(
    "refuses %j",
    (text) => {
      expect(parseTime(text, "utc")).toBeNull();
    },
  );
});

it("writes an offset in the largest exact unit, and reads it back", () => {
  expect([-5400, -3600, -86_400, -61, 0, 300].map(formatOffset)).toEqual([
    "now-90m",
    "now-1h",
    "now-1d",
    "now-61s",
    "now",
    "now+5m",
  ]);
  for (const offset of [-5400, -3600, -61, 0, 300]) expect(resolveTime(formatOffset(offset), NOW)).toBe(NOW + offset);
});

describe("halvesOf", () => {
  it("keeps relative ranges relative", () => {
    expect(halvesOf({ from: "now-1h", until: "now" }, NOW)).toEqual({
      left: { from: "now-1h", until: "now-30m" },
      right: { from: "now-30m", until: "now" },
    });
  });
  it("cuts absolute ranges in the middle", () => {
    expect(halvesOf({ from: "1000000000", until: "1000003600" }, NOW).left.until).toBe("1000001800");
  });
});

describe("serverNow", () => {
  it("trusts the own clock when the server's range ends where it should, up to its grid", () => {
    expect(serverNow({ from: "now-1h", until: "now" }, NOW + 10, 10, NOW)).toBe(NOW);
  });
  it("takes the server's clock when the own is an hour off", () => {
    expect(serverNow({ from: "now-2h", until: "now-1h" }, NOW, 10, NOW)).toBe(NOW + 3600);
  });
  it("learns nothing from an absolute range", () => {
    expect(serverNow({ from: "1", until: "1000000000" }, 1_000_000_000, 10, NOW)).toBe(NOW);
  });
});
