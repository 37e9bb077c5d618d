import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { utf8Tail } from "../../src/lib/utf8-tail.ts";

describe("the end of a text", () => {
  it.each([
    ["abcdef", 6, "abcdef"],
    ["abcdef", 4, "cdef"],
    ["aéé", 5, "aéé"],
    ["aéé", 4, "éé"],
    ["aéé", 3, "é"],
    ["日本語", 8, "本語"],
    ["a😀b", 5, "😀b"],
    ["a😀b", 4, "b"],
    ["\ufeffab", 5, "\ufeffab"],
    ["x\ufeffab", 5, "\ufeffab"],
    ["", 4, ""],
  ])("of %j in %d bytes is %j", (text, mostBytes, expected) => {
    expect(utf8Tail(text, mostBytes)).toBe(expected);
  });

  it("is as much as fits, and whole characters", () => {
    const units = fc.oneof(
      fc.string({ unit: "grapheme-ascii" }),
      fc.string({ unit: fc.constantFrom("a", "é", "日", "😀") }),
    );
    fc.assert(
      fc.property(units, fc.nat(20), (text, mostBytes) => {
        const tail = utf8Tail(text, mostBytes);
        const bytes = Buffer.byteLength(tail);
        expect(text.endsWith(tail) && bytes <= mostBytes).toBe(true);
        const left = [...text.slice(0, text.length - tail.length)];
        if (left.length > 0) expect(bytes + Buffer.byteLength(left.at(-1) ?? "")).toBeGreaterThan(mostBytes);
      }),
    );
  });
});
