// Four bytes at a time: the same as one by one, wherever a text begins and ends.
import fc from "fast-check";
import { expect, it } from "vitest";
import { commonBytes, equalBytes, findByte, viewOf } from "../../src/lib/byte-words.ts";

/** Few letters, and those whose bits trick the search for a zero byte. */
const byte = fc.constantFrom(0x3b, 0x3a, 0x3c, 0xbb, 0, 1, 0x80, 0xff);
const text = fc.array(byte, { maxLength: 40 }).map((bytes) => Uint8Array.from(bytes));
const place = fc.nat(40);

it("finds the first byte that is looked for, and none beyond the end", () => {
  fc.assert(
    fc.property(text, place, place, byte, (bytes, a, b, wanted) => {
      const [from, to] = [Math.min(a, b, bytes.length), Math.min(Math.max(a, b), bytes.length)];
      const found = bytes.subarray(from, to).indexOf(wanted);
      expect(findByte(viewOf(bytes), from, to, wanted)).toBe(found < 0 ? to : from + found);
    }),
    { numRuns: 2000 },
  );
});

it("counts the bytes that two places have in common", () => {
  fc.assert(
    fc.property(text, place, place, (bytes, a, b) => {
      const [from, other] = [Math.min(a, b, bytes.length), Math.min(Math.max(a, b), bytes.length)];
      const most = bytes.length - other;
      let common = 0;
      while (common < most && bytes[from + common] === bytes[other + common]) common++;
      const view = viewOf(bytes);
      expect(commonBytes(view, from, other, most)).toBe(common);
      expect(equalBytes(view, from, view, other, most)).toBe(common === most);
      expect(equalBytes(view, from, view, other, common)).toBe(true);
    }),
    { numRuns: 2000 },
  );
});
