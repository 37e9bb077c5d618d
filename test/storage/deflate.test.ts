// Our blocks through workerd's own zlib, whose limits behave unlike Node's.
import { describe, expect, it } from "vitest";
import { deflate, inflate } from "../../src/lib/deflate.ts";

/** Bytes that compress about as well as vectors do. */
const block = (length: number): Uint8Array =>
  Uint8Array.from({ length }, (_, i) => (i * 2654435761) >>> (i % 3 === 0 ? 28 : 25));

describe("inflating inside workerd", () => {
  it("gives back blocks whose length is known exactly, whatever it is", () => {
    const lengths = [1, 2, 255, 256, 4095, 4096, 16_383, 16_384, 16_385, 65_535, 65_536, 65_537, 131_072, 200_001];
    for (let length = 30_000; length < 34_000; length += 97) lengths.push(length);
    for (const length of lengths) {
      const bytes = block(length);
      const back = inflate(deflate(bytes), length);
      expect(back.length).toBe(length);
      expect(back.every((byte, i) => byte === bytes[i])).toBe(true);
    }
  });

  it("refuses more than was announced, and bytes that are not deflated", () => {
    expect(() => inflate(deflate(block(5000)), 4999)).toThrow(/inflates to over 4999/);
    expect(() => inflate(deflate(new Uint8Array(10_000_000)), 1000)).toThrow(/does not inflate|inflates to over/);
    expect(() => inflate(Uint8Array.of(0xff, 0xff, 0xff), 10)).toThrow(/does not inflate/);
  });
});
