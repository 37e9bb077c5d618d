// The Worker itself has secret seeds: tables whose places can be foretold can be made slow by whoever sends profiles.
import { expect, it } from "vitest";
import { hashSeeds } from "../../src/lib/hash-seed.ts";

/** The first of those that hold while nobody has named a source. */
const KNOWN_TO_ALL = 0x1e3779b1;

it("the Worker, once started, has seeds that nobody knows", async () => {
  await import("../../src/worker.ts");
  const secret = hashSeeds();
  expect(secret).not.toContain(KNOWN_TO_ALL);
  expect(new Set(secret).size).toBeGreaterThan(7);
});
