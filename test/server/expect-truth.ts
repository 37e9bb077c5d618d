// Compares what the server read back of a recorded pprof with TRUTH.json.
import { expect } from "vitest";
import type { TypeTruth } from "./conformance-truth.ts";
import { type Flamebearer, flameSums, topOf } from "./flame-sums.ts";

/** TRUTH could not name functions whose ids are all 0: only what needs no names is compared. */
export const UNNAMED = "dotnet-function-id-0.pb.gz";

/** Labels that never make series: their totals can't be asked for. */
const EXEMPLAR_LABELS = new Set(["profile_id", "span_id", "trace_id"]);

/** TRUTH calls a frame without a function by its address alone; we say its mapping, too. */
const asTruthNames = (name: string): string => name.replace(/^.*!(?=0x[0-9a-f]+$)/, "");
const selectorOf = (label: string): string =>
  label.replace(/^([^=]*)=(.*)$/s, (_, name, value) => `${name}=${JSON.stringify(value)}`);

/** As a profile type's id has it: what is mended of the old agent that numbered no functions is also its types' names. */
export const typeNameOf = (file: string, { type }: TypeTruth): string =>
  (file === UNNAMED ? type.replaceAll("-", "_") : type).replace("/", ":");

/** Matchers of the labels whose totals are known, and these. */
export const labelTotalsOf = ({ labelTotals }: TypeTruth): (readonly [matcher: string, total: string])[] =>
  Object.entries(labelTotals)
    .filter(([label]) => !EXEMPLAR_LABELS.has(label.split("=")[0] ?? ""))
    .map(([label, total]) => [selectorOf(label), total]);

/** Compares one answer and says what of it was compared. */
export function expectTruth(flamebearer: Flamebearer, type: TypeTruth, byName: boolean): string[] {
  const found = flameSums(flamebearer, asTruthNames);
  expect(String(found.total)).toBe(type.total);
  expect(String(flamebearer.numTicks)).toBe(type.total);
  if (!byName) return [type.total, "–", "–"];
  expect(found.nodes).toBe(type.distinctNodes);
  expect(topOf(found.self, type.topSelf)).toEqual({
    values: type.topSelf.map(([, value]) => value),
    named: Object.fromEntries(type.topSelf),
  });
  expect(topOf(found.withCallees, type.topTotal)).toEqual({
    values: type.topTotal.map(([, value]) => value),
    named: Object.fromEntries(type.topTotal),
  });
  return [type.total, `${type.distinctNodes}`, `${type.topSelf.length} + ${type.topTotal.length}`];
}
