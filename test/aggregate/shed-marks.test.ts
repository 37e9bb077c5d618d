// Marks of what was shed: whatever comes when, and however the catalog fails, it knows each upload once and each slot.
import { env } from "cloudflare:workers";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { MetaStore } from "../../src/aggregate/object-meta.ts";
import type { ObjectTables } from "../../src/aggregate/object-tables.ts";
import { shedMarks } from "../../src/aggregate/shed-marks.ts";
import { encodeGroup, isReadableGroup, shedSlotsOf } from "../../src/aggregate/upload-group.ts";
import { readShedTimes } from "../../src/storage/shed-times.ts";
import { HOUR, T0 } from "../support/object-clock.ts";

/** The real catalog, whose next batch is lost on its way there, or its answer on the way back. */
function failingCatalog() {
  const state: { next: "works" | "is lost" | "answers nothing" } = { next: "works" };
  const database = {
    prepare: (text: string) => env.CATALOG.prepare(text),
    async batch(statements: D1PreparedStatement[]) {
      const { next } = state;
      state.next = "works";
      if (next === "is lost") throw new Error("lost");
      const answer = await env.CATALOG.batch(statements);
      if (next === "answers nothing") throw new Error("silent");
      return answer;
    },
  } as unknown as D1Database;
  return { state, database };
}

/** An object that may sleep at any time: nothing is left of it but its rows. */
function sleeper(appId: number) {
  const rows = new Map<string, string>();
  const tables = {
    getMeta: (key: string) => rows.get(key) ?? null,
    setMeta: (key: string, value: string) => void rows.set(key, value),
  } as unknown as ObjectTables;
  const meta = { read: () => ({ identity: { tenantId: 1, appId }, shard: 0 }) } as unknown as MetaStore;
  const { state, database } = failingCatalog();
  return { state, rows, awake: () => shedMarks(tables, meta, database) };
}

let lastApp = 1_000_000;
const everything = { from: 0, until: 2 * T0 };

describe("marks of what was shed", () => {
  it("say each upload once and cover each slot, whatever of the telling fails", async () => {
    const slots = fc.array(
      fc.tuple(fc.nat(3), fc.nat(359)).map(([hour, slot]) => T0 + hour * HOUR + 10 * slot),
      { maxLength: 6 },
    );
    const telling = fc.constantFrom("works" as const, "is lost" as const, "answers nothing" as const);
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(slots, fc.option(telling)), { maxLength: 12 }), async (turns) => {
        const appId = ++lastApp;
        const { awake, state } = sleeper(appId);
        const sent: number[] = [];
        for (const [some, tells] of turns) {
          awake().keep(some);
          sent.push(...some);
          if (tells === null) continue;
          state.next = tells;
          await awake().tell();
        }
        state.next = "works";
        await awake().tell();
        expect(awake().areUntold()).toBe(false);
        const times = await readShedTimes(env.CATALOG, [appId], everything);
        expect(times.reduce((sum, { uploads }) => sum + uploads, 0)).toBe(sent.length);
        for (const slot of sent)
          expect(times.some(({ start, until }) => start <= slot && slot + 10 <= until)).toBe(true);
        const longest = Math.max(0, ...times.map(({ start, until }) => until - start));
        expect(longest).toBeLessThanOrEqual(4 * HOUR);
      }),
      { numRuns: 40 },
    );
  });

  it("stay few, however far apart the uploads' times are", async () => {
    const { awake, rows } = sleeper(++lastApp);
    awake().keep(Array.from({ length: 5000 }, (_, i) => T0 + ((i * 7919) % 5000) * HOUR));
    expect((JSON.parse(rows.get("shed") ?? "[]") as unknown[]).length).toBeLessThanOrEqual(48);
    await awake().tell();
    const [first] = await readShedTimes(env.CATALOG, [lastApp], everything);
    expect(first?.start).toBe(T0);
    // What was told makes room for what comes later, by itself.
    awake().keep([T0 + 9000 * HOUR]);
    await awake().tell();
    const newest = (await readShedTimes(env.CATALOG, [lastApp], everything)).at(-1);
    expect(newest).toEqual({ start: T0 + 9000 * HOUR, until: T0 + 9000 * HOUR + 10, uploads: 1 });
  });

  it("lie in the row of their commit, beside its ids or without any", () => {
    const batch = Uint8Array.of(0xb1, 2, 0);
    for (const ids of [new Uint8Array(0), new Uint8Array(16).fill(7)])
      for (const slots of [[], [T0], [T0, T0 + 10, T0]])
        expect(shedSlotsOf(encodeGroup([batch], ids, slots))).toEqual(slots);
    expect(isReadableGroup(Uint8Array.of(3, 0xb3, 200, 1, 3, 0xb1, 2, 0))).toBe(false);
  });
});
