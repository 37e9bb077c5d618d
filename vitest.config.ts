// Three kinds of tests, one run:
//   unit      Node; pure layers, page core, tools. Most tests are here.
//   workers   inside workerd, with the bindings of wrangler.toml and the migrations applied
//   server    Node; starts the real embedded server, agents and browsers. One file at a time: they measure and wait.
import { existsSync } from "node:fs";
import { cloudflareTest, readD1Migrations } from "@cloudflare/vitest-plugin";
import { defineConfig } from "vitest/config";
import { NO_ABILITIES, testAbilities } from "./test/support/abilities.ts";
import { serveTestFile } from "./test/support/file-service.ts";

const IN_WORKERD = ["test/{runtime,storage,aggregate,ingest,query,http}/**/*.test.ts"];
const WITH_SERVER = ["test/{server,agents,e2e,browser}/**/*.test.ts"];

export default defineConfig(async () => {
  // Other tools read this file, too (knip, editors); they need no browser looked for.
  const isTestRun = process.env.VITEST !== undefined;
  const abilities = isTestRun ? await testAbilities(import.meta.dirname) : NO_ABILITIES;
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
            exclude: [...IN_WORKERD, ...WITH_SERVER],
            provide: { abilities },
          },
        },
        {
          plugins: [
            cloudflareTest({
              wrangler: { configPath: "./wrangler.toml" },
              miniflare: {
                cf: false,
                bindings: { TEST_MIGRATIONS: migrations, EDGEFLAME_EMBEDDED: "1" },
                serviceBindings: { TEST_FILES: serveTestFile(import.meta.dirname, abilities.sharedDataDir) },
              },
            }),
          ],
          test: {
            name: "workers",
            include: IN_WORKERD,
            setupFiles: ["test/support/apply-migrations.ts"],
            provide: { abilities },
          },
        },
        {
          test: {
            name: "server",
            include: WITH_SERVER,
            globalSetup: ["test/support/build-once.ts"],
            provide: { abilities },
            testTimeout: 60_000,
            hookTimeout: 120_000,
            maxWorkers: 1,
            sequence: { groupOrder: 1 },
          },
        },
      ],
    },
  };
});
