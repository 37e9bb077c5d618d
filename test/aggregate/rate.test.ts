// A tenant's rate over many objects: what is let in keeps to it, whoever asks when, and what there is gets used.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { AppendTerms } from "../../src/aggregate/live-protocol.ts";
import { type OverRate, rateGate } from "../../src/aggregate/rate-gate.ts";
import { tokenLedger } from "../../src/aggregate/token-ledger.ts";

const NO_LIMIT: AppendTerms = {
  typesPerApp: 500,
  ingestBytesPerSecond: null,
  ingestBurstBytes: 1000,
  profilesPerSecond: null,
  profilesBurst: 100,
  overload: "shed",
};
const perSecond = (profilesPerSecond: number, profilesBurst: number): AppendTerms => ({
  ...NO_LIMIT,
  profilesPerSecond,
  profilesBurst,
});

/** Objects of one tenant around one meter, and a clock that stands until it is moved. */
function tenant(objects: number) {
  let now = 1000;
  let asked = 0;
  const ledger = tokenLedger();
  const gates = Array.from({ length: objects }, (_, i) =>
    rateGate(
      () => now,
      async (wanted, rates) => {
        asked++;
        return ledger.take(`app ${i}`, wanted, rates, now);
      },
    ),
  );
  return {
    gates,
    asked: () => asked,
    now: () => now,
    pass: (seconds: number) => {
      now += seconds;
    },
  };
}

const offer = (gate: ReturnType<typeof rateGate>, terms: AppendTerms, bytes = 10): Promise<OverRate | null> =>
  gate.admit([bytes, 1], terms);

describe("the rate of a tenant", () => {
  it("asks nobody while there is no limit", async () => {
    const { gates, asked } = tenant(1);
    for (let i = 0; i < 1000; i++) expect(await offer(gates[0]!, NO_LIMIT)).toBeNull();
    expect(asked()).toBe(0);
  });

  it("asks once for many uploads, also of those that come together", async () => {
    const { gates, asked, pass } = tenant(1);
    const terms = perSecond(1000, 1000);
    for (let second = 0; second < 60; second++) {
      const verdicts = await Promise.all(Array.from({ length: 100 }, () => offer(gates[0]!, terms)));
      // Below the rate nobody is kept out, however many wait for one question.
      expect(verdicts.filter((verdict) => verdict !== null)).toEqual([]);
      pass(1);
    }
    expect(asked()).toBeLessThan(100); // of 6000 uploads
  });

  it("lets twenty in that come together every 15 s, at a hundredth of the rate", async () => {
    const { gates, pass } = tenant(1);
    const terms = perSecond(100, 100);
    for (let round = 0; round < 20; round++) {
      const verdicts = await Promise.all(Array.from({ length: 20 }, () => offer(gates[0]!, terms)));
      expect(verdicts.filter((verdict) => verdict !== null)).toEqual([]);
      pass(15);
    }
  });

  it("says which limit, what was offered, and when to come again", async () => {
    const { gates } = tenant(1);
    const terms = { ...NO_LIMIT, ingestBytesPerSecond: 100, ingestBurstBytes: 100 };
    expect(await offer(gates[0]!, terms, 400)).toBeNull(); // any are left: it may come in, and the debt is paid first
    expect(await offer(gates[0]!, terms, 10)).toMatchObject({
      limit: "ingestBytesPerSecond",
      allowed: 100,
      retryAfterSeconds: 3,
    });
  });

  it("lets uploads in while its meter is silent", async () => {
    const gate = rateGate(
      () => 1000,
      () => Promise.reject(new Error("away")),
    );
    for (let i = 0; i < 20; i++) expect(await offer(gate, perSecond(1, 5))).toBeNull();
  });

  it("is never passed by more than a burst and an upload of each object, over any time", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 12 }),
        fc.integer({ min: 1, max: 50 }),
        fc.integer({ min: 1, max: 100 }),
        fc.array(fc.tuple(fc.nat(11), fc.integer({ min: 1, max: 30 }), fc.integer({ min: 0, max: 4000 })), {
          maxLength: 150,
        }),
        async (objects, rate, burst, steps) => {
          const { gates, now, pass } = tenant(objects);
          const admitted: number[] = [];
          for (const [which, together, waitMs] of steps) {
            const gate = gates[which % objects]!;
            const verdicts = await Promise.all(
              Array.from({ length: together }, () => offer(gate, perSecond(rate, burst))),
            );
            for (const verdict of verdicts) if (verdict === null) admitted.push(now());
            pass(waitMs / 1000);
          }
          // Tokens that objects hold were taken from the buckets before: at most a burst, and two seconds of theirs.
          const slack = 2 * burst + 2 * rate + objects;
          admitted.forEach((from, i) => {
            const until = admitted.at(-1)!;
            expect(admitted.length - i).toBeLessThanOrEqual(rate * (until - from) + slack);
          });
        },
      ),
      { numRuns: 60 },
    );
  });

  it.each([1, 3, 20])("is used within a twentieth by %i apps that all offer more", async (apps) => {
    const { gates, pass } = tenant(apps);
    const terms = perSecond(200, 200);
    const counts = gates.map(() => 0);
    const SECONDS = 60;
    let seed = 1;
    for (let tick = 0; tick < SECONDS * 10; tick++) {
      seed = (Math.imul(seed, 1103515245) + 12345) & 0x7fffffff;
      const first = seed >> 8;
      for (let turn = 0; turn < apps; turn++) {
        const i = (first + turn) % apps; // nobody is always the first
        for (let k = 0; k < 30; k++) if ((await offer(gates[i]!, terms)) === null) counts[i] = (counts[i] ?? 0) + 1;
      }
      pass(0.1);
    }
    const admitted = counts.reduce((sum, count) => sum + count, 0);
    expect(admitted).toBeGreaterThan(200 * SECONDS * 0.95);
    expect(admitted).toBeLessThan(200 * SECONDS * 1.05 + 400);
    expect(Math.max(...counts)).toBeLessThan(Math.min(...counts) * 1.5 + 200); // nobody starves
  });

  it("leaves a quiet app its share beside one that floods", async () => {
    const { gates, pass } = tenant(2);
    const terms = perSecond(100, 100);
    let kept = 0;
    for (let second = 0; second < 100; second++) {
      for (let k = 0; k < 1000; k++) await offer(gates[0]!, terms);
      for (let k = 0; k < 10; k++) if ((await offer(gates[1]!, terms)) === null) kept++;
      pass(1);
    }
    expect(kept).toBeGreaterThan(950);
  });
});
