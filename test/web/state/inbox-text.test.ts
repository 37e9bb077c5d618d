// Entries of the inbox in words.
import fc from "fast-check";
import { expect, it } from "vitest";
import { toHex } from "../../../src/lib/hex.ts";
import { appText, dumpText, reasonText, sentenceText, visible } from "../../../web/state/inbox-text.ts";

it.each([
  ["a known reason", reasonText("malformed_profile"), "Not a readable profile"],
  ["a reason to come", reasonText("too_many_tails"), "Too many tails"],
  ["no application", appText(null), "No application"],
  ["an application that turns the line around", appText("a\u202eb"), "a\\u{202e}b"],
  ["nothing", visible(""), ""],
  ["a sentence", sentenceText("the label was left out"), "The label was left out"],
])("says %s", (_what, said, expected) => {
  expect(said).toBe(expected);
});

it("dumps sixteen bytes a row, hex and text below each other, and none of them twice", () => {
  expect(dumpText({ hex: "1f8b08", text: "...", looksLike: null })).toBe(`0000  1f 8b 08${" ".repeat(41)}...`);
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
      const hex = toHex(bytes);
      const rows = dumpText({ hex, text: "x".repeat(bytes.length), looksLike: null })
        .split("\n")
        .filter(Boolean);
      expect(rows).toHaveLength(Math.ceil(bytes.length / 16));
      expect(rows.map((row) => row.slice(6, 53).replaceAll(" ", "")).join("")).toBe(hex);
      expect(rows.map((row) => row.slice(55)).join("")).toBe("x".repeat(bytes.length));
    }),
  );
});
