import { expect, it } from "vitest";
import { coveredText } from "../../../web/state/covered-range.ts";

const NOW = Date.UTC(2026, 10, 22, 20, 20, 7) / 1000;
const at = (hour: number, minute = 0, day = 20) => Date.UTC(2026, 10, day, hour, minute) / 1000;
const range = (from: number, until: number) => ({ from: String(from), until: String(until) });

it.each([
  ["the range that was asked for", range(at(3), at(4)), { from: at(3), until: at(4) }, null],
  ["slots of 10 s around it", range(at(3) + 3, at(4) - 3), { from: at(3), until: at(4) }, null],
  ["minutes around it", range(at(3) + 30, at(4)), { from: at(3), until: at(4) }, "minute"],
  ["hours around it", range(at(3, 20), at(4, 10)), { from: at(3), until: at(5) }, "hour"],
  ["days around it", range(at(3, 20), at(4, 10)), { from: at(0), until: at(0, 0, 21) }, "day"],
  [
    "a relative range, by a clock that is a minute off",
    { from: "now-1h", until: "now" },
    { from: NOW - 3660, until: NOW },
    null,
  ],
  ["a relative range, hours around it", { from: "now-2d", until: "now" }, { from: at(20, 0, 20), until: NOW }, "hour"],
] as const)("says of %s what is so", (_what, asked, covered, step) => {
  const text = coveredText(asked, covered, NOW, "utc");
  if (step === null) expect(text).toBe(null);
  else expect(text).toMatch(new RegExp(`^Shown: .* UTC to .* UTC\\. What is this old is kept per ${step}\\.$`));
});
