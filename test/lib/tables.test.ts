// Sums, tables and caches over typed arrays, each held against the plain thing it stands for.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { AppError } from "../../src/lib/app-error.ts";
import { fromBase64, toBase64 } from "../../src/lib/base64.ts";
import { byteCache } from "../../src/lib/byte-cache.ts";
import { ByteInterner } from "../../src/lib/byte-interner.ts";
import { deflate, inflate } from "../../src/lib/deflate.ts";
import { TupleTable } from "../../src/lib/tuple-table.ts";
import { LIMB, WideSums } from "../../src/lib/wide-sums.ts";

describe("WideSums", () => {
  const LENGTH = 4;
  const below = (limit: number) =>
    fc.oneof(
      fc.maxSafeNat().map((n) => n % limit),
      fc.constantFrom(0, 1, limit - 1),
    );
  const step = fc.oneof(
    fc.record({ how: fc.constant("add" as const), i: fc.nat(LENGTH - 1), lo: below(LIMB), hi: fc.nat(2047) }),
    fc.record({ how: fc.constant("direct" as const), i: fc.nat(LENGTH - 1), lo: below(LIMB), hi: fc.constant(0) }),
    fc.record({ how: fc.constant("big" as const), i: fc.nat(LENGTH - 1), lo: below(LIMB), hi: fc.nat(2047) }),
  );

  it("adds as bigints do, whatever way the values come in", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const sums = new WideSums(LENGTH);
        const model = Array.from({ length: LENGTH }, () => 0n);
        for (const { how, i, lo, hi } of steps) {
          const value = BigInt(hi) * BigInt(LIMB) + BigInt(lo);
          model[i]! += value;
          if (how === "add") sums.add(i, lo, hi);
          else if (how === "big") sums.addBig(i, value);
          else {
            sums.makeRoom(lo);
            sums.lo[i]! += lo;
          }
        }
        expect(model.map((_, i) => sums.exact(i))).toEqual(model);
        expect(model.map((_, i) => sums.isZero(i))).toEqual(model.map((value) => value === 0n));
        expect(model.map((_, i) => sums.approx(i))).toEqual(model.map(Number));
        expect(sums.total()).toBe(model.reduce((a, b) => a + b, 0n));
      }),
      { numRuns: 500 },
    );
  });

  it("stays exact when a wide value joins two narrow ones that were added directly", () => {
    const sums = new WideSums(1);
    for (let twice = 0; twice < 2; twice++) {
      sums.makeRoom(LIMB - 1);
      sums.lo[0]! += LIMB - 1;
    }
    sums.add(0, 3, 1);
    expect(sums.exact(0)).toBe(3n * BigInt(LIMB) + 1n);
  });

  it("totals what stands above the limb", () => {
    const sums = new WideSums(3);
    for (const value of [LIMB - 1, LIMB - 1]) {
      sums.makeRoom(value);
      sums.lo[0]! += value;
    }
    sums.add(1, LIMB - 1, 0);
    expect(sums.total()).toBe(3n * (BigInt(LIMB) - 1n));
  });
});

describe.each([1, 2, 3, 5])("TupleTable of %d columns", (arity) => {
  it("numbers rows in order of arrival, once each", () => {
    // Few values, so that rows repeat; all of int32, so that signs are not lost.
    const cell = fc.oneof(fc.nat(3), fc.constantFrom(-1, 0x7fffffff, -0x80000000));
    const row = fc.array(cell, { minLength: arity, maxLength: arity });
    fc.assert(
      fc.property(fc.array(row, { maxLength: 300 }), fc.nat(100), (rows, capacity) => {
        const table = new TupleTable(arity, capacity);
        const model = new Map<string, number>();
        for (const one of rows) {
          const key = one.join();
          const expected = model.get(key) ?? model.size;
          model.set(key, expected);
          expect(table.intern(one)).toBe(expected);
        }
        expect(table.count).toBe(model.size);
        for (const [key, id] of model) expect(one(table, id)).toBe(key);
      }),
    );
  });

  const one = (table: TupleTable, id: number): string =>
    Array.from({ length: arity }, (_, k) => table.at(id, k)).join();
});

