// What this machine can run, found out once before the tests. Tests ask by test/support/skips.ts.
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { type ChromiumLaunch, findChromium } from "./chromium.ts";

export interface Abilities {
  /** In CI a test that can't run fails, unless test/SKIPS.md lists it. */
  readonly isCi: boolean;
  /** First column of the table in test/SKIPS.md. */
  readonly listedSkips: readonly string[];
  readonly chromium: ChromiumLaunch | undefined;
  readonly go: boolean;
  readonly curlAndJq: boolean;
  /** Absolute path of the folder with recorded profiles and TRUTH.json. */
  readonly sharedDataDir: string | undefined;
}

declare module "vitest" {
  interface ProvidedContext {
    abilities: Abilities;
  }
}

export const NO_ABILITIES: Abilities = {
  isCi: false,
  listedSkips: [],
  chromium: undefined,
  go: false,
  curlAndJq: false,
  sharedDataDir: undefined,
};

export async function testAbilities(root: string): Promise<Abilities> {
  const sharedDataDir = resolve(root, process.env.EDGEFLAME_SHARED_DATA || "../shared/data");
  const abilities: Abilities = {
    isCi: Boolean(process.env.CI),
    listedSkips: listedSkips(readFileSync(join(root, "test/SKIPS.md"), "utf8")),
    chromium: await findChromium(),
    go: spawnSync("go", ["version"]).status === 0,
    curlAndJq: ["bash", "curl", "jq"].every((tool) => spawnSync(tool, ["--version"]).status === 0),
    sharedDataDir: existsSync(join(sharedDataDir, "pprof/TRUTH.json")) ? sharedDataDir : undefined,
  };
  if (abilities.chromium === undefined)
    warnOfSkips("browser", "no Chromium runs here: set CHROMIUM_PATH, or install chromium");
  if (!abilities.go) warnOfSkips("Go", "`go version` does not run");
  if (!abilities.curlAndJq) warnOfSkips("shell", "bash, curl and jq do not all run");
  if (abilities.sharedDataDir === undefined)
    warnOfSkips("shared data", `${sharedDataDir} is absent (EDGEFLAME_SHARED_DATA)`);
  return abilities;
}

function warnOfSkips(kind: string, why: string): void {
  console.warn(`\n!!!!!!!! SKIPPING ALL ${kind.toUpperCase()} TESTS: ${why} !!!!!!!!\n`);
}

/** Rows of the Markdown table, without its head and its rule. */
export function listedSkips(markdown: string): string[] {
  return markdown
    .split("\n")
    .filter((line) => line.startsWith("|"))
    .slice(2)
    .map((line) => line.split("|")[1]?.trim() ?? "");
}
