// The syntax of RE2 (Go's regexp), read into a tree that linear-regex.ts runs.
//
//   choice   := sequence { "|" sequence }
//   sequence := { atom [ ("*" | "+" | "?" | "{n}" | "{n,}" | "{n,m}") [ "?" ] ] }
//   atom     := "." | class | escape | "^" | "$" | char | "(" [ "?" flags ":" | "?P<name>" ] choice ")"
//
// Backreferences and lookaround don't exist in RE2, nor here. Greedy and lazy are the same, because
// nobody asks where a match lies.
import { invalidArgument } from "./app-error.ts";
import {
  anyChar,
  caseless,
  charSet,
  literalSet,
  PERL_CLASSES,
  POSIX_CLASSES,
  propertySet,
  rangeSet,
} from "./regex-class.ts";

export type CharTest = (codePoint: number) => boolean;
export type Assertion = "text start" | "text end" | "line start" | "line end" | "word edge" | "no word edge";

export type RegexNode =
  | { readonly kind: "char"; readonly test: CharTest }
  | { readonly kind: "assert"; readonly what: Assertion }
  | { readonly kind: "sequence"; readonly items: readonly RegexNode[] }
  | { readonly kind: "choice"; readonly items: readonly RegexNode[] }
  | { readonly kind: "repeat"; readonly item: RegexNode; readonly min: number; readonly max: number };

interface Flags {
  readonly caseless: boolean;
  readonly multiline: boolean;
  readonly dotAll: boolean;
}

const MAX_PATTERN_CHARS = 8192;
/** Groups within groups: the reader calls itself once for each. */
const MAX_NESTING = 200;
const MAX_REPEAT = 1000;

const code = (char: string): number => char.codePointAt(0) ?? -1;
const SIMPLE_ESCAPES = new Map([..."atnrfv"].map((c, i) => [code(c), [7, 9, 10, 13, 12, 11][i] ?? 0]));
const ASSERTION_ESCAPES = new Map<string, Assertion>([
  ["A", "text start"],
  ["z", "text end"],
  ["b", "word edge"],
  ["B", "no word edge"],
]);

