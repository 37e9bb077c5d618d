// `npm test [-- ARGUMENT…]`: all tests once, one summary at the end. Arguments go to vitest.
// The very last line says the counts plainly, for whatever reads logs.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const vitest = fileURLToPath(new URL("../node_modules/vitest/vitest.mjs", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "edgeflame-test-"));
const results = join(folder, "results.json");
const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${results}`];
const { status } = spawnSync(process.execPath, [vitest, "run", ...reporters, ...process.argv.slice(2)], {
  stdio: "inherit",
});
try {
  const { numPassedTests, numFailedTests, numPendingTests, testResults } = JSON.parse(readFileSync(results, "utf8"));
  for (const { fullName, status, failureMessages } of testResults.flatMap((file) => file.assertionResults)) {
    if (status !== "passed" || failureMessages.length === 0) continue;
    console.log(`Passed only at the second try: ${fullName}\n  ${failureMessages[0]}`);
  }
  console.log(`${numPassedTests} passed, ${numFailedTests} failed, ${numPendingTests} skipped`);
} catch {
  // vitest ended before it could count; its own words and exit code stand.
}
rmSync(folder, { recursive: true, force: true });
process.exit(status ?? 1);
