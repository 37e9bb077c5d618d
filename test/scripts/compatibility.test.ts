// docs/compatibility.md says what the runs say, and nothing works that was not run.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { ABSENT, AGENTS } from "../agents/catalog.ts";
import { compatibilityPage } from "../agents/compatibility-page.ts";
import { DIFFERENCES } from "../agents/differences.ts";
import { readMethodResults } from "../agents/methods/method-results.ts";
import { casesNotRun, countsOf, methodRows, methodSection } from "../agents/methods/method-table.ts";
import { ABSENT_READERS, READERS } from "../agents/readers/catalog.ts";
import { type AgentResult, readReaderResults, readResults } from "../agents/results.ts";

const ROOT = join(import.meta.dirname, "../..");
const pageOf = (results: readonly AgentResult[], readerResults = readReaderResults()): string =>
  compatibilityPage({
    agents: AGENTS,
    absent: ABSENT,
    results,
    readers: READERS,
    absentReaders: ABSENT_READERS,
    readerResults,
    methods: readMethodResults(),
    differences: DIFFERENCES,
  });
const thatWork = (page: string): string[] => page.split("\n").filter((line) => line.includes("| works, "));
const rowsThatWork = (page: string): string[] =>
  thatWork(page).filter((line) => !READERS.some(({ name }) => line.startsWith(`| \`${name}\``)));

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

it("calls no reader one that works without a run of just this version in which every check held", () => {
  const results = readReaderResults();
  expect(results.map(({ reader }) => reader).sort()).toEqual(READERS.map(({ name }) => name).sort());
  const readersThatWork = (changed: typeof results) => thatWork(pageOf([], changed)).length;
  expect(readersThatWork(results)).toBe(READERS.length);
  expect(readersThatWork([])).toBe(0);
  expect(readersThatWork(results.map((one) => ({ ...one, version: "0.0.1" })))).toBe(0);
  const broken = results.map((one) => ({ ...one, checks: one.checks.map((check) => ({ ...check, holds: false })) }));
  expect(readersThatWork(broken)).toBe(0);
});

describe("the table of methods", () => {
  const results = readMethodResults();
  it("has every case of the tests in both encodings, and none that fails: npm run compatibility -- --tests", () => {
    const rows = methodRows(results);
    expect(casesNotRun(rows)).toEqual([]);
    const { cases, proto, external, failed } = countsOf(rows);
    expect(failed).toBe(0);
    expect(cases).toBeGreaterThanOrEqual(150);
    expect(proto).toBeGreaterThanOrEqual(75);
    expect(external).toBeGreaterThanOrEqual(30);
  });

  it("says of a case that failed, or did not run, that it did", () => {
    const groups = results.groups.map((one) =>
      one.group === "the querier as proto"
        ? { ...one, passed: one.passed.slice(2), failed: one.passed.slice(0, 1) }
        : one,
    );
    const section = methodSection({ ...results, groups });
    expect(section).toContain("**fails: proto** holds: json");
    expect(section).toMatch(/1 fail; \*not run\*: \d+\./);
  });
});

it.each(Object.values(DIFFERENCES).flat())(
  "$what: the test that shows the difference is there",
  ({ proof: [file, words] }) => {
    expect(readFileSync(join(ROOT, file), "utf8")).toContain(words);
  },
);
