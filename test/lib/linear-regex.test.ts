import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { AppError } from "../../src/lib/app-error.ts";
import { linearRegex } from "../../src/lib/linear-regex.ts";

const finds = (pattern: string, text: string): boolean => linearRegex(pattern, { anchored: false })(text);

/** Patterns on which JavaScript and RE2 agree. They do not on \B, which V8 also finds inside of a surrogate pair. */
const { pattern: sharedPattern } = fc.letrec<{ pattern: string; sequence: string; item: string; atom: string }>(
  (tie) => ({
    atom: fc.oneof(
      { maxDepth: 2 },
      fc.constantFrom("a", "b", "-", "\\.", ".", "[ab]", "[^a]", "[b-d-]", "\\d", "\\W", "[\\w.]", "😀", "é", "\\x61"),
      tie("pattern").map((inner) => `(?:${inner})`),
      tie("pattern").map((inner) => `(${inner})`),
    ),
    item: fc.oneof(
      {
        weight: 4,
        arbitrary: fc
          .tuple(tie("atom"), fc.constantFrom("", "", "", "*", "+", "?", "{2}", "{0,2}", "{1,}", "*?"))
          .map((p) => p.join("")),
      },
      { weight: 1, arbitrary: fc.constantFrom("^", "$", "\\b") },
    ),
    sequence: fc.array(tie("item"), { maxLength: 4 }).map((items) => items.join("")),
    pattern: fc.array(tie("sequence"), { minLength: 1, maxLength: 3 }).map((branches) => branches.join("|")),
  }),
);
const sharedText = fc.string({
  unit: fc.constantFrom("a", "b", "c", "-", ".", "1", " ", "\n", "é", "😀"),
  maxLength: 6,
});

describe("linearRegex", () => {
  it("finds what JavaScript finds, where the two agree on syntax", () => {
    fc.assert(
      fc.property(sharedPattern, sharedText, (pattern, text) => {
        expect(finds(pattern, text)).toBe(new RegExp(pattern, "u").test(text));
        expect(linearRegex(pattern, { anchored: true })(text)).toBe(new RegExp(`^(?:${pattern})$`, "su").test(text));
      }),
      { numRuns: 1500 },
    );
  });

  it.each([
    ["(?i)EU-west", "eu-WEST-1", true],
    ["(?i:e)u", "EU", false],
    ["a(?i)b|c", "C", true],
    ["(?i)k", "\u212a", true],
    ["\\Aab\\z", "ab", true],
    ["\\Aab\\z", "ab\n", false],
    ["(?m)^b$", "a\nb\nc", true],
    ["^b$", "a\nb\nc", false],
    ["a.b", "a\nb", false],
    ["(?s)a.b", "a\nb", true],
    ["\\pL+\\p{Nd}", "ж7", true],
    ["^\\p{Greek}+$", "λόγος", true],
    ["^\\P{Greek}+$", "λ", false],
    ["^[[:alpha:]_]+$", "Ab_", true],
    ["^[[:^alpha:]]+$", "1-2", true],
    ["^[\\pL\\d]+$", "é1", true],
    ["^\\s$", "\v", false],
    ["\\Qa.b\\E", "axb", false],
    ["\\Qa.b\\Ec", "a.bc", true],
    ["(?P<name>x)y", "xy", true],
    ["(?<name>x)y", "xy", true],
    ["\\x{1F600}", "😀", true],
    ["\\101", "A", true],
    ["a{,2}", "a{,2}", true],
    ["a{x", "a{x", true],
    ["[]a]", "]", true],
    ["[^]a]", "]", false],
    ["", "", true],
    ["x{0}y", "y", true],
    ["(?U)a+", "a", true],
    ["a\\Bb", "ab", true],
    ["a\\B", "a-", false],
    ["\\B", "a😀a", false],
    ["(|a)*b", "aab", true],
  ])("knows RE2's syntax: %s on %j", (pattern, text, expected) => {
    expect(finds(pattern, text)).toBe(expected);
  });

  it.each([
    ["(a", 'expected ")" for the "(" at 0 at position 2'],
    ["a)", 'expected no ")" without "(" at position 1'],
    ["*a", 'expected something to repeat before "*" at position 0'],
    ["a**", "expected no repetition of a repetition at position 2"],
    ["a|+", 'expected something to repeat before "+" at position 2'],
    ["(a)\\1", "expected no backreference at position 3"],
    ["(?=a)", "lookaround is not supported"],
    ["(?<!a)", "lookaround is not supported"],
    ["[a", 'expected "]" for the "[" at 0'],
    ["[b-a]", "expected a range with its smaller end first at position 2"],
    ["[a-\\d]", "expected an escape that RE2 knows"],
    ["\\Z", "expected an escape that RE2 knows at position 0"],
    ["\\", "expected a character after \\ at position 0"],
    ["\\p{Nowhere}", "expected a Unicode category or script"],
    ["\\x{110000}", "expected \\x41 or \\x{1F600}"],
    ["a{1001}", "expected a repeat count of at most 1000"],
    ["a{2,1}", "expected a repeat count of at most 1000, smaller first"],
    ["((a{1000}){1000}){1000}", "more than 20000 steps when written out"],
  ])("refuses %s and says why", (pattern, why) => {
    expect(() => finds(pattern, "")).toThrow(AppError);
    expect(() => finds(pattern, "")).toThrow(why);
  });

  it("refuses what is too long or too deep to read", () => {
    expect(() => finds("(".repeat(5000), "")).toThrow("expected at most 200 groups within each other");
    expect(() => finds("x".repeat(9000), "")).toThrow("expected at most 8192 characters");
  });

  it("needs no time for patterns on which backtracking hangs", () => {
    const text = "a".repeat(2000);
    for (const pattern of ["(a+)+$b", "(a|a)*b", "(a*)*b", "(x+x+)+y", "(.*a){20}b", "((){1000}){1000}z"]) {
      expect(finds(pattern, text)).toBe(false);
    }
  });

  it("gives up with an error, not with a hang, when pattern and texts are both large", () => {
    const matches = linearRegex("(a?){1000}(a?){1000}(a?){1000}(a?){1000}b", { anchored: false });
    const text = "a".repeat(2048);
    expect(() => {
      for (let k = 0; k < 100; k++) matches(text);
    }).toThrow("too costly");
  });

  it("calls any pattern either good or an invalid argument", () => {
    const soup = fc.string({ unit: fc.constantFrom(..."ab()[]{}|*+?^$\\.-,:<>=!PpLQEdwbxi01"), maxLength: 14 });
    fc.assert(
      fc.property(soup, (pattern) => {
        try {
          finds(pattern, "ab-01");
        } catch (error) {
          expect(error).toBeInstanceOf(AppError);
        }
      }),
      { numRuns: 5000 },
    );
  });
});
