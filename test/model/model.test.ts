// Random programs against a plain list of what was sent (decision 0015).
import { expect, inject, it, vi } from "vitest";
import type {} from "../support/model-settings.ts";
import { clock, standStill } from "../support/object-clock.ts";
import { enforceProductionLimits } from "../support/production-limits.ts";
import { report } from "../support/test-files.ts";
import { type Counts, countStorage } from "./counts.ts";
import { Disagreement, runProgram } from "./machine.ts";
import { DAY, programOf, type Step } from "./program.ts";
import { shrink } from "./shrink.ts";

standStill();

const settings = inject("model");
const STEPS = settings.steps ?? 500;
const SEEDS = settings.seed === undefined ? ["1", "2", "3", "4"] : [settings.seed];
const SERVICES = ["busy", "shop.web", "batch"];
/** What 500 steps must have brought about. */
const EVERY_500: readonly (keyof Counts)[] = ["seals", "dayMerges", "monthMerges", "retentionPasses"];
/** Ahead of the real clock, so that alarms ring only when a program says so. */
const BEGIN = 2_592_000 * 760;
const BETWEEN_RUNS = 2_592_000;
let runs = 0;
let end = BEGIN;

/** Each run has services of its own, and begins where a 30 d window does, after all that came before it. */
async function run(steps: readonly Step[], violations: readonly string[]): Promise<void> {
  clock.now = Math.ceil(end / BETWEEN_RUNS) * BETWEEN_RUNS;
  try {
    await runProgram(steps, { prefix: `run${runs++}-`, violations });
  } finally {
    end = clock.now;
  }
}

it.each(SEEDS)("the store and the list agree after every step of program %s", { timeout: 3_600_000 }, async (seed) => {
  const limits = await enforceProductionLimits();
  const storage = await countStorage();
  // One line per event: too much to keep for thousands of steps.
  vi.spyOn(console, "log").mockImplementation(() => undefined);
  const steps = programOf(seed, STEPS, { services: SERVICES });
  const began = performance.now();
  try {
    await run(steps, limits.violations);
  } catch (error) {
    if (!(error instanceof Disagreement)) throw error;
    const failing = steps.slice(0, error.index + 1);
    const shortest = await shrink(failing, (fewer) => run(fewer, limits.violations));
    const lines = shortest.steps.map((step) => `    ${JSON.stringify(step)}`);
    throw new Error(
      `npm run model -- --seed ${seed} --steps ${failing.length}\n${error.message}\n` +
        `shortest program found (${lines.length} steps): ${shortest.message}\n${lines.join("\n")}`,
      { cause: error },
    );
  } finally {
    limits.stop();
    storage.stop();
  }
  const { counts } = storage;
  const peaks = [...limits.peaks].map(([limit, { value, where }]) => `${limit} ${value} (${where})`);
  await report(
    `model: seed ${seed}, ${steps.length} steps, ${Math.round((clock.now - BEGIN) / DAY)} days, ` +
      `${Math.round((performance.now() - began) / 1000)} s; ${JSON.stringify(counts)}\n       peaks: ${peaks.join("; ")}`,
  );
  for (const what of EVERY_500) expect(counts[what], what).toBeGreaterThanOrEqual(Math.floor(STEPS / 500));
  expect(limits.violations).toEqual([]);
});
