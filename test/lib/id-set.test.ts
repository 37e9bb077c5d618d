import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ENTRY_BYTES, entriesHave, ID_LENGTH, IdSet, idEntry } from "../../src/lib/id-set.ts";

const joined = (pieces: readonly Uint8Array[]) => Uint8Array.from(pieces.flatMap((piece) => [...piece]));

/** Ids that agree in two of their three words, and that fall into the same places of the table. */
const anyId = fc.oneof(
  fc.uint8Array({ minLength: 12, maxLength: 12 }).map((bytes) => Buffer.from(bytes).toString("hex")),
  fc.integer({ min: 0, max: 40 }).map((n) => `0000000a0000000b${n.toString(16).padStart(8, "0")}`),
  fc.integer({ min: 0, max: 40 }).map((n) => `${(n * 65_536).toString(16).padStart(8, "0")}${"0".repeat(16)}`),
);

describe("a set of ids that expire", () => {
  it("holds what a map of expiries holds, through growing and expiry, and at rest as on the heap", () => {
    const step = fc.record({ id: anyId, keep: fc.integer({ min: -5, max: 50 }), pass: fc.integer({ min: 0, max: 2 }) });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 400 }), (steps) => {
        let set = new IdSet();
        const model = new Map<string, number>();
        let now = 1_000_000;
        for (const { id, keep, pass } of steps) {
          now += pass;
          set.addAll(idEntry(id, now + keep), now);
          if (keep > 0) model.set(id, Math.max(model.get(id) ?? 0, now + keep));
          if (pass === 2 && keep === 7) {
            const copy = new IdSet();
            copy.addAll(set.entries(now), now);
            set = copy;
          }
        }
        const atRest = set.entries(now);
        for (const { id } of steps) {
          const expected = (model.get(id) ?? 0) > now;
          expect(set.has(id, now)).toBe(expected);
          expect(entriesHave(atRest, id, now)).toBe(expected);
        }
        expect(atRest.length).toBe([...model.values()].filter((expires) => expires > now).length * ENTRY_BYTES);
      }),
    );
  });

  it("says no of what it was never given", () => {
    const set = new IdSet();
    const id = (n: number) => n.toString(16).padStart(ID_LENGTH, "0");
    set.addAll(joined(Array.from({ length: 5000 }, (_, n) => idEntry(id(n), 100))), 0);
    expect(set.size).toBe(5000);
    for (let n = 5000; n < 10_000; n++) expect(set.has(id(n), 0)).toBe(false);
  });

  it("takes little more than its entries, however many have expired", () => {
    const set = new IdSet();
    for (let n = 0; n < 50_000; n++) {
      const id = Math.imul(n, 2654435761) >>> 0;
      set.addAll(idEntry(id.toString(16).padStart(8, "0").padEnd(ID_LENGTH, "0"), n + 100), n);
    }
    expect(set.byteLength).toBeLessThanOrEqual(100 * ENTRY_BYTES * 8);
  });
});