/** `dotAll`: whether `.` matches a newline to begin with. */
export function parseRegex(pattern: string, dotAll: boolean): RegexNode {
  const chars = Array.from(pattern);
  if (chars.length > MAX_PATTERN_CHARS) throw fail(0, `at most ${MAX_PATTERN_CHARS} characters`);
  let at = 0;
  const tree = choice({ caseless: false, multiline: false, dotAll }, 0);
  if (at < chars.length) throw fail(at, 'no ")" without "("');
  return tree;

  function fail(position: number, expected: string): Error {
    const shown = pattern.length > 80 ? `${pattern.slice(0, 80)}…` : pattern;
    return invalidArgument(`regular expression ${JSON.stringify(shown)}: expected ${expected} at position ${position}`);
  }

  function accept(text: string): boolean {
    for (let k = 0; k < text.length; k++) if (chars[at + k] !== text[k]) return false;
    at += text.length;
    return true;
  }

  function choice(flags: Flags, depth: number): RegexNode {
    if (depth > MAX_NESTING) throw fail(at, `at most ${MAX_NESTING} groups within each other`);
    const branches: RegexNode[] = [];
    let items: RegexNode[] = [];
    let current = flags;
    for (;;) {
      const char = chars[at];
      if (char === undefined || char === ")") break;
      if (char === "|") {
        at++;
        branches.push({ kind: "sequence", items });
        items = [];
      } else if (accept("\\Q")) {
        while (at < chars.length && !accept("\\E")) items.push(literal(chars[at++] ?? "", current));
      } else if (char === "(") {
        const opened = at++;
        const inner = groupFlags(current);
        if (inner.scope === "rest") {
          current = inner.flags;
          continue;
        }
        const body = choice(inner.flags, depth + 1);
        if (!accept(")")) throw fail(at, `")" for the "(" at ${opened}`);
        items.push(repeated(body));
      } else {
        items.push(repeated(atom(current)));
      }
    }
    branches.push({ kind: "sequence", items });
    return { kind: "choice", items: branches };
  }

  /** After "(": plain and named groups keep the flags; `(?i)` sets them for the rest of the group around it. */
  function groupFlags(outer: Flags): { readonly scope: "group" | "rest"; readonly flags: Flags } {
    if (!accept("?")) return { scope: "group", flags: outer };
    if (accept("P<") || (chars[at] === "<" && /[A-Za-z_]/.test(chars[at + 1] ?? "") && accept("<"))) {
      const close = chars.indexOf(">", at);
      if (close < 0 || !/^\w+$/.test(chars.slice(at, close).join(""))) throw fail(at, "a group name and >");
      at = close + 1;
      return { scope: "group", flags: outer };
    }
    const set = { ...outer };
    let on = true;
    for (;;) {
      const char = chars[at];
      if (char === "-" && on) on = false;
      else if (char === "i") set.caseless = on;
      else if (char === "m") set.multiline = on;
      else if (char === "s") set.dotAll = on;
      else if (char === "U") {
        // Swaps greedy and lazy: nothing to swap here.
      } else if (char === ":" || char === ")") break;
      else throw fail(at, "flags i, m, s, U or a group (lookaround is not supported)");
      at++;
    }
    return { scope: chars[at++] === ")" ? "rest" : "group", flags: set };
  }

  function repeated(item: RegexNode): RegexNode {
    const count = repetition();
    if (count === null) return item;
    accept("?");
    const again = at;
    if (repetition() !== null) throw fail(again, "no repetition of a repetition");
    return { kind: "repeat", item, min: count.min, max: count.max };
  }

  function repetition(): { readonly min: number; readonly max: number } | null {
    if (accept("*")) return { min: 0, max: Number.POSITIVE_INFINITY };
    if (accept("+")) return { min: 1, max: Number.POSITIVE_INFINITY };
    if (accept("?")) return { min: 0, max: 1 };
    if (chars[at] !== "{") return null;
    const found = /^\{(\d+)(,(\d*))?\}/.exec(chars.slice(at, at + 16).join(""));
    if (found === null) return null; // not a count, so an ordinary brace
    const min = Number(found[1]);
    const max = found[2] === undefined ? min : found[3] === "" ? Number.POSITIVE_INFINITY : Number(found[3]);
    const most = max === Number.POSITIVE_INFINITY ? min : max;
    if (min > max || most > MAX_REPEAT) throw fail(at, `a repeat count of at most ${MAX_REPEAT}, smaller first`);
    at += found[0].length;
    return { min, max };
  }

  function atom(flags: Flags): RegexNode {
    const char = chars[at] ?? "";
    if (char === "[") return { kind: "char", test: charSet(bracketClass(), flags.caseless) };
    if (char === "\\") return escapeSequence(flags);
    if (char === "*" || char === "+" || char === "?") throw fail(at, `something to repeat before "${char}"`);
    at++;
    if (char === "^") return { kind: "assert", what: flags.multiline ? "line start" : "text start" };
    if (char === "$") return { kind: "assert", what: flags.multiline ? "line end" : "text end" };
    if (char === ".") return { kind: "char", test: anyChar(flags.dotAll) };
    return literal(char, flags);
  }

  function literal(char: string, flags: Flags): RegexNode {
    return { kind: "char", test: caseless(code(char), flags.caseless) };
  }

  function escapeSequence(flags: Flags): RegexNode {
    const what = ASSERTION_ESCAPES.get(chars[at + 1] ?? "");
    if (what !== undefined) {
      at += 2;
      return { kind: "assert", what };
    }
    const set = classEscape();
    if (set !== null) return { kind: "char", test: charSet(set, flags.caseless) };
    return { kind: "char", test: caseless(charEscape(), flags.caseless) };
  }

  /** `\d`, `\W`, `\pL`, `\p{Greek}`, or null and nothing read. */
  function classEscape(): string | null {
    if (chars[at] !== "\\") return null;
    const letter = chars[at + 1] ?? "";
    const perl = PERL_CLASSES.get(letter);
    if (perl !== undefined) {
      at += 2;
      return perl;
    }
    if (letter !== "p" && letter !== "P") return null;
    const from = at;
    at += 2;
    let name = chars[at++] ?? "";
    if (name === "{") {
      const close = chars.indexOf("}", at);
      if (close < 0) throw fail(from, "} after \\p{");
      name = chars.slice(at, close).join("");
      at = close + 1;
    }
    const set = propertySet(name, letter === "P");
    if (set === null) throw fail(from, "a Unicode category or script");
    return set;
  }

  /** The one character that an escape stands for. */
  function charEscape(): number {
    const from = at++;
    const char = chars[at++];
    if (char === undefined) throw fail(from, "a character after \\");
    const simple = SIMPLE_ESCAPES.get(code(char));
    if (simple !== undefined) return simple;
    const rest = chars.slice(at, at + 12).join("");
    if (char === "x") {
      const hex = /^\{([0-9A-Fa-f]+)\}|^([0-9A-Fa-f]{2})/.exec(rest);
      const value = Number.parseInt(hex?.[1] ?? hex?.[2] ?? "", 16);
      if (hex === null || value > 0x10ffff) throw fail(from, "\\x41 or \\x{1F600}");
      at += hex[0].length;
      return value;
    }
    if (char >= "0" && char <= "7") {
      const more = /^[0-7]{0,2}/.exec(rest)?.[0] ?? "";
      if (char !== "0" && more === "") throw fail(from, "no backreference");
      at += more.length;
      return Number.parseInt(char + more, 8);
    }
    if (char < "\u0080" && !/\w/.test(char)) return code(char);
    throw fail(from, "an escape that RE2 knows");
  }

  /** `[a-z\d[:alpha:]]` as the text of a set (regex-class.ts). */
  function bracketClass(): string {
    const opened = at++;
    const negated = accept("^");
    let set = "";
    for (let first = true; first || chars[at] !== "]"; first = false) {
      if (at >= chars.length) throw fail(at, `"]" for the "[" at ${opened}`);
      const posix = /^\[:(\^?)([a-z]+):\]/.exec(chars.slice(at, at + 12).join(""));
      if (posix !== null) {
        const known = POSIX_CLASSES.get(posix[2] ?? "");
        if (known === undefined) throw fail(at, "a class such as [:alpha:]");
        set += posix[1] === "^" ? `[^${known}]` : known;
        at += posix[0].length;
        continue;
      }
      const escaped = classEscape();
      if (escaped !== null) {
        set += escaped;
        continue;
      }
      const low = classChar(opened);
      if (chars[at] === "-" && chars[at + 1] !== "]" && at + 1 < chars.length) {
        const dash = at++;
        const high = classChar(opened);
        if (high < low) throw fail(dash, "a range with its smaller end first");
        set += rangeSet(low, high);
      } else {
        set += literalSet(low);
      }
    }
    at++;
    return negated ? `[^${set}]` : `[${set}]`;
  }

  function classChar(opened: number): number {
    if (chars[at] === "\\") return charEscape();
    const char = chars[at++];
    if (char === undefined) throw fail(at, `"]" for the "[" at ${opened}`);
    return code(char);
  }
}
