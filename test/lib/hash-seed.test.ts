// Seeds of hash tables: always the same until somebody names a source, secret from then on, and never seen in an answer.
import { describe, expect, it } from "vitest";
import { hashSeeds, useHashSeeds } from "../../src/lib/hash-seed.ts";
import { NumberMap } from "../../src/lib/number-map.ts";
import { TupleTable } from "../../src/lib/tuple-table.ts";

const fixed = hashSeeds();

describe("the seeds of hash tables", () => {
  it("are the same until a source is named, odd and small", () => {
    expect(hashSeeds()).toBe(fixed);
    expect(fixed[0]).toBe(0x1e3779b1); // test/runtime/hash-seeds.test.ts looks for it
    expect(new Set(fixed).size).toBe(10);
    for (const seed of fixed) expect([seed & 1, seed < 2 ** 30, seed > 2 ** 24]).toEqual([1, true, true]);
  });

  it("come from the source, which is asked at their first use and once", () => {
    let asked = 0;
    useHashSeeds((words) => {
      asked++;
      words.fill(0xffffffff);
    });
    expect(asked).toBe(0);
    expect(hashSeeds()).toEqual(Array.from({ length: 10 }, () => 0x3fffffff));
    expect(hashSeeds()).toBe(hashSeeds());
    expect(asked).toBe(1);
  });

  it("change no id, and tables that were made before go on", () => {
    const idsOf = (table: TupleTable) => Array.from({ length: 500 }, (_, i) => table.internPair(i % 50, i % 7));
    const before = new TupleTable(2);
    const ids = idsOf(before);
    const map = new NumberMap<number>();
    for (let i = 0; i < 300; i++) map.set(i * 4096, i);
    useHashSeeds((words) => crypto.getRandomValues(words));
    expect(idsOf(before)).toEqual(ids);
    expect(idsOf(new TupleTable(2))).toEqual(ids);
    expect(Array.from({ length: 300 }, (_, i) => map.get(i * 4096))).toEqual(Array.from({ length: 300 }, (_, i) => i));
  });
});
