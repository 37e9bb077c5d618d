// ByteReader and ByteWriter: what one writes the other reads, and any other bytes are malformed, never worse.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { AppError } from "../../src/lib/app-error.ts";
import { ByteReader } from "../../src/lib/byte-reader.ts";
import { ByteWriter } from "../../src/lib/byte-writer.ts";
import { LIMB } from "../../src/lib/wide-sums.ts";

const written = (write: (out: ByteWriter) => void, capacity?: number): Uint8Array<ArrayBuffer> => {
  const out = new ByteWriter(capacity);
  write(out);
  return out.finish();
};

/** LEB128 the slow way. */
function leb128(value: bigint): number[] {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 127n; rest >>= 7n) bytes.push(Number(rest & 127n) | 128);
  return [...bytes, Number(rest)];
}

const safe = fc.oneof(
  fc.maxSafeNat(),
  fc.nat(300),
  fc.integer({ min: 0, max: 53 }).map((bits) => 2 ** bits - 1),
);
const limbs = fc.record({
  lo: fc.oneof(
    fc.maxSafeNat().map((value) => value % LIMB),
    fc.constantFrom(0, 1, LIMB - 1),
  ),
  hi: fc.oneof(fc.nat(3000), fc.constantFrom(0, 1, 2047, 2048, 4095, 2 ** 50 - 1)),
});

describe("a varint", () => {
  it.each([
    [0, [0]],
    [127, [0x7f]],
    [128, [0x80, 1]],
    [16_383, [0xff, 0x7f]],
    [2 ** 31, [0x80, 0x80, 0x80, 0x80, 8]],
    [2 ** 32, [0x80, 0x80, 0x80, 0x80, 0x10]],
    [Number.MAX_SAFE_INTEGER, [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x0f]],
  ])("of %d is LEB128", (value, bytes) => {
    expect([...written((out) => out.varint(value))]).toEqual(bytes);
  });

  it("of any safe integer is LEB128 and reads back", () => {
    fc.assert(
      fc.property(safe, (value) => {
        const bytes = written((out) => out.varint(value));
        expect([...bytes]).toEqual(leb128(BigInt(value)));
        expect(new ByteReader(bytes).varint()).toBe(value);
      }),
    );
  });

  it.each([
    ["2^53", leb128(2n ** 53n)],
    ["nine bytes", [0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0]],
    ["ten bytes of ones", [255, 255, 255, 255, 255, 255, 255, 255, 255, 1]],
    ["no last byte", [0x80, 0x80]],
    ["no byte", []],
  ])("of %s is malformed", (_name, bytes) => {
    expect(() => new ByteReader(Uint8Array.from(bytes)).varint()).toThrow(AppError);
  });

  it("that must fit an int32 is malformed above it", () => {
    expect(new ByteReader(written((out) => out.varint(0x7fffffff))).int()).toBe(0x7fffffff);
    expect(() => new ByteReader(written((out) => out.varint(0x80000000))).int()).toThrow(/above 2\^31/);
  });
});

describe("a wide integer", () => {
  it("is LEB128 and reads back, also past 64 bits", () => {
    fc.assert(
      fc.property(limbs, ({ lo, hi }) => {
        const bytes = written((out) => out.wide(lo, hi), 1);
        expect([...bytes]).toEqual(leb128(BigInt(hi) * 2n ** 52n + BigInt(lo)));
        const reader = new ByteReader(bytes);
        reader.wide();
        expect([reader.lo, reader.hi, reader.left]).toEqual([lo, hi, 0]);
      }),
      { examples: [[{ lo: LIMB - 1, hi: 2047 }], [{ lo: LIMB - 2, hi: 4095 }], [{ lo: LIMB - 1, hi: 2 ** 50 - 1 }]] },
    );
  });
});

type Item =
  | { varint: number }
  | { lo: number; hi: number }
  | { text: string }
  | { blob: Uint8Array }
  | { byte: number };
const item: fc.Arbitrary<Item> = fc.oneof(
  fc.record({ varint: safe }),
  limbs,
  fc.record({ text: fc.string({ unit: "grapheme" }) }),
  fc.record({ blob: fc.uint8Array() }),
  fc.record({ byte: fc.nat(255) }),
);

function write(out: ByteWriter, one: Item): void {
  if ("varint" in one) out.varint(one.varint);
  else if ("lo" in one) out.wide(one.lo, one.hi);
  else if ("text" in one) out.text(one.text);
  else if ("blob" in one) out.blob(one.blob);
  else out.byte(one.byte);
}

function writeAll(out: ByteWriter, items: readonly Item[]): void {
  for (const one of items) write(out, one);
}

function readLike(reader: ByteReader, one: Item): Item {
  if ("varint" in one) return { varint: reader.varint() };
  if ("text" in one) return { text: reader.text() };
  if ("blob" in one) return { blob: new Uint8Array(reader.blob()) };
  if ("byte" in one) return { byte: reader.byte() };
  reader.wide();
  return { lo: reader.lo, hi: reader.hi };
}

describe("a row of items", () => {
  it("reads back as written, whatever room there was at first", () => {
    fc.assert(
      fc.property(fc.array(item), fc.nat(40), (items, capacity) => {
        const bytes = written((out) => writeAll(out, items), capacity);
        const reader = new ByteReader(bytes);
        expect(items.map((one) => readLike(reader, one))).toEqual(items);
        expect(reader.left).toBe(0);
      }),
    );
  });

  it("that ends too early is malformed, and nothing beyond the end is read", () => {
    fc.assert(
      fc.property(
        fc.array(item, { minLength: 1 }),
        fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
        (items, cut) => {
          const bytes = written((out) => writeAll(out, items));
          const end = Math.floor(bytes.length * cut);
          const reader = new ByteReader(bytes, 0, end);
          expect(() => items.map((one) => readLike(reader, one))).toThrow(AppError);
          expect(reader.at).toBeLessThanOrEqual(end);
        },
      ),
    );
  });

  it("can be begun again in the same writer", () => {
    const out = new ByteWriter(4);
    out.text("something longer than the room");
    out.reset();
    out.varint(300);
    expect([out.length, ...out.finish()]).toEqual([2, 0xac, 2]);
  });

  it("is a copy that later writing does not touch", () => {
    const out = new ByteWriter(64);
    out.byte(1);
    const first = out.finish();
    out.reset();
    out.byte(2);
    expect([...first]).toEqual([1]);
  });
});

describe("a count of items", () => {
  it("is refused when they can't be in what is left", () => {
    const bytes = Uint8Array.of(5, 0, 0, 0, 0, 0);
    expect(new ByteReader(bytes).count()).toBe(5);
    expect(() => new ByteReader(bytes).count(2)).toThrow(/5 items in 5 bytes/);
  });

  it.each([
    [-1, 2],
    [0, 4],
    [3, 2],
  ])("is not read from a range %d..%d of three bytes", (at, end) => {
    expect(() => new ByteReader(new Uint8Array(3), at, end)).toThrow(AppError);
  });

  it("refuses to take a negative length or more than is left", () => {
    expect(() => new ByteReader(new Uint8Array(3)).take(-1)).toThrow(AppError);
    expect(() => new ByteReader(new Uint8Array(3)).take(4)).toThrow(AppError);
  });
});
