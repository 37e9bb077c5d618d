// Four kinds of tests, one run:
//   unit      Node; pure layers, page core, tools. Most tests are here.
//   workers   inside workerd, with the bindings of wrangler.toml and the migrations applied
//   server    Node; starts the real embedded server and a browser, each file its own. Two at a time: mostly they wait.
//   story     Node; the stories and the real agents, one file at a time: what they see depends on the machine being free.
import { existsSync } from "node:fs";
import { cloudflareTest, readD1Migrations } from "@cloudflare/vitest-plugin";
import { defineConfig } from "vitest/config";
import { NO_ABILITIES, testAbilities } from "./test/support/abilities.ts";
import { serveTestFile } from "./test/support/file-service.ts";
import { modelSettings } from "./test/support/model-settings.ts";

const IN_WORKERD = ["test/{runtime,storage,aggregate,ingest,query,http,model}/**/*.test.ts"];
/** Generous, because a busy machine is not a broken program. */
const TEST_TIMEOUT_MS = 30_000;
/** Files at a time. Vitest leaves one core to itself, and on two that is half of the machine. */
const AT_ONCE = 2;
const WITH_SERVER = ["test/{server,browser}/**/*.test.ts"];
const STORIES = ["test/{agents,e2e}/**/*.test.ts"];

export default defineConfig(async () => {
  // Other tools read this file, too (knip, editors); they need no browser looked for.
  const isTestRun = process.env.VITEST !== undefined;
  const abilities = isTestRun ? await testAbilities(import.meta.dirname) : NO_ABILITIES;
  const withServer = (name: string, include: string[], maxWorkers: number, groupOrder: number) => ({
    test: {
      name,
      include,
      globalSetup: ["test/support/build-once.ts"],
      provide: { abilities },
      testTimeout: 2 * TEST_TIMEOUT_MS,
      hookTimeout: 4 * TEST_TIMEOUT_MS,
      maxWorkers,
      // Browsers, agents and servers of their own on a machine that also does other things. What passed only at its second
      // try is named at the end of the run (scripts/test.mjs), with how its first failed: it is to be mended, not forgotten.
      retry: 1,
      sequence: { groupOrder },
    },
  });
  const migrations = existsSync("migrations") ? await readD1Migrations("migrations") : [];
  return {
    test: {
      allowOnly: !process.env.CI,
      passWithNoTests: false,
      projects: [
        {
          test: {
            name: "unit",
            include: ["test/**/*.test.{ts,tsx}"],
            exclude: [...IN_WORKERD, ...WITH_SERVER, ...STORIES],
            provide: { abilities },
            testTimeout: TEST_TIMEOUT_MS,
            maxWorkers: AT_ONCE,
          },
        },
        {
          plugins: [
            cloudflareTest({
              wrangler: { configPath: "./wrangler.toml" },
              miniflare: {
                cf: false,
                bindings: {
                  TEST_MIGRATIONS: migrations,
                  EDGEFLAME_EMBEDDED: "1",
                  EDGEFLAME_INBOX_PAUSE_MS: "0",
                  // Above what any test sends within 30 s of its clock, but for those that mean it.
                  EDGEFLAME_SHARD_RATE: "20",
                },
                serviceBindings: { TEST_FILES: serveTestFile(import.meta.dirname, abilities.sharedDataDir) },
              },
            }),
          ],
          test: {
            name: "workers",
            // The Worker logs one line per event; they matter where a test fails.
            silent: "passed-only",
            include: IN_WORKERD,
            setupFiles: ["test/support/apply-migrations.ts", "test/support/enforce-limits.ts"],
            testTimeout: TEST_TIMEOUT_MS,
            maxWorkers: AT_ONCE,
            provide: { abilities, model: modelSettings(process.env) },
          },
        },
        withServer("server", WITH_SERVER, AT_ONCE, 1),
        withServer("story", STORIES, 1, 2),
      ],
    },
  };
});
