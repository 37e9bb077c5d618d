// A skip must never be silent. The helpers are run by a vitest of its own, with abilities that this machine may not have.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { createVitest } from "vitest/node";
import { type Abilities, listedSkips, NO_ABILITIES } from "./support/abilities.ts";

// Below the project, because the test file imports vitest and the helpers.
const folder = mkdtempSync(join(import.meta.dirname, "../node_modules/.edgeflame-skips-"));
afterAll(() => rmSync(folder, { recursive: true }));
writeFileSync(
  join(folder, "needy.test.ts"),
  `import { expect, it } from "vitest";
   import { describeWithGo, describeWithSharedData } from ${JSON.stringify(join(import.meta.dirname, "support/skips.ts"))};
   describeWithGo("builds the app", () => { it("runs", () => {}); });
   describeWithSharedData("real profiles", (dir) => { it("are read", () => expect(dir + "/pprof").toBe("/data/pprof")); });`,
);

async function statesWith(abilities: Partial<Abilities>): Promise<Record<string, string>> {
  const vitest = await createVitest("test", {
    root: folder,
    config: false,
    watch: false,
    reporters: [{}],
    include: ["*.test.ts"],
    provide: { abilities: { ...NO_ABILITIES, ...abilities } },
  });
  try {
    await vitest.start();
    const states: Record<string, string> = {};
    for (const module of vitest.state.getTestModules()) {
      for (const test of module.children.allTests()) states[test.fullName] = test.result().state;
    }
    return states;
  } finally {
    await vitest.close();
    process.exitCode = 0; // the inner run sets it when a test of it fails, as some must
  }
}

it("runs the tests where what they need is here", async () => {
  expect(await statesWith({ isCi: true, go: true, sharedDataDir: "/data" })).toEqual({
    "builds the app > runs": "passed",
    "real profiles > are read": "passed",
  });
});

it("shows them as skipped, with the reason, on a developer's machine", async () => {
  expect(await statesWith({})).toEqual({
    "builds the app [no Go] > runs": "skipped",
    "real profiles [no shared data] > are read": "skipped",
  });
});

it("fails in CI, but for the listed ones", async () => {
  expect(await statesWith({ isCi: true, listedSkips: ["real profiles"] })).toEqual({
    "builds the app > can run, because Go is here": "failed",
    "real profiles [no shared data] > are read": "skipped",
  });
});

it("reads the names from the table", () => {
  const table = "# Title\n\n| test | command |\n|---|---|\n| builds the app | `go build` |\n| real profiles | none |\n";
  expect(listedSkips(table)).toEqual(["builds the app", "real profiles"]);
  expect(listedSkips("no table")).toEqual([]);
});
