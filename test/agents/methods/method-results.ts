// What the tests of Connect methods came to when they last ran for docs/compatibility.md: titles and whether they passed.
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Of one describe: titles of its tests. */
export interface GroupResult {
  readonly group: string;
  readonly passed: readonly string[];
  readonly failed: readonly string[];
}

export interface MethodResults {
  /** Of the run, UTC. */
  readonly date: string;
  readonly groups: readonly GroupResult[];
}

const ROOT = join(import.meta.dirname, "../../..");
const FILE = join(import.meta.dirname, "results.json");
const TEST_FILES = [
  "test/http/querier.test.ts",
  "test/http/services.test.ts",
  "test/http/data-source.test.ts",
  "test/server/connect-clients.test.ts",
];

export const readMethodResults = (): MethodResults =>
  existsSync(FILE) ? (JSON.parse(readFileSync(FILE, "utf8")) as MethodResults) : { date: "", groups: [] };

interface Reported {
  readonly testResults: readonly {
    readonly assertionResults: readonly {
      readonly ancestorTitles: readonly string[];
      readonly title: string;
      readonly status: string;
    }[];
  }[];
}

/** Runs the tests and keeps what they came to. */
export function runMethodTests(): void {
  const folder = mkdtempSync(join(tmpdir(), "edgeflame-methods-"));
  const output = join(folder, "tests.json");
  const vitest = join(ROOT, "node_modules/vitest/vitest.mjs");
  const args = [vitest, "run", "--reporter=json", `--outputFile=${output}`, ...TEST_FILES];
  spawnSync(process.execPath, args, { cwd: ROOT, stdio: ["ignore", "inherit", "inherit"] });
  const reported = JSON.parse(readFileSync(output, "utf8")) as Reported;
  rmSync(folder, { recursive: true });
  const groups = new Map<string, { passed: string[]; failed: string[] }>();
  for (const { ancestorTitles, title, status } of reported.testResults.flatMap((file) => file.assertionResults)) {
    const group = ancestorTitles.join(" > ");
    const own = groups.get(group) ?? { passed: [], failed: [] };
    groups.set(group, own);
    if (status === "passed") own.passed.push(title);
    else if (status === "failed") own.failed.push(title);
  }
  const sorted = [...groups].sort(([a], [b]) => (a < b ? -1 : 1)).map(([group, own]) => ({ group, ...own }));
  const results: MethodResults = { date: new Date().toISOString().slice(0, 10), groups: sorted };
  writeFileSync(FILE, `${JSON.stringify(results, null, 1)}\n`);
}
