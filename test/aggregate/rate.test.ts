// A tenant's rate over many objects: what is let in keeps to it, whoever asks when, and what there is gets used.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { AppendTerms } from "../../src/aggregate/live-protocol.ts";
import { type OverRate, type RateGate, rateGate } from "../../src/aggregate/rate-gate.ts";
import { type Balance, tokenLedger } from "../../src/aggregate/token-ledger.ts";

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

/** Objects of one tenant around one meter, all of which may die, and a clock that stands until it is moved. */
function tenant(objects: number) {
  let now = 1000;
  let asked = 0;
  let writes = 0;
  let kept: Balance | null = null;
  const newLedger = () =>
    tokenLedger({
      load: () => kept,
      save: (balance) => {
        kept = balance;
        writes++;
      },
    });
  const newGate = (_: unknown, i: number): RateGate =>
    rateGate(() => now, {
      async take(wanted, rates) {
        asked++;
        return ledger.take(`app ${i}`, wanted, rates, now);
      },
      putBack: async (rest, rates) => ledger.putBack(rest, rates, now),
    });
  let ledger = newLedger();
  const gates = Array.from({ length: objects }, newGate);
  return {
    gates,
    asked: () => asked,
    writes: () => writes,
    now: () => now,
    pass: (seconds: number) => {
      now += seconds;
    },
    /** Whoever crashes was not quiet before, and had no time to settle. */
    async die(which: "meter" | "objects", how: "asleep" | "crashed") {
      if (which === "meter") {
        if (how === "asleep") ledger.settle(now);
        ledger = newLedger();
      } else {
        if (how === "asleep") for (const gate of gates) await gate.settle();
        gates.splice(0, objects, ...Array.from({ length: objects }, newGate));
      }
    },
  };
}

const offer = (gate: RateGate, terms: AppendTerms, bytes = 10): Promise<OverRate | null> =>
  gate.admit([bytes, 1], terms);

const DEATHS = fc.option(
  fc.tuple(
    fc.constantFrom("meter" as const, "objects" as const),
    fc.constantFrom("asleep" as const, "crashed" as const),
  ),
  { freq: 2 },
);

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
    const away = () => Promise.reject(new Error("away"));
    const gate = rateGate(() => 1000, { take: away, putBack: away });
    for (let i = 0; i < 20; i++) expect(await offer(gate, perSecond(1, 5))).toBeNull();
  });

  it("is never passed by more than a burst and an upload of each object, over any time, whoever sleeps or crashes", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 12 }),
        fc.integer({ min: 1, max: 50 }),
        fc.integer({ min: 1, max: 100 }),
        fc.array(fc.tuple(fc.nat(11), fc.integer({ min: 1, max: 30 }), fc.integer({ min: 0, max: 4000 }), DEATHS), {
          maxLength: 150,
        }),
        async (objects, rate, burst, steps) => {
          const { gates, now, pass, die } = tenant(objects);
          const admitted: number[] = [];
          let crashes = 0;
          for (const [which, together, waitMs, death] of steps) {
            const gate = gates[which % objects]!;
            const verdicts = await Promise.all(
              Array.from({ length: together }, () => offer(gate, perSecond(rate, burst))),
            );
            for (const verdict of verdicts) if (verdict === null) admitted.push(now());
            pass(waitMs / 1000);
            if (death === null) continue;
            await die(...death);
            if (death[0] === "objects" && death[1] === "crashed") crashes++;
          }
          // Tokens that objects hold were taken from the buckets before: at most a burst, and two seconds of theirs. Who crashes
          // forgets what its last upload cost more than it had.
          const slack = 2 * burst + 2 * rate + objects * (1 + crashes);
          admitted.forEach((from, i) => {
            const until = admitted.at(-1)!;
            expect(admitted.length - i).toBeLessThanOrEqual(rate * (until - from) + slack);
          });
        },
      ),
      { numRuns: 60 },
    );
  });

  it.each(["asleep", "crashed"] as const)("is not refilled by a meter that is %s between bursts", async (how) => {
    const { gates, pass, die } = tenant(1);
    const terms = perSecond(1, 60);
    const admitted: number[] = [];
    for (let round = 0; round < 8; round++) {
      let count = 0;
      for (let i = 0; i < 60; i++) if ((await offer(gates[0]!, terms)) === null) count++;
      admitted.push(count);
      await die("objects", how);
      await die("meter", how);
      pass(16);
    }
    expect(admitted[0]).toBe(60);
    for (const count of admitted.slice(1)) {
      expect(count).toBeLessThanOrEqual(17);
      // A crash loses what was kept too low, and no more.
      expect(count).toBeGreaterThanOrEqual(how === "asleep" ? 16 : 4);
    }
  });

  it("below its limit loses nothing by sleep: what objects fetched ahead comes back", async () => {
    const { gates, pass, die } = tenant(12);
    const terms = perSecond(1, 60); // 12 in 15 s
    for (let round = 0; round < 60; round++) {
      for (const gate of gates) expect(await offer(gate, terms)).toBeNull();
      pass(5);
      await die("objects", "asleep");
      await die("meter", "asleep");
      pass(10);
    }
  });

  it("is paid for uploads far beyond a burst, too, however often their objects sleep", async () => {
    const { gates, pass, die } = tenant(3);
    const terms = { ...NO_LIMIT, ingestBytesPerSecond: 100, ingestBurstBytes: 100 };
    let bytes = 0;
    for (let round = 0; round < 400; round++) {
      for (const gate of gates) if ((await offer(gate, terms, 3000)) === null) bytes += 3000;
      pass(5);
      await die("objects", "asleep");
      pass(10);
    }
    expect(bytes).toBeLessThanOrEqual(100 * 400 * 15 + 2 * 100 + 2 * 100 + 3 * 3000);
    expect(bytes).toBeGreaterThan(100 * 400 * 15 * 0.95);
  });

  it("below its limit lets every upload in, also those far beyond a burst", async () => {
    const { gates, pass, die } = tenant(1);
    const terms = { ...NO_LIMIT, ingestBytesPerSecond: 100, ingestBurstBytes: 100 };
    for (let round = 0; round < 60; round++) {
      expect(await offer(gates[0]!, terms, 1400)).toBeNull();
      pass(5);
      if (round % 3 === 0) await die("objects", "asleep");
      pass(9.5);
    }
  });

  it("costs few writes, however many ask how often", async () => {
    for (const offered of [5, 30]) {
      const { gates, pass, asked, writes } = tenant(20);
      const terms = perSecond(1000, 1000); // and 1000 or 6000 are offered
      for (let tick = 0; tick < 600; tick++) {
        for (const gate of gates) for (let k = 0; k < offered; k++) await offer(gate, terms);
        pass(0.1);
      }
      expect(asked()).toBeGreaterThan(500);
      expect(writes()).toBeLessThan(60 * 2);
    }
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
