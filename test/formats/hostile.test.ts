// Damaged and forged input: it decodes or is refused with a client's error, nothing else.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { LIMITS } from "../../src/config.ts";
import { decodePprof } from "../../src/formats/pprof/decode.ts";
import { inflateIfGzip } from "../../src/lib/inflate.ts";
import { flipBits, mutate, random } from "./mutations.ts";
import { concat, message, pprofOf, varint } from "./pprof-bytes.ts";
import { CPU, decode, fn, location, MAIN, sample, TABLE } from "./small-pprof.ts";

const CLIENT_CODES = ["malformed_profile", "profile_too_large"];

/** "ok", or the code of a client's error; anything else is thrown on. */
function outcome(bytes: Uint8Array): string {
  try {
    decodePprof(inflateIfGzip(bytes, LIMITS), { limits: LIMITS, goRepair: true, fileInName: "always", dotnet: true });
    return "ok";
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "";
    if (CLIENT_CODES.includes(code)) return code;
    throw error;
  }
}

const FIXTURES = join(import.meta.dirname, "../fixtures/pprof");
const fixtures = readdirSync(FIXTURES).filter((file) => file.endsWith(".pb.gz"));
const inflated = (file: string) => new Uint8Array(gunzipSync(readFileSync(join(FIXTURES, file))));

describe("a damaged pprof", () => {
  const small = pprofOf({
    types: ["samples/count", "cpu/nanoseconds"],
    period: ["cpu", "nanoseconds", 10_000_000],
    samples: [
      { stack: ["main", "a"], values: [1, 2], labels: { k: "v" } },
      { stack: ["main", "b"], values: [3, 2n ** 62n] },
    ],
  });

  it("is never more than refused, wherever it is cut", () => {
    const outcomes = new Set<string>();
    for (let length = 0; length < small.length; length++) outcomes.add(outcome(small.subarray(0, length)));
    expect([...outcomes].sort()).toEqual(["malformed_profile", "ok"]);
    const packed = gzipSync(small);
    for (let length = 2; length < packed.length; length++)
      expect(outcome(packed.subarray(0, length))).toBe("malformed_profile");
  });

  it("is never more than refused after 10 000 damages to real files", () => {
    const files = fixtures.map(inflated).filter((bytes) => bytes.length < 60_000);
    expect(files.length).toBeGreaterThanOrEqual(3);
    const next = random(20261122);
    const counts: Record<string, number> = {};
    for (let i = 0; i < 10_000; i++) {
      const file = i % 4 === 0 ? small : (files[i % files.length] ?? small);
      const result = outcome(i % 2 === 0 ? flipBits(file, next) : mutate(file, next));
      counts[result] = (counts[result] ?? 0) + 1;
    }
    expect(counts.ok).toBeGreaterThan(100);
    expect(counts.malformed_profile).toBeGreaterThan(1000);
  });

  it("is never more than refused when the gzip around it is damaged", () => {
    const packed = gzipSync(small);
    const next = random(7);
    for (let i = 0; i < 500; i++) expect(["ok", ...CLIENT_CODES]).toContain(outcome(flipBits(packed, next)));
  });
});

describe("a forged pprof", () => {
  it.each([
    ["a string table that is a number", message([6, 1])],
    ["samples that are numbers", message([2, 1])],
    ["a location id that is text with a cut varint", message([2, message([1, Uint8Array.of(0x80)])])],
    ["a value of eleven bytes", concat(CPU, message([2, Uint8Array.of(16, ...new Array(10).fill(0xff), 1)]))],
    ["a field number of 0", Uint8Array.of(0)],
    ["a length beyond the end", Uint8Array.of(18, 0xff, 0xff, 0xff, 0xff, 0x07)],
    ["a length of 64 bits", concat(Uint8Array.of(18), varint(2n ** 63n))],
    ["a group", Uint8Array.of(19, 20)],
  ])("is refused for %s", (_what, bytes) => {
    expect(outcome(bytes)).toBe("malformed_profile");
  });

  it("of 10 000 frames deep keeps the root side", () => {
    const ids = new Array<number>(10_000).fill(1);
    const profile = decode(concat(CPU, TABLE, MAIN, sample(ids, [1])));
    expect(profile.stacks.nodes.count).toBe(LIMITS.stackDepth + 1);
    expect(profile.notes).toMatchObject([{ kind: "depth_truncated" }]);
  });

  it("with 10 000 functions inlined into one location keeps the root side", () => {
    const functions = new Array<number>(10_000).fill(1);
    const profile = decode(concat(CPU, TABLE, fn(1, 3), location(1, ...functions), sample([1, 1], [1])));
    expect(profile.stacks.nodes.count).toBe(LIMITS.stackDepth + 1);
  });

  it("that names a long string again and again does not become it again and again", () => {
    const long = "x".repeat(60_000);
    const functions = Array.from({ length: 2000 }, (_, i) => message([5, message([1, i + 1], [2, 4], [4, 10])]));
    const bytes = concat(CPU, TABLE, message([6, long]), ...functions, location(1, 1), sample([1], [1]));
    const code = expect.objectContaining({ code: "profile_too_large" });
    expect(() => decode(bytes, { fileInName: "always" })).toThrow(code);
  });

  it("with sums of 64 bits keeps each value", () => {
    const most = 2n ** 63n - 1n;
    const profile = decode(concat(CPU, TABLE, MAIN, sample([1], [most]), sample([1], [-(2n ** 63n)])));
    expect([...profile.sampleValues]).toEqual([most]);
  });

  it("is refused as a bomb", () => {
    const code = expect.objectContaining({ code: "profile_too_large" });
    expect(() => inflateIfGzip(gzipSync(new Uint8Array(100 * 1024 * 1024)), LIMITS)).toThrow(code);
  });
});
