import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { LIMITS } from "../../src/config.ts";
import { decodeFolded } from "../../src/formats/folded.ts";
import { describeWithSharedData } from "../support/skips.ts";
import { stackLines, stackPath } from "./stack-lines.ts";

const decode = (text: string, limits = {}) => decodeFolded(new TextEncoder().encode(text), { ...LIMITS, ...limits });

describe("decodeFolded", () => {
  it.each([
    ["stacks with counts", "a;b;c 1\na;b 2\n", ["a;b 2", "a;b;c 1"]],
    ["equal stacks as their sum", "a;b 1\nc 5\na;b 2", ["a;b 3", "c 5"]],
    ["a last line without an end", "a 1", ["a 1"]],
    ["CRLF", "a;b 1\r\na;c 2\r\n", ["a;b 1", "a;c 2"]],
    [
      "the last space as the end of the stack",
      "java.lang.Thread run;do it now 3",
      ["java.lang.Thread run;do it now 3"],
    ],
    ["the mark that editors begin UTF-8 with as nothing", "\ufeffa;b 1\na;b 2", ["a;b 3"]],
    ["a line without a space as nothing", "comment\n\na 1\n\n", ["a 1"]],
    ["a count with a plus", "a +4", ["a 4"]],
    ["a count of zero as nothing", "a 0\nb 1", ["b 1"]],
    ["the largest count", "a 9223372036854775807", ["a 9223372036854775807"]],
    ["a trailing empty frame as none", "a;b; 1", ["a;b 1"]],
    ["a trailing empty frame as none after a line where it was not the last", "a;; 1\na; 2", ["a 2", "a; 1"]],
    ["no frame after an empty one", ";b 1\n 2", [" 2", ";b 1"]],
    ["other empty frames as frames without a name", ";a;;b 1", [";a;;b 1"]],
    ["a count without a stack as the root's", " 7", [" 7"]],
    ["letters of any script", "größe;函数 2", ["größe;函数 2"]],
    [
      "a frame of 100 000 bytes, of which the tail is kept",
      `a;${"x".repeat(100_000)}Z 1`,
      [`a;${"x".repeat(65_535)}Z 1`],
    ],
  ])("reads %s", (_what, text, lines) => {
    expect(stackLines(decode(text))).toEqual(lines);
  });

  it("shows bytes that are no UTF-8 as what is none", () => {
    const bytes = Uint8Array.of(0x61, 0xff, 0x62, 0x20, 0x31);
    expect(stackLines(decodeFolded(bytes, LIMITS))).toEqual(["a\ufffdb 1"]);
  });

  it.each([
    ["a 1\nb x", "line 2: the count is not a number"],
    ["a 1.5", "line 1: the count is not a number"],
    ["a ", "line 1: the count is not a number"],
    ["a 9223372036854775808", "line 1: the count does not fit 64 bits"],
    ["a -9223372036854775809", "line 1: the count does not fit 64 bits"],
    [`a ${"9".repeat(50)}`, "line 1: the count is not a number"],
  ])("refuses %j", (text, message) => {
    expect(() => decode(text)).toThrow(expect.objectContaining({ code: "malformed_profile", message }));
  });

  it.each([
    ["samplesPerProfile", { samplesPerProfile: 1 }],
    ["nodesPerProfile", { nodesPerProfile: 3 }],
  ])("refuses what is beyond %s", (limit, limits) => {
    expect(() => decode("a;b 1\na;c 1\n", limits)).toThrow(
      expect.objectContaining({ code: "profile_too_large", facts: expect.objectContaining({ limit }) }),
    );
  });

  it("leaves out lines with a count below zero, and says how many", () => {
    const profile = decode("a;b 5\na;c -1\nd -9223372036854775808\n");
    expect(stackLines(profile)).toEqual(["a;b 5"]);
    expect(profile.notes).toMatchObject([{ kind: "samples_dropped", subject: "2 samples with a value below zero" }]);
  });

  it("keeps the root side of stacks that are too deep, and says so", () => {
    const profile = decode(`${"f;".repeat(10_000)}leaf 1`);
    expect(stackPath(profile.stacks, profile.sampleNodes[0] ?? 0).split(";").length).toBe(LIMITS.stackDepth);
    expect(profile.notes).toMatchObject([{ kind: "depth_truncated" }]);
  });

  it("finds every stack that was written, with its sum", () => {
    const frame = fc.string({ minLength: 1, unit: fc.constantFrom("a", "b", "ü", " ", ".") });
    const line = fc.tuple(fc.array(frame, { minLength: 1, maxLength: 5 }), fc.bigInt({ min: 1n, max: 2n ** 60n }));
    fc.assert(
      fc.property(fc.array(line, { maxLength: 8 }), (lines) => {
        const sums = new Map<string, bigint>();
        for (const [frames, count] of lines) {
          const stack = frames.join(";");
          sums.set(stack, (sums.get(stack) ?? 0n) + count);
        }
        const text = lines.map(([frames, count]) => `${frames.join(";")} ${count}\n`).join("");
        expect(stackLines(decode(text))).toEqual([...sums].map(([stack, sum]) => `${stack} ${sum}`).sort());
      }),
    );
  });

  it("calls any other bytes malformed, and never fails in another way", () => {
    const text = fc.string({ unit: fc.constantFrom("a", ";", " ", "\n", "\r", "1", "-", "\u0000", "ü") });
    fc.assert(
      fc.property(text, (bytes) => {
        try {
          decode(bytes);
        } catch (error) {
          expect(error).toMatchObject({ name: "AppError", code: "malformed_profile" });
        }
      }),
    );
  });
});

describeWithSharedData("recorded folded stacks", (sharedDataDir) => {
  const read = (file: string) =>
    decodeFolded(new Uint8Array(readFileSync(join(sharedDataDir, "collapsed", file))), LIMITS);

  it.each(["simple.txt", "simple-crlf.txt"])("%s is small", (file) => {
    expect(stackLines(read(file))).toEqual(["a;b 5", "a;b;c 5", "a;b;d 4"]);
  });

  it("of Java add up to what the lines say", () => {
    const file = "perf-vertx-stacks-01-collapsed-all.txt";
    const counts = readFileSync(join(sharedDataDir, "collapsed", file), "utf8").matchAll(/ (\d+)$/gm);
    const expected = [...counts].reduce((sum, [, count]) => sum + BigInt(count ?? "0"), 0n);
    const profile = read(file);
    expect(profile.sampleValues.reduce((sum, value) => sum + value, 0n)).toBe(expected);
    expect(profile.notes).toEqual([]);
  });

  it("with a comment that ends in a word are refused", () => {
    expect(() => read("simple-with-invalids.txt")).toThrow("the count is not a number");
  });
});
