import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { inflateIfGzip } from "../../src/lib/inflate.ts";

const LIMITS = { inflatedBytes: 10_000_000, inflationRatio: 200 };
const text = (length: number) => new Uint8Array(length).map((_, i) => i % 251);

describe("inflateIfGzip", () => {
  it("leaves alone what is not gzip", () => {
    expect(inflateIfGzip(text(10), LIMITS)).toEqual(text(10));
    expect(inflateIfGzip(new Uint8Array(0), LIMITS)).toEqual(new Uint8Array(0));
  });

  it("inflates one member and several", () => {
    const one = gzipSync(text(5000));
    expect(inflateIfGzip(one, LIMITS)).toEqual(Buffer.from(text(5000)));
    expect(inflateIfGzip(Buffer.concat([one, one]), LIMITS).length).toBe(10_000);
  });

  it.each([
    ["twice compressed", gzipSync(gzipSync(text(100))), "malformed_profile"],
    ["cut", gzipSync(text(100)).subarray(0, 15), "malformed_profile"],
    ["the magic bytes alone", Uint8Array.of(0x1f, 0x8b), "malformed_profile"],
    ["garbage behind the magic", Uint8Array.of(0x1f, 0x8b, 8, 0, 1, 2, 3, 4, 5, 6, 7, 8), "malformed_profile"],
    ["too large as it is", new Uint8Array(10_000_001), "profile_too_large"],
    ["too large when inflated", gzipSync(noise(10_000_001), { level: 1 }), "profile_too_large"],
    ["a bomb", gzipSync(new Uint8Array(9_000_000)), "profile_too_large"],
  ])("refuses what is %s", (_what, bytes, code) => {
    expect(() => inflateIfGzip(bytes, LIMITS)).toThrow(expect.objectContaining({ code }));
  });

  it("names the limit that a bomb passes", () => {
    expect(() => inflateIfGzip(gzipSync(new Uint8Array(9_000_000)), LIMITS)).toThrow(
      expect.objectContaining({ facts: expect.objectContaining({ limit: "inflationRatio", allowed: 200 }) }),
    );
  });

  it("lets small inputs shrink as well as they can", () => {
    expect(inflateIfGzip(gzipSync(new Uint8Array(1_000_000)), LIMITS).length).toBe(1_000_000);
  });
});

/** Bytes that hardly compress. */
function noise(length: number): Uint8Array {
  let state = 1;
  return new Uint8Array(length).map(() => {
    state = (Math.imul(state, 1103515245) + 12345) | 0;
    return state >>> 16;
  });
}
