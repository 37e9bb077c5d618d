// The only way to skip a test (test/architecture.test.ts looks for others). Where a tool or the shared data is missing,
// the tests are shown as skipped; in CI they fail instead, unless test/SKIPS.md lists them.
import { describe, inject, it } from "vitest";
import type {} from "./abilities.ts";
import type { ChromiumLaunch } from "./chromium.ts";

/** Tests in a real browser. `launch` goes to playwright-core: `chromium.launch(launch)`. */
export function describeWithChromium(name: string, tests: (launch: ChromiumLaunch) => void): void {
  describeIfPresent(name, "Chromium", inject("abilities").chromium, tests);
}

/** Tests that build or run Go programs. */
export function describeWithGo(name: string, tests: () => void): void {
  describeIfPresent(name, "Go", inject("abilities").go || undefined, tests);
}

/** Tests of shell scripts that call other servers. */
export function describeWithCurlAndJq(name: string, tests: () => void): void {
  describeIfPresent(name, "bash, curl and jq", inject("abilities").curlAndJq || undefined, tests);
}

/** Tests against recorded profiles. In workerd the folder can't be opened: see test/support/test-files.ts. */
export function describeWithSharedData(name: string, tests: (sharedDataDir: string) => void): void {
  describeIfPresent(name, "shared data", inject("abilities").sharedDataDir, tests);
}

/** Whether tests may install packages from registries: in CI, and where a developer asks for it. */
export const areAgentsAsked = (): boolean => inject("abilities").isCi || process.env.EDGEFLAME_TEST_AGENTS === "1";

/** Tests that install and run other languages' agents. Slow and in need of a registry. */
export function describeWithAgents(name: string, tests: () => void): void {
  const isAsked = areAgentsAsked();
  (isAsked ? describe : describe.skip)(isAsked ? name : `${name} [EDGEFLAME_TEST_AGENTS=1 runs them]`, tests);
}

function describeIfPresent<Need>(
  name: string,
  what: string,
  need: Need | undefined,
  tests: (need: Need) => void,
): void {
  if (need !== undefined) {
    describe(name, () => tests(need));
    return;
  }
  const { isCi, listedSkips } = inject("abilities");
  if (isCi && !listedSkips.includes(name)) {
    describe(name, () => {
      it(`can run, because ${what} is here`, () => {
        throw new Error(
          `No ${what}. In CI this fails; test/SKIPS.md may list "${name}" with the command that can't run.`,
        );
      });
    });
    return;
  }
  // The callback still runs, so that the number of skipped tests is shown; no hook or test in it does.
  describe.skip(`${name} [no ${what}]`, () => tests(ABSENT as Need));
}

/** Stands for what is missing while skipped tests are only counted. Text, so that paths may be joined to it. */
const ABSENT: unknown = "absent";
