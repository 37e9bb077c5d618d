import { describe, expect, it } from "vitest";
import { LIMITS } from "../../src/config.ts";
import { concat, message, pprofOf, varint } from "./pprof-bytes.ts";
import { CPU, decode, fn, location, MAIN, sample, TABLE } from "./small-pprof.ts";

describe("a malformed pprof", () => {
  const ok = concat(CPU, TABLE, MAIN, sample([1], [1]));
  it.each([
    ["empty profile", concat(TABLE, MAIN, message([2, message([1, [1]])]))],
    ["location id is 0", concat(ok, location(0, 1))],
    ["function id is 0", concat(ok, fn(0, 1))],
    ["sample value length mismatch", concat(ok, sample([1], [1, 2]))],
    ["sample value length mismatch", concat(ok, sample([1], []))],
    ["string 0 should be empty string", concat(CPU, message([6, "x"]), MAIN, sample([1], [1]))],
    ["string 0 should be empty string", concat(CPU, MAIN, sample([1], [1]))],
    ["sample type type string index out of range", concat(message([1, message([1, 10])]), TABLE)],
    ["sample type type string index out of range", concat(message([1, message([1, -1])]), TABLE)],
    [
      "sample label string index out of range",
      concat(ok, message([2, message([1, [1]], [2, [1]], [3, message([1, 99], [2, 1])])])),
    ],
    ["function name string index out of range", concat(ok, fn(2, 99))],
    ["mapping file name string index out of range", concat(ok, message([3, message([1, 1], [5, 2n ** 40n])]))],
    ["sample type contains -", concat(message([1, message([1, 1])]), message([6, ""], [6, "a-b"]))],
    ["location id is 0", concat(ok, sample([0], [1]))],
    ["location id 9 is not in the profile", concat(ok, sample([9], [1]))],
    ["function id 18446744073709551615 is not in the profile", concat(ok, location(2, -1n))],
    ["proto: wire type 3 is not supported (field 99)", concat(ok, varint(99 * 8 + 3))],
  ])("is refused: %s", (text, bytes) => {
    expect(() => decode(bytes)).toThrow(expect.objectContaining({ code: "malformed_profile", message: text }));
  });

  it("is refused with the bytes of text that is none", () => {
    const bytes = concat(ok, message([6, Uint8Array.of(0x61, 0xff)]));
    expect(() => decode(bytes)).toThrow("invalid utf8 string hex: 61ff");
  });

  it.each([
    ["samplesPerProfile", { samplesPerProfile: 1 }],
    ["rowsPerProfile", { rowsPerProfile: 5 }],
    ["stackEntriesPerProfile", { stackEntriesPerProfile: 1 }],
    ["nodesPerProfile", { nodesPerProfile: 2 }],
    ["seriesPerUpload", { seriesPerUpload: 1 }],
    ["batchBytes", { batchBytes: 3 }],
  ])("is too large beyond %s", (limit, limits) => {
    const samples = [
      { stack: ["a", "b"], values: [1], labels: { k: "1" } },
      { stack: ["a", "c"], values: [1], labels: { k: "2" } },
    ];
    expect(() => decode(pprofOf({ types: ["cpu/ns"], samples }), { limits: { ...LIMITS, ...limits } })).toThrow(
      expect.objectContaining({ code: "profile_too_large", facts: expect.objectContaining({ limit }) }),
    );
  });
});
