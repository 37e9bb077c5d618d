// What keeps an object from its sleep, and what must not keep uploads from being seen.
import { abortAllDurableObjects, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { describe, expect, it } from "vitest";
import { objectTables } from "../../src/aggregate/object-tables.ts";
import { encodeGroup } from "../../src/aggregate/upload-group.ts";
import { clock, HOUR, objectOf, standStill, T0 } from "../support/object-clock.ts";
import { call, uploadFolded } from "../support/worker-call.ts";

standStill();

const inObject = <T>(app: string, act: (state: DurableObjectState) => T | Promise<T>): Promise<T> =>
  runInDurableObject(objectOf(app) as never, (_instance: unknown, state: DurableObjectState) => act(state));

const alarmOf = (app: string): Promise<number | null> => inObject(app, (state) => state.storage.getAlarm());

async function totalOf(app: string): Promise<number> {
  const response = await call(`/render?query=${app}.cpu&from=${T0}&until=${T0 + 5 * HOUR}`);
  return ((await response.json()) as { flamebearer: { numTicks: number } }).flamebearer.numTicks;
}

describe("a group that can't be folded", () => {
  it.each([
    [
      "a batch of another version",
      (good: Uint8Array) => encodeGroup([Uint8Array.of(0xb1, 99, 1, 2), good], new Uint8Array(0)),
    ],
    [
      "a batch that is cut off",
      (good: Uint8Array) => encodeGroup([good, good.slice(0, good.length - 9)], new Uint8Array(0)),
    ],
    ["a frame that says too much", (_good: Uint8Array) => Uint8Array.of(0xff, 0xff, 0x7f, 0xb1)],
  ])("is put aside, and only what is wrong in it: %s", async (what, poisoned) => {
    const app = `poison-${what.replaceAll(/[^a-z]/g, "")}`;
    clock.now = T0 + 12;
    await uploadFolded(`${app}.cpu`, T0, { "main;before": 5 });
    const holdsGood = !what.startsWith("a frame");
    await inObject(app, (state) => {
      const tables = objectTables(state.storage.sql);
      const pending = tables.firstWaiting(1);
      const group = pending?.groups[0] ?? new Uint8Array(0);
      // The group's one batch, behind its length.
      const good = group.subarray(group.length < 130 ? 1 : 2);
      tables.insertWaiting(poisoned(good));
    });
    await abortAllDurableObjects(); // it knows only of rows that it wrote
    await uploadFolded(`${app}.cpu`, T0, { "main;after": 7 });
    expect(await totalOf(app)).toBe(holdsGood ? 17 : 12);
    expect(await objectOf(app).stats()).toMatchObject({ quarantined: 1 });
    const rows = await inObject(app, (state) => state.storage.sql.exec("SELECT id FROM quarantine").toArray().length);
    expect(rows).toBe(1);
    clock.now = T0 + 2 * HOUR;
    await runDurableObjectAlarm(objectOf(app) as never);
    await runDurableObjectAlarm(objectOf(app) as never);
    expect(await totalOf(app)).toBe(holdsGood ? 17 : 12);
    expect(await objectOf(app).stats()).toMatchObject({ quarantined: 1 });
  });
});

describe("an object's alarm", () => {
  it("rings a few times an hour after one upload, and never again once the hour is sealed", async () => {
    clock.now = T0 + 12;
    await uploadFolded("burst.cpu", T0, { "main;work": 3 });
    let alarms = 0;
    for (let second = 12; second < 2 * HOUR; second += 1) {
      clock.now = T0 + second;
      const due = second % 10 === 0 ? await alarmOf("burst") : null;
      if (due === null || due > clock.now * 1000) continue;
      await runDurableObjectAlarm(objectOf("burst") as never);
      alarms++;
    }
    expect(await alarmOf("burst")).toBe(null);
    expect(alarms).toBeLessThanOrEqual(6);
    expect(await totalOf("burst")).toBe(3);
  });

  it("is not set for ids that only wait for their end", async () => {
    clock.now = T0 + 12;
    const headers = { "idempotency-key": "one" };
    const path = `/ingest?name=ids-asleep.cpu&from=${T0}&until=${T0 + 10}`;
    await call(path, { method: "POST", body: "main;work 1", headers });
    expect(await alarmOf("ids-asleep")).not.toBe(null);
    clock.now = T0 + 2 * HOUR;
    for (let i = 0; i < 3; i++) {
      clock.now += 20;
      await objectOf("ids-asleep").tick();
    }
    expect(await alarmOf("ids-asleep")).toBe(null);
    const rows = () => inObject("ids-asleep", (state) => objectTables(state.storage.sql).readIdRows().length);
    expect(await rows()).toBe(1);
    clock.now = T0 + 30 * HOUR;
    await uploadFolded("ids-asleep.cpu", clock.now, { "main;work": 1 });
    await objectOf("ids-asleep").tick();
    expect(await rows()).toBe(0);
  });
});