it("TupleTable knows a pair by either way in", () => {
  const table = new TupleTable(2);
  expect([table.internPair(7, -1), table.intern([7, -1]), table.intern([-1, 7]), table.internPair(-1, 7)]).toEqual([
    0, 0, 1, 1,
  ]);
});

it("TupleTable keeps a hundred thousand rows apart, and grows by what it holds", () => {
  const table = new TupleTable(2, 4);
  for (let i = 0; i < 100_000; i++) expect(table.internPair(i >> 3, i)).toBe(i);
  for (let i = 0; i < 100_000; i += 997) expect(table.internPair(i >> 3, i)).toBe(i);
  expect(table.byteLength).toBeLessThan(100_000 * 40);
});

describe("ByteInterner", () => {
  it("numbers byte strings in order of arrival, once each", () => {
    const bytes = fc.oneof(fc.uint8Array({ maxLength: 3, max: 2 }), fc.uint8Array({ maxLength: 400 }));
    fc.assert(
      fc.property(fc.array(bytes, { maxLength: 200 }), fc.nat(50), (all, capacity) => {
        const interner = new ByteInterner(capacity);
        const model = new Map<string, number>();
        for (const one of all) {
          const expected = model.get(one.join()) ?? model.size;
          model.set(one.join(), expected);
          // From the middle of other bytes, as decoders do.
          expect(interner.intern(Uint8Array.of(9, ...one, 9), 1, 1 + one.length)).toBe(expected);
        }
        expect(interner.count).toBe(model.size);
        for (const [key, id] of model) expect(interner.bytesOf(id).join()).toBe(key);
      }),
    );
  });

  it("gives text back as it came", () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: "grapheme" })), (texts) => {
        const interner = new ByteInterner();
        const ids = texts.map((text) => interner.internText(text));
        expect(ids.map((id) => interner.text(id))).toEqual(texts);
      }),
    );
  });
});

describe("byteCache", () => {
  it("forgets what was used least recently, and never holds more than its bound", () => {
    const step = fc.record({ key: fc.nat(6).map(String), bytes: fc.nat(60), isGet: fc.boolean() });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 100 }), fc.nat(100), (steps, most) => {
        const cache = byteCache<number>(most);
        // Oldest first.
        let model: { key: string; bytes: number; value: number }[] = [];
        steps.forEach(({ key, bytes, isGet }, value) => {
          const known = model.find((entry) => entry.key === key);
          const others = model.filter((entry) => entry.key !== key);
          if (isGet) {
            expect(cache.get(key)).toBe(known?.value);
            if (known !== undefined) model = [...others, known];
            return;
          }
          cache.set(key, value, bytes);
          model = bytes > most ? others : [...others, { key, bytes, value }];
          while (model.reduce((sum, entry) => sum + entry.bytes, 0) > most) model.shift();
        });
        expect(cache.bytes).toBe(model.reduce((sum, entry) => sum + entry.bytes, 0));
        expect(cache.bytes).toBeLessThanOrEqual(most);
        for (const { key, value } of model) expect(cache.get(key)).toBe(value);
      }),
    );
  });
});

describe("bytes at rest", () => {
  it("are the platform's base64, and read back, however long", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.constantFrom(1, 100), (bytes, repeat) => {
        const all = new Uint8Array(bytes.length * repeat);
        for (let i = 0; i < repeat; i++) all.set(bytes, i * bytes.length);
        expect(toBase64(all)).toBe(Buffer.from(all).toString("base64"));
        expect(Buffer.compare(fromBase64(toBase64(all)), all)).toBe(0);
      }),
    );
  });

  it("inflate to what was deflated, within the bound and not beyond it", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 2000 }), (bytes) => {
        const deflated = deflate(bytes);
        expect(Buffer.compare(inflate(deflated, bytes.length), bytes)).toBe(0);
        if (bytes.length > 1) expect(codeOf(() => inflate(deflated, bytes.length - 1))).toBe("corrupt_storage");
      }),
    );
  });

  it("that are no deflate stream are corrupt storage, and no other error", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
        expect([undefined, "corrupt_storage"]).toContain(codeOf(() => inflate(bytes, 1000)));
      }),
    );
  });
});

function codeOf(act: () => unknown): string | undefined {
  try {
    act();
    return undefined;
  } catch (error) {
    if (error instanceof AppError) return error.code;
    throw error;
  }
}
