// Types of the bindings that tests in workerd see: those of the Worker and two of the test set-up.
/// <reference types="@cloudflare/vitest-plugin/types" />

type EdgeflameEnv = import("../../src/env.ts").Env;

declare namespace Cloudflare {
  interface Env extends EdgeflameEnv {
    readonly TEST_MIGRATIONS: import("@cloudflare/vitest-plugin").D1Migration[];
    readonly TEST_FILES: Fetcher;
  }
}
