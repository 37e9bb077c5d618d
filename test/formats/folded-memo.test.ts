// Folded text is read by what the lines before had: whatever they had, each stack is what it would be alone.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { LIMITS } from "../../src/config.ts";
import { decodeFolded, decodeLines } from "../../src/formats/folded.ts";
import { depthTruncated, symbolsTruncated, type UploadNote } from "../../src/profile/upload-note.ts";
import { random } from "./mutations.ts";
import { stackLines } from "./stack-lines.ts";

const UTF8 = new TextEncoder();
const LOW = { ...LIMITS, stackDepth: 4, symbolBytes: 5 };

/** Line by line, with nothing remembered. */
function plain(stacks: readonly string[], { stackDepth, symbolBytes } = LOW) {
  const sums = new Map<string, number>();
  let [deep, deepest, long] = [0, 0, 0];
  stacks.forEach((stack, at) => {
    const frames = stack.split(";");
    if (frames.at(-1) === "") frames.pop();
    if (frames.length > stackDepth) {
      deep++;
      deepest = Math.max(deepest, frames.length);
    }
    const kept = frames.slice(0, stackDepth);
    long += kept.filter((name) => name.length > symbolBytes).length;
    const path = kept.map((name) => name.slice(-symbolBytes)).join(";");
    sums.set(path, (sums.get(path) ?? 0) + at + 1);
  });
  const notes: UploadNote[] = [];
  if (deep > 0) notes.push(depthTruncated(deep, deepest, stackDepth));
  if (long > 0) notes.push(symbolsTruncated(long, symbolBytes));
  return { lines: [...sums].map(([path, sum]) => `${path} ${sum}`).sort(), notes };
}

const textOf = (stacks: readonly string[]) => UTF8.encode(stacks.map((stack, at) => `${stack} ${at + 1}\n`).join(""));

describe("folded text", () => {
  it("is the same stacks and notes as its lines one by one, below low limits", () => {
    const frame = fc.constantFrom(
      "",
      "a",
      "b",
      "ab",
      "aab",
      "aaab",
      "aaaab",
      "xaaaab",
      "yaaaab",
      "aaaaa",
      "aaaaaaaaaab",
    );
    const stack = fc.array(frame, { maxLength: 7 }).map((frames) => frames.join(";"));
    fc.assert(
      fc.property(fc.array(stack, { maxLength: 30 }), (stacks) => {
        const profile = decodeFolded(textOf(stacks), LOW);
        const expected = plain(stacks);
        expect(stackLines(profile)).toEqual(expected.lines);
        expect(profile.notes).toEqual(expected.notes);
      }),
      { numRuns: 400 },
    );
  });

  it("has more children than are remembered, and finds each", () => {
    const next = random(7);
    const stacks = Array.from({ length: 6000 }, () =>
      Array.from({ length: 1 + Math.floor(next() * 8) }, () => `module/function${Math.floor(next() * 30)}`).join(";"),
    );
    for (const order of [stacks, stacks.toSorted()])
      expect(stackLines(decodeFolded(textOf(order), LIMITS))).toEqual(plain(order, LIMITS).lines);
  });

  it.each([999_999_999_999_999n, 2n ** 32n, 2n ** 53n + 1n, 2n ** 62n])("counts %d to the unit", (count) => {
    const { sampleValues } = decodeFolded(UTF8.encode(`a ${count}\nb 1\n`), LIMITS);
    expect([...sampleValues]).toEqual([count, 1n]);
  });

  it("of lines alone counts each once", () => {
    expect(stackLines(decodeLines(UTF8.encode("a;b\na;b\na\n\na;c"), LIMITS))).toEqual(["a 1", "a;b 2", "a;c 1"]);
  });
});
