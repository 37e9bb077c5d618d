// Compaction fails at each of its storage calls in turn, before or after the call takes effect; two compactors run at once. What
// is answered stays exact at every point, and no object is left that nothing names.
import { env } from "cloudflare:workers";
import { expect, it } from "vitest";
import { compactionDictionaries } from "../../src/compact/dictionaries.ts";
import { type MergePorts, mergeStep } from "../../src/compact/merge-step.ts";
import { d1MergeCatalog } from "../../src/storage/merge-catalog.ts";
import { r2SegmentStore } from "../../src/storage/segment-store.ts";
import { appOf, compact, DAY } from "../support/compaction.ts";
import { clock, HOUR, standStill, T0 } from "../support/object-clock.ts";
import { type StorageCall, watchStorage } from "../support/storage-hooks.ts";
import { runCron } from "../support/worker-call.ts";

standStill();

const FIRST = T0 - (T0 % DAY);
const isOurs = (call: StorageCall): boolean =>
  (call.store === "bucket" || call.store === "catalog") && (call.invocation?.name ?? "").startsWith("AppCompactor");

/** An app with a day of hours, some of it merged, and parts that came late. */
async function prepared(name: string, seed: number) {
  const app = appOf(name, seed);
  clock.now = FIRST + DAY;
  await app.upload(6, FIRST, FIRST + DAY);
  await app.seal();
  await app.settle();
  await app.upload(2, FIRST, FIRST + DAY);
  await app.seal();
  clock.now += HOUR;
  return app;
}

/** Compacts while the call number `at` fails. @returns whether there was such a call */
async function compactFailing(name: string, at: number, when: "before" | "after"): Promise<boolean> {
  let calls = 0;
  let hit = false;
  const fail = (call: StorageCall) => {
    if (!isOurs(call)) return;
    if (calls++ !== at) return;
    hit = true;
    throw new Error(`${call.store}.${call.name} failed ${when}`);
  };
  const end = await watchStorage(when === "before" ? { begin: fail } : { end: fail });
  try {
    await compact(name).catch(() => undefined);
  } finally {
    end();
  }
  return hit;
}

it("loses nothing whichever storage call fails", { timeout: 300_000 }, async () => {
  let points = 0;
  for (const when of ["before", "after"] as const) {
    for (let at = 0; ; at++) {
      const app = await prepared(`fault-${when}-${at}`, at + 1);
      const hit = await compactFailing(app.name, at, when);
      if (!hit) break;
      points++;
      await app.expectExactly(FIRST, FIRST + DAY, `${when} call ${at} failed`, 2);
      await app.settle();
      await app.expectExactly(FIRST, FIRST + DAY, `repaired after ${when} call ${at}`, 2);
      expect(await app.rows("SELECT 1 FROM compactions WHERE app_id = $app AND width <= 86400")).toEqual([]);
      clock.now += 2 * HOUR;
      for (let k = 0; k < 2; k++) await runCron();
      await app.expectNoOrphans();
    }
  }
  expect(points).toBeGreaterThan(20);
});

function portsOf(catalog: MergePorts["catalog"]): MergePorts {
  const store = r2SegmentStore(env.SEGMENTS);
  return {
    store,
    catalog,
    clock: () => clock.now,
    dictionaries: compactionDictionaries(store),
    random: () => crypto.randomUUID(),
  };
}

it("lets one of two writers win, whole", { timeout: 60_000 }, async () => {
  const app = await prepared("two-writers", 3);
  const real = d1MergeCatalog(env.CATALOG);
  const due = await real.due("anonymous", app.name, clock.now, 10);
  const job = due!.jobs[0]!;
  const second = portsOf(real);
  const first = portsOf({
    ...real,
    async commit(commit) {
      await mergeStep(second, due!.app, job);
      await real.commit(commit);
    },
  });
  await expect(mergeStep(first, due!.app, job)).rejects.toThrow();
  await app.expectExactly(FIRST, FIRST + DAY, "after two writers");
  clock.now += 2 * HOUR;
  await app.settle();
  clock.now += 2 * HOUR;
  for (let k = 0; k < 2; k++) await runCron();
  await app.expectNoOrphans();
  await app.expectExactly(FIRST, FIRST + DAY, "cleaned up");
});

it("commits nothing whose objects may be about to go", { timeout: 60_000 }, async () => {
  const app = await prepared("slow-writer", 4);
  const real = d1MergeCatalog(env.CATALOG);
  const due = await real.due("anonymous", app.name, clock.now, 10);
  const slow = portsOf({
    ...real,
    async commit(commit) {
      clock.now += 2 * HOUR;
      await real.commit({ ...commit, now: clock.now });
    },
  });
  await expect(mergeStep(slow, due!.app, due!.jobs[0]!)).rejects.toThrow();
  await app.settle();
  await app.expectExactly(FIRST, FIRST + DAY, "after a slow writer");
});
