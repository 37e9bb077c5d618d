// Set-up of every test file in workerd: production's limits hold, and passing one fails the test.
import { afterAll, afterEach, beforeAll, expect } from "vitest";
import { enforceProductionLimits, type LimitWatch } from "./production-limits.ts";

let watch: LimitWatch | undefined;
beforeAll(async () => {
  watch = await enforceProductionLimits();
});
afterEach(() => {
  expect(watch?.violations).toEqual([]);
});
afterAll(() => watch?.stop());
