// Every call to storage in turn fails, or is the process's last: nothing is lost, nothing counts twice, no query sees a gap.
import { env } from "cloudflare:workers";
import { expect, inject, it, vi } from "vitest";
import { FAULT_MODES, type Fault, type FaultWatch, watchFaults } from "../support/faults.ts";
import type {} from "../support/model-settings.ts";
import { clock, standStill } from "../support/object-clock.ts";
import { report } from "../support/test-files.ts";
import { runProgram } from "./machine.ts";
import { SCENARIO, SETTLING } from "./scenario.ts";

standStill();

const BEGIN = 2_592_000 * 800;
const BETWEEN_RUNS = 4 * 2_592_000;
/** Points that CI tries, of all modes together. */
const SAMPLE = 16;
let runs = 0;

/** Runs the scenario with one fault, in a store that has nothing else to do. */
async function runWith(fault: Fault | null): Promise<FaultWatch> {
  await forgetOthers();
  clock.now = BEGIN + runs * BETWEEN_RUNS;
  const watch = await watchFaults(fault);
  try {
    const recover = async () => {
      if (watch.isDown()) await watch.restart();
    };
    await runProgram([...SCENARIO, ...SETTLING], { prefix: `fault${runs++}-`, violations: [], recover });
    await expectNoOrphans();
  } finally {
    watch.stop();
  }
  return watch;
}

const TABLES = ["apps", "profile_types", "shards", "segments", "compactions", "shard_maps", "deletions"];
const MORE_TABLES = ["dictionaries", "label_values", "retired_objects", "retention", "redating"];

async function forgetOthers(): Promise<void> {
  await env.CATALOG.batch([...TABLES, ...MORE_TABLES].map((table) => env.CATALOG.prepare(`DELETE FROM ${table}`)));
  const { objects } = await env.SEGMENTS.list();
  if (objects.length > 0) await env.SEGMENTS.delete(objects.map(({ key }) => key));
}

/** Every object in the bucket is named by the catalog, and every one that is named is there. */
async function expectNoOrphans(): Promise<void> {
  const named = await env.CATALOG.prepare(
    `SELECT object_key FROM segments UNION SELECT object_key FROM dictionaries`,
  ).all<{ object_key: string }>();
  const retired = await env.CATALOG.prepare("SELECT object_key FROM retired_objects").all<{ object_key: string }>();
  const stored = new Set((await env.SEGMENTS.list()).objects.map(({ key }) => key));
  const keys = named.results.map((row) => row.object_key);
  expect(keys.filter((key) => !stored.has(key))).toEqual([]);
  const known = new Set([...keys, ...retired.results.map((row) => row.object_key)]);
  expect([...stored].filter((key) => !known.has(key))).toEqual([]);
}

it("survives a fault at each call to storage", { timeout: 6 * 3_600_000 }, async () => {
  vi.spyOn(console, "log").mockImplementation(() => undefined);
  const { calls } = await runWith(null);
  const all = calls.flatMap((_, i) => FAULT_MODES.map((mode): Fault => ({ at: i + 1, mode })));
  const { faults = SAMPLE, seed = "0" } = inject("model");
  // Odd, so that it goes through the modes as well.
  const stride = faults >= all.length ? 1 : Math.floor(all.length / faults) | 1;
  const first = Number(seed) % stride;
  const outcomes = new Map<string, number>();
  const failures: string[] = [];
  for (let i = first; i < all.length; i += stride) {
    const fault = all[i]!;
    const outcome = await runWith(fault).then(
      (watch) => (watch.hit() === null ? "not reached" : "nothing lost, nothing twice"),
      async (error: unknown) => {
        const failure = `${fault.mode} call ${fault.at} of ${calls.length} (${calls[fault.at - 1]}): ${error}`;
        failures.push(failure);
        await report(failure);
        return "wrong";
      },
    );
    const line = `${fault.mode}: ${outcome}`;
    outcomes.set(line, (outcomes.get(line) ?? 0) + 1);
  }
  const stores = Map.groupBy(calls, (words) => words.split(" ").slice(1, 3).join(" "));
  await report(
    `faults: ${calls.length} points (${[...stores].map(([store, list]) => `${list.length} ${store}`).join(", ")}), ` +
      `${[...outcomes.values()].reduce((a, b) => a + b, 0)} runs\n` +
      [...outcomes].map(([line, count]) => `        ${line}: ${count}`).join("\n"),
  );
  expect(failures).toEqual([]);
});
