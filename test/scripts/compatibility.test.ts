// docs/compatibility.md says what the runs say, and nothing works that was not run.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { ABSENT, AGENTS } from "../agents/catalog.ts";
import { compatibilityPage } from "../agents/compatibility-page.ts";
import { DIFFERENCES } from "../agents/differences.ts";
import { type AgentResult, readResults } from "../agents/results.ts";

const ROOT = join(import.meta.dirname, "../..");
const pageOf = (results: readonly AgentResult[]): string =>
  compatibilityPage({ agents: AGENTS, absent: ABSENT, results, differences: DIFFERENCES });
const rowsThatWork = (page: string): string[] => page.split("\n").filter((line) => line.includes("| works, "));

it("is what the last runs came to: npm run compatibility writes it", () => {
  expect(readFileSync(join(ROOT, "docs/compatibility.md"), "utf8")).toBe(pageOf(readResults()));
});

it("has no row that works without a run of just this version in which every check held", () => {
  const [result] = readResults().filter((one) => one.result === "works" && one.agent !== "ebpf");
  if (result === undefined) throw new Error("no run at all");
  const [check] = result.checks;
  if (check === undefined) throw new Error("a run without a check");
  expect(rowsThatWork(pageOf([result]))).toHaveLength(1);
  expect(rowsThatWork(pageOf([]))).toEqual([]);
  expect(rowsThatWork(pageOf([{ ...result, version: "0.0.1" }]))).toEqual([]);
  expect(rowsThatWork(pageOf([{ ...result, checks: [...result.checks, { ...check, holds: false }] }]))).toEqual([]);
});

it("calls recorded requests what they are", () => {
  const results = readResults().filter(({ agent }) => agent === "ebpf");
  expect(results).toHaveLength(1);
  expect(rowsThatWork(pageOf(results))).toEqual([]);
});

it.each(Object.values(DIFFERENCES).flat())(
  "$what: the test that shows the difference is there",
  ({ proof: [file, words] }) => {
    expect(readFileSync(join(ROOT, file), "utf8")).toContain(words);
  },
);
