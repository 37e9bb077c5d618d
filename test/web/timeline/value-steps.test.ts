import { expect, it } from "vitest";
import { valueFormat } from "../../../src/view/format.ts";
import { axisText, valueSteps } from "../../../web/timeline/value-steps.ts";

const KINDS = [
  { units: "samples", sampleRate: 100 },
  { units: "samples", sampleRate: 0 },
  { units: "lock_nanoseconds", sampleRate: 100 },
  { units: "bytes", sampleRate: 100 },
  { units: "goroutines", sampleRate: 100 },
];

it.each(KINDS)("rises without repeating: $units at $sampleRate Hz", (kind) => {
  const steps = valueSteps(kind);
  for (let at = 1; at < steps.length; at++) expect(steps[at]).toBeGreaterThan(steps[at - 1]!);
});

it.each([
  [KINDS[0]!, 6000, "1 min"],
  [KINDS[0]!, 1000, "10 s"],
  [KINDS[2]!, 90 * 60e9 * 2, "3 h"],
  [KINDS[3]!, 2 ** 20, "1 MiB"],
  [KINDS[4]!, 20, "20"],
])("has steps that read well: %j by %d is %s", (kind, step, text) => {
  expect(valueSteps(kind)).toContain(step);
  expect(axisText(valueFormat(kind).short(step))).toBe(text);
});

it("keeps the digits that say something", () => {
  expect(["2.50 min", "0.05 s", "1,200", "10.0 s"].map(axisText)).toEqual(["2.5 min", "0.05 s", "1,200", "10 s"]);
});
